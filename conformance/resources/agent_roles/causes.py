"""How the error codes that only agent roles have are provoked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import require_resource, resource_in_path
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.causes import FOR_SOMEBODY, Cause, Provoking
from conformance.recipes.making import archived, own
from conformance.recipes.valid import valid
from conformance.resources.agent_roles.semantics import PROVIDER
from conformance.resources.workspaces.making import CAUSE_OF_ROLES
from conformance.resources.workspaces.semantics import RUNNING
from conformance.resources.workspaces.steps.causes import provider_of
from conformance.session.harness import Harness


def archived_provider(harness: Harness, caller: Caller) -> Fact:
    """A provider of the caller's org that is archived."""
    return archived(harness, own(harness, require_resource("provider"), caller.org))


def _provider_archived(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    if operation.body is None:
        role = own(harness, require_resource("role"), caller.org)
        archived(harness, provider_of(harness, role))
        return caller, valid(harness, operation, caller, fact=harness.state.facts("role")[role.id])
    fact = own(harness, require_resource("role"), caller.org) if resource_in_path(operation) else None
    request = valid(harness, operation, caller, fact=fact)
    body = {**json.loads(request.content or b"{}"), PROVIDER.field: archived_provider(harness, caller).id}
    return caller, replace(request, content=json.dumps(body).encode())


OF_ROLES: Mapping[str, Cause] = {
    RUNNING.refused: CAUSE_OF_ROLES,
    PROVIDER.refused: Cause(_provider_archived, FOR_SOMEBODY),
}
