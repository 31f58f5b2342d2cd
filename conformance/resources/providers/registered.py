"""What the suite is told of providers."""

from __future__ import annotations

from conformance.oracle.archiving import laws_of, refusals_of
from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.recipes.causes import FOR_SOMEBODY, Cause, in_use, twice
from conformance.resources.providers.bodies import FIELDS, ProviderSteps
from conformance.resources.providers.credentials import ProviderBodies
from conformance.resources.providers.kinds import KINDS
from conformance.resources.providers.semantics import ARCHIVING, CREATE, UPDATE, refusals, wrongful
from conformance.resources.workspaces.making import CAUSE_OF_PROVIDERS
from conformance.resources.workspaces.semantics import RUNNING

CHANGED = frozenset({"domain", "display_name", "credential_name", "default_model", "capabilities", "config"})

PROVIDER = register(
    Resource(
        name="provider",
        access=OrgOwned(),
        listed_by="providers.list",
        shown_by="providers.get",
        archiving=ARCHIVING,
        updated_by=UPDATE,
        made_by=(CREATE,),
        state_params=lambda *_: {"kind": "openai", "domain": "api.first.example"},
        states={
            "provider exists": ProviderState(
                "The org has a new provider.", (ORG, NAME, Param("kind"), Param("domain")), ("provider_id",)
            )
        },
        fields=FIELDS,
        refusals=refusals(refusals_of("provider", ARCHIVING)),
        wrongful=wrongful,
        kinds=KINDS,
        laws={UPDATE: Law(CHANGED | {"updated_at"}, keeps="CONFIG-PATCH-REST"), **laws_of(ARCHIVING)},
        applied={CREATE: "CONFIG-CREATE-APPLIES", UPDATE: "CONFIG-PATCH-APPLIES"},
        written=CHANGED,
        causes={
            "provider_exists": Cause(twice, FOR_SOMEBODY),
            "not_archived": Cause(in_use, FOR_SOMEBODY),
            RUNNING.refused: CAUSE_OF_PROVIDERS,
        },
        generated=ProviderBodies,
        steps=ProviderSteps,
    )
)
