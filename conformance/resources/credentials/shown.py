"""What the answer to a creation says of a credential: whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.oracle.breach import Breach
from conformance.results.difference import of_field

RULE = "CREDENTIAL-PERSONAL"


def as_asked(_contract: Contract, sent: Mapping[str, Any], shown: JsonObject, user_id: str | None) -> Iterator[Breach]:
    """A personal one is the caller's, one of the org is nobody's."""
    person = shown.get("user_id")
    if sent.get("personal") is not True and person is not None:
        yield Breach(RULE, "no user_id on a credential of the org", "one", evidence=of_field("user_id", None, person))
    elif sent.get("personal") is True and user_id is not None and person != user_id:
        yield Breach(RULE, "the caller's user_id", "another", evidence=of_field("user_id", user_id, person))
