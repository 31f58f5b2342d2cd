"""Mistakes that many operations can make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.planted_defects.planting.runs import again, asked, leaving, unchanged
from mock_server.deviations.planting.answers import with_header, wrong_answer
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import ApiError, ValidationFailed
from mock_server.operation import Reply
from mock_server.resources.orgs import ORGS
from mock_server.state.collection import Collection
from mock_server.state.value import replace

When = Callable[[Any], bool]
"""Whether a mistake is made: of a run, or of the body of an answer."""


def always(_any: Any) -> bool:
    """Return True: the mistake is made every time."""
    return True


def refused_fields(refusal: ApiError) -> set[str]:
    """Return the names of the fields that a refusal is for."""
    fields = refusal.details.get("fields")
    return set(fields) if isinstance(fields, dict) else set()


wrongly = wrong_outcome.make_plan
"""The operation does something else."""


def without(view: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return what is shown of an object, without some of its fields."""
    return {name: value for name, value in view.items() if name not in names}


def edits(change: Callable[[Any], Any]) -> Plan:
    """Plan that the body of the answer is another."""
    return wrong_reply.make_plan(lambda body, _run: change(body))


def edits_each(change: Callable[[Any], Any]) -> Plan:
    """Plan that an object is shown otherwise, alone and in a list of them."""
    return edits(lambda body: [change(each) for each in body] if isinstance(body, list) else change(body))


def shows(when: When = always, **fields: Any) -> Plan:
    """Plan that the answer has these values in its fields, where it is one of some."""
    return edits(lambda body: {**body, **fields} if when(body) else body)


def leaves(collection: Collection[Any], which: Callable[[Run], Any], **fields: Any) -> Plan:
    """Plan that an operation leaves these values, or what a function makes of the run, in its object's fields."""

    def wrong(run: Run) -> Outcome:
        values = {name: value(run) if callable(value) else value for name, value in fields.items()}
        return leaving(run, collection, replace(which(run), **values))

    return wrongly(wrong)


def asks(*without: str, **query: Any) -> Plan:
    """Plan that some parameters make no difference, and others have these values whatever was sent."""
    return wrongly(lambda run: asked(run, *without, **query))


def sends(status: int, name: bytes, value: bytes) -> Plan:
    """Plan that answers of a status have another value in a header."""
    return wrong_answer(status).make_plan(lambda answer: with_header(answer, name, value))


def grants(refusal: type[ApiError] | str, wrong: Callable[[Run], Outcome | None]) -> Plan:
    """Plan that something is done in the place of a refusal, which stays where the function returns None."""
    return in_place_of(refusal).make_plan(lambda run, _refusal: wrong(run))


def overlooks(field: str, wrong: Callable[[Run], Outcome | None]) -> Plan:
    """Plan that something is done where this field alone is not valid, unless the function returns None."""
    return in_place_of(ValidationFailed).make_plan(
        lambda run, refusal: wrong(run) if refused_fields(refusal) == {field} else None
    )


def answers(refusal: type[ApiError] | str, status: int, body: Any, when: When = always) -> Plan:
    """Plan that a refusal is answered as if the operation were done, and nothing is, where the run is one of some."""
    return grants(refusal, lambda run: (run.state, Reply(status, body)) if when(run) else None)


def confuses(refusal: type[ApiError] | str, other: ApiError, when: When = always) -> Plan:
    """Plan that a refusal is another one, where the run is one of some."""
    return grants(refusal, lambda run: (run.state, other) if when(run) else None)


def refuses(when: When, refusal: ApiError) -> Plan:
    """Plan that some of what is to be done is refused."""

    def wrong(run: Run) -> Outcome:
        done = run.done
        return (run.state, refusal) if when(run) else done

    return wrongly(wrong)


def serves_while_off(refusal: type[ApiError] | str) -> Plan:
    """Plan that a resource that was switched off for the org is served."""

    def wrong(run: Run) -> Outcome:
        return unchanged(run, again(run, run.state.put(ORGS, replace(run.state.all(ORGS)[run.org_id], disabled=None))))

    return grants(refusal, wrong)


undone = wrongly(lambda run: (run.state, run.outcome))
"""The operation is answered as done, and is not."""
