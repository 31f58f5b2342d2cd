"""Receive requests before the application does: find their operation and number them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examples.third_server.errors import ApiError, render_error
from examples.third_server.operations import Operation

Template = tuple[str, ...]


class Gateway:
    """Resolve raw paths, refuse unknown ones, and give each answer an id of its own."""

    def __init__(self, app: ASGIApp, operations: Iterable[Operation], base_path: str) -> None:
        self._app = app
        self._base = base_path.rstrip("/")
        self._templates: dict[Template, dict[str, Operation]] = {}
        for described in operations:
            template = tuple(described.path.strip("/").split("/"))
            self._templates.setdefault(template, {})[described.method] = described
        # Concrete segments win over those of a template, from the left to the right.
        self._order = sorted(self._templates, key=lambda t: [s.startswith("{") for s in t])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex

        async def send_numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        scope["request_id"] = request_id
        error = self._resolve(scope)
        if error is None:
            await self._app(scope, receive, send_numbered)
            return
        response = render_error(error, request_id)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send_numbered)

    def _resolve(self, scope: Scope) -> ApiError | None:
        """Find the operation of a request, or say why there is none."""
        raw = scope.get("raw_path") or scope["path"].encode()
        path = raw.split(b"?", 1)[0].decode("latin-1")
        if not path.startswith(self._base + "/"):
            return ApiError("not_found")
        segments = path[len(self._base) + 1 :].split("/")
        for template in self._order:
            values = _match(template, segments)
            if values is None:
                continue
            methods = self._templates[template]
            found = methods.get(scope["method"])
            if found is None:
                allowed = ", ".join(sorted(methods))
                return ApiError("method_not_allowed", headers={"Allow": allowed})
            scope["operation"] = found
            scope["path_values"] = values
            return None
        return ApiError("not_found")


def _match(template: Template, segments: list[str]) -> dict[str, str] | None:
    """Compare segments that are still encoded with a template, and decode what it names."""
    values: dict[str, str] = {}
    for index, part in enumerate(template):
        if part == "{path}":
            rest = segments[index:]
            if not rest or rest == [""]:
                return None
            values["path"] = "/".join(rest)
            return values
        if index >= len(segments):
            return None
        decoded = unquote_to_bytes(segments[index]).decode("utf-8", "replace")
        if part.startswith("{"):
            if not decoded:
                return None
            values[part[1:-1]] = decoded
        elif part != decoded:
            return None
    return values if len(segments) == len(template) else None
