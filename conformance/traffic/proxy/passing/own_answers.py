"""Answers that the proxy gives itself. A header and a problem say so, and none of them is judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

BY = "X-Conformance-Proxy"
"""The header that no answer of the server's gets."""
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer of the proxy's own."""

    status: int
    said: str
    """The reason for which the proxy answers; a value of its header."""
    content: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def render(self, method: str, *, close: bool) -> bytes:
        """Return its bytes."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", f"{BY}: {self.said}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.status != HTTPStatus.NO_CONTENT:
            lines += [f"Content-Type: {self.media_type}", f"Content-Length: {len(self.content)}"]
        lines += ["Cache-Control: no-store", *(["Connection: close"] if close else [])]
        head = "\r\n".join([*lines, "", ""]).encode("ascii", "replace")
        return head if method == "HEAD" else head + self.content


def make_problem(status: int, title: str, detail: str, headers: Mapping[str, str] | None = None) -> OwnAnswer:
    """Return the proxy's own refusal, as RFC 9457 has it."""
    document = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": f"{detail} The proxy of evershell-conformance says so, and not the server.",
    }
    return OwnAnswer(status, title, json.dumps(document).encode(), PROBLEM, headers or {})


def make_unreached(url: str, why: str) -> OwnAnswer:
    """Return the answer that the server could not be reached."""
    return make_problem(502, "server not reached", f"{url} could not be reached: {why}.")


NOT_HERE = make_problem(
    421, "another server", "The request names another server than the one behind this proxy; --to names that one."
)
NO_TUNNEL = make_problem(
    501, "no tunnel", "The proxy makes no tunnels: give its own URL as the base URL of the API, not as an HTTPS proxy."
)
