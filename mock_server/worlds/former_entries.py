"""Entries of a journal that a former process kept, and the states that they lead back to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from msgspec import Struct

from mock_server.state.state import State

_ROOM = 512  # what an entry takes beside what is shown of it, about


class FormerState(Struct, frozen=True, eq=False):
    """A state of a former process, as its difference from a newer one.

    It is read when somebody goes back to it, and not before (`ways_back.document_of`).
    """

    newer: State | FormerState
    places: bytes  # as JSON: of each the steps from the root of a state's document, and what stands there or null


class FormerEntry(Struct, eq=False):
    """An entry as a former process showed it, without credentials."""

    id: int
    parent: int
    now: datetime
    ended: float  # by the clock of the machine, which goes on from process to process
    operation_id: str | None
    status: int
    code: str | None
    caller: str | None
    request_id: str | None
    from_console: bool
    fields: bytes  # all that is shown but for the messages, as JSON
    messages: bytes  # the request and the response, as JSON; empty once they were let go
    after: State | FormerState
    way: int  # bytes that lead to the state

    @property
    def has_content(self) -> bool:
        """Whether headers and bodies are still there."""
        return bool(self.messages)

    @property
    def room(self) -> int:
        """What it takes, in bytes, about."""
        return _ROOM + len(self.fields) + len(self.messages) + self.way

    def drop_content(self) -> None:
        """Let go of headers and bodies, and keep the rest."""
        self.messages = b""

    def shown(self) -> dict[str, Any]:
        """Return it as JSON has it, undone or not."""
        messages = orjson.loads(self.messages) if self.messages else {"request": None, "response": None}
        return {**orjson.loads(self.fields), **messages}
