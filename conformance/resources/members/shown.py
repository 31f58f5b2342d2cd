"""What the answer to an invitation says of it: nobody has accepted it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.oracle.breach import Breach
from conformance.results.difference import of_fields

RULE = "MEMBER-PENDING"


def as_asked(
    _contract: Contract, _sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
) -> Iterator[Breach]:
    """A new invitation has no user, and no time of acceptance."""
    if there := [name for name in ("workos_user_id", "accepted_at") if shown.get(name)]:
        yield Breach(RULE, "no user and no time of acceptance", ", ".join(there), evidence=of_fields(there, {}, shown))
