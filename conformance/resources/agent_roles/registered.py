"""What the suite is told of agent roles."""

from __future__ import annotations

from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.resources.agent_roles.bodies import FIELDS, RoleSteps, provider_in_use
from conformance.resources.agent_roles.kinds import KINDS
from conformance.resources.agent_roles.semantics import ARCHIVING, PROVIDER, REFUSALS, wrongful
from conformance.resources.agent_roles.shown import as_asked
from conformance.resources.workspaces.making import CAUSE_OF_ROLES
from conformance.resources.workspaces.semantics import RUNNING
from conformance.resources.workspaces.steps.semantics import OF_ROLES as STOPPED_TOGETHER

register(
    Resource(
        name="role",
        archiving=ARCHIVING,
        parent=PROVIDER,
        released={"pack_ids": []},
        state_params=lambda session, org: {"provider_id": provider_in_use(session, org).id},
        states={
            "role exists": ProviderState(
                "The org has a new role on this provider.", (ORG, NAME, Param("provider_id")), ("role_id",)
            )
        },
        fields=FIELDS,
        refusals=REFUSALS,
        wrongful=wrongful,
        kinds=KINDS,
        effects=STOPPED_TOGETHER,
        laws=dict.fromkeys(STOPPED_TOGETHER, Law()),
        as_asked=as_asked,
        causes={RUNNING.refused: CAUSE_OF_ROLES},
        steps=RoleSteps,
    )
)
