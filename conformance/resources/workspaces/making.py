"""Workspaces that the target's own side makes, and the roles and providers that they keep in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import Operation
from conformance.needs import known, state
from conformance.oracle.declaration.registry import require_resource, resource_in_path, resource_named
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.recipes.about import path_values
from conformance.recipes.causes import Cause, Provoking, for_somebody_with
from conformance.recipes.making import own
from conformance.recipes.requests import build
from conformance.resources.workspaces.facts import with_status
from conformance.resources.workspaces.semantics import ARCHIVING, RUNNING, WORKSPACE
from conformance.session.harness import Harness

EXISTS, IS = "workspace exists", "workspace is"
ARCHIVED = "archived"
"""In place of a status: one that was stopped, and is archived."""


def resource() -> Resource:
    """The resource; it is registered beside this, and imports this."""
    return require_resource(WORKSPACE)


def state_params(harness: Harness, org: str) -> Mapping[str, Any]:
    """Of a new workspace: a role of its own, and a status in which it stays."""
    role = resource_named(RUNNING.of)
    assert role is not None  # noqa: S101  # it is registered
    return {RUNNING.field: own(harness, role, org).id, RUNNING.shown_in: "idle", "held": True}


def workspace_of(harness: Harness, role: Fact, status: str) -> Fact:
    """A new workspace of a role, which stays in this status."""
    archived = status == ARCHIVED
    shown = {RUNNING.field: role.id, RUNNING.shown_in: "stopped" if archived else "provisioning"}
    more = ARCHIVING.by_state if archived else {}
    values = harness.provide(EXISTS, org=role.owner, role_id=role.id, **more)
    fact = Fact(
        resource=WORKSPACE,
        id=str(values[f"{WORKSPACE}_id"]),
        owner=role.owner,
        made=True,
        archived=archived,
        shown=shown,
    )
    harness.state = harness.state.with_fact(fact)
    return fact if archived else in_status(harness, fact, status)


def in_status(harness: Harness, workspace: Fact, status: str) -> Fact:
    """The workspace brought into a status in which it stays."""
    harness.provide(IS, creates=False, org=workspace.owner, workspace_id=workspace.id, status=status)
    moved = with_status(harness.state.facts(WORKSPACE).get(workspace.id, workspace), status)
    harness.state = harness.state.with_fact(moved)
    return moved


def role_for(harness: Harness, resource: Resource, org: str) -> tuple[Fact, Fact]:
    """A new object of the org that can be kept in use, and the role by which it can: itself, or one based on it."""
    holding = resource_named(RUNNING.of)
    assert holding is not None  # noqa: S101  # it is registered
    role = own(harness, holding, org)
    if resource is holding:
        return role, role
    assert holding.parent is not None  # noqa: S101  # what else is kept in use is what a role is based on
    parent = harness.state.facts(resource.name).get(str(role.shown.get(holding.parent.field)))
    if parent is None:
        raise NotProvoked(f"its precondition does not hold: the {holding} shows no {resource} of the run")
    return parent, role


def given(harness: Harness) -> Fact:
    """The role of which the profile says that a workspace runs; not provoked where it names none."""
    role_id = harness.profile.known.named.get(RUNNING.given)
    if role_id is None:
        raise NotProvoked("the profile names no role with a running workspace", known(RUNNING.given))
    org = harness.profile.callers[0].org
    role = Fact(resource=RUNNING.of, id=role_id, owner=org)
    shown = {RUNNING.field: role_id, RUNNING.shown_in: "idle"}
    workspace = Fact(resource=WORKSPACE, id=f"that of {role_id}", owner=org, shown=shown)
    held = harness.state.with_fact(role).with_fact(workspace)
    harness.state = replace(held, steady=held.steady | {role.id, workspace.id})
    return role


def kept(harness: Harness, resource: Resource, org: str, status: str = "idle") -> Fact:
    """An object of the org that a workspace of this status keeps in use: a new one, else that of the profile."""
    try:
        fact, role = role_for(harness, resource, org)
        workspace_of(harness, role, status)
    except NotProvoked as reason:
        if resource.name != RUNNING.of or org != harness.profile.callers[0].org:
            raise
        try:
            return given(harness)
        except NotProvoked as second:
            raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    return fact


def _active(harness: Harness, operation: Operation) -> Provoking:
    caller, resource = harness.able(operation), resource_in_path(operation)
    assert resource is not None  # noqa: S101  # the causes are of what a path names
    return caller, build(operation, path_values(operation, kept(harness, resource, caller.org)))


CAUSE_OF_ROLES = Cause(_active, for_somebody_with((state(EXISTS), known(RUNNING.given))))
CAUSE_OF_PROVIDERS = Cause(_active, for_somebody_with((state(EXISTS),)))
