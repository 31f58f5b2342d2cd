"""The oracle: what this caller's request must be answered in this state.

Every refusal that is true of a request is right, whichever of them the target gives: the order in which
they are checked is assumed, so no target fails for another one. A success is right only where no
refusal is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from conformance.contract.contract import Operation
from conformance.contract.routing import Route, route
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer, ReadBody, read_body
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import INACTIVE, State
from conformance.oracle.learning import learn
from conformance.oracle.resource import resource_named, resource_of
from conformance.oracle.wrongful_refusals import unjust
from conformance.profile import Caller

__all__ = ["Answer", "expect", "observe"]


def expect(state: State, caller: Caller | None, request: Request) -> frozenset[Answer]:
    """Every right answer to the request; caller None: its credential is none or not a valid one."""
    contract = state.contract
    where = route(contract, request.method, request.path)
    operation = where.operation
    if operation is None:
        answers = _unrouted(where, request)
        # Whoever is nobody may be asked for a credential before anybody looks at the path.
        return frozenset(answers if caller else answers | {_unauthenticated(request)})
    body = read_body(contract, operation, request)
    refusals = Refusals(set(body.certain), set(body.possible))
    call = Call(state, caller, operation, where.values, body.value) if caller else None
    if call is None or caller is None:
        refusals.certain.add(_unauthenticated(request))
    else:
        _gates(state, caller, operation, refusals)
        _stored(call, body, refusals)
    _parameters(operation, request, refusals)
    _murky(operation, where.spelt, request, refusals)
    wronged = tuple(each for each in unjust(call) if each[0] not in _codes(refusals)) if call else ()
    served = Answer(operation.success.status, None, "CONTRACT-VALID-ACCEPTED")
    right = refusals.possible | (refusals.certain or {served})
    return frozenset(replace(answer, unjust=wronged) for answer in right)


def _unauthenticated(request: Request) -> Answer:
    return Answer(401, "unauthenticated", "AUTH-INVALID" if request.header("authorization") else "AUTH-REQUIRED")


def _codes(refusals: Refusals) -> set[str | None]:
    return {answer.code for answer in (refusals.certain | refusals.possible)}


def observe(state: State, caller: Caller | None, exchange: Exchange) -> State:
    """The state after the exchange: what its answer showed and did."""
    where = route(state.contract, exchange.method, exchange.path)
    if caller is None or where.operation is None or not exchange.succeeded:
        return state
    body = read_body(state.contract, where.operation, exchange.request)
    return learn(Call(state, caller, where.operation, where.values, body.value), exchange)


def _unrouted(where: Route, request: Request) -> set[Answer]:
    if where.allowed:
        rule = "PROTOCOL-HEAD-OPTIONS" if request.method in ("HEAD", "OPTIONS") else "PROTOCOL-METHOD"
        return {Answer(405, "method_not_allowed", rule)}
    slash = request.path.endswith("/")
    answers = {Answer(404, "not_found", "PROTOCOL-TRAILING-SLASH" if slash else "PROTOCOL-UNKNOWN-PATH")}
    if "%2f" in request.path.lower() or "//" in request.path or "/files/" in request.path:
        # Whether such a path is another path or an empty segment of a parameter is not for us to say.
        answers |= {
            Answer(400, "validation_error", "FILE-PATH"),
            Answer(404, "file_not_found", "FILE-PATH"),
            Answer(404, "pack_not_found", "FILE-PATH"),
        }
    return answers


def _gates(state: State, caller: Caller, operation: Operation, refusals: Refusals) -> None:
    """Scope, role and billing."""
    if caller.scopes is None:
        if operation.permissions:
            refusals.add_possible(403, "permission_denied", "SCOPE-REQUIRED")
    elif not operation.permissions.held_by(caller.scopes):
        refusals.add(403, "permission_denied", "SCOPE-REQUIRED")
    if operation.role is not None and caller.role != operation.role:
        refusals.add(403, "permission_denied", "SCOPE-REQUIRED")
    if operation.billing == "create":
        posture = state.postures.get(caller.org)
        if posture in INACTIVE:
            refusals.add(423, "billing_inactive", "BILLING-CREATE-REFUSED")
        elif posture is None:
            refusals.add_possible(423, "billing_inactive", "BILLING-CREATE-REFUSED")


def _stored(call: Call, body: ReadBody, refusals: Refusals) -> None:
    """What depends on what the target has."""
    for parameter in call.operation.path_parameters:
        named = parameter.resource
        if named is None:
            continue
        resource = resource_named(named.name)
        if resource is None:
            refusals.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
        else:
            resource.in_path(call, call.values[parameter.name], named.not_found, refusals)
    resource = resource_of(call.operation)
    refusal = resource.refusals.get(call.operation.operation_id) if resource else None
    if refusal is None:
        if not call.operation.safe:
            _declared(call.operation, refusals)
    elif not body.certain:
        refusal(call, refusals)


def _declared(operation: Operation, refusals: Refusals) -> None:
    """An operation whose meaning is not known here: what it declares by state is possible."""
    for response in operation.responses.values():
        if response.status in (409, 502, 503):
            for code in response.codes:
                refusals.add_possible(response.status, code, "CONTRACT-RIGHT-ANSWER")


def _parameters(operation: Operation, request: Request, refusals: Refusals) -> None:
    declared = {p.name for p in operation.parameters if p.location == "query"}
    sent = parse_qsl(request.query, keep_blank_values=True)
    if request.query and (not sent or any(name not in declared for name, _ in sent)):
        # Whether an unknown query parameter is refused is not judged.
        refusals.add_possible(400, "validation_error", "CONTRACT-INVALID-REFUSED")


def _murky(operation: Operation, spelt: Mapping[str, str], request: Request, refusals: Refusals) -> None:
    """Paths that a server in front may read in another way than the target."""
    path = request.path.lower()
    spanning = [spelt[p.name].lower() for p in operation.path_parameters if p.spans_segments]
    if any("%2f" in value for value in spanning):
        # It would be a slash of the file's path, and such a one is never encoded.
        refusals.add(400, "validation_error", "FILE-PATH")
        for resource in operation.resources:
            refusals.add(404, resource.not_found, "FILE-PATH")
    if "%2f" in path or "//" in path or "/../" in path or "/./" in path or path.endswith(("/.", "/..")):
        refusals.add_possible(404, "not_found", "PROTOCOL-UNKNOWN-PATH")
        refusals.add_possible(404, "pack_not_found", "PROTOCOL-UNKNOWN-PATH")
        refusals.add_possible(400, "validation_error", "FILE-PATH")
