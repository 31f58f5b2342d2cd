"""How the refusals of resumes, restarts and forks are provoked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.contract.contract import Operation
from conformance.needs import state
from conformance.oracle.declaration.registry import resource_named
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking, for_somebody_with
from conformance.recipes.making import archived, named_by, own, shown_fact, unnarrowed
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import valid
from conformance.resources.workspaces.making import IS, resource, workspace_of
from conformance.resources.workspaces.semantics import ARCHIVED, CREATE, FORK, RESUME, ROLE_ARCHIVED, RUNNING
from conformance.resources.workspaces.statuses import in_one_of
from conformance.resources.workspaces.steps.semantics import BUSY, COUNT, PROVIDER_ARCHIVED
from conformance.session.harness import Harness


def of_new_role(harness: Harness, caller: Caller, status: str) -> tuple[Fact, Fact]:
    """A new role of the run and a workspace of it, in this status."""
    holding = resource_named(RUNNING.of)
    assert holding is not None  # noqa: S101  # it is registered
    role = own(harness, holding, caller.org)
    return role, in_role(harness, caller, role, status)


def in_role(harness: Harness, caller: Caller, role: Fact, status: str) -> Fact:
    """A new workspace of the role in this status: by a state, else as callers make one."""
    try:
        return workspace_of(harness, role, status)
    except NotProvoked:
        creation = harness.contract.operations[CREATE]
        maker = harness.able(creation, caller.org)
        answer = harness.hold(maker, with_json(creation, {}, {RUNNING.field: role.id}))
        return in_one_of(harness, shown_fact(harness, resource(), answer.json), (status,))


def provider_of(harness: Harness, role: Fact) -> Fact:
    """The provider of a role of the run; not provoked where the run did not make it."""
    return named_by(harness, role, "provider_id", "provider")


def _archived(harness: Harness, operation: Operation) -> Provoking:
    caller = unnarrowed(harness, operation)
    return caller, valid(harness, operation, caller, fact=archived(harness, own(harness, resource(), caller.org)))


def _of_archived(parent: Callable[[Harness, Fact], Fact]) -> Callable[[Harness, Operation], Provoking]:
    """A right request about a stopped workspace whose role, or what that is based on, is archived."""

    def provoking(harness: Harness, operation: Operation) -> Provoking:
        caller = unnarrowed(harness, operation)
        role, fact = of_new_role(harness, caller, "stopped")
        archived(harness, parent(harness, role))
        return caller, valid(harness, operation, caller, fact=harness.state.facts(fact.resource)[fact.id])

    return provoking


def _busy(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    fact = in_one_of(harness, own(harness, resource(), caller.org), ("busy",))
    return caller, build(operation, path_values(operation, fact))


def _beyond(harness: Harness, operation: Operation) -> Provoking:
    """A fork at a point that no parent has reached."""
    caller = harness.able(operation)
    fact = own(harness, resource(), caller.org)
    return caller, with_json(operation, path_values(operation, fact), {COUNT: 10**6})


OF_STEPS: Mapping[str, Cause] = {
    ARCHIVED: Cause(_archived, FOR_SOMEBODY),
    BUSY: Cause(_busy, for_somebody_with((state(IS),))),
    PROVIDER_ARCHIVED: Cause(_of_archived(provider_of), FOR_SOMEBODY),
    f"{RESUME} {ROLE_ARCHIVED}": Cause(_of_archived(lambda _, role: role), FOR_SOMEBODY),
    f"{FORK} {ROLE_ARCHIVED}": Cause(_of_archived(lambda _, role: role), FOR_SOMEBODY),
    f"{FORK} validation_error": Cause(_beyond, FOR_SOMEBODY),
}
