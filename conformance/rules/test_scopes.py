"""Clause scopes: who may do what, by x-permissions of each operation and the scopes of each caller."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from conformance.contract.contract import Operation
from conformance.oracle.declaration.ownership import OWN_PRIVATE, PLATFORM, Ownership
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.facts import INACTIVE
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.valid import build_valid
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _list_pairs(scope: Scope, *, held: bool) -> Iterator[tuple[Operation, Caller]]:
    for operation, caller in product(scope.operations, scope.callers):
        if operation.permissions and operation.permissions.are_held_by(caller.held) is held:
            yield operation, caller


@rule("SCOPE-REQUIRED")
@over("operation, caller", lambda scope: _list_pairs(scope, held=False))
def test_a_caller_without_the_scope_is_refused(harness: Harness, operation: Operation, caller: Caller) -> None:
    """A caller lacks the scope; another caller of the org, who holds it, was served before."""
    _pay_for_caller(harness, caller, operation)
    _judge_beside_able(harness, caller, operation)


@rule("SCOPE-SUFFICIENT")
@over("operation, caller", lambda scope: _list_pairs(scope, held=True))
def test_a_caller_with_the_scope_is_served(harness: Harness, operation: Operation, caller: Caller) -> None:
    """A caller holds one scope of each group that the operation asks for."""
    _pay_for_caller(harness, caller, operation)
    if not harness.is_permitted(caller, operation):
        raise NotProvoked(f"the org of {caller.name} may not do {operation}")
    harness.judge(caller, build_valid(harness, operation, caller))


def _list_least_scopes(scope: Scope) -> Iterator[tuple[Operation, str]]:
    """Yield every smallest choice of scopes that an operation asks for."""
    for operation in scope.operations:
        for choice in product(*operation.permissions.groups) if operation.permissions else ():
            yield operation, " ".join(dict.fromkeys(choice))


@rule("SCOPE-SUFFICIENT")
@over("operation, scopes", _list_least_scopes)
def test_what_is_asked_for_alone_is_enough(harness: Harness, operation: Operation, scopes: str) -> None:
    """A credential holds exactly what the operation asks for."""
    caller = _make_caller(harness, operation, frozenset(scopes.split()))
    harness.judge(caller, build_valid(harness, operation, caller))


@rule("SCOPE-SUFFICIENT")
@over("operation", lambda scope: [o for o in scope.operations if o.permissions])
def test_what_is_asked_for_is_enough_among_others(harness: Harness, operation: Operation) -> None:
    """A credential holds every scope, in two orders."""
    for backwards in (False, True):
        caller = _make_caller(harness, operation, _list_known_scopes(harness), backwards=backwards)
        harness.judge(caller, build_valid(harness, operation, caller))


@rule("SCOPE-REQUIRED")
@over("operation, group", lambda scope: ((o, " ".join(g)) for o in scope.operations for g in o.permissions.groups))
def test_everything_else_together_is_not_enough(harness: Harness, operation: Operation, group: str) -> None:
    """A credential holds every scope, and similar names, except the ones asked for."""
    asked = frozenset(group.split())
    alike = {scope for name in asked for scope in _list_similar_scopes(name)}
    caller = _make_caller(harness, operation, (_list_known_scopes(harness) | alike) - asked)
    _judge_beside_able(harness, caller, operation)


def _judge_beside_able(harness: Harness, caller: Caller, operation: Operation) -> None:
    """Judge the caller's answer after another caller of the org, who holds the scopes, was served."""
    able = harness.able(operation, caller.org)
    harness.hold(able, build_valid(harness, operation, able))
    harness.judge(caller, build_valid(harness, operation, caller))


def _list_known_scopes(harness: Harness) -> frozenset[str]:
    """Return every scope that a caller holds or an operation asks for."""
    return frozenset(held for caller in harness.callers() for held in caller.held).union(harness.contract.scopes)


def _list_similar_scopes(scope: str) -> tuple[str, ...]:
    """Return other scopes that begin with the same resource."""
    resource, _, action = scope.partition(":")
    return (f"{resource}:{'read' if action != 'read' else 'write'}", f"{scope}:own")


def _make_caller(harness: Harness, operation: Operation, scopes: frozenset[str], *, backwards: bool = False) -> Caller:
    """Return a caller with exactly these scopes, of an org that may do the operation."""
    org = harness.able(operation).org
    given = sorted(scopes, reverse=backwards)
    token = harness.provide("credential has scopes", org=org, scopes=given)["token"]
    return Caller(f"holder of {' '.join(sorted(scopes)) or 'no scope'}", org, str(token), scopes=scopes)


@rule("SCOPE-ANY-CALLER")
@over("operation, caller", lambda scope: product((o for o in scope.operations if not o.permissions), scope.callers))
def test_an_operation_without_scopes_serves_everybody(harness: Harness, operation: Operation, caller: Caller) -> None:
    """Every caller is served by an operation that asks for no scope."""
    _pay_for(harness, caller)
    harness.judge(caller, build_valid(harness, operation, caller, ownership=_choose_readable(operation)))


@rule("SCOPE-ANY-CALLER")
@over("operation", lambda scope: [o for o in scope.operations if not o.permissions])
def test_an_operation_without_scopes_serves_who_holds_none(harness: Harness, operation: Operation) -> None:
    """A credential without scopes is served by an operation that asks for none."""
    caller = _make_caller(harness, operation, frozenset())
    harness.judge(caller, build_valid(harness, operation, caller, ownership=_choose_readable(operation)))


def _choose_readable(operation: Operation) -> Ownership:
    """Return the ownership of objects that everybody can read, where there are some; else own ones."""
    resource = find_resource_in_path(operation)
    shipped = resource is not None and PLATFORM in resource.access.ownerships
    return PLATFORM if operation.is_safe and shipped else OWN_PRIVATE


def _pay_for(harness: Harness, caller: Caller) -> None:
    """Give an org that is known to be inactive an active posture, where that is possible."""
    if harness.provider_states is not None and harness.knowledge.postures.get(caller.org) in INACTIVE:
        harness.set_posture(caller.org, "active")


def _pay_for_caller(harness: Harness, caller: Caller, operation: Operation) -> None:
    """Give the org an active billing posture, so that only the scope can refuse."""
    billed = operation.billing == "create" or find_resource_in_path(operation)
    if billed and harness.knowledge.postures.get(caller.org) != "active":
        harness.set_posture(caller.org, "active")
