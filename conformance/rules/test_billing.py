"""Clause billing: which operations an org's billing posture refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product

from conformance import needs
from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.facts import INACTIVE
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.causes import find_unpaid
from conformance.recipes.valid import build_valid
from conformance.resources import packs
from conformance.rules.packs.requests import PATCH, build_patch
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

EACH_CREATION = over("operation", lambda scope: [o for o in scope.operations if o.billing == "create"])


def _list_by_billing(billing: str, postures: tuple[str, ...]) -> Callable[[Scope], Iterable[tuple[Operation, str]]]:
    """Return each operation of a billing class, with each posture."""
    return lambda scope: product((o for o in scope.operations if o.billing == billing), postures)


def _find_payer(harness: Harness, operation: Operation) -> Caller:
    """Return a caller of an active org who may do the operation."""
    for caller in harness.callers():
        if harness.knowledge.postures.get(caller.org) == "active" and harness.is_permitted(caller, operation):
            return caller
    caller = harness.able(operation)
    harness.set_posture(caller.org, "active")
    return caller


def _serve_both_kinds(harness: Harness, operation: Operation, posture: str) -> list[Caller]:
    """Return a paying caller, and one of the same org with the other kind of credential, where they are served.

    `posture`: to which their org is to be brought; not provoked, and nothing is made, where the target has no states.
    """
    first = _find_payer(harness, operation)
    if harness.provider_states is None:
        harness.set_posture(first.org, posture)
    colleagues = (c for c in harness.callers(first.org) if harness.is_permitted(c, operation))
    other = next((c for c in colleagues if bool(c.role) is not bool(first.role)), None)
    both = [first, other] if other else [first]
    served = [caller for caller in both if harness.send(caller, build_valid(harness, operation, caller)).has_succeeded]
    if not served:
        raise NotProvoked(f"{operation} serves nobody of {first.org}, whose billing is active")
    return served


@rule("BILLING-CREATE-REFUSED")
@over("operation, posture", _list_by_billing("create", INACTIVE))
def test_an_inactive_org_creates_nothing(harness: Harness, operation: Operation, posture: str) -> None:
    """Callers with a session and a key are refused in each inactive posture; they were served before."""
    callers = _serve_both_kinds(harness, operation, posture)
    requests = [build_valid(harness, operation, caller) for caller in callers]
    harness.set_posture(callers[0].org, posture)
    for caller, request in zip(callers, requests, strict=True):
        harness.judge(caller, request)


@rule("BILLING-CREATE-REFUSED")
@EACH_CREATION
def test_an_org_that_says_it_is_inactive_creates_nothing(harness: Harness, operation: Operation) -> None:
    """An org is used whose session says that it is inactive, for targets without provider states."""
    found = find_unpaid(harness, operation)
    if found is None:
        raise NotProvoked("no org of the profile says that it is past due or being decommissioned", needs.INACTIVE_ORG)
    harness.judge(*found)


@rule("BILLING-TRIAL-COUNTS")
@EACH_CREATION
def test_a_trial_counts_as_active(harness: Harness, operation: Operation) -> None:
    """An org on trial is served, after it was refused while past due."""
    callers = _serve_both_kinds(harness, operation, "trial")
    requests = [build_valid(harness, operation, caller) for caller in callers]
    refused = build_valid(harness, operation, callers[0])
    harness.set_posture(callers[0].org, "past_due")
    harness.send(callers[0], refused)
    harness.set_posture(callers[0].org, "trial")
    for caller, request in zip(callers, requests, strict=True):
        harness.judge(caller, request)


@rule("BILLING-WIND-DOWN-FREE")
@over("operation, posture", _list_by_billing("wind-down", ("trial", *INACTIVE)))
def test_winding_down_is_never_refused_for_billing(harness: Harness, operation: Operation, posture: str) -> None:
    """The operation is judged in every posture other than active."""
    _judge_in(harness, posture, _find_payer(harness, operation), operation)


@rule("BILLING-READ-FREE")
@over("operation, posture", _list_by_billing("read", ("trial", *INACTIVE)))
def test_a_read_is_never_refused_for_billing(harness: Harness, operation: Operation, posture: str) -> None:
    """The operation is judged in every posture other than active."""
    _judge_in(harness, posture, _find_payer(harness, _find_maker(harness, operation)), operation)


def _judge_in(harness: Harness, posture: str, caller: Caller, operation: Operation) -> None:
    request = build_valid(harness, operation, caller)
    harness.set_posture(caller.org, posture)
    harness.judge(caller, request)


def _find_maker(harness: Harness, operation: Operation) -> Operation:
    """Return the operation that makes the object that this one needs, or this one where it needs none."""
    resource, operations = find_resource_in_path(operation), harness.contract.operations
    made_by = resource.made_by if resource else ()
    return next((operations[each] for each in made_by if each in operations), operation)


@rule("BILLING-NOOP-COUNTS")
@over("posture", lambda _: INACTIVE)
def test_a_patch_that_would_change_nothing_is_refused_too(harness: Harness, posture: str) -> None:
    """A PATCH to the present visibility is refused in each inactive posture."""
    caller = _find_payer(harness, harness.contract.operations[PATCH])
    fact = packs.create_owned_pack(harness, caller.org, origins=packs.ANY)
    request = build_patch(harness, fact, {"visibility": fact.visibility})
    harness.hold(caller, request)
    harness.set_posture(caller.org, posture)
    harness.judge(caller, request)
