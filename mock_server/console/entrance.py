"""The answer at the root of the mock: a redirect to the console for browsers, a list of URLs for others."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.pipeline import places
from mock_server.state.rendered import dumps
from mock_server.worlds.answer import Answer
from mock_server.worlds.worlds import DEFAULT

_READING = {"GET", "HEAD"}
_ROOTS = {"", "/"}


def entrance(method: str, base: str, below: str, headers: Mapping[bytes, bytes], world: str) -> Answer | None:
    """Return the answer at the root, or at that of a world; None for another path or method."""
    if base not in _ROOTS or below or method not in _READING:
        return None
    own = {b"vary": b"Accept", b"cache-control": b"no-store"}
    if b"text/html" in headers.get(b"accept", b"").lower():
        view = "" if world == DEFAULT else f"#/{world}/start"
        location = f"{places.CONSOLE}{view}".encode()
        return Answer(302, {**own, b"location": location, b"content-length": b"0"}, b"")
    body = dumps(
        {
            "api": places.API if world == DEFAULT else f"/_worlds/{world}{places.API}",
            "console": places.CONSOLE,
            "docs": places.DOCS,
            "personas": places.PERSONAS,
            "health": places.HEALTH,
        }
    )
    content = {b"content-type": b"application/json", b"content-length": b"%d" % len(body)}
    return Answer(200, {**own, **content}, body)
