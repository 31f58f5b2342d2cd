"""The command `init`: ask a server who the callers are, and write its profile, with comments on what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from conformance.errors import CONFORMS
from conformance.http.client import Client
from conformance.http.connection import Connection
from conformance.needs import CALLER, PERMISSION_SET, ROLE, SECOND_ORG, need_known
from conformance.oracle.declaration.registry import describe_makeable, list_known_keys
from conformance.oracle.served import is_served, narrow_to_profile
from conformance.plain.opening import write_plain_profile
from conformance.profile import Profile, ProfileError, check_base_url
from conformance.results.plain_text import JOB_COMMAND, escape_line
from conformance.running.run_info import list_missing_lines
from conformance.target.discovery import DiscoveredProfile, GivenCredential, discover

REQUESTS_PER_SECOND = 50
MAX_REQUESTS = 20000
_REPLACEMENT = 0xFFFD


def write_profile(
    target: str,
    callers: tuple[str, ...],
    output: Path,
    *,
    force: bool,
    owned: bool,
    contract: Path | None,
    overlay: Path | None,
    **options: Any,
) -> int:
    """Write the profile, by a connection of these options; return the exit code."""
    connection = Connection.from_options(**options)
    if output.exists() and not force:
        raise ProfileError(f"--output {output}: exists already; --force overwrites it")
    url = check_base_url(target, "--target")
    given = [GivenCredential.read(text) for text in callers]
    judged_by = use_contract(load(contract, overlay=overlay))
    if judged_by.is_plain:
        return write_plain_profile(url, given, judged_by, overlay, output, owned=owned)
    with closing(Client(connection=connection)) as client:
        found = discover(url, given, judged_by, client)
    try:
        output.write_text(format_profile(found, judged_by, str(output), owned=owned), encoding="utf-8")
    except OSError as error:
        raise ProfileError(f"--output {output}: cannot be written ({error.strerror})") from error
    _print_summary(found, judged_by, output)
    return CONFORMS


def _print_summary(found: DiscoveredProfile, contract: Contract, output: Path) -> None:
    for reason in found.refused:
        click.echo(escape_line(f"left out: {reason}"))
    served = narrow_to_profile(contract, found.profile)
    if served.part_of:
        click.echo(
            f"{len(served.operations)} of {len(contract.operations)} operations answered; a run asks for no other"
        )
    callers = found.profile.callers
    orgs = len({caller.org for caller in callers})
    click.echo(f"{output}: {len(callers)} callers of {orgs} orgs; its comments say what it lacks")
    click.echo(f"evershell-conformance run --target {output}")


def format_profile(look: DiscoveredProfile, contract: Contract, named: str, *, owned: bool) -> str:
    """Return the text of the profile; `named` is its file, `owned` whether the server is of the contract's own team."""
    served = narrow_to_profile(contract, look.profile)
    gains = Counter(line for cell in served.cells for line in list_missing_lines(served, cell, look.profile))
    parts = (
        _write_head(look.profile, named),
        _write_target(look, gains),
        _write_contract(owned=owned),
        _write_callers(look, gains),
        _write_known(look.profile, served, gains),
        _write_limits(),
    )
    return "\n".join(line for part in parts for line in (*part, ""))


def _write_head(profile: Profile, named: str) -> Iterator[str]:
    yield f"# What the suite knows of {escape_line(profile.url)}, as `evershell-conformance init` found it."
    yield f"# `evershell-conformance run --target {named} --dry-run` tells what a run would send, and what is missing."


def _write_target(look: DiscoveredProfile, gains: Counter[str]) -> Iterator[str]:
    profile = look.profile
    yield from ("[target]", f"name = {_quote(profile.name)}", f"url = {_quote(profile.url)}", 'control = "none"')
    if profile.operations:
        yield "# What answered; all else is neither asked for nor missing in a report."
        yield f"operations = [{', '.join(map(_quote, profile.operations))}]"
        if look.untold:
            yield "# No harmless request tells whether these are served; add those that are:"
            yield f"#   {', '.join(map(_quote, look.untold))}"
    states = {line: count for line, count in gains.items() if line.startswith("target.states_url")}
    if states:
        yield '# A server that can be brought to states (docs/suite.md, "Make my server seedable") gains:'
        yield from (f"#   {line}: {_describe_cells(count)}" for line, count in Counter(states).most_common())
    yield '# control = "provider-states"'
    yield '# states_url = "http://localhost:9000/_states"'


def _write_contract(*, owned: bool) -> Iterator[str]:
    yield "[contract]"
    if owned:
        yield "owned = true   # the contract's own team: what it only assumes or mentions binds as well"
    else:
        yield "# owned = true   # for the contract's own team: what it only assumes or mentions binds as well"


def _write_callers(look: DiscoveredProfile, gains: Counter[str]) -> Iterator[str]:
    for caller in look.profile.callers:
        yield f"[callers.{caller.name}]"
        yield f"org = {_quote(caller.org)}"
        if caller.role:
            yield f"role = {_quote(caller.role)}"
        if caller.permission_set:
            yield f"permission_set = {_quote(caller.permission_set)}"
        yield f'token = "env:{look.variables[caller.name]}"'
        yield ""
    yield from (f"# left out: {escape_line(reason)}" for reason in look.refused)
    missing = [need for need in (CALLER, SECOND_ORG, ROLE, PERMISSION_SET) if not need.met(look.profile)]
    lacking = [need.line for need in missing]
    lacking += [line for line in gains if line.startswith("[callers.NAME]") and line not in lacking]
    yield from (f"# {line}{_describe_gain(gains[line])}" for line in lacking)
    if lacking:
        yield from ("# [callers.NAME]", '# org = "..."', '# role = "..."   # or permission_set', '# token = "env:..."')


def _write_known(profile: Profile, contract: Contract, gains: Counter[str]) -> Iterator[str]:
    of = partial(is_served, contract)
    first = f"   # as {escape_line(profile.callers[0].org)} sees them" if profile.callers else ""
    yield f"[known]{first}"
    for key, what in list_known_keys(of).items():
        if value := profile.known.named.get(key):
            yield f"{key} = {_quote(value)}"
        else:
            yield f'# {key} = "..."   # {what}{_describe_gain(gains[need_known(key).line])}'
    makeable = describe_makeable(of)
    yield f"# Ids of {makeable} that may be changed and deleted; without any a run touches what it made itself alone."
    yield "expendable = []"


def _write_limits() -> Iterator[str]:
    yield from ("[limits]", f"requests_per_second = {REQUESTS_PER_SECOND}", f"max_requests = {MAX_REQUESTS}")
    yield "# read_only = true   # sends nothing that could change anything"
    yield "# settle_seconds = 2   # how long a list or read may take to show a write; then an advisory; 0 without it"


def _describe_gain(count: int) -> str:
    return f": {_describe_cells(count)}" if count else ""


def _describe_cells(count: int) -> str:
    return f"{count} more cell{'' if count == 1 else 's'}"


def _quote(value: str) -> str:
    """Return a basic string of TOML, with an escape for what is not printable and for the command of a CI job in it."""
    escaped = "".join(c if c.isprintable() and c not in '"\\' else _escape(c) for c in value)
    return f'"{JOB_COMMAND.sub(lambda _: "#" + _escape("#"), escaped)}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    number = ord(character)
    return f"\\U{_REPLACEMENT if 0xD800 <= number <= 0xDFFF else number:08x}"  # TOML knows no half of a character
