"""Entries of a journal as they are shown: rendered when somebody reads them, without credentials."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from mock_server import redaction
from mock_server.callers import Caller
from mock_server.changes import changes
from mock_server.fixtures import Persona
from mock_server.gates import OPERATION
from mock_server.journal import NOT_ANSWERED, Entry, Message
from mock_server.view import timestamp

Shown = dict[str, Any]


class Shower:
    """Shows entries, and names their callers: by persona, where it is one."""

    def __init__(self, personas: Iterable[Persona]) -> None:
        self._personas: Mapping[Caller, str] = {persona.caller: persona.name for persona in personas}

    @property
    def personas(self) -> Iterable[str]:
        """The names of all personas."""
        return self._personas.values()

    def caller(self, entry: Entry) -> str | None:
        """Return the name of who called; None for somebody who was not let in."""
        caller = entry.caller
        if caller is None:
            return None
        return self._personas.get(caller) or f"{caller.org_id}:{caller.label or caller.user_id}"

    def show(self, entry: Entry, undone: Iterable[int] = ()) -> Shown:
        """Return an entry as JSON has it."""
        refused = entry.status >= 400 or entry.status == NOT_ANSWERED
        return {
            "id": entry.id,
            "time": timestamp(entry.time),
            "operation_id": entry.operation_id,
            "method": entry.method,
            "path": redaction.without_tokens(entry.path.encode()).decode(),
            "caller": self.caller(entry),
            "status": entry.status,
            "code": entry.code,
            "gate": (entry.gate or OPERATION) if refused else None,
            "reason": _reason(entry.response) if refused else None,
            "faults": list(entry.faults),
            "duration_ms": round(entry.seconds * 1000, 3),
            "changes": changes(entry.change.before, entry.state, entry.change.touched) if entry.change else [],
            "undone": entry.id in undone,
            "request": _message(entry.request, query=redaction.query(entry.query)),
            "response": None if entry.status == NOT_ANSWERED else _message(entry.response),
        }


def _reason(response: Message | None) -> str | None:
    try:
        message = orjson.loads(response.body)["error"]["message"] if response else None
    except (ValueError, KeyError, TypeError):
        return None
    return redaction.without_tokens(message.encode()).decode() if isinstance(message, str) else None


def _message(message: Message | None, **beside: Any) -> Shown | None:
    if message is None:
        return None
    cut = message.length > len(message.body)
    text, encoding = _text(redaction.without_tokens(message.body), cut=cut)
    return {
        **beside,
        "headers": redaction.headers(message.headers),
        "body": text,
        "encoding": encoding,
        "bytes": message.length,
        "cut": cut,
    }


def _text(body: bytes, *, cut: bool) -> tuple[str, str]:
    """A body as text, and its encoding; the beginning of a character at a cut is no reason against text."""
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError as error:
        if cut and error.end == len(body) and error.reason == "unexpected end of data":
            return body[: error.start].decode(), "utf-8"
        return base64.b64encode(body).decode(), "base64"
