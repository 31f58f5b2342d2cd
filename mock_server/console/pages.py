"""The files of the console and of Swagger UI as answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from mock_server.errors import MethodNotAllowed
from mock_server.worlds.answer import Answer

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml; charset=utf-8",
    ".png": b"image/png",
}
_COMMON_POLICY = "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_POLICY = f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; {_COMMON_POLICY}".encode()
# Swagger UI styles elements in their attributes, and has its icons in its style sheet.
_VIEWER_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; {_COMMON_POLICY}"
).encode()
_VIEWER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")


class Console:
    """The pages below the base path of the control API."""

    def __init__(self) -> None:
        files = {f"/console/{path.relative_to(_STATIC).as_posix()}": path for path in sorted(_STATIC.rglob("*.*"))}
        self._files: Mapping[str, Path | None] = {
            **files,
            "/": _STATIC / "index.html",
            "/docs/": _STATIC / "docs.html",
            **{f"/docs/{name}": None for name in _VIEWER_FILES},
        }

    def answer(self, method: str, path: str, headers: Mapping[bytes, bytes]) -> Answer | None:
        """Return the answer for the path of a page, with or without its last slash; None for another path.

        Raises MethodNotAllowed for methods other than GET and HEAD.
        """
        moved = f"{path}/" in self._files
        if not moved and path not in self._files:
            return None
        if method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("A page is read with GET or HEAD.", allow="GET, HEAD")
        if moved:  # relative, so that it holds wherever the mock stands
            to = path.rpartition("/")[2] or "_mock"
            return Answer(307, {b"location": f"{to}/".encode(), b"content-length": b"0"}, b"")
        file = self._files[path] or _viewer() / path.removeprefix("/docs/")
        return _of_file(file, _VIEWER_POLICY if path.startswith("/docs/") else _POLICY, headers)


def _of_file(file: Path, policy: bytes, headers: Mapping[bytes, bytes]) -> Answer:
    content = file.read_bytes()
    tag = f'"{sha256(content).hexdigest()[:32]}"'.encode()
    own = {
        b"cache-control": b"no-cache",  # kept, and revalidated by its tag
        b"etag": tag,
        b"content-security-policy": policy,
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"no-referrer",
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
    }
    if tag in headers.get(b"if-none-match", b"").replace(b"W/", b"").replace(b",", b" ").split():
        return Answer(304, own, b"")
    own |= {b"content-type": _TYPES[file.suffix], b"content-length": b"%d" % len(content)}
    return Answer(200, own, content)


@cache
def _viewer() -> Path:
    """The folder with the files of Swagger UI; its package is not imported, since that takes long."""
    [place] = getattr(find_spec("swagger_ui"), "submodule_search_locations", None) or [""]
    return Path(place) / "static"
