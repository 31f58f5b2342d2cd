"""The keywords of a contract that say what roles grant, what a kind of body has, and what an archive may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from mock_server.contract.schema import Compiler, Validator, collect_properties, describe_problems
from mock_server.errors import UnsupportedError

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


_ARCHIVES, _FILE_NAME = "x-archive", "x-file-name"


class ManifestRules(Struct, frozen=True, eq=False):
    """Rules for the file that describes a pack: the keys that it names, and their values."""

    keys: frozenset[str]
    validator: Validator

    def find_complaint(self, said: Mapping[str, Any]) -> str | None:
        """Return the first key that is wrong, with what is wrong; None where all fits."""
        found = describe_problems(
            self.validator, {key: said[key] for key in said if key in self.keys}, whole="the whole"
        )
        return next((f"{key}: {text}" for key, text in found.items()), None)


class ArchiveLimits(Struct, frozen=True):
    """The most that an archive may hold, the names that may stand at its top, and what its manifest says."""

    max_unpacked: int  # bytes that its files may come to
    max_entries: int  # files and folders together
    max_file: int  # bytes
    max_path: int  # characters
    files: frozenset[str]
    folders: frozenset[str]
    manifest: ManifestRules | None = None


NO_ARCHIVES = ArchiveLimits(0, 0, 0, 0, frozenset(), frozenset())
"""Limits where the contract says nothing of archives: none is taken."""


def archive_limits(schemas: Mapping[str, Mapping[str, Any]], compiler: Compiler) -> ArchiveLimits:
    """Return what is said of the archive in a body, whose schemas stand by media type.

    SchemaError where the schema of its manifest is none.
    """
    parts = [part for schema in schemas.values() for part in collect_properties(schema).values()]
    said = next((part[_ARCHIVES] for part in parts if _ARCHIVES in part), None)
    if said is None:
        return NO_ARCHIVES
    return ArchiveLimits(
        max_unpacked=said["max_unpacked"],
        max_entries=said["max_entries"],
        max_file=said["max_file"],
        max_path=said["max_path"],
        files=frozenset(said["files"]),
        folders=frozenset(said["folders"]),
        manifest=_read_manifest_rules(said["manifest"], compiler) if "manifest" in said else None,
    )


def _read_manifest_rules(schema: Mapping[str, Any], compiler: Compiler) -> ManifestRules:
    return ManifestRules(frozenset(collect_properties(schema)), compiler.compile(schema, side="request", mask="It"))


def read_file_names(schema: Mapping[str, Any]) -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of the names of files, by the part of a form; UnsupportedError for what is no pattern."""
    items = {name: part.get("items", {}) for name, part in collect_properties(schema).items()}
    return {name: _compile_pattern(each[_FILE_NAME]) for name, each in items.items() if _FILE_NAME in each}


def _compile_pattern(said: str) -> re.Pattern[str]:
    try:
        return re.compile(said)
    except re.error as error:
        raise UnsupportedError(f"{_FILE_NAME} is the pattern of a name, not {said!r}") from error
