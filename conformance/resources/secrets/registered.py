"""What the suite is told of secrets."""

from __future__ import annotations

from conformance.oracle.declaration.ownership import OrgOwned, SwitchedOff
from conformance.oracle.declaration.provider_state import ORG, ProviderState
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.resources.secrets.making import FIELDS, SecretSteps, requested
from conformance.resources.secrets.semantics import DELETE, LIST, REFUSALS, SET, ByName, read_secret

SECRET = register(
    Resource(
        name="secret",
        access=OrgOwned(),
        switched_off=SwitchedOff("secrets are disabled", "secrets_disabled"),
        states={"secrets are disabled": ProviderState("The org cannot use secrets.", (ORG,))},
        by_name=True,
        listed_by=LIST,
        removed_by=DELETE,
        made_by=(SET,),
        read=read_secret,
        in_path=ByName(),
        refusals=REFUSALS,
        fields=FIELDS,
        requests=requested,
        laws={SET: Law(frozenset({"updated_at"}), keeps="SECRET-SET")},
        steps=SecretSteps,
    )
)
