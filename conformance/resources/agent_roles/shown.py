"""What the answer to a creation says of a role: its environment, where none was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.oracle.breach import Breach
from conformance.results.difference import of_field

RULE, FIELD, USUAL = "ROLE-ENVIRONMENT", "environment", "development"


def as_asked(_contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None) -> Iterator[Breach]:
    """Without an environment a new role has development."""
    if FIELD not in sent and FIELD in shown and shown[FIELD] != USUAL:
        yield Breach(RULE, USUAL, "another environment", evidence=of_field(FIELD, USUAL, shown[FIELD]))
