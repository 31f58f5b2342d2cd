"""What the suite is told of content packs and of their files."""

from __future__ import annotations

from conformance.oracle.resource import Resource, register
from conformance.resources.packs import semantics
from conformance.resources.packs.facts import read_pack

PACK = register(
    Resource(
        name="pack",
        contract=("packs.list", "packs.create", "packs.upload"),
        listed_by="packs.list",
        shown_by="packs.get",
        read=read_pack,
        refusals=semantics.REFUSALS,
        wrongful=semantics.wrongful,
        effects=semantics.EFFECTS,
        removed_by="packs.delete",
    )
)
FILE = register(
    Resource(
        name="file",
        within="pack",
        in_path=semantics.InPack(),
        refusals=semantics.REFUSALS_OF_FILES,
        wrongful=semantics.wrongful,
        effects=semantics.EFFECTS_ON_FILES,
    )
)
