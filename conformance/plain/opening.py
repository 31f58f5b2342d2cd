"""What a run by a plain document needs of its target: the base path of its servers, and somebody to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.contract.completing import base_path
from conformance.contract.contract import Contract
from conformance.profile import ANONYMOUS, Caller, Profile

ANYBODY = Caller(name=ANONYMOUS.label, org=ANONYMOUS.label, token="")


def as_plain(profile: Profile, contract: Contract) -> Profile:
    """Return the profile with the base path of the document where it names none, and with somebody who asks.

    Without callers that is anybody: what the document lets everybody do is judged, and what it secures is refused.
    """
    path = base_path(contract.document)
    bare = urlsplit(profile.url).path in ("", "/") and profile.world_url is None
    return replace(
        profile,
        url=profile.url.rstrip("/") + path if bare else profile.url,
        callers=profile.callers or (ANYBODY,),
    )


def plain_lacks(profile: Profile, contract: Contract) -> Iterator[str]:
    """Yield what a profile lacks for all of a plain document to be judged."""
    callers = [each for each in profile.callers if each.token]
    if not callers and any(each.is_secured for each in contract.operations.values()):
        yield "a caller with a credential: what asks for one can only be refused"
    owned = any(each.is_owned for each in contract.shapes.values())
    if owned and len({each.org for each in callers}) == 1:
        yield "a second caller, of another org: ownership cannot be judged without one"
    if contract.scopes and not any(each.scopes is not None for each in callers):
        yield "a caller with its scopes: what asks for one cannot be judged without"


def plain_notes(contract: Contract) -> Iterator[str]:
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
