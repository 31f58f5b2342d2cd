"""The opening of a run by a plain document: the base path of its servers, and somebody to ask."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from conformance.contract.completing import find_base_path
from conformance.contract.contract import Cell, Contract
from conformance.profile import ANONYMOUS, BASIC, Caller, Profile

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
    if profile.self_described:
        origin = f"{parts.scheme}://{parts.netloc}"
        return replace(
            profile,
            url=f"{origin}{path}",
            world_url=f"{origin}/_worlds/{{world}}{path}",
            callers=tuple(_place_credential(each, contract) for each in profile.callers),
            any_credential=True,
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
