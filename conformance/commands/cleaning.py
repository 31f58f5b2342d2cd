"""The command `cleanup`: remove what runs left on a server that were killed or could not remove it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import click

from conformance.contract.file import load
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger, Standing, standing
from conformance.custody.run_files import RunFiles, left_runs, made_by_others
from conformance.custody.sweep import Sweep
from conformance.errors import CONFORMS, UNUSABLE
from conformance.http.client import Client
from conformance.http.connection import Connection
from conformance.http.renewal import Renewals
from conformance.profile import Profile
from conformance.results.plain_text import plain_line
from conformance.target.target import open_target


def clean_up(target: str | None, **options: Any) -> int:
    """Remove what the ledgers of ended runs name, by a connection of these options; return the exit code."""
    connection = Connection.of(**options)
    profile = _profile(target, connection) if target else None
    left = [line for files in left_runs() for line in _clean(files, profile, connection)]
    for line in left:
        click.echo(plain_line(f"left behind: {line}"))
    click.echo(f"{len(left)} left behind" if left else "nothing is left behind")
    return UNUSABLE if left else CONFORMS


def _clean(files: RunFiles, profile: Profile | None, connection: Connection) -> Iterator[str]:
    """Clean up after one run of the target that has ended; yield what is left."""
    found = standing(files.ledger)
    if profile is not None and profile.url != found.url:
        return
    alive = files.hold()
    if alive is None:
        click.echo(f"a run on {found.url} is still going on; it removes what it made itself")
        return
    with alive:
        left = _sweep(files, found, profile or _profile(found.target, connection), connection) if found else []
        yield from left
        if not left:
            files.remove()


def _sweep(files: RunFiles, found: Standing, profile: Profile, connection: Connection) -> list[str]:
    contract = load(profile.contract)
    guard = Guard(contract, profile)
    before = len(found.objects) + len(found.states) + len(found.announced)
    opened = Client(connection=connection, renewals=Renewals(profile.callers), check=guard.check)
    with closing(opened) as client, closing(Ledger(files.ledger)) as ledger:
        left = Sweep(contract, profile, client, guard, ledger, found, made_by_others(files)).remove()
    click.echo(f"{found.url}: {before} entries of the ledger looked into, {len(left)} could not be removed")
    return left


def _profile(named: str, connection: Connection) -> Profile:
    target = open_target(named, connection=connection)
    target.close()
    return target.profile
