"""How the refusals of writes to workspaces are provoked: by their role, and by their status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.oracle.archiving import NOT_ARCHIVED
from conformance.oracle.declaration.registry import resource_named
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking, in_use
from conformance.recipes.making import archived, own
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.workspaces.making import resource
from conformance.resources.workspaces.semantics import (
    CREATE,
    INVALID,
    ROLE_ARCHIVED,
    RUNNING,
    SUBMIT,
    TAKEN,
    UNKNOWN_ROLE,
)
from conformance.resources.workspaces.statuses import in_one_of
from conformance.session.harness import Harness


def archived_role(harness: Harness, org: str) -> Fact:
    """A new role of the org that is archived."""
    role = resource_named(RUNNING.of)
    assert role is not None  # noqa: S101  # it is registered
    return archived(harness, own(harness, role, org))


def of_role(harness: Harness, operation: Operation, caller: Caller, role_id: str) -> Provoking:
    """A right creation, but for the role that it names."""
    request = valid(harness, operation, caller)
    body = {**json.loads(request.content or b"{}"), RUNNING.field: role_id}
    return caller, replace(request, content=json.dumps(body).encode())


def _of_archived(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return of_role(harness, operation, caller, archived_role(harness, caller.org).id)


def _of_absent(harness: Harness, operation: Operation) -> Provoking:
    return of_role(harness, operation, harness.able(operation), harness.absent_id(RUNNING.of))


def _in_wrong_status(harness: Harness, operation: Operation) -> Provoking:
    """A request about a workspace in a status in which it is not served."""
    caller = harness.able(operation)
    fact = own(harness, resource(), caller.org, operation=operation, caller=caller)
    wrong = "stopped" if "idle" in TAKEN[operation.operation_id] else "idle"
    return caller, build(operation, path_values(operation, in_one_of(harness, fact, (wrong,))))


def _unnamed(harness: Harness, operation: Operation) -> Provoking:
    """A creation that names no role."""
    caller = harness.able(operation)
    return caller, replace(valid(harness, operation, caller), content=b"{}")


OF_WORKSPACES: Mapping[str, Cause] = {
    INVALID: Cause(_in_wrong_status, FOR_SOMEBODY),
    NOT_ARCHIVED: Cause(in_use, FOR_SOMEBODY),
    ROLE_ARCHIVED: Cause(_of_archived, FOR_SOMEBODY),
    f"{CREATE} {UNKNOWN_ROLE}": Cause(_of_absent, FOR_SOMEBODY),
    f"{SUBMIT} {UNKNOWN_ROLE}": Cause(_of_absent, FOR_SOMEBODY),
    f"{CREATE} validation_error": Cause(_unnamed, FOR_SOMEBODY),
}
