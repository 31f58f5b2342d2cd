"""The command `cleanup`: remove what runs left on a server that were killed or could not remove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.custody.guard import Guard
from conformance.custody.ledger import Ledger, StandingObjects, read_standing
from conformance.custody.run_files import RunFiles, find_left_runs, list_made_by_others
from conformance.custody.sweep import Sweep, describe_staying
from conformance.declared.compiler import use_contract
from conformance.errors import CONFORMS, UNUSABLE
from conformance.http.client import Client, LimitReached
from conformance.http.connection import Connection
from conformance.http.exchange import build_bare_request
from conformance.http.reader import NoAnswer
from conformance.http.renewal import Renewals
from conformance.http.variables import mask_cut_text, name_token_variable
from conformance.oracle.served import narrow_to_profile
from conformance.plain.opening import as_plain
from conformance.profile import Caller, Profile, ProfileError
from conformance.results.plain_text import count_noun, escape_line
from conformance.target.introduction import introduce_caller
from conformance.target.target import Unusable, open_target

NOTHING_LEFT = "nothing is left to remove"
"""The last line where nothing is left: what stays archived for good was told before, or at the end of its run."""


@dataclass(frozen=True, slots=True)
class NamedRuns:
    """The runs that the user names to clean up after."""

    connection: Connection
    contract: Path | None = None
    overlay: Path | None = None


def clean_up(target: str | None, *, dry_run: bool, contract: Path | None, overlay: Path | None, **options: Any) -> int:
    """Remove what the ledgers of ended runs name, by a connection of these options; return the exit code.

    By this contract, else by that of the profile.
    What will be asked of which target is printed first; of a dry run nothing else.
    """
    named = NamedRuns(Connection.from_options(**options), contract, overlay)
    profile = _read_profile(target, named) if target else None
    plan = [line for files in find_left_runs() for line in _plan_cleaning(files, profile)]
    for line in plan:
        click.echo(escape_line(line))
    if dry_run:
        click.echo("nothing was sent" if plan else NOTHING_LEFT)
        return UNUSABLE if plan else CONFORMS
    left = [line for files in find_left_runs() for line in _clean(files, profile, named)]
    for line in left:
        click.echo(escape_line(f"left behind: {line}"))
    click.echo(f"{len(left)} left behind" if left else NOTHING_LEFT)
    return UNUSABLE if left else CONFORMS


def _plan_cleaning(files: RunFiles, profile: Profile | None) -> Iterator[str]:
    """Yield what will be asked for after one run of the target that has ended."""
    found = read_standing(files.ledger)
    if not found or files.is_alive or (profile is not None and profile.url != found.url):
        return
    made = Counter((each.resource.replace("_", " "), each.org) for each in found.objects.values())
    lost = Counter((each.resource.replace("_", " "), each.org) for each in found.announced.values())
    steps = [
        *(f"take back the state '{state}'" for state in dict.fromkeys(each.state for each in found.states.values())),
        *(
            f"look among those of {org} for {count_noun(count, name)} whose creation got no answer"
            for (name, org), count in lost.items()
        ),
        *(f"delete {count_noun(count, name)} of {org}" for (name, org), count in made.items()),
    ]
    by = f"with the credentials of {found.target}" if "://" not in found.target else "without a credential"
    yield f"{found.url}, {by}: what the run of {found.begun} named {found.prefix}... and did not remove"
    yield from (f"  {step}" for step in steps)


def _clean(files: RunFiles, profile: Profile | None, named: NamedRuns) -> Iterator[str]:
    """Clean up after one run of the target that has ended; yield what is left."""
    found = read_standing(files.ledger)
    if profile is not None and profile.url != found.url:
        return
    alive = files.hold()
    if alive is None:
        click.echo(f"a run on {found.url} is still going on; it removes what it made itself")
        return
    with alive:
        left = _sweep(files, found, profile or _read_profile(found.target, named), named) if found else []
        for line in describe_staying(read_standing(files.ledger).staying.values()):
            click.echo(escape_line(line))
        yield from left
        if not left:
            files.remove()


def _sweep(files: RunFiles, found: StandingObjects, profile: Profile, named: NamedRuns) -> list[str]:
    contract = narrow_to_profile(use_contract(_read_contract(profile, named)), profile)
    guard = Guard(contract, profile)
    before = len(found.objects) + len(found.states) + len(found.announced)
    opened = Client(connection=named.connection, renewals=Renewals(profile.callers), check=guard.check)
    for caller in (each for each in profile.callers if each.token):
        opened.mask(caller.token, name_token_variable(caller.name) or "TOKEN")
    with closing(opened) as client, closing(Ledger(files.ledger)) as ledger:
        told = _introduce_callers(profile, contract, client)
        left = Sweep(contract, told, client, guard, ledger, found, list_made_by_others(files)).remove()
        left = [mask_cut_text(line, client.masks) for line in left]
    click.echo(f"{found.url}: {before} entries of the ledger looked into, {len(left)} could not be removed")
    return left


def _introduce_callers(profile: Profile, contract: Contract, client: Client) -> Profile:
    """Return the profile with the scopes and user ids that the target gives for its callers.

    A caller of whom it says nothing, or something else than the profile, stays as it is.
    """
    session = contract.session
    if session is None:
        return profile

    def introduce(caller: Caller) -> Caller:
        asked, url = build_bare_request(session).put_in_org(caller.org), profile.find_url(caller.org)
        with suppress(Unusable, ProfileError, NoAnswer, LimitReached):
            return introduce_caller(caller, client.send(asked, caller.credential, url, cleaning=True))
        return caller

    return replace(profile, callers=tuple(map(introduce, profile.callers)))


def _read_contract(profile: Profile, named: NamedRuns) -> Contract:
    return load(named.contract or profile.contract, overlay=named.overlay)


def _read_profile(target: str, named: NamedRuns) -> Profile:
    opened = open_target(target, contract=named.contract, overlay=named.overlay, connection=named.connection)
    opened.close()
    contract = _read_contract(opened.profile, named)
    return as_plain(opened.profile, contract) if contract.is_plain else opened.profile
