"""One request, read and admitted: what an operation is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from examples.second_server.errors import invalid
from examples.second_server.rules import Rules
from examples.second_server.store import Caller


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, about which object and which file or task in it, with what."""

    rules: Rules
    caller: Caller
    object_id: str = ""
    path: str = ""
    body: Any = None
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def sent(self, name: str) -> str | None:
        """A query parameter; 400 where it is there twice."""
        found = [value for key, value in self.query if key == name]
        if len(found) > 1:
            raise invalid(name, "is there twice")
        return found[0] if found else None

    def flag(self, name: str) -> bool:
        """Whether a query parameter is true; false where it is not sent."""
        said = self.sent(name)
        if said not in (None, "true", "false"):
            raise invalid(name, "is neither true nor false")
        return said == "true"
