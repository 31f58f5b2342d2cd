"""A behaviour of the proxy that records what passes as a HAR, in the forms that recorders give it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.har import Entry, Message, document, entry
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request


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
        sent, came = Message(request.headers.pairs, request.body), Message(answer.headers.pairs, answer.body)
        started = datetime.fromtimestamp(time.time() - took, UTC)
        self.entries.append(entry(request.method, url, sent, answer.status, came, started=started, took_ms=took * 1000))

    @property
    def document(self) -> dict[str, Any]:
        """The HAR."""
        return document(self.entries, "tests.proxy")


def sanitised(entries: Iterable[Entry], mask: str | None) -> list[Entry]:
    """The entries without credentials: left out, as browsers do, or with a mask in their place, as test tools do."""
    return [{**each, "request": _without(each["request"], mask)} for each in entries]


def _without(request: Entry, mask: str | None) -> Entry:
    kept = [each for each in request["headers"] if each["name"].lower() != "authorization"]
    had = len(kept) < len(request["headers"])
    return {**request, "headers": [*kept, *([{"name": "Authorization", "value": mask}] if mask and had else [])]}
