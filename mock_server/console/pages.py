"""The files of the console and of the package for front ends as answers, and the answer at the root."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from mock_server.console.client_tarball import pack_client
from mock_server.errors import MethodNotAllowed
from mock_server.pipeline import address
from mock_server.state.rendered import dump
from mock_server.worlds.answer import Answer
from mock_server.worlds.worlds import DEFAULT

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml; charset=utf-8",
    ".tgz": b"application/gzip",
}
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FILES = {
    **{f"/console/{path.relative_to(_STATIC).as_posix()}": path for path in sorted(_STATIC.rglob("*.*"))},
    "/": _STATIC / "index.html",
}
"""The file of each path below `/_mock`."""
_CLIENT = address.CLIENT.removeprefix("/_mock")
_READER = "#/default/contract"
_MOVED = {"": "_mock/", "/docs": f"./{_READER}", "/docs/": f"../{_READER}"}
"""The place that each of these paths leads to: relative, so that it holds wherever the mock stands."""
_BASE = "/console/base.js"
"""The module that says where the API is."""
_READING = {"GET", "HEAD"}


def find_page(
    method: str, path: str, headers: Mapping[bytes, bytes], *, api: str = address.API, is_ours: bool = True
) -> Answer | None:
    """Return the answer for the path of a page below `/_mock`, with or without its last slash; None for another path.

    Raises MethodNotAllowed for methods other than GET and HEAD.
    """
    to = _MOVED.get(path)
    if to is None and path not in _FILES and path != _CLIENT:
        return None
    if method not in _READING:
        raise MethodNotAllowed("A page is read with GET or HEAD.", allow="GET, HEAD")
    if to is not None:
        return Answer(307, {b"location": to.encode(), b"content-length": b"0"}, b"")
    if path == _CLIENT:
        return _answer_with(pack_client(), ".tgz", headers)
    if path == _BASE:
        module = f"export const API = {json.dumps(api)};\nexport const IS_OURS = {json.dumps(is_ours)};\n"
        return _answer_with(module.encode(), ".js", headers)
    return _answer_with(_FILES[path].read_bytes(), _FILES[path].suffix, headers)


def find_entrance(
    method: str, headers: Mapping[bytes, bytes], world: str, mounted_at: str = "", *, api: str = address.API
) -> Answer | None:
    """Return the answer at the root, or at that of a world; None for a method that does not read."""
    if method not in _READING:
        return None
    own = {b"vary": b"Accept", b"cache-control": b"no-store"}
    if b"text/html" in headers.get(b"accept", b"").lower():
        view = "" if world == DEFAULT else f"#/{world}/start"
        location = f"{mounted_at}{address.CONSOLE}{view}".encode()
        return Answer(302, {**own, b"location": location, b"content-length": b"0"}, b"")
    places = {
        "api": api if world == DEFAULT else f"/_worlds/{world}{api}",
        "console": address.CONSOLE,
        "docs": address.DOCS,
        "client": address.CLIENT,
        "personas": address.PERSONAS,
        "health": address.HEALTH,
    }
    body = dump({name: mounted_at + place for name, place in places.items()})
    content = {b"content-type": b"application/json", b"content-length": b"%d" % len(body)}
    return Answer(200, {**own, **content}, body)


def _answer_with(content: bytes, suffix: str, headers: Mapping[bytes, bytes]) -> Answer:
    tag = f'"{sha256(content).hexdigest()[:32]}"'.encode()
    own = {
        # Kept, and revalidated by its tag; but npm --prefer-offline would install an older package from what it keeps.
        b"cache-control": b"no-store" if suffix == ".tgz" else b"no-cache",
        b"etag": tag,
        b"content-security-policy": _POLICY,
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
    }
    if tag in headers.get(b"if-none-match", b"").replace(b"W/", b"").replace(b",", b" ").split():
        return Answer(304, own, b"")
    own |= {b"content-type": _TYPES[suffix], b"content-length": b"%d" % len(content)}
    return Answer(200, own, content)
