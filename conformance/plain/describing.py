"""The profile of a server that is judged by a plain document: where its callers' credentials go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from conformance.contract.contract import Contract
from conformance.errors import CONFORMS
from conformance.plain.opening import COOKIE, CredentialPlace, as_plain, find_credential_place, list_missing_lines
from conformance.profile import BASIC, Caller, Profile, ProfileError
from conformance.results.plain_text import escape_line
from conformance.target.discovery import GivenCredential

REQUESTS_PER_SECOND, MAX_REQUESTS = 50, 20000


def write_plain_profile(
    url: str, given: Sequence[GivenCredential], contract: Contract, overlay: Path | None, output: Path, *, owned: bool
) -> int:
    """Write a profile with these credentials, without asking the server, and say what it lacks; the exit code."""
    names = [each.name or f"caller-{number}" for number, each in enumerate(given, 1)]
    if taken := [name for name in names if names.count(name) > 1]:
        raise ProfileError(f"--caller {taken[0]}: is given twice")
    bare = Profile(name=url.partition("://")[2], url=url)
    profile = as_plain(bare, contract)
    text = "\n".join(_format_lines(profile, dict(zip(names, given, strict=True)), contract, owned=owned))
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ProfileError(f"--output {output}: cannot be written ({error.strerror})") from error
    callers = tuple(Caller(name, name, each.token) for name, each in zip(names, given, strict=True))
    for line in list_missing_lines(Profile(name=bare.name, url=url, callers=callers), contract):
        click.echo(escape_line(f"it lacks {line}"))
    click.echo(f"{output}: {len(names)} callers")
    over = f" --overlay {overlay}" if overlay else ""
    click.echo(f"evershell-conformance run --contract {contract.path}{over} --target {output}")
    return CONFORMS


def _format_lines(
    profile: Profile, given: dict[str, GivenCredential], contract: Contract, *, owned: bool
) -> Iterator[str]:
    place = find_credential_place(contract)
    yield from ("[target]", f'name = "{profile.name}"', f'url = "{profile.url}"', "")
    yield "# Operations that the server has; without it all that the document has:"
    yield from (f"# operations = [{', '.join(_quote(each) for each in list(contract.operations)[:2])}]", "")
    yield from (
        "[contract]",
        f"{'' if owned else '# '}owned = true   # what is only inferred or mentioned binds too",
        "",
    )
    for name, each in (given or {"NAME": GivenCredential(None, "VARIABLE", "")}).items():
        before = "" if given else "# "
        yield f"{before}[callers.{name}]"
        yield from (f"{before}{line}" for line in _format_credential(place, each.variable))
        yield f'# org = "..."   # whom it stands for; without it for {name} alone'
        yield '# scopes = ["..."]   # those that it has, where operations ask for some'
        yield ""
    yield from ("[limits]", f"requests_per_second = {REQUESTS_PER_SECOND}", f"max_requests = {MAX_REQUESTS}", "")


def _format_credential(place: CredentialPlace, variable: str) -> Iterator[str]:
    """Yield the lines that say what a credential is, and where it goes."""
    if place.scheme == BASIC:
        yield f'basic = "env:{variable}"   # a user and a password, such as ada:secret'
        return
    if place.query is not None:
        yield f"query = {_quote(place.query)}"
    elif place.header != "Authorization":
        yield f"header = {_quote(place.header)}"
    elif place.scheme != "Bearer":
        yield f'header = "{place.header}"   # scheme = "Token" has it sent as: Token ...'
    yield f'token = "env:{variable}"' + (f"   # as {place.scheme}VALUE" if place.header == COOKIE else "")


def _quote(value: str) -> str:
    return f'"{value}"'
