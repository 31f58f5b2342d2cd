"""What the suite is told of agent roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.resources.agent_roles.bodies import FIELDS, RoleSteps, provider_in_use
from conformance.resources.agent_roles.kinds import KINDS
from conformance.resources.agent_roles.semantics import (
    ARCHIVING,
    CREATE,
    MOVED,
    PROVIDER,
    UPDATE,
    refuse_content,
    refuse_update,
)
from conformance.resources.workspaces.making import CAUSE_OF_ROLES
from conformance.resources.workspaces.semantics import RUNNING, STOP_OF_ROLE
from conformance.resources.workspaces.steps.semantics import stopped_together
from conformance.results.difference import of_field
from conformance.session.harness import Harness

RULE, FIELD, USUAL = "ROLE-ENVIRONMENT", "environment", "development"


class RoleResource(Resource):
    """Agent roles, each on a provider."""

    def check_made(
        self, _contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Without an environment a new role has development."""
        if FIELD not in sent and FIELD in shown and shown[FIELD] != USUAL:
            yield Breach(RULE, USUAL, "another environment", evidence=of_field(FIELD, USUAL, shown[FIELD]))

    def state_params(self, session: Harness, org: str) -> Mapping[str, Any]:
        return {"provider_id": provider_in_use(session, org).id}


register(
    RoleResource(
        name="role",
        operations=(
            Behavior(CREATE, refuses=refuse_content, read_back="CREATE-READABLE", blames={PROVIDER.refused: MOVED}),
            Behavior(UPDATE, refuses=refuse_update, blames={PROVIDER.refused: MOVED}),
            Behavior(STOP_OF_ROLE, learns=stopped_together, may_change=Law()),
        ),
        archiving=ARCHIVING,
        parent=PROVIDER,
        released={"pack_ids": []},
        states={
            "role exists": ProviderState(
                "The org has a new role on this provider.", (ORG, NAME, Param("provider_id")), ("role_id",)
            )
        },
        fields=FIELDS,
        kinds=KINDS,
        causes={RUNNING.refused: CAUSE_OF_ROLES},
        steps=RoleSteps,
    )
)
