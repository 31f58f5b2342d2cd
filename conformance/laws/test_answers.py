"""Laws of each answer: its status, media type, headers and body are as the document declares them.

The requests are generated, once an operation; what an answer has to be by itself is judged of every answer of the
run, by the laws of all answers: for such a rule it is enough to ask.
"""

from __future__ import annotations

import pytest

from conformance.budget import Budget
from conformance.contract.contract import Operation
from conformance.contract.conventions import CONVENTIONS
from conformance.contract.routing import find_route
from conformance.declared.plain_resources import PlainResource, read_key, read_object
from conformance.http.exchange import Request
from conformance.judging.conventions import read_location
from conformance.laws.test_resources import with_parts
from conformance.oracle.judging import NotProvoked
from conformance.plain.asking import RequestsOutcome, SharedOutcomes
from conformance.plain.life import Lives
from conformance.results.difference import from_field
from conformance.running.binding import Scope, in_full, law, over, rule
from conformance.session.harness import Harness


def _list_operations(scope: Scope) -> list[Operation]:
    return list(scope.operations)


def _with_json(scope: Scope) -> list[Operation]:
    return [each for each in scope.operations if each.body and any("json" in media for media in each.body.schemas)]


@pytest.fixture(scope="session")
def runs(budget: Budget) -> SharedOutcomes:
    """Return each operation's requests, sent when the first rule asks for them."""
    return SharedOutcomes(budget)


@rule("CONTRACT-NO-SERVER-ERROR")
@over("operation", _list_operations)
def test_no_request_breaks_the_server(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    _require_answers(harness, runs, operation)


@rule("CONTRACT-STATUS-DECLARED")
@over("operation", _list_operations)
def test_statuses_are_declared(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    _require_answers(harness, runs, operation)


@rule("CONTRACT-STATUS-DECLARED")
@over("operation", lambda scope: [each for each in scope.operations if each.is_safe and not each.path_parameters])
def test_a_right_read_has_a_declared_status(harness: Harness, operation: Operation) -> None:
    """It is about no object, and asked for by somebody who may."""
    lives = Lives(harness)
    harness.judged[operation.operation_id] = None
    harness.send(lives.caller_for(operation), lives.request(operation))


@rule("CONTRACT-CONTENT-TYPE")
@over("operation", _list_operations)
def test_media_types_are_declared(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    _require_answers(harness, runs, operation)


@rule("CONTRACT-HEADERS")
@over("operation", _list_operations)
def test_headers_are_as_declared(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    _require_answers(harness, runs, operation)


@rule("CONTRACT-BODY-SCHEMA")
@over("operation", _list_operations)
def test_bodies_fit_their_schemas(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    _require_answers(harness, runs, operation)


@law(*CONVENTIONS, names="operation", values=lambda scope, _: scope.operations)
def test_no_answer_breaks_a_convention(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    _require_answers(harness, runs, operation)


@rule("CONTRACT-LOCATION")
@in_full
@over("resource", with_parts("create", "read"))
def test_a_location_leads_to_what_was_made(harness: Harness, resource: PlainResource) -> None:
    """The new object is read at the place that the answer to its creation names."""
    made = Lives(harness).create(resource)
    path = read_location(made.answer)
    operation = find_route(harness.contract, "GET", path).operation if path else None
    if path is None or operation is None:
        raise NotProvoked("the creation names no path that can be read")
    answer = harness.send(made.caller, Request(operation.operation_id, "GET", path, {}))
    shown = read_key(made.shape, read_object(made.shape, made.shape.read, answer.json))
    evidence = from_field(made.shape.key, made.key, shown)
    harness.check(shown == made.key, answer, "what was made, where its Location leads", str(answer), evidence=evidence)


@rule("CONTRACT-INVALID-REFUSED")
@over("operation", _with_json)
def test_bodies_that_do_not_fit_are_refused(harness: Harness, runs: SharedOutcomes, operation: Operation) -> None:
    """The body of a generated request breaks its schema; the smallest that is served is the finding."""
    asked = _require_answers(harness, runs, operation)
    if not asked.unfit:
        raise NotProvoked("no body that does not fit was generated for it")
    harness.judged[operation.operation_id] = None
    served = sorted((each for each in asked.unfit if each.exchange.has_succeeded), key=lambda each: each.size)
    for each in served[:1]:
        said = f"a refusal, since {each.why}"
        harness.check(False, each.exchange, said, str(each.exchange))  # noqa: FBT003  # the claim itself


def _require_answers(harness: Harness, runs: SharedOutcomes, operation: Operation) -> RequestsOutcome:
    """Return what came of an operation's requests; NotProvoked where none was answered."""
    asked = runs.ask(harness, operation)
    if not asked.answered:
        raise NotProvoked(asked.reason or "no request could be generated for it")
    return asked
