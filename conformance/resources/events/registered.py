"""What the suite is told of events: nobody makes one, changes one or asks for one by its id."""

from __future__ import annotations

from dataclasses import replace

from conformance.oracle.call import Call, Refusals
from conformance.oracle.resource import Resource, register
from conformance.recipes.causes import FOR_SOMEBODY, Cause, of_a_right_one

LIST = "audit.list"
NO_CURSOR = "no-cursor-of-anybody"


def _cursor(call: Call, refusals: Refusals) -> None:
    """Only the target knows which texts are cursors of its own."""
    if "cursor" in call.query:
        refusals.add_possible(400, "invalid_cursor", "AUDIT-CURSOR-BAD")


EVENT = register(
    Resource(
        name="event",
        in_case_ids=False,
        refusals={LIST: _cursor},
        causes={
            "invalid_cursor": Cause(
                of_a_right_one(lambda _, request: replace(request, query=f"cursor={NO_CURSOR}")), FOR_SOMEBODY
            )
        },
    )
)
