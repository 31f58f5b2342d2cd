"""The errors of the client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.entry_text import write_line as entry_line


class MockError(Exception):
    """The mock could not do what was asked; the text says why, and what to do."""


class Unreachable(MockError):
    """No mock answers at this URL."""


class WorldLost(MockError):
    """A world is not what was made of it here, since the node that served it was lost."""


class Refused(MockError):
    """The control API refused; `status` and `error`, the envelope's content, are its answer."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(
            "\n".join([error["message"], *(f"  {line}" for line in _list_details(error.get("details", {})))])
        )
        self.status = status
        self.error = error


def _list_details(details: Mapping[str, Any]) -> Iterator[str]:
    """Return lines for the details of an error: what to do about it, wrong fields, entries, and nearest misses."""
    if "advice" in details:
        yield details["advice"]
    for name, text in details.get("fields", {}).items():
        yield f"{name}: {text}"
    for entry in details.get("entries", []):
        yield entry_line(entry)
    for miss in details.get("nearest", []):
        yield entry_line(miss["entry"])
        yield from (f"  {name}: {text}" for name, text in miss["differs"].items())
