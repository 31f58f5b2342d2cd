"""Objects of any collection that are kept wrongly: the decorators of operations on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.mistakes import grants, refuses
from benchmarks.planted_defects.planting.runs import pretending
from mock_server.deviations.planting.deviation import Plan, Planter
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_outcome
from mock_server.errors import ApiError
from mock_server.pipeline.hooks import Hooks
from mock_server.state.collection import Collection
from mock_server.state.value import replace

Change = Callable[[Any, Any, Run], Any]
"""The function that makes the stored and shown object of the former one, or None, the right one, and the run."""


def wrong_object(collection: Collection[Any]) -> Planter[Change]:
    """Plant a change of the object that an operation leaves; where the answer shows the object, it shows the change."""

    def plant(hooks: Hooks, change: Change) -> Hooks:
        def wrong(run: Run) -> Outcome:
            after, outcome = run.done
            if isinstance(outcome, ApiError):
                return after, outcome
            key = run.request.path.get("id") or outcome.body["id"]
            right = after.all(collection)[key]
            stored = change(run.state.get(collection, key), right, run)
            if stored != right:  # what is put is told as changed
                after = after.put(collection, stored)
            if "id" in outcome.body:
                once = outcome.body.keys() - collection.show(right, run.org_id).keys()
                shown = {**collection.show(stored, run.org_id), **{name: outcome.body[name] for name in once}}
                outcome = outcome._replace(body=shown)
            return after, outcome

        return wrong_outcome.plant(hooks, wrong)

    return Planter(plant)


def done_otherwise(run: Run, collection: Collection[Any], body: Any, **stored: Any) -> Outcome:
    """Return what comes of the request with another body; of its object these fields are stored and shown."""
    after, outcome = run.right(run.state, run.request._replace(body=body))
    if isinstance(outcome, ApiError):
        return after, outcome
    value = replace(after.all(collection)[run.request.path.get("id") or outcome.body["id"]], **stored)
    return after.put(collection, value), outcome._replace(body=collection.show(value, run.org_id))


def keeps(
    collection: Collection[Any], when: Callable[[Any, Run], bool] = lambda _right, _run: True, **fields: Any
) -> Plan:
    """Plan that the object that an operation leaves has these values, where it is one of some.

    The answer shows them.
    """
    return wrong_object(collection).make_plan(
        lambda _before, right, run: replace(right, **fields) if when(right, run) else right
    )


def changes(collection: Collection[Any], change: Change) -> Plan:
    """Plan that the object that an operation leaves is another; the answer shows that."""
    return wrong_object(collection).make_plan(change)


def frees_archived_names(collection: Collection[Any], refusal: type[ApiError] | str) -> Plan:
    """Plan that the name of an archived object is free for another one."""

    def wrong(run: Run) -> Outcome | None:
        [first, *_] = run.state.select(collection, org_id=run.org_id, name=run.request.body["name"])
        free = replace(first, name=f"{first.id}-before")
        return None if first.archived_at is None else pretending(run, collection, free)

    return grants(refusal, wrong)


def takes_names_of_others(collection: Collection[Any], refusal: ApiError) -> Plan:
    """Plan that a name that an object of another org has is taken."""
    return refuses(
        lambda run: any(
            each.name == run.request.body["name"] and each.org_id != run.org_id
            for each in run.state.all(collection).values()
        ),
        refusal,
    )
