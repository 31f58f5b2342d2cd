"""What an answer says of a task by itself: when it ended."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import JsonObject
from conformance.oracle.breach import Breach
from conformance.results.difference import of_fields

RULE = "TASK-END-FIELDS"
GOING_ON = frozenset({"submitted", "delivered", "running", "compacting"})
OF_AN_END = ("completed_at", "duration_seconds")


def contradictions(shown: JsonObject, _org: str | None) -> Iterator[Breach]:
    """A task that has not ended says neither when nor how long it took."""
    there = [name for name in OF_AN_END if shown.get(name) is not None]
    if shown.get("status") in GOING_ON and there:
        yield Breach(RULE, "no end of a task that goes on", ", ".join(there), evidence=of_fields(there, {}, shown))
