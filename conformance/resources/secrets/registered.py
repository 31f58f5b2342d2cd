"""What the suite is told of secrets."""

from __future__ import annotations

from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.resources.secrets.making import FIELDS, SET, SecretSteps

register(
    Resource(
        name="secret",
        operations=(Behavior(SET, may_change=Law(frozenset({"updated_at"}), keeps="SECRET-SET")),),
        fields=FIELDS,
        steps=SecretSteps,
    )
)
