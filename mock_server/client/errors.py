"""Why a mock did not do what it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.entry_text import line


class MockError(Exception):
    """The mock could not do what was asked; the text says why, and what to do."""


class Unreachable(MockError):
    """No mock answers at this URL."""


class Refused(MockError):
    """The control API refused; `status` and `error`, the envelope's content, are its answer."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__("\n".join([error["message"], *(f"  {told}" for told in _told(error.get("details", {})))]))
        self.status = status
        self.error = error


def _told(details: Mapping[str, Any]) -> Iterator[str]:
    """What there is to know beside the message: wrong fields, or what came near to what was looked for."""
    for name, text in details.get("fields", {}).items():
        yield f"{name}: {text}"
    for entry in details.get("entries", []):
        yield line(entry)
    for miss in details.get("nearest", []):
        yield line(miss["entry"])
        yield from (f"  {name}: {text}" for name, text in miss["differs"].items())
