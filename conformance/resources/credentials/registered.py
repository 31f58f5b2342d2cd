"""What the suite is told of credentials."""

from __future__ import annotations

from dataclasses import replace

from conformance.oracle.declaration.ownership import OrgOwned
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.recipes.causes import FOR_SOMEBODY, Cause, twice
from conformance.resources.credentials import semantics
from conformance.resources.credentials.bodies import FIELDS, PROVIDER, CredentialBodies, right_body
from conformance.resources.credentials.making import ACTIVE, KINDS, CredentialSteps, personal
from conformance.resources.credentials.semantics import (
    CODE,
    CREATE,
    PERSONAL,
    REFUSALS,
    START,
    wrongful,
)
from conformance.resources.credentials.shown import as_asked

STATES = {
    "credential exists": ProviderState(
        "The org has a new credential.",
        (
            ORG,
            NAME,
            Param("provider"),
            Param("kind"),
            Param("status"),
            Param("provider_config", "an object"),
            Param("allow_user_override", "true or false"),
        ),
        ("credential_id",),
    ),
    ACTIVE: ProviderState(
        "The provider of the credential has answered so.",
        (ORG, Param("credential_id"), Param("status", choices=("active", "needs_reauth", "failed", "revoked"))),
    ),
}

register(
    Resource(
        name=semantics.CREDENTIAL,
        access=OrgOwned(personal=replace(PERSONAL, own=personal)),
        state_params=lambda *_: {
            "provider": PROVIDER,
            "kind": CODE,
            "status": "needs_reauth",
            "provider_config": {"client_id": "value of client_id"},
            "allow_user_override": True,
        },
        states=STATES,
        fields=FIELDS,
        body=right_body,
        shown_once=frozenset({"next"}),
        no_secret=frozenset({"next"}),
        refusals=REFUSALS,
        wrongful=wrongful,
        applied={CREATE: "CREDENTIAL-APPLIES"},
        as_asked=as_asked,
        outside=frozenset({"status"}),
        kinds=KINDS,
        laws={START: Law(keeps="CREDENTIAL-ACTIVE")},
        causes={"credential_exists": Cause(twice, FOR_SOMEBODY)},
        generated=CredentialBodies,
        steps=CredentialSteps,
    )
)
