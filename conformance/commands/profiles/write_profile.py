"""The command `init`: ask a server who the callers are, and write its profile."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from conformance.commands.profiles.profile_text import profile_text
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.opening import use_contract
from conformance.errors import CONFORMS
from conformance.http.client import Client
from conformance.http.connection import Connection
from conformance.oracle.served import serving
from conformance.profile import ProfileError, base_url
from conformance.results.plain_text import plain_line
from conformance.target.discovery import Discovered, Given, discover


def write_profile(
    target: str,
    callers: tuple[str, ...],
    output: Path,
    *,
    force: bool,
    owned: bool,
    contract: Path | None,
    **options: Any,
) -> int:
    """Write the profile, by a connection of these options; return the exit code."""
    connection = Connection.of(**options)
    if output.exists() and not force:
        raise ProfileError(f"--output {output}: exists already; --force overwrites it")
    url = base_url(target, "--target")
    given = [Given.read(text) for text in callers]
    judged_by = use_contract(load(contract))
    with closing(Client(connection=connection)) as client:
        found = discover(url, given, judged_by, client)
    try:
        output.write_text(profile_text(found, judged_by, str(output), owned=owned), encoding="utf-8")
    except OSError as error:
        raise ProfileError(f"--output {output}: cannot be written ({error.strerror})") from error
    _print_summary(found, judged_by, output)
    return CONFORMS


def _print_summary(found: Discovered, contract: Contract, output: Path) -> None:
    for reason in found.refused:
        click.echo(plain_line(f"left out: {reason}"))
    served = serving(contract, found.profile)
    if served.part_of:
        click.echo(
            f"{len(served.operations)} of {len(contract.operations)} operations answered; a run asks for no other"
        )
    callers = found.profile.callers
    orgs = len({caller.org for caller in callers})
    click.echo(f"{output}: {len(callers)} callers of {orgs} orgs; its comments say what it lacks")
    click.echo(f"evershell-conformance run --target {output}")
