"""The archives and files that are taken, as the contract says in `x-archive` and `x-file-name` of a form's parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mock_server.contract.schema import Compiler, Validator, collect_properties, describe_problems
from mock_server.errors import UnsupportedError

_KEYWORD, _FILE_NAME = "x-archive", "x-file-name"


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
    said = next((part[_KEYWORD] for part in parts if _KEYWORD in part), None)
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
