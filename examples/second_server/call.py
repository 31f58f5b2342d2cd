"""One request, read and admitted: what an operation is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from examples.second_server.rules import Rules
from examples.second_server.store import Caller


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, about which object and which file in it, with what."""

    rules: Rules
    caller: Caller
    object_id: str = ""
    path: str = ""
    body: Any = None
    query: Sequence[tuple[str, str]] = ()
