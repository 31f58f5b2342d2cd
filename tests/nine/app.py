"""A server of nine of the contract's operations, as a team begins with: who calls, the org's keys, uploaded packs.

Bodies and archives are read by the second server's reader. All the rest is this server's own, and four mistakes that
teams make can be switched on.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from examples.second_server import bodies
from examples.second_server.errors import Refused, denied, invalid, no_pack, unauthenticated
from examples.second_server.limits import Limits
from examples.second_server.rendering import Json
from tests.nine.store import PERMISSION_SETS, Caller, Store

LEAKS, KEY_WORKS_ON, FORGETS, LETS_ANYBODY = "leaks", "revoked-key-works", "forgets", "lets-anybody-delete"
BUGS = {
    LEAKS: "a pack of another org is shown to whoever knows its id",
    KEY_WORKS_ON: "a revoked key is out of the list, and still works",
    FORGETS: "a change of visibility is answered, and not stored",
    LETS_ANYBODY: "packs are deleted without the scope for it",
}
BASE = "/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let in."""

    store: Store
    bugs: Collection[str]
    caller: Caller
    object_id: str
    body: Any


@dataclass(frozen=True, slots=True)
class Served:
    """An operation: what answers it, the scope that it asks for, how its body is read."""

    answer: Callable[[Call], Response]
    scope: str = ""
    body: Callable[[Request], Awaitable[Any]] = bodies.nothing


def session(call: Call) -> Response:
    """Who calls."""
    caller = call.caller
    said: dict[str, Any] = {
        "user_id": caller.user_id,
        "org_id": caller.org,
        "email": "",
        "role": caller.role,
        "permissions": caller.scopes,
        "memberships": [],
    }
    if caller.permission_set:
        return _json({**said, "api_key_label": caller.label, "api_key_permission_set": caller.permission_set})
    member = {"org_id": caller.org, "role": caller.role, "billing_status": "active"}
    return _json({**said, "email": f"{caller.role}@{caller.org}.example", "memberships": [member]})


def list_keys(call: Call) -> Response:
    """The keys of the org."""
    return _json(
        {"api_keys": [{**_key(row), "created_at": row["created"]} for row in call.store.keys(call.caller.org)]}
    )


def create_key(call: Call) -> Response:
    """A new key, with its value."""
    made = call.store.add_key(call.caller.org, call.body["label"], call.body["permission_set"])
    return _json({**_key(made), "value": made["value"]}, 201)


def revoke_key(call: Call) -> Response:
    """The key works no longer."""
    if not call.store.revoke(call.caller.org, call.object_id):
        raise Refused(404, "api_key_not_found", "Your org has no such key.")
    return _json({"status": "revoked"})


def list_packs(call: Call) -> Response:
    """The packs that the org sees."""
    return _json({"packs": [_pack(call, row) for row in call.store.packs(call.caller.org)]})


def upload_pack(call: Call) -> Response:
    """A new pack of an archive."""
    said, files, org = call.body.manifest, call.body.files, call.caller.org
    if call.store.has_pack_named(org, said.name):
        raise Refused(409, "pack_exists", f"Your org has a pack {said.name}.")
    content = b"".join(b"%d:%b%d:%b" % (len(p), p, len(c), c) for p, c in sorted(_encoded(files)))
    shown = {
        "name": said.name,
        "display_name": said.display_name or " ".join(part[:1].upper() + part[1:] for part in said.name.split("-")),
        "version": said.version,
        "tier": "community",
        "description": said.description,
        "category": said.category,
        "capabilities": said.capabilities,
        "suggested_packs": said.suggested_packs,
        "image_origin": "upload",
        "image_digest": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "size_bytes": sum(map(len, files.values())),
    }
    row = call.store.add_pack(org, said.name, call.body.visibility, shown)
    return _json(_pack(call, row), 201)


def get_pack(call: Call) -> Response:
    """One pack."""
    return _json(_pack(call, _visible(call)))


def update_visibility(call: Call) -> Response:
    """Who sees a pack from now on."""
    row, wanted = _own(call), call.body["visibility"]
    if FORGETS in call.bugs:
        return _json({**_pack(call, row), "visibility": wanted})
    call.store.show_to(row["id"], wanted)
    return get_pack(call)


def delete_pack(call: Call) -> Response:
    """The pack is gone."""
    call.store.remove_pack(_own(call)["id"])
    return _json({"status": "deleted"})


def _label(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 64:
        raise invalid("label", "has 1 to 64 characters")
    return value


def _permission_set(value: Any) -> str:
    if not isinstance(value, str) or value not in PERMISSION_SETS:
        raise invalid("permission_set", "is no permission set")
    return value


PATHS: Mapping[str, Mapping[str, Served]] = {
    "/me/session": {"GET": Served(session)},
    "/api-keys": {
        "GET": Served(list_keys, "apikeys:write"),
        "POST": Served(
            create_key, "apikeys:write", bodies.fields({"label": _label, "permission_set": _permission_set}, {})
        ),
    },
    "/api-keys/{id}": {"DELETE": Served(revoke_key, "apikeys:write")},
    "/packs": {"GET": Served(list_packs)},
    "/packs/upload": {"POST": Served(upload_pack, "caps:write", bodies.upload)},
    "/packs/{id}": {
        "GET": Served(get_pack),
        "PATCH": Served(update_visibility, "caps:write", bodies.fields({"visibility": bodies.visibility}, {})),
        "DELETE": Served(delete_pack, "caps:write"),
    },
}


def create_app(store: Store, bugs: Collection[str] = ()) -> ASGIApp:
    """Return the server over a store, with these mistakes."""
    routes = [Route(BASE + path, _Path(store, bugs, methods)) for path, methods in PATHS.items()]
    app = Starlette(routes=routes, exception_handlers={Refused: _refused, HTTPException: _refused})
    app.router.redirect_slashes = False
    app.state.limits, app.state.variants = Limits(), frozenset()

    async def by_the_path_as_sent(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":  # else an encoded slash would separate something
            scope = {**scope, "path": scope["raw_path"].decode("latin-1")}
        await app(scope, receive, send)

    return by_the_path_as_sent


class _Path:
    """One path with its methods."""

    def __init__(self, store: Store, bugs: Collection[str], methods: Mapping[str, Served]) -> None:
        self._store, self._bugs, self._methods = store, bugs, methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if (operation := self._methods.get(request.method)) is None:
            raise HTTPException(405, headers={"Allow": ", ".join(self._methods)})
        caller = self._caller(request)
        free = operation.answer is delete_pack and LETS_ANYBODY in self._bugs
        if operation.scope and operation.scope not in caller.scopes and not free:
            raise denied(f"The operation asks for {operation.scope}.")
        body = await operation.body(request)
        object_id = unquote(request.path_params.get("id", ""))
        response = operation.answer(Call(self._store, self._bugs, caller, object_id, body))
        await response(scope, receive, send)

    def _caller(self, request: Request) -> Caller:
        found = re.fullmatch(r"[Bb][Ee][Aa][Rr][Ee][Rr] +(\S+)", request.headers.get("authorization", ""))
        token = found[1] if found else ""
        works_on = KEY_WORKS_ON in self._bugs
        caller = self._store.person(token) or self._store.key_holder(token, revoked_too=works_on)
        if caller is None:
            raise unauthenticated("Sign in, or send a key of your org.")
        return caller


def _visible(call: Call) -> sqlite3.Row:
    row = call.store.pack(call.object_id)
    if row is None or not (row["org"] == call.caller.org or row["visibility"] == "community" or LEAKS in call.bugs):
        raise no_pack()
    return row


def _own(call: Call) -> sqlite3.Row:
    row = call.store.pack(call.object_id)
    if row is None or (row["org"] != call.caller.org and row["visibility"] != "community"):
        raise no_pack()
    if row["org"] != call.caller.org:
        raise denied("The pack is another org's.")
    return row


def _pack(call: Call, row: sqlite3.Row | None) -> dict[str, Any]:
    assert row is not None
    owned = row["org"] == call.caller.org
    shown = {name: value for name, value in json.loads(row["shown"]).items() if value is not None}
    own = {"org_id": row["org"], "image_ref": f"registry.nine.example/{row['org']}/{row['name']}"} if owned else {}
    times = {"created_at": row["created"], "updated_at": row["updated"]}
    return {"id": row["id"], "visibility": row["visibility"], "owned": owned, **shown, **own, **times}


def _key(row: sqlite3.Row) -> dict[str, str]:
    prefix = f"{row['value'][:5]}...{row['value'][-4:]}"
    return {
        "id": row["id"],
        "label": json.loads(row["label"]),
        "prefix": prefix,
        "permission_set": row["permission_set"],
    }


def _encoded(files: Mapping[str, bytes]) -> list[tuple[bytes, bytes]]:
    return [(path.encode("utf-8", "surrogateescape"), content) for path, content in files.items()]


def _json(content: Any, status: int = 200) -> Response:
    return Json(content, status, {"X-Request-Id": secrets.token_hex(8)})


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        code = "method_not_allowed" if error.status_code == 405 else "not_found"
        error = Refused(error.status_code, code, "Nothing is served here.", headers=error.headers)
    assert isinstance(error, Refused)
    said = {"code": error.code, "message": error.message, "request_id": secrets.token_hex(8)}
    if error.details is not None:
        said["details"] = dict(error.details)
    headers = {**error.headers, "X-Request-Id": said["request_id"]}
    if request.method == "HEAD":
        return Response(status_code=error.status, headers=headers, media_type="application/json")
    return Json({"error": said}, error.status, headers)
