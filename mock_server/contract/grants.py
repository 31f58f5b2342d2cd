"""The scopes that roles and permission sets give, as the contract says in `x-roles` and `x-permission-sets`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

Given = Mapping[str, tuple[str, ...]]
"""The scopes by the name of what gives them, in the order of the contract, which is that of a session."""


class Grants(Struct, frozen=True):
    """The scopes of a person by role, and of an API key by permission set."""

    roles: Given = MappingProxyType({})
    permission_sets: Given = MappingProxyType({})

    def find_role_scopes(self, role: str) -> tuple[str, ...]:
        """Return the scopes of a role; ValueError where the contract has no such role."""
        return _read_scopes(self.roles, role, "role: x-roles")

    def find_permission_set_scopes(self, permission_set: str) -> tuple[str, ...]:
        """Return the scopes of a permission set; ValueError where the contract has no such set."""
        return _read_scopes(self.permission_sets, permission_set, "permission_set: x-permission-sets")


def read_grants(document: Mapping[str, Any]) -> Grants:
    """Return what a contract's document says of both."""
    return Grants(_read(document, "x-roles"), _read(document, "x-permission-sets"))


def _read(document: Mapping[str, Any], keyword: str) -> Given:
    return {str(name): tuple(scopes) for name, scopes in document.get(keyword, {}).items()}


def _read_scopes(given: Given, name: str, keyword: str) -> tuple[str, ...]:
    if name not in given:
        known = ", ".join(given) or "none"
        raise ValueError(f"{keyword} of the contract does not have {name}; it has {known}")
    return given[name]
