"""Rules of every answer: the contract's schemas, and what the oracle knows.

The requests are generated, once an operation; each rule then looks at all of them. What an answer has to be by
itself is judged of every answer of the run, by the laws of all answers: for such a rule it is enough to ask.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

import pytest

from conformance.budget import Budget, BudgetPart, ValuePart
from conformance.contract.contract import Contract, Operation, resolve
from conformance.contract.conventions import CONVENTIONS
from conformance.declared.values import find_body_schema
from conformance.explorer.explorer import explore
from conformance.fuzzing.judge import JudgedRequest, report, report_named
from conformance.fuzzing.run import OperationRun, OperationRuns
from conformance.hostile.addresses import with_encoded_id
from conformance.hostile.trying import Trials, deal_kinds_of_rule, try_values
from conformance.http import multipart
from conformance.needs import WORLDS
from conformance.oracle.declaration.registry import find_resource_in_path, list_resources, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.recipes import boundaries
from conformance.recipes.making import create_owned
from conformance.recipes.requests import JSON, as_form
from conformance.recipes.valid import build_valid
from conformance.recipes.values.value_kinds import MOST_ITEMS, replace_value
from conformance.rules.checks import EACH_OPERATION, check_named, parametrize_tried, serve_once
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.running.binding import Scope, about_the_whole_path, in_full, law, over, rule
from conformance.session.harness import Harness, NewSession


def _list_first_of_each_path(scope: Scope) -> list[Operation]:
    return list({operation.path: operation for operation in reversed(scope.operations)}.values())[::-1]


def _list_refusing_wrong_data(scope: Scope) -> list[Operation]:
    return [o for o in scope.operations if o.body or any(p.location != "path" for p in o.parameters)]


@pytest.fixture(scope="session")
def runs(budget: Budget) -> OperationRuns:
    """Return each operation's requests, sent when the first rule asks for them."""
    return OperationRuns(budget)


@rule("CONTRACT-NO-SERVER-ERROR")
@EACH_OPERATION
def test_no_generated_request_breaks_the_server(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _require_concerned(runs.get_run(harness, operation), lambda _: True)


@rule("CONTRACT-STATUS-DECLARED")
@EACH_OPERATION
def test_statuses_are_declared(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _require_concerned(runs.get_run(harness, operation), _is_of_its_own_method)


@rule("CONTRACT-CONTENT-TYPE")
@EACH_OPERATION
def test_media_types_are_declared(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _require_concerned(runs.get_run(harness, operation), _is_of_its_own_method)


@rule("CONTRACT-HEADERS")
@EACH_OPERATION
def test_headers_are_as_declared(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _require_concerned(runs.get_run(harness, operation), _is_of_its_own_method)


@rule("CONTRACT-BODY-SCHEMA")
@EACH_OPERATION
def test_bodies_fit_their_schemas(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _require_concerned(runs.get_run(harness, operation), _is_of_its_own_method)


@law(*CONVENTIONS, names="operation", values=lambda scope, _: scope.operations)
def test_no_answer_breaks_a_convention(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _require_concerned(runs.get_run(harness, operation), lambda _: True)


@rule("CONTRACT-INVALID-REFUSED")
@over("operation", _list_refusing_wrong_data)
def test_invalid_requests_are_refused(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _judge(harness, runs.get_run(harness, operation), _is_invalid)


@rule("CONTRACT-VALID-ACCEPTED")
@EACH_OPERATION
def test_valid_requests_are_accepted(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    """Every valid generated request is accepted; on a full target at least one."""
    made = runs.get_run(harness, operation)
    _judge(harness, made, _is_acceptable)
    if made.full and not any(it.exchange.has_succeeded for it in made.judged if _is_acceptable(it)):
        raise made.full


@rule("CONTRACT-INVALID-REFUSED")
@parametrize_tried("CONTRACT-INVALID-REFUSED")
def test_hostile_bodies_are_refused(harness: Harness, operation: Operation) -> None:
    """The body has one hostile value at a time; a third of them in each run. A right one was taken before."""
    try_values(harness, operation, deal_kinds_of_rule(harness, operation, "CONTRACT-INVALID-REFUSED"))


def _list_bounded(scope: Scope) -> list[tuple[Operation, str]]:
    return [(operation, name) for operation in scope.operations for name in boundaries.list_bounded_fields(operation)]


@rule("CONTRACT-INVALID-REFUSED")
@over("operation, name", _list_bounded)
def test_values_just_outside_are_refused(harness: Harness, operation: Operation, name: str) -> None:
    """One field is outside its enum, pattern, length or type; a right value was taken before."""
    caller, request = serve_once(harness, operation)
    for value in boundaries.list_wrong_values(harness, operation, name):
        answer = harness.judge(caller, boundaries.with_value(operation, request, name, value))
        check_named(harness, (name,), answer)


@rule("CONTRACT-INVALID-REFUSED")
@in_full
@over(
    "operation",
    lambda scope: [o for o in scope.operations if boundaries.is_json(o) and [*boundaries.list_bounded_fields(o)]],
)
def test_nothing_past_a_limit_is_taken(harness: Harness, operation: Operation) -> None:
    """One field is of another type, or a length, number or count past its limit by one; a right body was taken."""
    (caller, request), trials = serve_once(harness, operation), Trials(harness)
    usual = json.loads(request.content or b"{}")
    for place, name in enumerate(boundaries.list_bounded_fields(operation)):
        right, turn = usual.get(name), harness.seed + place
        other = boundaries.find_value_of_another_type(harness.contract, operation, name, turn)
        past = boundaries.list_past_limits(harness.contract, operation, name, right)
        for value in (*(replace_value(right, each) for each in past), *([] if other is None else [other])):
            wrong = boundaries.with_value(operation, request, name, value)
            trials.judge(caller, wrong, check=partial(check_named, harness, (name,)))
    trials.end(f"no field of {operation} has a limit or a type")


@rule("CONTRACT-INVALID-REFUSED")
@in_full
@over("operation", lambda scope: [o for o in scope.operations if boundaries.list_limited_parameters(scope.contract, o)])
def test_a_parameter_is_taken_up_to_its_limits(harness: Harness, operation: Operation) -> None:
    """A parameter is each member of an enum; at each limit of a length, a number or a count, or past it; a moment."""
    caller, request = serve_once(harness, operation)
    for parameter in boundaries.list_limited_parameters(harness.contract, operation):
        right, past = boundaries.draw_at_limits(harness.contract, parameter.schema)
        for value in (*right, *past):
            query = urlencode({parameter.name: value}, doseq=True)
            otherwise = "CONTRACT-VALID-ACCEPTED" if value in right else ""
            answer = harness.judge(caller, replace(request, query=query), otherwise=otherwise)
            if value in past:
                check_named(harness, (parameter.name,), answer)


def _list_bounded_references(scope: Scope) -> Iterator[tuple[Resource, str]]:
    """Yield each resource with each field of it that names other objects, up to a number that can be made."""
    for resource in list_resources():
        declared = scope.contract.types.get(resource.name)
        for name in declared.refers if declared else ():
            if any(_list_bounds(scope.contract, resource, name)):
                yield resource, name


def _list_bounds(contract: Contract, resource: Resource, name: str) -> Iterator[tuple[Operation, int]]:
    """Yield the operations that make or change an object with this list, each with the most items of that."""
    for operation_id in (*resource.made_by, resource.updated_by):
        schema = resolve(contract.document, find_body_schema(contract, operation_id).get("properties", {}).get(name))
        most = schema.get("maxItems") if isinstance(schema, dict) else None
        if operation_id is not None and most is not None and most <= MOST_ITEMS:
            yield contract.operations[operation_id], most


@rule("CONTRACT-INVALID-REFUSED")
@over("resource, name", _list_bounded_references)
def test_a_list_names_as_many_objects_as_it_may(harness: Harness, resource: Resource, name: str) -> None:
    """As many objects as the list may name are named, and then one more."""
    bounds, reference = (
        [*_list_bounds(harness.contract, resource, name)],
        harness.contract.types[resource.name].refers[name],
    )
    caller, target = harness.able(bounds[0][0]), require_resource(reference.to)
    if target.lasts and not harness.is_alone:
        raise NotProvoked(f"so many of {target} would stay for good", WORLDS)
    made = [create_owned(harness, target, caller.org) for _ in range(1 + max(most for _, most in bounds))]
    named = [each.id if reference.by is None else each.shown[reference.by] for each in made]
    for operation, most in bounds:
        for count, otherwise in ((most, "CONTRACT-VALID-ACCEPTED"), (most + 1, "")):
            request = boundaries.with_value(operation, build_valid(harness, operation, caller), name, named[:count])
            check_named(harness, (name,), harness.judge(caller, request, otherwise=otherwise))


@rule("CONTRACT-VALID-ACCEPTED")
@parametrize_kept("CONTRACT-VALID-ACCEPTED")
def test_values_of_every_kind_are_accepted(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other, unless no other of the body suits it."""
    write_and_read(harness, operation, part)


@rule("CONTRACT-VALID-ACCEPTED")
@over("operation", lambda scope: [o for o in scope.operations if o.body and JSON in o.body.schemas])
def test_a_media_type_is_read_however_it_is_written(harness: Harness, operation: Operation) -> None:
    """The media type of a JSON body has a charset, or other letter case (RFC 9110)."""
    caller = harness.able(operation)
    harness.hold(caller, build_valid(harness, operation, caller))
    for written in (f"{JSON}; charset=utf-8", f"{JSON};charset=UTF-8", JSON.title()):
        request = build_valid(harness, operation, caller)
        harness.judge(caller, replace(request, headers=(("Content-Type", written),)))


EACH_FORM = over("operation", lambda scope: [o for o in scope.operations if boundaries.is_json(o) and _has_form(o)])
"""Operations that take in a form what they take as JSON."""


def _has_form(operation: Operation) -> bool:
    return operation.body is not None and multipart.MEDIA_TYPE in operation.body.schemas


@rule("CONTRACT-VALID-ACCEPTED")
@EACH_FORM
def test_the_parts_of_a_form_are_read_as_json(harness: Harness, operation: Operation) -> None:
    """Every part that is a number, a boolean or one of an enum has its first value, then its last."""
    caller = harness.able(operation)
    for place in (0, -1):
        request = build_valid(harness, operation, caller)
        for name, right, _ in boundaries.draw_in_form(harness.contract, operation):
            request = boundaries.with_value(operation, request, name, right[place])
        harness.judge(caller, as_form(operation, request))


@rule("CONTRACT-INVALID-REFUSED")
@EACH_FORM
def test_nothing_wrong_in_a_form_is_taken(harness: Harness, operation: Operation) -> None:
    """One part is past a limit by one, or no value of its type; a right form was taken before."""
    caller = harness.able(operation)
    harness.hold(caller, as_form(operation, build_valid(harness, operation, caller)))
    request, trials = build_valid(harness, operation, caller), Trials(harness)
    for name, _, wrong in boundaries.draw_in_form(harness.contract, operation):
        for text in wrong:
            form = as_form(operation, boundaries.with_value(operation, request, name, text))
            trials.judge(caller, form, check=partial(check_named, harness, (name,)))
    trials.end(f"no part of the form of {operation} has a limit or a type")


@rule("CONTRACT-VALID-ACCEPTED")
@in_full
@over("operation", lambda scope: list(filter(_has_form, scope.operations)))
def test_the_media_type_of_a_form_is_read_however_it_is_written(harness: Harness, operation: Operation) -> None:
    """The media type of a form has other letter case, or its boundary before or after another parameter (RFC 9110)."""
    caller = harness.able(operation)
    for turn in range(3):
        request = as_form(operation, build_valid(harness, operation, caller))
        boundary = (request.find_header("content-type") or "").partition(";")[2].strip()
        written = (
            f"{multipart.MEDIA_TYPE.title()}; {boundary}",
            f"{multipart.MEDIA_TYPE}; {boundary}; charset=utf-8",
            f"{multipart.MEDIA_TYPE}; charset=utf-8; {boundary}",
        )
        harness.judge(caller, replace(request, headers=(("Content-Type", written[turn]),)))


@rule("CONTRACT-RIGHT-ANSWER")
@over("operation", lambda scope: [o for o in scope.operations if find_resource_in_path(o)])
def test_a_path_is_read_however_it_is_encoded(harness: Harness, operation: Operation) -> None:
    """The last letter of an id is percent-encoded in upper and lower case (RFC 3986)."""
    caller = harness.able(operation)
    harness.hold(caller, build_valid(harness, operation, caller))
    for template in ("%{:02X}", "%{:02x}"):
        harness.judge(caller, with_encoded_id(build_valid(harness, operation, caller), template))


@rule("CONTRACT-VALID-ACCEPTED")
@parametrize_tried("CONTRACT-VALID-ACCEPTED")
def test_odd_bodies_are_taken_or_refused(harness: Harness, operation: Operation) -> None:
    """The body is one of which the standards leave open whether it is read; a third of them in each run."""
    try_values(harness, operation, deal_kinds_of_rule(harness, operation, "CONTRACT-VALID-ACCEPTED"))


@rule("CONTRACT-RIGHT-ANSWER")
@parametrize_tried("CONTRACT-RIGHT-ANSWER")
def test_hostile_addresses_are_answered_right(harness: Harness, operation: Operation) -> None:
    """Id, path or query is changed in one hostile way at a time, or a header added; a third of them in each run."""
    try_values(harness, operation, deal_kinds_of_rule(harness, operation, "CONTRACT-RIGHT-ANSWER"))


@rule("CONTRACT-METHOD-UNDECLARED")
@about_the_whole_path
@over("operation", _list_first_of_each_path)
def test_undeclared_methods_are_refused(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    _judge(harness, runs.get_run(harness, operation), lambda it: not it.generated.is_method_declared)


@rule("CONTRACT-RIGHT-ANSWER")
@EACH_OPERATION
def test_answers_are_right(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    """The oracle judges every generated request; a breach of a rule of another clause counts for that rule."""
    report_named(harness, runs.get_run(harness, operation).judged)


@rule("CONTRACT-RIGHT-ANSWER")
@over("part", lambda scope: scope.budget.expedition_parts)
def test_whatever_is_done_is_answered_right(
    harness: Harness, new_session: NewSession, budget: Budget, part: BudgetPart
) -> None:
    """Several callers make, change, read and remove objects; each answer and each look afterwards is judged."""
    explore(harness, new_session, budget, part)


@rule("CONTRACT-CREDENTIAL-ENFORCED")
@EACH_OPERATION
def test_credentials_are_enforced(harness: Harness, runs: OperationRuns, operation: Operation) -> None:
    """Served requests are repeated without a credential, and with wrong ones."""
    if not (probes := runs.get_run(harness, operation).probes):
        raise NotProvoked("no request of the operation was served with a right credential")
    report_named(harness, probes)


def _judge(harness: Harness, made: OperationRun, concerns: Callable[[JudgedRequest], bool]) -> None:
    """Report the requests that break the rule; raises NotProvoked where no request concerns it."""
    report(harness, _require_concerned(made, concerns))


def _require_concerned(made: OperationRun, concerns: Callable[[JudgedRequest], bool]) -> list[JudgedRequest]:
    """Return the requests that concern the rule; raises NotProvoked where there is none."""
    found = [it for it in made.judged if concerns(it)]
    if not found:
        raise NotProvoked(made.not_judged or "no request of this kind could be generated for the operation")
    return found


def _is_of_its_own_method(it: JudgedRequest) -> bool:
    return it.generated.is_method_declared and it.exchange.failure is None


def _is_invalid(it: JudgedRequest) -> bool:
    """Return whether the request is invalid and only a refusal is right."""
    refused = all(answer.status >= 400 for answer in it.answers)
    return not it.generated.is_valid and it.generated.is_method_declared and refused


def _is_acceptable(it: JudgedRequest) -> bool:
    return it.generated.is_valid and any(answer.status < 400 for answer in it.answers)
