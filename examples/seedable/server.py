"""A small server of four operations of the contract that is seedable: provider states, and worlds.

Python's own library and this file are all that it takes: `python examples/seedable/server.py`.
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

ROLES = {
    "owner": (
        "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write "
        "members:read members:write apikeys:write billing:write"
    ),
    "operator": (
        "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write "
        "members:read apikeys:write"
    ),
    "member": "workspace:read:own workspace:write:own tasks:write:own audit:read:own auth:write:own members:read",
}
PERMISSION_SETS = {
    "full_access": "caps:write workspace:read workspace:write tasks:write audit:read",
    "submit_observe": "workspace:read workspace:write tasks:write audit:read",
    "read_only": "workspace:read audit:read",
}
POSTURES = ("active", "trial", "trial_expired", "past_due", "decommissioning")
INACTIVE = ("trial_expired", "past_due", "decommissioning")
SIGNING_KEY = b"signs the sessions of an example, and protects nothing"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
LARGEST_BODY = 1024 * 1024
MOST_DRAINED = 64 * LARGEST_BODY
MOST_WORLDS = 1000
NOTHING: Mapping[str, str] = {}
Json = dict[str, Any]


class Refused(Exception):
    """The request is refused with a status and a code of the contract."""

    def __init__(
        self, status: int, code: str, message: str, details: Json | None = None, headers: Mapping[str, str] = NOTHING
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers
        self.error: Json = {"code": code, "message": message} | ({"details": details} if details else {})


def invalid(name: str, why: str) -> Refused:
    """Return the refusal of a field, a parameter or the body."""
    return Refused(400, "validation_error", f"{name}: {why}", {"fields": {name: why}})


# What there is


@dataclass(frozen=True)
class Caller:
    """Somebody with a credential: a person, or an API key of an org."""

    org: str
    scopes: tuple[str, ...]
    user: str = "system"
    role: str = ""
    permission_set: str = ""


def person(user: str, org: str, role: str) -> Caller:
    """Return a person with what the role may."""
    return Caller(org, tuple(ROLES[role].split()), user, role)


def api_key(org: str, permission_set: str) -> Caller:
    """Return a key with what the permission set may."""
    return Caller(org, tuple(PERMISSION_SETS[permission_set].split()), permission_set=permission_set)


@dataclass
class World:
    """Everything that the server keeps. Each world begins as this is made, and knows nothing of the others."""

    postures: dict[str, str] = field(default_factory=lambda: {"org_acme": "active", "org_globex": "active"})
    without_secrets: set[str] = field(default_factory=set)
    people: dict[str, Caller] = field(
        default_factory=lambda: {
            "ann": person("ann", "org_acme", "owner"),
            "max": person("max", "org_acme", "member"),
            "gil": person("gil", "org_globex", "owner"),
        }
    )
    keys: dict[str, Caller] = field(
        default_factory=lambda: {
            "sk_fake_acme_full_access": api_key("org_acme", "full_access"),
            "sk_fake_globex_read_only": api_key("org_globex", "read_only"),
        }
    )
    revoked: set[str] = field(default_factory=set)
    secrets: dict[tuple[str, str], Json] = field(default_factory=dict)


class Worlds:
    """Worlds by their names. One is made when it is first asked for; the one that was longest unused makes room."""

    def __init__(self) -> None:
        self._worlds: OrderedDict[str, World] = OrderedDict()

    def get(self, name: str) -> World:
        if name not in self._worlds:
            self._worlds[name] = World()
        self._worlds.move_to_end(name)
        if len(self._worlds) > MOST_WORLDS:
            self._worlds.popitem(last=False)
        return self._worlds[name]


# Who is calling


def new_session(user: str, expires_at: float) -> str:
    """Return a session token of a person."""
    said = ({"alg": "HS256", "typ": "JWT"}, {"sub": user, "exp": int(expires_at), "jti": secrets.token_hex(8)})
    signed = ".".join(_base64(json.dumps(part).encode()) for part in said)
    return f"{signed}.{_signature(signed)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _signature(signed: str) -> str:
    return _base64(hmac.digest(SIGNING_KEY, signed.encode(), hashlib.sha256))


def caller_of(world: World, authorization: str) -> Caller:
    """Return whose credential a header holds; 401 where it is nobody's."""
    scheme, _, token = authorization.partition(" ")
    token = token.lstrip(" ")
    signed, _, signature = token.rpartition(".")
    found = world.keys.get(token)
    if signed and hmac.compare_digest(_signature(signed).encode(), signature.encode()):
        payload = signed.partition(".")[2]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found = world.people.get(claims["sub"]) if claims["exp"] > time.time() else None
    if scheme.lower() != "bearer" or found is None or token in world.revoked:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise Refused(401, "unauthenticated", "Send a session or an API key that is valid.", headers=challenge)
    return found


# The operations


@dataclass(frozen=True)
class Call:
    """A request that was let through."""

    world: World
    caller: Caller
    name: str
    body: Json


def get_session(call: Call) -> Json:
    """Say who is calling."""
    caller = call.caller
    shown = {"user_id": caller.user, "org_id": caller.org, "role": caller.role, "permissions": caller.scopes}
    if caller.permission_set:
        key = {"api_key_label": caller.permission_set, "api_key_permission_set": caller.permission_set}
        return {**shown, "email": "", "memberships": [], **key}
    status = call.world.postures[caller.org].removesuffix("_expired")
    membership = {"org_id": caller.org, "role": caller.role, "billing_status": status}
    return {**shown, "email": f"{caller.user}@{caller.org}.example", "memberships": [membership]}


def list_secrets(call: Call) -> Json:
    """List the secrets of the org."""
    require_secrets(call)
    return {"secrets": [shown for (org, _), shown in call.world.secrets.items() if org == call.caller.org]}


def set_secret(call: Call) -> Json:
    """Make a secret, or give it another value."""
    require_secrets(call)
    key, now = (call.caller.org, call.name), datetime.now(UTC).isoformat()
    before = call.world.secrets.get(key, {"name": call.name, "created_at": now})
    call.world.secrets[key] = {**before, "updated_at": now}  # a real server keeps the value too, where nobody reads it
    return call.world.secrets[key]


def delete_secret(call: Call) -> Json:
    """Delete a secret."""
    require_secrets(call)
    if call.world.secrets.pop((call.caller.org, call.name), None) is None:
        raise Refused(404, "secret_not_found", "The org has no secret of this name.")
    return {"status": "deleted"}


def require_secrets(call: Call) -> None:
    """Refuse the call where the org has no secrets at present."""
    if call.caller.org in call.world.without_secrets:
        raise Refused(503, "secrets_disabled", "Secrets are switched off for the org.")


@dataclass(frozen=True)
class Operation:
    """A function, and what the contract asks before it."""

    answer: Callable[[Call], Json]
    scope: str = ""
    creates: bool = False
    is_named: bool = False
    has_body: bool = False


PATHS: Mapping[str, Mapping[str, Operation]] = {
    "me/session": {"GET": Operation(get_session)},
    "secrets": {"GET": Operation(list_secrets, "secrets:write")},
    "secrets/*": {
        "PUT": Operation(set_secret, "secrets:write", creates=True, is_named=True, has_body=True),
        "DELETE": Operation(delete_secret, "secrets:write", is_named=True),
    },
}


def read_secret(content: bytes | None, media_type: str) -> Json:
    """Return the body of a secret; None is one that is too large."""
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "unsupported_media_type", "The operation takes application/json.")
    if content is None:
        raise Refused(413, "payload_too_large", f"The body may have at most {LARGEST_BODY} bytes.")
    try:
        body = json.loads(content.decode())
    except (ValueError, RecursionError):
        raise invalid("body", "is not JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise invalid("body", "is not an object")
    for unknown in body.keys() - {"value"}:
        raise invalid(unknown, "is not a field of a secret")
    value = body.get("value")
    if not isinstance(value, str) or not 1 <= len(value) <= 65536:
        raise invalid("value", "has to be a text of 1 to 65536 characters")
    return body


# The states


def org_of(world: World, params: Json) -> str:
    """Return the org that a state is asked for."""
    if params["org_id"] not in world.postures:
        raise ValueError("org_id: there is no such org")
    return str(params["org_id"])


def set_posture(world: World, params: Json) -> Json:
    """Give an org a billing posture."""
    if params["posture"] not in POSTURES:
        raise ValueError("posture: there is no such posture")
    world.postures[org_of(world, params)] = params["posture"]
    return {}


def reset_posture(world: World, params: Json, _: Json) -> None:
    """Make an org active again."""
    world.postures[org_of(world, params)] = "active"


def disable_secrets(world: World, params: Json) -> Json:
    """Switch the secrets of an org off."""
    world.without_secrets.add(org_of(world, params))
    return {}


def enable_secrets(world: World, params: Json, _: Json) -> None:
    """Switch the secrets of an org on."""
    world.without_secrets.discard(params["org_id"])


def add_credential(world: World, params: Json, lasts_s: float = 3600) -> Json:
    """Make a key of a permission set, or the session of a new person with a role or with scopes."""
    org = org_of(world, params)
    if "permission_set" in params:
        token = f"sk_fake_{secrets.token_hex(12)}"
        world.keys[token] = api_key(org, params["permission_set"])
        return {"token": token}
    user, role = f"person-{secrets.token_hex(6)}", params.get("role")
    world.people[user] = person(user, org, role) if role else Caller(org, tuple(params["scopes"]), user, "custom")
    return {"token": new_session(user, time.time() + lasts_s)}


def add_expired(world: World, params: Json) -> Json:
    """Make a credential that has expired."""
    return add_credential(world, params, lasts_s=-60)


def add_revoked(world: World, params: Json) -> Json:
    """Make a credential that is revoked."""
    values = add_credential(world, params)
    world.revoked.add(values["token"])
    return values


def revoke(world: World, _: Json, values: Json) -> None:
    """Revoke the credential that a setup made."""
    world.revoked.add(values.get("token", ""))


Setup = Callable[[World, Json], Json]
Teardown = Callable[[World, Json, Json], None]
STATES: Mapping[str, tuple[Setup, Teardown]] = {
    "org has billing posture": (set_posture, reset_posture),
    "secrets are disabled": (disable_secrets, enable_secrets),
    "credential is expired": (add_expired, revoke),
    "credential is revoked": (add_revoked, revoke),
    "credential has scopes": (add_credential, revoke),
}


def change_state(world: World, content: bytes | None, offered: Mapping[str, tuple[Setup, Teardown]]) -> Json:
    """Set a state up and return its values, or tear it down."""
    try:
        asked = json.loads(content or b"")
        setup, teardown = offered[asked["state"]]
    except (ValueError, TypeError, KeyError):
        raise Refused(404, "not_found", "There is no such state.") from None
    try:
        if asked["action"] == "setup":
            return setup(world, asked["params"])
        teardown(world, asked["params"], asked.get("values", {}))
    except (ValueError, TypeError, KeyError) as error:
        raise invalid("params", str(error)) from None
    return {}


# HTTP


class Handler(BaseHTTPRequestHandler):
    """Answers below `/v1` and `/states`, and of each world below `/worlds/NAME/v1` and `/worlds/NAME/states`."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: "Server"

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Let every method be answered here: the library looks for `do_GET`, `do_PUT` and so on."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self) -> None:
        request_id = secrets.token_hex(8)
        content = self._read()
        try:
            with self.server.lock:
                self._send(200, self._answer(content), {"X-Request-Id": request_id})
        except Refused as refused:
            error = {**refused.error, "request_id": request_id}
            self._send(refused.status, {"error": error}, {"X-Request-Id": request_id, **refused.headers})

    def _answer(self, content: bytes | None) -> Json:
        path, _, query = self.path.partition("?")
        segments = path.split("/")[1:] or [""]
        world = ""
        if segments[0] == "worlds" and len(segments) > 2:
            world, segments = segments[1], segments[2:]
        if segments == ["states"] and self.command == "POST":
            return change_state(self.server.worlds.get(world), content, self.server.offered)
        methods = PATHS.get("/".join(segments[1:]))
        if methods is None and len(segments) == 3 and segments[1] == "secrets" and segments[2]:
            methods = PATHS["secrets/*"]
        if segments[0] != "v1" or methods is None:
            raise Refused(404, "not_found", "There is nothing at this path.")
        operation = methods.get(self.command)
        if operation is None:
            raise Refused(
                405, "method_not_allowed", "The path has other methods.", headers={"Allow": ", ".join(methods)}
            )
        return self._call(self.server.worlds.get(world), operation, unquote(segments[-1]), query, content)

    def _call(self, world: World, operation: Operation, name: str, query: str, content: bytes | None) -> Json:
        """Refuse what has to be refused, in one order for all operations; then do it."""
        caller = caller_of(world, self.headers.get("Authorization", ""))
        if operation.scope and operation.scope not in caller.scopes:
            raise Refused(403, "permission_denied", f"The operation asks for {operation.scope}.")
        for parameter, _ in parse_qsl(query, keep_blank_values=True):
            raise invalid(parameter or "query", "is not a parameter of this operation")
        if operation.is_named and not NAME.fullmatch(name):
            raise invalid("name", "is not the name of a secret")
        body = read_secret(content, self.headers.get("Content-Type", "")) if operation.has_body else {}
        if operation.creates and world.postures[caller.org] in INACTIVE:
            raise Refused(423, "billing_inactive", "The billing of the org is not active.")
        return operation.answer(Call(world, caller, name, body))

    def _read(self) -> bytes | None:
        """Return the body; None where it is too large. It is read even where nobody asks for it."""
        kept, read = b"", 0
        try:
            for part in self._parts():
                read += len(part)
                kept = kept + part if read <= LARGEST_BODY else b""
                if read > MOST_DRAINED:
                    raise ValueError(read)  # as what is no body
        except ValueError:
            self.close_connection = True
            return None
        return kept if read <= LARGEST_BODY else None

    def _parts(self) -> Iterator[bytes]:
        """Yield the body, of the length that is said or chunk by chunk; ValueError where nobody can say where it ends.

        Of one that is longer than anybody reads nothing is yielded either.
        """
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(80).partition(b";")[0], 16):
                yield from self._piece(size)
                self.rfile.readline(80)
            while self.rfile.readline(65536).strip():
                pass
        else:
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 <= length <= MOST_DRAINED:
                raise ValueError(length)
            yield from self._piece(length)

    def _piece(self, left: int) -> Iterator[bytes]:
        """Yield so many bytes in parts, or those that come."""
        while left > 0 and (part := self.rfile.read(min(left, 65536))):
            left -= len(part)
            yield part

    def _send(self, status: int, body: Json, headers: Mapping[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Each connection has a thread; one request at a time is answered."""

    request_queue_size = 128

    def __init__(self, port: int, offered: list[str] | None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lock, self.worlds = threading.Lock(), Worlds()
        self.offered = {name: each for name, each in STATES.items() if offered is None or name in offered}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve session.get and the operations on secrets.")
    parser.add_argument("--port", type=int, default=4030, help="0: a free one")
    parser.add_argument("--offer", action="append", metavar="STATE", help="offer this state, and no others")
    options = parser.parse_args()
    with Server(options.port, options.offer) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201  # its user waits for it
        server.serve_forever()
