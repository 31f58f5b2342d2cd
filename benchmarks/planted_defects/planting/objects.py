"""Objects of any collection that are kept wrongly: the decorators of operations on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.errors import ApiError
from mock_server.pipeline.hooks import Hooks
from mock_server.state.collection import Collection
from mock_server.state.value import replace

Change = Callable[[Any, Any, Run], Any]
"""Of an object as it was, or None where it is made, as it should be, and the run: what is stored and shown of it."""


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
                once = outcome.body.keys() - collection.shown(right, run.org_id).keys()
                shown = {**collection.shown(stored, run.org_id), **{name: outcome.body[name] for name in once}}
                outcome = outcome._replace(body=shown)
            return after, outcome

        return wrong_outcome.plant(hooks, wrong)

    return Planter(plant)


def refused_fields(refusal: ApiError) -> set[str]:
    """Return the names of the fields that a refusal is for."""
    fields = refusal.details.get("fields")
    return set(fields) if isinstance(fields, dict) else set()


def done_otherwise(run: Run, collection: Collection[Any], body: Any, **stored: Any) -> Outcome:
    """Return what comes of the request with another body; of its object these fields are stored and shown."""
    after, outcome = run.right(run.state, run.request._replace(body=body))
    if isinstance(outcome, ApiError):
        return after, outcome
    value = replace(after.all(collection)[run.request.path.get("id") or outcome.body["id"]], **stored)
    return after.put(collection, value), outcome._replace(body=collection.shown(value, run.org_id))
