"""The oracle: what this caller's request must be answered in this state.

Every refusal that is true of a request is right, whichever of them the target gives: the order in which
they are checked is assumed, so no target fails for another one. A success is right only where no
refusal is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from conformance.contract.contract import OWN_ORG, Contract, Operation
from conformance.contract.routing import Route, find_route
from conformance.http.exchange import Request
from conformance.oracle import access
from conformance.oracle.bodies import Answer, ReadBody, read_body
from conformance.oracle.breach import DataEffect
from conformance.oracle.call import (
    Call,
    Refusals,
    WrongfulRefusal,
    add_path_refusals,
    add_query_refusals,
    is_whose_known,
)
from conformance.oracle.declaration.registry import find_refusing_resource, find_resource, find_resource_of
from conformance.oracle.facts import INACTIVE, State
from conformance.profile import Caller
from conformance.values import copy_with

OF_OTHERS = (502, 503)
"""The statuses by which a target says that something behind it does not answer, or is switched off."""
_DOTS = 2
"""The number of dots in a session token, which is a JWT."""
_BILLING = {"read": "BILLING-READ-FREE", "wind-down": "BILLING-WIND-DOWN-FREE"}


def expect(state: State, caller: Caller | None, request: Request) -> frozenset[Answer]:
    """Return every right answer to the request; caller None: its credential is none or not a valid one."""
    return find_due(state, caller, request).right


@dataclass(frozen=True, slots=True)
class DueAnswers:
    """The answers that may come to a request."""

    certain: frozenset[Answer]
    """Refusals that are true of it: where there are any, a success is wrong."""
    possible: frozenset[Answer]
    """Refusals that may be true of it."""
    served: Answer | None = None
    """The success; None where no operation is asked for."""

    @property
    def right(self) -> frozenset[Answer]:
        return self.possible | (self.certain or frozenset({self.served} if self.served else ()))


def find_due(state: State, caller: Caller | None, request: Request, body: ReadBody | None = None) -> DueAnswers:
    """Return what may be answered to the request, as for `expect`; body: as it is read, or that it is not known."""
    contract = state.contract
    where = find_route(contract, request.method, request.path)
    operation = where.operation
    if operation is None:
        answers = _answer_unrouted(contract, where, request)
        # Whoever is nobody may be asked for a credential before anybody looks at the path.
        return DueAnswers(frozenset(answers if caller else answers | {_refuse_unauthenticated(request)}), frozenset())
    body = body or read_body(contract, operation, request)
    refusals = Refusals(set(body.certain), set(body.possible))
    query = parse_qs(request.query, keep_blank_values=True)
    call = Call(state, caller, operation, where.values, body.value, query) if caller else None
    if call is None or caller is None:
        if _may_be_let_in(operation, request, query):
            refusals.possible |= {_refuse_unauthenticated(request), Answer(403, "permission_denied", "SCOPE-REQUIRED")}
        else:
            refusals.certain.add(_refuse_unauthenticated(request))
    else:
        add_gates(state, caller, operation, refusals)
        _add_stored(call, body, refusals)
    add_path_refusals(contract, operation, where.values, refusals)
    add_query_refusals(contract, operation, request, refusals)
    _add_ambiguous_path(operation, where.spelt, request, refusals)
    codes = {answer.code for answer in (refusals.certain | refusals.possible)}
    wrongful = tuple(each for each in _list_wrongful(call) if each[0] not in codes) if call else ()
    effect = DataEffect.LOST if call and _is_left_by_a_write(call) else None
    served = Answer(operation.success.status, None, "CONTRACT-VALID-ACCEPTED", effect=effect, wrongful=wrongful)
    certain, possible = (
        frozenset([copy_with(answer, wrongful=wrongful) for answer in found])
        for found in (refusals.certain, refusals.possible)
    )
    return DueAnswers(certain, possible, served)


def expect_answers(request: Request, answers: frozenset[Answer]) -> Request:
    """Return the request, for which these answers are right: of those without a body none is taken for a gateway's."""
    bodyless = frozenset([each.status for each in answers if each.code is None])
    foreseen = frozenset((each.status, each.code) for each in answers if each.status >= 400 and each.code)
    return copy_with(request, bodyless=bodyless, foreseen=foreseen)


def may_succeed(state: State, caller: Caller, request: Request) -> bool:
    """Return whether a success is one of the right answers."""
    return any(answer.status < 400 for answer in expect(state, caller, request))


def _refuse_unauthenticated(request: Request) -> Answer:
    return Answer(401, "unauthenticated", "AUTH-INVALID" if request.find_header("authorization") else "AUTH-REQUIRED")


def _may_be_let_in(operation: Operation, request: Request, query: Mapping[str, list[str]]) -> bool:
    """Return whether the query may hold an API key that the operation takes there; a session is none."""
    keys = query.get(operation.query_key or "", [])
    return (
        request.find_header("authorization") is None
        and len(keys) == 1
        and keys[0] != ""
        and keys[0].count(".") != _DOTS
    )


def _is_left_by_a_write(call: Call) -> bool:
    """Return whether the caller's org reads an object that this run made for it, so that it has to be there."""
    named = (call.find_object(resource.name) for resource in call.operation.resources)
    return call.operation.is_safe and any(fact and fact.made and fact.is_owned_by(call.caller.org) for fact in named)


def _answer_unrouted(contract: Contract, where: Route, request: Request) -> set[Answer]:
    if where.allowed:
        rule = "PROTOCOL-HEAD-OPTIONS" if request.method in ("HEAD", "OPTIONS") else "PROTOCOL-METHOD"
        return {Answer(405, "method_not_allowed", rule)}
    slash = request.path.endswith("/")
    answers = {Answer(404, "not_found", "PROTOCOL-TRAILING-SLASH" if slash else "PROTOCOL-UNKNOWN-PATH")}
    if "%2f" in request.path.lower() or "//" in request.path or _leads_into(contract, request.path):
        # Whether such a path is another path or an empty segment of a parameter is not for us to say.
        answers.add(Answer(400, "validation_error", "FILE-PATH"))
        named = (resource for operation in contract.operations.values() for resource in operation.resources)
        answers |= {Answer(404, resource.not_found, "FILE-PATH") for resource in named}
    return answers


def _leads_into(contract: Contract, path: str) -> bool:
    """Return whether a path goes on where one inside an object would begin, such as that of a file."""
    inside = (each.path.partition(f"{{{p.name}}}")[0] for each in contract.operations.values() for p in each.spanning)
    return any(f"/{before.rstrip('/').rpartition('/')[2]}/" in path for before in inside)


def add_gates(state: State, caller: Caller, operation: Operation, refusals: Refusals) -> None:
    """Add what is right by scope, role and billing."""
    if caller.scopes is None:
        if operation.permissions:
            refusals.add_possible(403, "permission_denied", "SCOPE-REQUIRED")
    elif not operation.permissions.are_held_by(caller.scopes):
        refusals.add(403, "permission_denied", "SCOPE-REQUIRED")
    if operation.role is not None and caller.role != operation.role:
        known = caller.role is not None or caller.permission_set is not None
        refusals.add(403, "permission_denied", "SCOPE-REQUIRED", certain=known)
    unpaid = state.contract.features.billing
    if operation.billing == "create" and unpaid is not None:
        posture = state.postures.get(caller.org)
        if posture in INACTIVE:
            refusals.add(423, unpaid, "BILLING-CREATE-REFUSED")
        elif posture is None:
            refusals.add_possible(423, unpaid, "BILLING-CREATE-REFUSED")


def _add_stored(call: Call, body: ReadBody, refusals: Refusals) -> None:
    """Add the answers that depend on what the target has."""
    operation, known = call.operation, True
    for parameter in operation.path_parameters:
        if parameter.is_own_org and call.values[parameter.name] not in (OWN_ORG, call.caller.org):
            effect = DataEffect.LEAKED if operation.is_safe else DataEffect.LOST
            refusals.add(403, "permission_denied", "OWNERSHIP-ORG-PATH", effect=effect)
        named = parameter.resource
        if named is None:
            continue
        resource, value = find_resource(named.name), call.values[parameter.name]
        if resource is None:
            refusals.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")
        else:
            resource.in_path.add_refusals(call, value, named, refusals)
            access.refuse_what_is_anothers(call, resource, value, named, refusals)
            known = known and (resource.within is not None or _is_known(call, named.name, value))
    about, refused_by = find_resource_of(operation), find_refusing_resource(operation)
    refusal = refused_by.find_behavior(operation.operation_id).refuses if refused_by else None
    if refusal is not None and not body.certain and body.is_known:
        refusal(call, refusals)
    off = about.switched_off if about else None
    if off is not None:
        access.refuse_while_off(call, off, refusals)
    _add_declared(operation, refusals, off.code if off else None, _open(call, judged=refusal is not None and known))


def _is_known(call: Call, resource: str, object_id: str) -> bool:
    """Return whether it is certain what the caller's org sees of an object and whether it owns it."""
    org, fact = call.caller.org, call.state.get_facts(resource).get(object_id)
    return call.state.is_known(resource, object_id, org) and (fact is None or is_whose_known(fact, org))


def _open(call: Call, *, judged: bool) -> tuple[int, ...]:
    """Return the statuses that an answer may have by what is not known; judged: whether the meaning of all else is."""
    unseen = call.state.is_recorded and not call.state.is_own_world
    if (unseen or not call.operation.is_safe) and not judged:
        return (409, *OF_OTHERS)
    return OF_OTHERS if call.state.is_recorded else ()  # what is behind the target nobody has recorded


def _add_declared(operation: Operation, refusals: Refusals, judged: str | None, statuses: tuple[int, ...]) -> None:
    """Add the answers that the operation declares with these statuses as possible.

    `judged`: a code for which the org's state is the reason, which is known all the same.
    """
    for response in operation.responses.values():
        if response.status in statuses:
            for code in (each for each in response.codes if each != judged):
                refusals.add_possible(response.status, code, "CONTRACT-RIGHT-ANSWER")


def _add_ambiguous_path(operation: Operation, spelt: Mapping[str, str], request: Request, refusals: Refusals) -> None:
    """Add the answers to a path that a server in front may read in another way than the target."""
    path = request.path.lower()
    spanning = [spelt[p.name].lower() for p in operation.path_parameters if p.spans_segments]
    if any("%2f" in value for value in spanning):
        # It would be a slash of the file's path, and such a one is never encoded.
        refusals.add(400, "validation_error", "FILE-PATH")
        for resource in operation.resources:
            refusals.add(404, resource.not_found, "FILE-PATH")
    if "%2f" in path or "//" in path or "/../" in path or "/./" in path or path.endswith(("/.", "/..")):
        refusals.add_possible(404, "not_found", "PROTOCOL-UNKNOWN-PATH")
        for resource in operation.resources[:1]:
            refusals.add_possible(404, resource.not_found, "PROTOCOL-UNKNOWN-PATH")
        refusals.add_possible(400, "validation_error", "FILE-PATH")


def _list_wrongful(call: Call) -> Iterator[WrongfulRefusal]:
    """Yield what each refusal would break, where a rule says so; of several that speak of one code the first counts."""
    operation = call.operation
    for parameter in operation.path_parameters:
        if parameter.resource and (resource := find_resource(parameter.resource.name)):
            yield from resource.in_path.list_wrongful(call, call.values[parameter.name], parameter.resource)
    yield "permission_denied", "SCOPE-SUFFICIENT" if operation.permissions else "SCOPE-ANY-CALLER"
    if (unpaid := call.state.contract.features.billing) is not None:
        trial = call.state.postures.get(call.caller.org) == "trial"
        creating = "BILLING-TRIAL-COUNTS" if trial else "BILLING-CREATE-REFUSED"
        yield unpaid, _BILLING.get(operation.billing, creating)
    if about := find_resource_of(operation):
        yield from about.blame(call)
        if about.switched_off is not None:
            yield about.switched_off.code, access.OFF
    yield "payload_too_large", "PROTOCOL-BODY-LIMIT"
    yield "unsupported_media_type", "PROTOCOL-MEDIA-TYPE"
