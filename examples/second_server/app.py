"""Puts the server together: paths, methods, the order in which a request is refused, errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from examples.second_server import lives, task_lives
from examples.second_server.call import Call
from examples.second_server.errors import Refused, denied, invalid, no_file, no_path, other_type, too_large
from examples.second_server.limits import Limits
from examples.second_server.operations import PATHS, Operation
from examples.second_server.rendering import Json, rewritten
from examples.second_server.rules import Rules
from examples.second_server.states import States
from examples.second_server.store import Store
from examples.second_server.variants import Variant

BASE = "/v1"
KNOWN_PARAMETERS = frozenset(
    [
        "include_archived",
        "role_name",
        "force",
        "max_bytes",
        "filter",
        "from",
        "to",
        "group_by",
        "time_bucket",
        "bucket_by",
        "metric",
        "top",
        "order",
        "limit",
        "cursor",
        "after",
        "task_id",
        "event_type",
        "api_key",
    ]
)
MALFORMED_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


def create_app(rules: Rules, *, states: bool = True, limits: Limits = Limits()) -> ASGIApp:  # noqa: B008  # frozen
    """The server over these rules, with or without a way to bring it to a state."""
    routes = [Route(BASE + path, Resource(rules, methods)) for path, methods in PATHS.items()]
    if states:
        routes.append(Route("/_states", States(rules).answer, methods=["POST"]))

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused | HTTPException)  # noqa: S101  # what it is registered for
        return _error(rules, error if isinstance(error, Refused) else _unrouted(error), request.method)

    app = Starlette(routes=routes, exception_handlers={Refused: refused, HTTPException: refused})
    app.router.redirect_slashes = False
    app.state.limits, app.state.variants = limits, rules.store.variants
    return _Undecoded(app)


class _Undecoded:
    """Routes by the path as it was sent, so that an encoded slash separates nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["raw_path"].decode("latin-1")}
        await self._app(scope, receive, send)


class Resource:
    """One path with its methods, and no others: neither HEAD nor OPTIONS comes by itself."""

    def __init__(self, rules: Rules, methods: Mapping[str, Operation]) -> None:
        self._rules = rules
        self._methods = methods
        self._variants = rules.store.variants

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        operation = self._methods.get(request.method)
        if operation is None:
            raise HTTPException(405, headers={"Allow": ", ".join(self._methods)})
        response = await self._answer(request, operation)
        await response(scope, receive, send)

    async def _answer(self, request: Request, operation: Operation) -> Response:
        """Credential, scope, body, billing; what is stored is looked at last, and nothing waits from there on."""
        rules = self._rules
        token = rules.credential(request.headers.get("authorization"), request.query_params, operation.asked)
        caller = rules.caller(token)
        if len(request.headers.getlist("authorization")) > 1 and Variant.TWO_CREDENTIALS_REFUSED in self._variants:
            raise invalid("Authorization", "is there twice")
        rules.admit(caller, operation.asked)
        _check_form(request, rules.store.variants)
        body = await operation.body(request)
        rules.charge(caller, operation.asked)
        if unquote(request.path_params.get("org", caller.org_id)) != caller.org_id:
            raise denied("The path names an org that is not yours.")
        object_id = unquote(request.path_params.get("id") or request.path_params.get("name", ""))
        path = unquote(request.path_params.get("task", ""))
        path = _file_path(request.path_params["path"], self._variants) if "path" in request.path_params else path
        query = request.query_params.multi_items()
        _go_on(rules.store)
        response = operation.handler(Call(rules, caller, object_id, path, body, query, request.headers))
        _go_on(rules.store)
        return rewritten(response, rules.store.variants)


def _go_on(store: Store) -> None:
    """Let what is over by now be over; where phases take no time, one after the other."""
    while any([lives.go_on(store), task_lives.go_on(store)]):
        pass


def _check_form(request: Request, variants: frozenset[Variant]) -> None:
    """400 for what some servers refuse in the form of a request, and others do not look at."""
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if has_body and request.method in ("GET", "DELETE"):
        _check_unasked(request.method, variants)
    for name in request.query_params if Variant.PARAMETER_REFUSED in variants else ():
        if name not in KNOWN_PARAMETERS:
            raise invalid(name or "query", "is no parameter")
    for name, value in request.path_params.items() if Variant.ESCAPE_REFUSED in variants else ():
        if MALFORMED_ESCAPE.search(value):
            raise invalid(name, "has a malformed escape")


def _check_unasked(method: str, variants: frozenset[Variant]) -> None:
    """400, 413 or 415 for a body that nobody asked for."""
    if Variant.BODY_REFUSED in variants:
        raise invalid("body", "is not taken here")
    if Variant.BODY_TOO_LARGE in variants:
        raise too_large(0) if method == "GET" else other_type("no body")


def _file_path(sent: str, variants: frozenset[Variant]) -> str:
    """The path inside the pack, each segment decoded by itself."""
    if not sent and Variant.EMPTY_PATH_UNKNOWN in variants:
        raise no_path()
    segments = [unquote(segment) for segment in sent.split("/")]
    if any(segment in ("", ".", "..") or "\0" in segment for segment in segments):
        raise invalid("path", "has a dot, a double dot, an empty segment or a NUL")
    if any("/" in segment for segment in segments):
        raise no_file()
    return "/".join(segments)


def _unrouted(error: HTTPException) -> Refused:
    if error.status_code == 405:
        headers = error.headers or {}
        return Refused(405, "method_not_allowed", f"The path has {headers.get('Allow')}.", headers=headers)
    return no_path()


def _error(rules: Rules, refused: Refused, method: str) -> Response:
    request_id = rules.request_id()
    headers = {**refused.headers, "X-Request-Id": request_id}
    if method == "HEAD":
        return Response(status_code=refused.status, headers=headers, media_type="application/json")
    return Json(rules.envelope(refused, request_id), refused.status, headers)
