"""Laws of credentials, scopes and owners: nobody is served what is somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.contract.contract import JsonObject, Operation
from conformance.declared.plain_resources import PlainResource, find_comparable_fields, find_resource_about, read_object
from conformance.http.exchange import Request
from conformance.laws.test_resources import with_parts
from conformance.needs import CALLER
from conformance.oracle.judging import NotProvoked
from conformance.plain.life import Lives, OwnObject, differing_fields
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.running.binding import Scope, in_full, over, rule
from conformance.session.harness import Harness

WRONG = "wrong-credential-of-the-conformance-suite"


def _list_secured(scope: Scope) -> Iterable[object]:
    return [each for each in scope.operations if each.is_secured]


def _list_scoped(scope: Scope) -> Iterable[object]:
    return [each for each in scope.operations if each.permissions]


@rule("AUTH-REQUIRED")
@in_full
@over("operation", _list_secured)
def test_nobody_is_served_without_a_credential(harness: Harness, operation: Operation) -> None:
    """The request is right but for its credential, about an object that is there where it is about one."""
    _check_refused(harness, operation, ANONYMOUS, "a refusal of a request without a credential")


@rule("AUTH-INVALID")
@in_full
@over("operation", _list_secured)
def test_nobody_is_served_with_a_wrong_credential(harness: Harness, operation: Operation) -> None:
    """The credential has the form of a right one, and is nobody's."""
    if harness.profile.takes_any_credential:
        raise NotProvoked("the target takes any credential, as the profile says")
    lives = Lives(harness)
    right = lives.caller_for(operation).credential
    scheme = f"{(right.authorization or '').partition(' ')[0]} " if " " in (right.authorization or "") else ""
    wrong = replace(right, label="a wrong credential", authorization=f"{scheme}{WRONG}")
    _check_refused(harness, operation, wrong, "a refusal of a credential that is nobody's")


@rule("SCOPE-REQUIRED")
@in_full
@over("operation", _list_scoped)
def test_who_lacks_a_scope_is_refused(harness: Harness, operation: Operation) -> None:
    """The request is right, and asked for by a caller of the same org where there is one."""
    lacking = [
        each
        for each in harness.callers()
        if each.scopes is not None and not operation.permissions.are_held_by(each.scopes)
    ]
    if not lacking:
        raise NotProvoked("the profile has no caller without a scope that it asks for", CALLER)
    _check_refused(harness, operation, lacking[0], "a refusal of a caller without the scope")


def _check_refused(harness: Harness, operation: Operation, by: Caller | Credential, said: str) -> None:
    """Raise a finding where a request is served that is right but for who asks."""
    lives = Lives(harness)
    resource = find_resource_about(operation)
    keys = lives.make_keys(operation, resource)
    answer = harness.send(by, lives.request(operation, keys, lives.make_right_body(operation, resource)), harmless=True)
    if answer.has_succeeded and resource is not None and operation.operation_id == resource.shape.create:
        lives.keep_made(resource, lives.caller_for(operation), {}, answer, keys)
    harness.check(not answer.has_succeeded, answer, said, str(answer))


@rule("REFUSED-CHANGES-NOTHING")
@in_full
@over("resource", with_parts("create", "read"))
def test_what_is_refused_to_nobody_changes_nothing(harness: Harness, resource: PlainResource) -> None:
    """An update and a removal without a credential are refused, and the object is as it was."""
    lives = Lives(harness)
    made = lives.create(resource)
    before = lives.read_shown(made)[1]
    for operation, request in _build_changes(lives, made):
        answer = harness.send(ANONYMOUS, request) if operation.is_secured else None
        if answer is not None and not answer.has_succeeded:
            _check_unchanged(lives, made, before)
    if not harness.judged:
        raise NotProvoked("neither its update nor its removal was refused to somebody without a credential")


def _build_changes(lives: Lives, made: OwnObject) -> Iterator[tuple[Operation, Request]]:
    """Yield the update of an object and its removal, as far as there are such, each with a right request for it."""
    for operation_id in filter(None, (made.shape.update, made.shape.remove)):
        operation = lives.operation(operation_id)
        body = None
        if operation.body is not None:
            body = lives.wrap_fields(made.shape, operation_id, lives.draw_fields(made.resource, operation, 1))
        yield operation, lives.request(operation, made.keys, body)


def _check_unchanged(lives: Lives, made: OwnObject, before: JsonObject) -> None:
    """Raise a finding unless an object is shown as it was before a request that was refused."""
    answer = lives.read(made)
    harness, said = lives.harness, f"the {made.resource.name} as it was, since the request was refused"
    harness.check(answer.has_succeeded, answer, said, str(answer))
    shown = read_object(made.shape, made.shape.read, answer.json)
    unlike = differing_fields(shown, before, find_comparable_fields(harness.contract, made.shape, made.shape.create))
    harness.check(not unlike, answer, said, f"{', '.join(unlike)} changed")


def _list_private(scope: Scope) -> list[PlainResource]:
    return [each for each in with_parts("create", "read")(scope) if each.shape.is_private]


def _list_listed_to_owner(scope: Scope) -> list[PlainResource]:
    return [each for each in _list_private(scope) if each.shape.list and not each.shape.is_listed_to_all]


def _list_owned(scope: Scope) -> list[PlainResource]:
    return [each for each in with_parts("create", "read")(scope) if each.shape.is_owned]


@rule("OWNERSHIP-PRIVATE-HIDDEN")
@in_full
@over("resource", _list_private)
def test_nobody_else_is_shown_it(harness: Harness, resource: PlainResource) -> None:
    """It is read by its owner, and then by a caller of another org."""
    lives = Lives(harness)
    made = lives.create(resource)
    lives.read_shown(made)
    other = lives.find_other_caller(made.caller, lives.operation(made.shape.read))
    answer = lives.read(made, other)
    harness.check(not answer.has_succeeded, answer, f"no {resource.name} of {made.caller.org}", str(answer))


@rule("OWNERSHIP-NOT-LISTED")
@in_full
@over("resource", _list_listed_to_owner)
def test_nobody_else_finds_it_listed(harness: Harness, resource: PlainResource) -> None:
    lives = Lives(harness)
    made = lives.create(resource)
    other = lives.find_other_caller(made.caller, lives.operation(made.shape.list))
    answer, holds, _ = lives.read_list(made, other)
    harness.check(not holds, answer, f"a list without the {resource.name} of {made.caller.org}", "a list that holds it")


@rule("OWNERSHIP-OWN-CHANGED")
@in_full
@over("resource", _list_owned)
def test_nobody_else_changes_or_removes_it(harness: Harness, resource: PlainResource) -> None:
    """A caller of another org asks for an update, then for its removal; the object is as it was after each."""
    lives = Lives(harness)
    made = lives.create(resource)
    before = lives.read_shown(made)[1]
    for operation, request in _build_changes(lives, made):
        answer = harness.send(lives.find_other_caller(made.caller, operation), request)
        harness.check(not answer.has_succeeded, answer, f"a refusal, since it is of {made.caller.org}", str(answer))
        _check_unchanged(lives, made, before)
