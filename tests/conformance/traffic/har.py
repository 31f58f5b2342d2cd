"""Recordings as several recorders write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.har import document as archive
from tests.har import encoded, pairs

BASE = "https://acme.example/v1"
TOKEN = "a-token-of-somebody"
BEGIN = datetime(2026, 11, 27, 12, tzinfo=UTC)


def entry(
    method: str = "GET",
    path: str = "/packs",
    status: int = 200,
    answer: Any = None,
    *,
    body: Any = None,
    token: str | None = TOKEN,
    at: float = 0,
    took: float = 0.01,
    url: str | None = None,
    sent: Mapping[str, str] | None = None,
    got: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One entry, with JSON or bytes as bodies: whole, as a recorder that loses nothing writes it."""
    content = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
    posted = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    of_request = {"Authorization": f"Bearer {token}"} if token else {}
    of_request |= {"Content-Type": "application/json", "Content-Length": str(len(posted))} if posted else {}
    of_answer = {"Content-Type": "application/json"} if content else {}
    of_answer["Content-Length"] = str(len(content))
    request: dict[str, Any] = {
        "method": method,
        "url": url or BASE + path,
        "headers": pairs({**of_request, **(sent or {})}.items()),
        "bodySize": len(posted),
    }
    if posted:
        request["postData"] = {"mimeType": "application/json", "text": posted.decode("utf-8", "replace")}
    return {
        "startedDateTime": (BEGIN + timedelta(seconds=at)).isoformat(),
        "time": took * 1000,
        "request": request,
        "response": {
            "status": status,
            "headers": pairs({**of_answer, **(got or {})}.items()),
            "content": {"size": len(content), **encoded(content)},
            "bodySize": len(content),
        },
        **more,
    }


def error(code: str, request_id: str = "req-1", **details: Any) -> dict[str, Any]:
    """An envelope."""
    more = {"details": details} if details else {}
    return {"error": {"code": code, "message": "It is so.", "request_id": request_id, **more}}


def document(*entries: Mapping[str, Any], creator: str = "tests") -> dict[str, Any]:
    return archive(entries, creator)


def written(folder: Path, *entries: Mapping[str, Any], name: str = "traffic.har") -> Path:
    """The file of a recording."""
    path = folder / name
    path.write_text(json.dumps(document(*entries)))
    return path
