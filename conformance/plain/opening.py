"""The opening of a run by a plain document: its base path, its first answer, somebody to ask, and a profile of it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from conformance.contract.contract import Cell, Contract
from conformance.contract.reader import find_base_path
from conformance.errors import CONFORMS
from conformance.http.exchange import Exchange, Request, build_bare_request
from conformance.profile import ANONYMOUS, BASIC, Caller, Profile, ProfileError
from conformance.results.plain_text import escape_line
from conformance.target.discovery import GivenCredential
from conformance.target.target import Unusable

COOKIE = "Cookie"
ANYBODY = Caller(name=ANONYMOUS.label, org=ANONYMOUS.label, token="")


@dataclass(frozen=True, slots=True)
class CredentialPlace:
    """The place of a credential in requests, as a profile says it of a caller."""

    header: str = "Authorization"
    scheme: str = "Bearer"
    """The scheme before the token there."""
    query: str | None = None
    """The parameter of the query, where it goes there."""


def as_plain(profile: Profile, contract: Contract) -> Profile:
    """Return the profile with the base path of the document where it names none, and with somebody who asks.

    Without callers that is anybody: what the document lets everybody do is judged, and what it secures is refused.
    """
    path, parts = find_base_path(contract.document), urlsplit(profile.url)
    if profile.is_self_described:
        origin = f"{parts.scheme}://{parts.netloc}"
        return replace(
            profile,
            url=f"{origin}{path}",
            world_url=f"{origin}/_worlds/{{world}}{path}",
            callers=tuple(_place_credential(each, contract) for each in profile.callers),
            takes_any_credential=True,
        )
    bare = parts.path in ("", "/") and profile.world_url is None
    return replace(
        profile,
        url=profile.url.rstrip("/") + path if bare else profile.url,
        callers=profile.callers or (ANYBODY,),
    )


def _place_credential(caller: Caller, contract: Contract) -> Caller:
    """Return the caller of a mock, who stands for himself, with the credential where the document wants it."""
    at = find_credential_place(contract)
    placed = replace(caller, org=caller.name, scopes=None, header=at.header, scheme=at.scheme, query=at.query)
    if at.scheme == BASIC:
        return replace(placed, token=base64.b64encode(f"{caller.name}:secret".encode()).decode())
    return replace(placed, scheme="", token=f"{at.scheme}{caller.token}") if at.header == COOKIE else placed


def find_credential_place(contract: Contract) -> CredentialPlace:
    """Return where a document's first security scheme has a credential."""
    components = contract.document.get("components", {})
    schemes: Mapping[str, Mapping[str, Any]] = components.get("securitySchemes", {})
    asked = (name for operation in contract.operations.values() for name in operation.credentials)
    first = schemes.get(next(asked, ""), {})
    if (first.get("type"), first.get("in")) == ("apiKey", "header"):
        return CredentialPlace(header=str(first.get("name")), scheme="")
    if (first.get("type"), first.get("in")) == ("apiKey", "query"):
        return CredentialPlace(scheme="", query=str(first.get("name")))
    if (first.get("type"), first.get("in")) == ("apiKey", "cookie"):
        return CredentialPlace(header=COOKIE, scheme=f"{first.get('name')}=")
    is_basic = str(first.get("scheme", "")).lower() == BASIC.lower()
    return CredentialPlace(scheme=BASIC if is_basic else "Bearer")


def list_missing_lines(profile: Profile, contract: Contract) -> Iterator[str]:
    """Yield what a profile lacks for all of a plain document to be judged."""
    callers = [each for each in profile.callers if each.token]
    if not callers and any(each.is_secured for each in contract.operations.values()):
        yield "a caller with a credential: what asks for one can only be refused"
    owned = any(each.is_owned for each in contract.shapes.values())
    if owned and len({each.org for each in callers}) == 1:
        yield "a second caller, of another org: ownership cannot be judged without one"
    if contract.scopes and not any(each.scopes is not None for each in callers):
        yield "a caller with its scopes: what asks for one cannot be judged without"


def describe_needs(contract: Contract, cell: Cell) -> str:
    """Return what an answer of a plain document needs of a target and its profile, in words."""
    operation = contract.operations[cell.operation_id]
    if cell.status in (401, 403):
        return "nothing else"
    who = "a caller with a credential" if operation.is_secured else "nothing else"
    return who if cell.status < 400 else f"{who}; a request that is not right may get it"


def list_notes(contract: Contract) -> Iterator[str]:
    """Yield what a report says of how a plain document was read."""
    if not contract.is_plain:
        return
    inferred = [each.name for each in contract.shapes.values() if not each.is_declared]
    if inferred:
        yield (
            f"no x-resource-types, so resources were inferred from the paths: {', '.join(inferred)}. "
            "What they break is an advisory; declared they bind"
        )
    elif not contract.shapes:
        yield "no resource is declared, and none could be inferred from the paths: lives of objects are not judged"


MOST_LOOKS = 40
"""The number of operations that are asked before it is said that none answers."""


def look_at_plain(
    contract: Contract,
    callers: Sequence[Caller],
    ask: Callable[[Caller | None, Request], Exchange],
    url: str,
) -> tuple[Exchange, ...]:
    """Return the answers to harmless requests until one is as the document declares it; Unusable where none is."""
    answers: list[Exchange] = []
    reads = (each for each in contract.operations.values() if each.is_safe and not each.path_parameters)
    for operation in islice(reads, MOST_LOOKS):
        for caller in callers[:1] or (None,):
            answer = ask(caller, build_bare_request(operation))
            if answer.failure is not None:
                raise Unusable(f"{url}: {answer.failure}")
            if answer.status < 500 and answer.status != 404 and "html" not in answer.media_type:
                return (answer,)
            answers.append(answer)
    if not answers:  # every read is of one object, so nothing can be asked before one is made
        return ()
    told = ", ".join(f"{each.method} {each.path} {each.status}" for each in answers[:3])
    raise Unusable(f"{url}: gives no answer of this API ({told}); check that it is the base URL, with its path")


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
