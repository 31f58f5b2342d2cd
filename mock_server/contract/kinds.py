"""The fields that a body of one kind requires and allows, as the contract says in `x-kinds` of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

_KEYWORD = "x-kinds"


class KindNeeds(Struct, frozen=True):
    """The fields that go with one kind."""

    secret: str | None = None  # the field of its secret; those of the other kinds are refused
    needs: tuple[str, ...] = ()  # the keys that it needs in its config
    needs_of: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # those that it needs besides, by provider
    settings: frozenset[str] = frozenset()  # the keys that its config may have


Kinds = Mapping[str, Mapping[str, KindNeeds]]
"""The needs of each kind, by the name of the schema that lists the kinds."""


def read_kinds(schemas: Mapping[str, Any]) -> Kinds:
    """Return what the schemas of a contract say of kinds."""
    return {
        name: {kind: _needs(each) for kind, each in schema[_KEYWORD].items()}
        for name, schema in schemas.items()
        if _KEYWORD in schema
    }


def _needs(said: Mapping[str, Any]) -> KindNeeds:
    return KindNeeds(
        said.get("secret"),
        tuple(said.get("needs", ())),
        {provider: tuple(keys) for provider, keys in said.get("needs_of", {}).items()},
        frozenset(said.get("settings", ())),
    )
