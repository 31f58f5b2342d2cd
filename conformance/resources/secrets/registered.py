"""What the suite is told of secrets."""

from __future__ import annotations

from conformance.needs import state
from conformance.oracle.declaration import OrgOwned
from conformance.oracle.law import Law
from conformance.oracle.resource import Resource, register
from conformance.recipes.causes import Cause, for_somebody_with
from conformance.resources.secrets.making import FIELDS, SecretSteps, requested, while_off
from conformance.resources.secrets.semantics import (
    CODE,
    DELETE,
    LIST,
    REFUSALS,
    SET,
    SWITCHED_OFF,
    ByName,
    read_secret,
    wrongful,
)

SECRET = register(
    Resource(
        name="secret",
        access=OrgOwned(),
        by_name=True,
        listed_by=LIST,
        removed_by=DELETE,
        made_by=(SET,),
        read=read_secret,
        in_path=ByName(),
        refusals=REFUSALS,
        wrongful=wrongful,
        fields=FIELDS,
        requests=requested,
        laws={SET: Law(frozenset({"updated_at"}), keeps="SECRET-SET")},
        causes={CODE: Cause(while_off, for_somebody_with((state(SWITCHED_OFF),)))},
        steps=SecretSteps,
    )
)
