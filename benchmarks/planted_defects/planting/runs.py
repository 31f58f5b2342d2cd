"""Runs that go otherwise: with another request, on another state, to another end."""

from __future__ import annotations

from typing import Any

from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.errors import ApiError
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import replace


def again(run: Run, state: State | None = None, **parts: Any) -> Outcome:
    """Return what comes of the request with other parts, and on another state where one is given."""
    return run.right(run.state if state is None else state, run.request._replace(**parts))


def asked(run: Run, *without: str, **query: Any) -> Outcome:
    """Return what comes of the request with other parameters, and without some."""
    sent = {name: value for name, value in run.request.query.items() if name not in without}
    return again(run, query={**sent, **query})


def resent(run: Run, *without: str, **fields: Any) -> Outcome:
    """Return what comes of the request with other fields in its body, and without some."""
    sent = {name: value for name, value in run.request.body.items() if name not in without}
    return again(run, body={**sent, **fields})


def pretending(run: Run, collection: Collection[Any], *others: Any, **parts: Any) -> Outcome:
    """Return what comes of the request where objects look like these; afterwards they are what they were."""
    state = run.state
    for each in others:
        state = state.put(collection, each)
    after, outcome = again(run, state, **parts)
    for each in others:
        after = after.put(collection, run.state.all(collection)[each.id])
    return after, outcome


def permitted(run: Run, *scopes: str, **changes: Any) -> Outcome:
    """Return what comes of the request of a caller who holds these scopes too, and is otherwise changed."""
    caller = run.request.caller
    return again(run, caller=replace(caller, **{"permissions": (*caller.permissions, *scopes), **changes}))


def leaving(run: Run, collection: Collection[Any], *values: Any) -> Outcome:
    """Return what comes of the request that leaves these values."""
    after = run.after
    for each in values:
        after = after.put(collection, each)
    return after, run.outcome


def body_of(run: Run) -> Any:
    """Return the body of what is answered; raises what is refused."""
    if isinstance(run.outcome, ApiError):
        raise run.outcome
    return run.outcome.body


def showing(run: Run, body: Any, state: State | None = None) -> Outcome:
    """Return what comes of the request that is answered with another body, and leaves another state if one is given."""
    if isinstance(run.outcome, ApiError):
        return run.done
    return run.after if state is None else state, run.outcome._replace(body=body)


def unchanged(run: Run, outcome: Outcome) -> Outcome:
    """Return the answer of an outcome on the state as it was."""
    return run.state, outcome[1]
