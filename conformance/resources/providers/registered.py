"""What the suite is told of providers."""

from __future__ import annotations

from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.resources.providers.bodies import FIELDS, ProviderSteps
from conformance.resources.providers.credentials import ProviderBodies
from conformance.resources.providers.kinds import KINDS
from conformance.resources.providers.semantics import ARCHIVING, REFUSALS, wrongful
from conformance.resources.workspaces.making import CAUSE_OF_PROVIDERS
from conformance.resources.workspaces.semantics import RUNNING

register(
    Resource(
        name="provider",
        archiving=ARCHIVING,
        state_params=lambda *_: {"kind": "openai", "domain": "api.first.example"},
        states={
            "provider exists": ProviderState(
                "The org has a new provider.", (ORG, NAME, Param("kind"), Param("domain")), ("provider_id",)
            )
        },
        fields=FIELDS,
        refusals=REFUSALS,
        wrongful=wrongful,
        kinds=KINDS,
        causes={RUNNING.refused: CAUSE_OF_PROVIDERS},
        generated=ProviderBodies,
        steps=ProviderSteps,
    )
)
