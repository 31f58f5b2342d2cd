"""What an operation is derived from, and why one cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract.declared import find_error_codes
from mock_server.declared.resource_types import PlainOperation, ResourceType
from mock_server.operation import Content
from mock_server.state.collection import Collection

CONFLICT = 409
"""The status of what the state of objects refuses."""


class CannotDeriveError(ValueError):
    """An operation needs a function of its own; the text says what it asks for that no declaration says."""


@dataclass(frozen=True, eq=False)
class Source:
    """A part, the collection of its resource, and those of all others by the names of their resources."""

    part: PlainOperation
    collection: Collection[Any]
    collections: Mapping[str, Collection[Any]]
    types: Mapping[str, ResourceType]
    content: Content | None = None
    """What is asked of its content beside."""

    @property
    def of(self) -> ResourceType:
        """The resource that the operation is about."""
        return self.part.of

    def collection_of(self, name: str) -> Collection[Any]:
        """Return the collection of a resource; CannotDeriveError where the mock has none."""
        if name not in self.collections:
            raise CannotDeriveError(f"the mock has no objects of {name}")
        return self.collections[name]


def read_codes(part: PlainOperation, status: int) -> tuple[str, ...]:
    """Return the codes that an operation declares for a status."""
    content = part.read_response(status).get("content", {})
    return tuple(dict.fromkeys(code for each in content.values() for code in find_error_codes(each)))


def find_one_code(part: PlainOperation, status: int) -> str:
    """Return the one code that an operation declares for a status; CannotDeriveError where it has none or several.

    Those by which it refuses what its fields name are others.
    """
    found = [code for code in read_codes(part, status) if code not in part.of.codes_of_references]
    if len(found) != 1:
        said = " and ".join(found) or "no code"
        raise CannotDeriveError(f"it declares {said} for {status}")
    return found[0]


def find_message(part: PlainOperation, status: int, code: str, otherwise: str) -> str:
    """Return the message that an example of a response has for a code, or else another one."""
    for media in part.read_response(status).get("content", {}).values():
        for example in media.get("examples", {}).values():
            match example.get("value"):
                case {"error": {"code": found, "message": str(message)}} if found == code:
                    return message
    return otherwise
