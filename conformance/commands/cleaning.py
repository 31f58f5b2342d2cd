"""Removes what runs left on a server: those that were killed, and those that could not remove everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from conformance.contract.contract import ContractError
from conformance.contract.file import load
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger, Standing, standing
from conformance.custody.other_runs import made_by_others
from conformance.custody.run_files import RunFiles, left_runs
from conformance.custody.sweep import Sweep
from conformance.http.client import Client
from conformance.http.connection import BadOption, Connection, read_headers
from conformance.http.renewal import Renewals
from conformance.profile import Profile, ProfileError
from conformance.results.exit_code import CONFORMS, UNUSABLE, USAGE
from conformance.results.plain_text import plain, plain_line
from conformance.target.target import Unusable, open_target


def clean_up(
    target: str | None,
    *,
    cacert: str | None,
    insecure: bool,
    answer_timeout: float | None,
    header: tuple[str, ...],
) -> int:
    """Remove what stands in the ledgers of runs that have ended; the exit code."""
    defaults = Connection()
    try:
        connection = Connection(
            Path(cacert) if cacert else None,
            insecure,
            answer_timeout or defaults.timeout_s,
            read_headers(header),
        )
        profile = _profile(target, connection) if target else None
        left = [line for files in left_runs() for line in _clean(files, profile, connection)]
    except (BadOption, ContractError, ProfileError) as error:
        click.echo(f"evershell-conformance: {error}", err=True)
        return USAGE
    except Unusable as error:
        click.echo(plain(f"evershell-conformance: {error}"), err=True)
        return UNUSABLE
    for line in left:
        click.echo(plain_line(f"left behind: {line}"))
    click.echo(f"{len(left)} left behind" if left else "nothing is left behind")
    return UNUSABLE if left else CONFORMS


def _clean(files: RunFiles, profile: Profile | None, connection: Connection) -> Iterator[str]:
    """Clean up after one run, if it is one of the target and has ended; what is left."""
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
    client = Client(connection=connection, renewals=Renewals(profile.callers), check=guard)
    ledger = Ledger(files.ledger)
    before = len(found.packs) + len(found.states) + len(found.asked)
    try:
        left = Sweep(contract, profile, client, guard, ledger, found, made_by_others(files)).remove()
    finally:
        client.close()
        ledger.close()
    click.echo(f"{found.url}: {before} entries of the ledger looked into, {len(left)} could not be removed")
    return left


def _profile(named: str, connection: Connection) -> Profile:
    target = open_target(named, connection=connection)
    target.close()
    return target.profile
