"""The source of a derived operation, and why one cannot be derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract.declared import find_error_codes
from mock_server.contract.error_body import read_error_body
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
    """The check of its content beside the declaration."""

    @property
    def of(self) -> ResourceType:
        """The resource that the operation is about."""
        return self.part.of

    @property
    def body_fields(self) -> frozenset[str]:
        """The fields that its body may have; empty where it has no body of JSON."""
        return frozenset((self.part.body or {}).get("properties", {}))

    def find_collection(self, name: str) -> Collection[Any]:
        """Return the collection of a resource; CannotDeriveError where the mock has none."""
        if name not in self.collections:
            raise CannotDeriveError(f"the mock has no objects of {name}")
        return self.collections[name]


def read_codes(part: PlainOperation, status: int) -> tuple[str, ...]:
    """Return the codes that an operation declares for a status."""
    content = part.read_response(status).get("content", {})
    errors = read_error_body(part.document)
    return tuple(dict.fromkeys(code for each in content.values() for code in find_error_codes(each, errors)))


def find_one_code(part: PlainOperation, status: int) -> str:
    """Return the one code that an operation declares for a status; CannotDeriveError where it has none or several.

    Those by which it refuses what its fields name are others.
    """
    found = [code for code in read_codes(part, status) if code not in part.of.codes_of_references]
    if len(found) != 1:
        said = " and ".join(found) or "no code"
        raise CannotDeriveError(f"it declares {said} for {status}")
    return found[0]


def find_status(part: PlainOperation, code: str) -> int:
    """Return the status by which an operation refuses with a code; CannotDeriveError where it declares none."""
    for status in sorted(part.statuses):
        if code in read_codes(part, status):
            return status
    raise CannotDeriveError(f"it declares no response with {code}")


def find_message(part: PlainOperation, status: int, code: str, otherwise: str) -> str:
    """Return the message that an example of a response has for a code, or else another one."""
    errors = read_error_body(part.document)
    for media in part.read_response(status).get("content", {}).values():
        for example in media.get("examples", {}).values():
            if errors.read(example.get("value"), "code") == code:
                return str(errors.read(example["value"], "message"))
    return otherwise
