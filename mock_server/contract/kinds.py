"""What a body of one kind has to have and may have beside it, as the contract says in `x-kinds` of a schema."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from mock_server.errors import UnsupportedError

_KEYWORD = "x-kinds"


class KindNeeds(Struct, frozen=True):
    """What goes with one kind."""

    secret: str | None = None  # the field of its secret; those of the other kinds are refused
    needs: tuple[str, ...] = ()  # the keys that it needs in its config
    needs_of: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # those that it needs besides, by provider
    settings: frozenset[str] = frozenset()  # the keys that its config may have


Kinds = Mapping[str, Mapping[str, KindNeeds]]
"""By the name of the schema that lists kinds, and by kind."""


def kinds_of(schemas: Mapping[str, Any]) -> Kinds:
    """Return what the schemas of a contract say of kinds; UnsupportedError names the place of what they cannot say."""
    return {name: _kinds(name, schema[_KEYWORD]) for name, schema in schemas.items() if _KEYWORD in schema}


def _kinds(name: str, said: Any) -> Mapping[str, KindNeeds]:
    place = f"components.schemas.{name}.{_KEYWORD}"
    return {kind: _needs(each, f"{place}.{kind}") for kind, each in _mapping(said, place).items()}


def _needs(said: Any, place: str) -> KindNeeds:
    said = _mapping(said, place)
    secret = said.get("secret")
    if not isinstance(secret, str | None):
        raise UnsupportedError(f"{place}.secret is the name of a field, not {secret!r}")
    needs_of = _mapping(said.get("needs_of", {}), f"{place}.needs_of")
    return KindNeeds(
        secret,
        _names(said.get("needs", []), f"{place}.needs"),
        {provider: _names(keys, f"{place}.needs_of.{provider}") for provider, keys in needs_of.items()},
        frozenset(_names(said.get("settings", []), f"{place}.settings")),
    )


def _mapping(said: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise UnsupportedError(f"{place} is a mapping, not {said!r}")
    return said


def _names(said: Any, place: str) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(each, str) and each for each in said):
        raise UnsupportedError(f"{place} is a list of names, not {said!r}")
    return tuple(said)
