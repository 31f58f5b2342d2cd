"""Which archives and files are taken, as the contract says in `x-archive` and `x-file-name` of the parts of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mock_server.contract.schema import properties
from mock_server.errors import UnsupportedError

_KEYWORD, _FILE_NAME = "x-archive", "x-file-name"


class ArchiveLimits(Struct, frozen=True):
    """The most that an archive may hold, and the names that may stand at its top."""

    max_unpacked: int  # bytes that its files may come to
    max_entries: int  # files and folders together
    max_file: int  # bytes
    max_path: int  # characters
    files: frozenset[str]
    folders: frozenset[str]


NO_ARCHIVES = ArchiveLimits(0, 0, 0, 0, frozenset(), frozenset())
"""Where the contract says nothing of archives: none is taken."""


def archive_limits(schemas: Mapping[str, Mapping[str, Any]]) -> ArchiveLimits:
    """Return what is said of the archive in a body, whose schemas stand by media type."""
    parts = [part for schema in schemas.values() for part in properties(schema).values()]
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
    )


def file_names(schema: Mapping[str, Any]) -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of the names of files, by the part of a form; UnsupportedError for what is no pattern."""
    items = {name: part.get("items", {}) for name, part in properties(schema).items()}
    return {name: _pattern(each[_FILE_NAME]) for name, each in items.items() if _FILE_NAME in each}


def _pattern(said: str) -> re.Pattern[str]:
    try:
        return re.compile(said)
    except re.error as error:
        raise UnsupportedError(f"{_FILE_NAME} is the pattern of a name, not {said!r}") from error
