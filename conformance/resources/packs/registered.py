"""What the suite is told of content packs and of their files."""

from __future__ import annotations

from conformance.oracle.resource import Resource, register
from conformance.resources.packs import semantics

PACK = register(
    Resource(
        name="pack",
        contract=("packs.list", "packs.create", "packs.upload"),
        in_path=semantics.pack_in_path,
        refusals=semantics.REFUSALS,
        effects=semantics.EFFECTS,
        removed_by="packs.delete",
    )
)
FILE = register(
    Resource(
        name="file",
        in_path=semantics.file_in_path,
        refusals=semantics.REFUSALS_OF_FILES,
        effects=semantics.EFFECTS_ON_FILES,
    )
)
