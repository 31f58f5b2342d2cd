"""The command `init`: asks a server who the callers are and writes a profile of it."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.commands.profile_text import written
from conformance.contract.contract import ContractError
from conformance.contract.file import load
from conformance.http.client import Client, LimitReached
from conformance.http.connection import BadOption, Connection, read_headers
from conformance.profile import ProfileError, base_url
from conformance.results.exit_code import CONFORMS, UNUSABLE, USAGE
from conformance.results.plain_text import plain, plain_line
from conformance.target.first_look import Given, Look, look
from conformance.target.target import Unusable


def write_profile(  # what the command takes
    target: str,
    callers: tuple[str, ...],
    output: Path,
    *,
    force: bool,
    contract: Path | None,
    cacert: str | None,
    insecure: bool,
    answer_timeout: float | None,
    header: tuple[str, ...],
) -> int:
    """Write the profile; the exit code."""
    try:
        if output.exists() and not force:
            raise ProfileError(f"--output {output}: is there already; --force writes over it")
        url = base_url(target, "--target")
        given = [Given.read(text) for text in callers]
        connection = Connection(
            Path(cacert) if cacert else None,
            insecure,
            answer_timeout or Connection().timeout_s,
            read_headers(header),
        )
        judged_by = load(contract)
        client = Client(connection=connection)
        try:
            found = look(url, given, judged_by, client)
        finally:
            client.close()
        output.write_text(written(found, judged_by, str(output)), encoding="utf-8")
    except (BadOption, ContractError, ProfileError) as error:
        click.echo(f"evershell-conformance: {error}", err=True)
        return USAGE
    except OSError as error:
        click.echo(f"evershell-conformance: --output {output}: cannot be written ({error.strerror})", err=True)
        return USAGE
    except (LimitReached, Unusable) as error:
        click.echo(plain(f"evershell-conformance: {error}"), err=True)
        return UNUSABLE
    _tell(found, output)
    return CONFORMS


def _tell(found: Look, output: Path) -> None:
    for reason in found.refused:
        click.echo(plain_line(f"left out: {reason}"))
    callers = found.profile.callers
    orgs = len({caller.org for caller in callers})
    click.echo(f"{output}: {len(callers)} callers of {orgs} orgs; what it lacks stands in its comments")
    click.echo(f"evershell-conformance run --target {output}")
