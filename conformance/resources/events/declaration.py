"""The declaration of events: nobody makes one, changes one or asks for one by its id."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from conformance.contract.contract import Provenance
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.recipes.causes import FOR_SOMEBODY, Cause, change_right_request

LIST, STATISTICS = "audit.list", "audit.stats"
IN_WORKSPACE, COUNTED_IN_WORKSPACE, ACTIVITY = "audit.list_for_workspace", "audit.stats_for_workspace", "activity.list"
VALIDATION, INVALID = "validation_error", "STATS-INVALID"
NO_CURSOR = "no-cursor-of-anybody"
DECIDED = "request was decided"


def _check_cursor(call: Call, refusals: Refusals) -> None:
    """Add the possible refusal of a cursor: only the target knows which texts are cursors of its own."""
    if "cursor" in call.query:
        refusals.add_possible(400, "invalid_cursor", "AUDIT-CURSOR-BAD")


def _check_activity(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a cursor together with `after`."""
    _check_cursor(call, refusals)
    if {"after", "cursor"} <= call.query.keys():
        # One that is empty may be as if there were none.
        certain = any(call.query["cursor"])
        refusals.add(400, VALIDATION, "ACTIVITY-AFTER-CURSOR", certain=certain, provenance=Provenance.ASSUMED)


def _check_statistics(call: Call, refusals: Refusals) -> None:
    """Add the refusals that no pattern makes: of columns and parameters that do not fit, of bounds that fall."""
    columns = _find_value(call, "group_by").split(",")
    bounds = _find_value(call, "bucket_by").partition(":")[2].split(",")
    if len({*columns}) < len(columns) or not _are_rising(bounds):
        refusals.add(400, VALIDATION, INVALID, provenance=Provenance.ASSUMED)
    if "top" in call.query and _find_value(call, "top").partition(":")[2] not in columns:
        refusals.add(400, VALIDATION, INVALID, provenance=Provenance.ASSUMED)
    if {"time_bucket", "bucket_by"} <= call.query.keys():
        refusals.add(400, VALIDATION, INVALID, provenance=Provenance.ASSUMED)


def _find_value(call: Call, name: str) -> str:
    return call.query.get(name, [""])[0]


def _are_rising(bounds: list[str]) -> bool:
    try:
        numbers = [float(each) for each in bounds]
    except ValueError:  # a pattern says it already
        return True
    return all(one < other for one, other in pairwise(numbers))


EVENT = register(
    Resource(
        name="event",
        operations=(
            Behavior(LIST, refuses=_check_cursor),
            Behavior(IN_WORKSPACE, refuses=_check_cursor),
            Behavior(ACTIVITY, refuses=_check_activity),
            Behavior(STATISTICS, refuses=_check_statistics),
            Behavior(COUNTED_IN_WORKSPACE, refuses=_check_statistics),
        ),
        in_case_ids=False,
        states={
            DECIDED: ProviderState(
                "The log of the org has an event of a request of the workspace.",
                (
                    ORG,
                    Param("workspace_id"),
                    Param("decision", choices=("allow", "deny")),
                    Param("latency_ms", "a number"),
                    Param("debits", "an object of numbers"),
                ),
                is_undone=False,
            )
        },
        causes={
            "invalid_cursor": Cause(
                change_right_request(lambda _, request: replace(request, query=f"cursor={NO_CURSOR}")), FOR_SOMEBODY
            )
        },
    )
)
