"""What the suite is told of providers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.resources.providers.bodies import FIELDS, ProviderSteps
from conformance.resources.providers.credentials import ProviderBodies
from conformance.resources.providers.kinds import KINDS
from conformance.resources.providers.semantics import ARCHIVING, CREATE, UPDATE, refuse_creation, refuse_update
from conformance.resources.workspaces.making import CAUSE_OF_PROVIDERS
from conformance.resources.workspaces.semantics import RUNNING

BY_STATE = {"kind": "openai", "domain": "api.first.example"}


class ProviderResource(Resource):
    """Providers of models."""

    def state_params(self, _session: Any, _org: str) -> Mapping[str, Any]:
        return BY_STATE


register(
    ProviderResource(
        name="provider",
        operations=(
            Behavior(CREATE, refuses=refuse_creation, read_back="CREATE-READABLE"),
            Behavior(UPDATE, refuses=refuse_update),
        ),
        archiving=ARCHIVING,
        states={
            "provider exists": ProviderState(
                "The org has a new provider.", (ORG, NAME, Param("kind"), Param("domain")), ("provider_id",)
            )
        },
        fields=FIELDS,
        kinds=KINDS,
        causes={RUNNING.refused: CAUSE_OF_PROVIDERS},
        generated=ProviderBodies,
        steps=ProviderSteps,
    )
)
