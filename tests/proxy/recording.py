"""A behaviour of the proxy that records what passes as a HAR, in the forms that recorders give it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Headers, Request

Entry = dict[str, Any]


@dataclass(eq=False)
class Recorder(Behaviour):
    """Keeps every exchange whole."""

    origin: str = ""
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sees = self._record

    def _record(self, request: Request, answer: Answer) -> None:
        took = time.monotonic() - request.at if request.at else 0.001
        url = request.target if request.target.startswith("http") else self.origin + request.target
        self.entries.append(
            {
                "startedDateTime": datetime.fromtimestamp(time.time() - took, UTC).isoformat(),
                "time": took * 1000,
                "request": {
                    "method": request.method,
                    "url": url,
                    "headers": _pairs(request.headers),
                    "bodySize": len(request.body),
                    **({"postData": _encoded(request.body)} if request.body else {}),
                },
                "response": {
                    "status": answer.status,
                    "headers": _pairs(answer.headers),
                    "content": {"size": len(answer.body), **_encoded(answer.body)},
                    "bodySize": len(answer.body),
                },
            }
        )

    @property
    def document(self) -> dict[str, Any]:
        """The HAR."""
        return {"log": {"version": "1.2", "creator": {"name": "tests.proxy", "version": "1"}, "entries": self.entries}}


def _pairs(headers: Headers) -> list[Entry]:
    return [{"name": name, "value": value} for name, value in headers.pairs]


def _encoded(content: bytes) -> Entry:
    return {"text": base64.b64encode(content).decode(), "encoding": "base64"}


def sanitised(entries: Iterable[Entry], mask: str | None) -> list[Entry]:
    """The entries without credentials: left out, as browsers do, or with a mask in their place, as test tools do."""
    return [{**entry, "request": _without(entry["request"], mask)} for entry in entries]


def _without(request: Entry, mask: str | None) -> Entry:
    kept = [each for each in request["headers"] if each["name"].lower() != "authorization"]
    had = len(kept) < len(request["headers"])
    return {**request, "headers": [*kept, *([{"name": "Authorization", "value": mask}] if mask and had else [])]}
