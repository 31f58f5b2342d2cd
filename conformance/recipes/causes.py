"""One cause a code: how an operation that declares it is brought to answer it, and what that needs of a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.contract.contract import Cell, Contract, Operation
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.needs import (
    IMAGE,
    IMAGE_REF,
    INACTIVE_ORG,
    NEXT_IMAGE_REF,
    SECOND_ORG,
    Need,
    Needs,
    somebody_for,
    somebody_without,
    state,
    words,
)
from conformance.oracle.bodies import fields
from conformance.oracle.facts import INACTIVE
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.refusable import refusable
from conformance.recipes.requests import JSON, build, with_json
from conformance.recipes.valid import names_pack, origin_for, path_values, valid, with_right_body
from conformance.resources.packs import factory as packs
from conformance.resources.packs.facts import PackFact
from conformance.session.harness import Harness
from conformance.session.states import BILLING

Provoking = tuple[Caller | Credential, Request]


@dataclass(frozen=True, slots=True)
class Cause:
    """How a code is provoked, and what that takes of a target and its profile."""

    provoking: Callable[[Harness, Operation], Provoking]
    needs: Callable[[Operation], Needs] = lambda _: ()


def provoke(harness: Harness, operation: Operation, cell: Cell) -> Exchange:
    """The answer to the request that should reach the cell; not provoked where there is no way."""
    cause = cause_of(operation, cell)
    if cause is None:
        raise NotProvoked(f"no recipe provokes {cell.code}")
    who, request = cause.provoking(harness, operation)
    return harness.send(who, request)


def needs(contract: Contract, cell: Cell) -> str:
    """What the cell needs of a target, in words."""
    needed = needs_of(contract, cell)
    return "no recipe" if needed is None else words(needed)


def needs_of(contract: Contract, cell: Cell) -> Needs | None:
    """What the cell needs of a target and its profile; None: nothing would help."""
    operation = contract.operations[cell.operation_id]
    cause = cause_of(operation, cell)
    if cause is None:
        return None
    needed = cause.needs(operation)
    if cell.code == "unauthenticated" or "image_ref" not in fields(operation):
        return needed
    given = NEXT_IMAGE_REF if names_pack(operation) else IMAGE_REF
    return (*needed, (state(IMAGE), given))


def cause_of(operation: Operation, cell: Cell) -> Cause | None:
    """The cause of a cell's code; a success has one too."""
    if cell.code is None:
        return Cause(lambda h, o: (c := h.able(o), valid(h, o, c)), lambda o: ((somebody_for(o),),))
    for resource in operation.resources:
        if resource.not_found == cell.code:
            return ABSENT.get(resource.name)
    return CAUSES.get(cell.code)


def _unauthenticated(harness: Harness, operation: Operation) -> Provoking:
    return ANONYMOUS, refusable(harness, operation)


def _permission_denied(harness: Harness, operation: Operation) -> Provoking:
    for caller in harness.callers():
        if not operation.permissions.held_by(caller.held):
            return caller, valid(harness, operation, caller)
    if names_pack(operation):
        caller = harness.able(operation)
        return caller, valid(harness, operation, caller, kind=packs.FOREIGN_COMMUNITY)
    raise NotProvoked("every caller of the profile holds the scope", somebody_without(operation))


def _validation_error(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    if operation.body is None:
        spanning = next((p for p in operation.path_parameters if p.spans_segments), None)
        if spanning is not None:
            file = request.path_values[spanning.name]
            return caller, replace(request, path=request.path.removesuffix(file) + "data//" + file)
        return caller, replace(request, query="conformance-unknown=1")
    if request.media_type == JSON:
        return caller, replace(request, content=b"{}")
    if request.media_type == multipart.MEDIA_TYPE:
        return caller, replace(request, content=multipart.encode([]))
    pack_yaml = build(operation, {**request.path_values, **_spanning(operation, "pack.yaml")})
    return caller, replace(request, path=pack_yaml.path, path_values=pack_yaml.path_values, content=b"name: [")


def _spanning(operation: Operation, value: str) -> dict[str, str]:
    return {p.name: value for p in operation.path_parameters if p.spans_segments}


def _too_large(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    # The declared length is enough, so that nothing large has to be made of a form either.
    past = (operation.max_body or 0) + 64 * 1024 + 1
    return caller, replace(request, content=(request.content or b"") + b" " * past)


def _other_media_type(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    return caller, replace(request, headers=(("Content-Type", "text/plain"),))


def _unpaid(harness: Harness, operation: Operation) -> Provoking:
    try:
        caller = harness.able(operation)
        request = valid(harness, operation, caller)
        harness.set_posture(caller.org, "past_due")
    except NotProvoked:
        if found := already_unpaid(harness, operation):
            return found
        raise
    return caller, request


def already_unpaid(harness: Harness, operation: Operation) -> Provoking | None:
    """A request of somebody whose org says by itself that it is inactive; None where the profile has nobody like that.

    Such an org can be given no image: then the request names one that nobody has, which comes after billing.
    """
    for caller in harness.callers():
        if harness.state.postures.get(caller.org) in INACTIVE and operation.permissions.held_by(caller.held):
            try:
                return caller, valid(harness, operation, caller)
            except NotProvoked:
                if names_pack(operation) or "image_ref" not in set(fields(operation)):
                    raise
                image_ref = f"registry.conformance.example/{harness.fresh_name()}:1.0.0"
                return caller, with_json(operation, {}, {"image_ref": image_ref, "visibility": "org"})
    return None


def _pack_exists(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    harness.hold(caller, request)
    return caller, request


def _pack_in_use(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = packs.own(harness, caller.org, visibility="community")
    other = next((c.org for c in harness.callers() if c.org != caller.org), None)
    if other is None:
        raise NotProvoked("the profile has callers of one org only", SECOND_ORG)
    fact = packs.referenced(harness, fact, other)
    return caller, _on(harness, operation, caller, fact)


def _not_editable(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = packs.own(harness, caller.org, origin="image_ref")
    return caller, _on(harness, operation, caller, fact)


def _purge_fails(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = packs.own(harness, caller.org)
    packs.purge_fails(harness, fact)
    return caller, _on(harness, operation, caller, fact)


def _on(harness: Harness, operation: Operation, caller: Caller, fact: PackFact) -> Request:
    values = path_values(harness, operation, fact)
    return with_right_body(harness, operation, caller, values, fact)


def _absent_pack(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    request, absent = valid(harness, operation, caller), harness.absent_id()
    values = {
        p.name: absent if p.resource and p.resource.name == "pack" else request.path_values[p.name]
        for p in operation.path_parameters
    }
    return caller, replace(request, path=build(operation, values).path, path_values=values)


def _absent_file(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = packs.own(harness, caller.org, origin=origin_for(operation))
    values = {**path_values(harness, operation, fact), **_spanning(operation, "data/absent.txt")}
    return caller, with_right_body(harness, operation, caller, values, fact)


def _all(*groups: tuple[Need, ...]) -> Callable[[Operation], Needs]:
    return lambda operation: ((somebody_for(operation),), *groups)


ABLE = _all()
"""Nothing but somebody who may do the operation."""

CAUSES: Mapping[str, Cause] = {
    "unauthenticated": Cause(_unauthenticated),
    "permission_denied": Cause(_permission_denied, lambda o: ((somebody_without(o), SECOND_ORG),)),
    "validation_error": Cause(_validation_error, ABLE),
    "payload_too_large": Cause(_too_large, ABLE),
    "unsupported_media_type": Cause(_other_media_type, ABLE),
    "billing_inactive": Cause(_unpaid, _all((state(BILLING), INACTIVE_ORG))),
    "pack_exists": Cause(_pack_exists, ABLE),
    "pack_in_use": Cause(_pack_in_use, _all((state("role references pack"),), (SECOND_ORG,))),
    "pack_not_editable": Cause(_not_editable, _all((state(IMAGE), IMAGE_REF))),
    "registry_cleanup_failed": Cause(_purge_fails, _all((state("registry purge fails"),))),
}
"""By error code."""

ABSENT: Mapping[str, Cause] = {
    "pack": Cause(_absent_pack, ABLE),
    "file": Cause(_absent_file, ABLE),
}
"""By resource, for its 404."""
