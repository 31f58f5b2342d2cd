"""What the suite is told of secrets."""

from __future__ import annotations

from conformance.declared.refusals import nothing_by_state
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Law
from conformance.resources.secrets.making import DELETE, FIELDS, LIST, SET, SecretSteps

register(
    Resource(
        name="secret",
        fields=FIELDS,
        refusals=nothing_by_state(LIST, SET, DELETE),
        laws={SET: Law(frozenset({"updated_at"}), keeps="SECRET-SET")},
        steps=SecretSteps,
    )
)
