"""HTTP archives (HAR 1.2), as a recorder that loses nothing writes them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Entry = dict[str, Any]
Fields = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Message:
    """The headers and the body of a request or an answer."""

    headers: Fields
    body: bytes = b""


def entry(
    method: str, url: str, sent: Message, status: int, answer: Message, *, started: datetime, took_ms: float
) -> Entry:
    """One entry, with its bodies in Base64."""
    return {
        "startedDateTime": started.isoformat(),
        "time": took_ms,
        "request": {
            "method": method,
            "url": url,
            "headers": pairs(sent.headers),
            "bodySize": len(sent.body),
            **({"postData": encoded(sent.body)} if sent.body else {}),
        },
        "response": {
            "status": status,
            "headers": pairs(answer.headers),
            "content": {"size": len(answer.body), **encoded(answer.body)},
            "bodySize": len(answer.body),
        },
    }


def pairs(fields: Fields) -> list[Entry]:
    return [{"name": name, "value": value} for name, value in fields]


def encoded(content: bytes) -> Entry:
    return {"text": base64.b64encode(content).decode(), "encoding": "base64"}


def document(entries: Sequence[Any], creator: str) -> Entry:
    """The archive of these entries."""
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": [*entries]}}
