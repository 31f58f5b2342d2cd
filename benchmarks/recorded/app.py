"""The requests of a front end that shows and changes all that an org has: one sequence, the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.archives import zipped

OWNER, OPERATOR, MEMBER, KEY = "acme-owner", "acme-operator", "acme-member", "acme-read-only"
OTHER, EXPIRED, NOBODY = "globex-owner", "umbrella-owner", ""
LACKING = "none_0000000000"
"""The stand-in for the id of an object that was not made."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    by: str
    """A persona, or the value of a key; empty: nobody."""
    method: str
    path: str
    body: bytes = b""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a request of the app."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def field(self, name: str, otherwise: str = LACKING) -> str:
        """Return a text of the answer's object; otherwise where it has none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return otherwise
        value = found.get(name) if isinstance(found, dict) else None
        return value if isinstance(value, str) and value else otherwise


Asking = Callable[[Ask], Told]
"""The function that sends a request and waits for its answer."""


def ask(by: str, method: str, path: str, body: Any = None) -> Ask:
    """Return a request with a JSON body, or none."""
    if body is None:
        return Ask(by, method, path)
    return Ask(by, method, path, json.dumps(body).encode(), "application/json")


def archive(name: str, text: bytes = b"content\n") -> bytes:
    """Return a pack."""
    manifest = f"name: {name}\nversion: 1.0.0\ndescription: A pack.\n".encode()
    return zipped({"pack.yaml": manifest, "data/a.txt": text})


def upload(by: str, name: str) -> Ask:
    """Return the upload of a pack."""
    head = b'--part\r\nContent-Disposition: form-data; name="archive"; filename="a.tgz"\r\n\r\n'
    return Ask(
        by, "POST", "/packs/upload", head + archive(name) + b"\r\n--part--\r\n", "multipart/form-data; boundary=part"
    )


def visit(send: Asking) -> None:
    """Ask all that the app asks, in its order; what an answer lacks is asked for all the same."""
    for part in (_people, _packs, _files, _configuration, _org, _work, _log, _wrong):
        part(send)


def _each(send: Asking, *asked: Ask) -> None:
    for each in asked:
        send(each)


def _people(send: Asking) -> None:
    _each(send, *(ask(by, "GET", "/me/session") for by in (OWNER, OPERATOR, MEMBER, KEY, OTHER, EXPIRED, NOBODY)))


def _packs(send: Asking) -> None:
    _each(send, *(ask(by, "GET", "/packs") for by in (OWNER, MEMBER, OTHER)))
    made = send(upload(OWNER, "recorded")).field("id")
    one = f"/packs/{made}"
    _each(send, ask(OWNER, "GET", one), ask(OTHER, "GET", one), upload(OWNER, "recorded"), upload(KEY, "refused"))
    for shared in ("community", "community", "org"):
        send(ask(OWNER, "PATCH", one, {"visibility": shared}))
        _each(send, ask(OWNER, "GET", one), ask(OTHER, "GET", one), ask(OTHER, "GET", "/packs"))
    _each(send, ask(MEMBER, "PATCH", one, {"visibility": "community"}), ask(OTHER, "DELETE", one))
    send(ask(OWNER, "PATCH", one, {"visibility": "everybody"}))
    _each(send, ask(OWNER, "GET", one), ask(OWNER, "GET", "/packs"), upload(EXPIRED, "recorded"))
    _each(send, ask(OWNER, "DELETE", one), ask(OWNER, "GET", one), ask(OWNER, "GET", "/packs"))


def _files(send: Asking) -> None:
    one = f"/packs/{send(upload(OWNER, 'with-files')).field('id')}"
    at = f"{one}/files/data/a.txt"
    _each(
        send, ask(OWNER, "GET", f"{one}/files"), ask(OWNER, "GET", at), ask(OWNER, "GET", f"{one}/files/data/none.txt")
    )
    send(Ask(OWNER, "PUT", at, b"another content\n", "application/octet-stream"))
    _each(send, ask(OWNER, "GET", at), ask(OWNER, "GET", f"{one}/files"), ask(OTHER, "GET", at), ask(OWNER, "GET", one))


def _configuration(send: Asking) -> None:
    provider = {"name": "recorded", "kind": "openai", "domain": "api.recorded.example", "display_name": "Recorded"}
    first = send(ask(OWNER, "POST", "/providers", provider)).field("id")
    role = {"name": "recorded", "provider_id": first, "display_name": "Recorded", "model": "m"}
    second = send(ask(OWNER, "POST", "/agent-roles", role)).field("id")
    for kind, one, body in (("/providers", first, provider), ("/agent-roles", second, role)):
        at = f"{kind}/{one}"
        _each(send, *(ask(by, "GET", kind) for by in (OWNER, MEMBER, OTHER)), ask(OWNER, "POST", kind, body))
        _each(send, ask(OWNER, "GET", at), ask(OTHER, "GET", at), ask(MEMBER, "PATCH", at, {"display_name": "No"}))
        _each(
            send,
            ask(OWNER, "PATCH", at, {"display_name": "Changed"}),
            ask(OWNER, "GET", at),
            ask(OTHER, "PATCH", at, {}),
        )
        _each(send, ask(OWNER, "POST", kind, {"name": 1}), ask(EXPIRED, "POST", kind, body))
    at = f"/agent-roles/{second}"
    _each(send, ask(OWNER, "POST", f"{at}/archive"), ask(OWNER, "GET", at), ask(OWNER, "GET", "/agent-roles"))
    _each(send, ask(OWNER, "GET", "/agent-roles?include_archived=true"), ask(OWNER, "POST", f"{at}/unarchive"))
    _each(
        send,
        ask(OWNER, "POST", f"{at}/unarchive"),
        ask(OWNER, "GET", at),
        ask(OWNER, "POST", f"/providers/{first}/archive"),
    )
    _each(send, ask(OWNER, "POST", f"{at}/unarchive"), ask(OWNER, "GET", "/providers"), ask(OWNER, "GET", at))


def _org(send: Asking) -> None:
    members = "/orgs/org_acme/memberships"
    _each(send, ask(OWNER, "GET", members), ask(MEMBER, "GET", members), ask(OTHER, "GET", members))
    invited = {"email": "recorded@example.com", "role": "member"}
    _each(
        send,
        ask(OWNER, "POST", members, invited),
        ask(OWNER, "POST", members, invited),
        ask(MEMBER, "POST", members, invited),
    )
    send(ask(OPERATOR, "POST", members, {**invited, "email": "other@example.com"}))
    _each(send, ask(OWNER, "GET", members), ask(OWNER, "GET", "/api-keys"))
    key = send(ask(OWNER, "POST", "/api-keys", {"label": "recorded", "permission_set": "read_only"})).field("id")
    _each(
        send, ask(OWNER, "GET", "/api-keys"), ask(MEMBER, "GET", "/api-keys"), ask(OTHER, "DELETE", f"/api-keys/{key}")
    )
    _each(
        send,
        ask(OWNER, "DELETE", f"/api-keys/{key}"),
        ask(OWNER, "GET", "/api-keys"),
        ask(OWNER, "DELETE", f"/api-keys/{key}"),
    )
    body = {"name": "recorded", "provider": "openai", "kind": "api_key", "api_key": "no-key-of-anybody"}
    at = f"/credentials/{send(ask(OWNER, 'POST', '/credentials', body)).field('id')}"
    _each(send, ask(OWNER, "POST", "/credentials", body), ask(OWNER, "GET", at), ask(OWNER, "GET", "/credentials"))
    _each(send, ask(OTHER, "GET", at), ask(MEMBER, "GET", "/credentials"), ask(MEMBER, "DELETE", at))
    _each(send, ask(OWNER, "DELETE", at), ask(OWNER, "GET", at), ask(OWNER, "GET", "/credentials"))
    one = "/secrets/RECORDED"
    _each(send, ask(OWNER, "PUT", one, {"value": "no-secret"}), ask(OWNER, "PUT", one, {"value": "another"}))
    _each(send, ask(OWNER, "GET", "/secrets"), ask(MEMBER, "GET", "/secrets"), ask(OTHER, "GET", "/secrets"))
    _each(send, ask(OWNER, "DELETE", one), ask(OWNER, "GET", "/secrets"))


def _work(send: Asking) -> None:
    provider = {"name": "of-work", "kind": "openai", "domain": "api.recorded.example"}
    role = {"name": "of-work", "provider_id": send(ask(OWNER, "POST", "/providers", provider)).field("id")}
    role_id = send(ask(OWNER, "POST", "/agent-roles", role)).field("id")
    one = f"/workspaces/{send(ask(OWNER, 'POST', '/workspaces', {'role_id': role_id})).field('id')}"
    _each(send, *(ask(by, "GET", "/workspaces") for by in (OWNER, MEMBER, OTHER)))
    _each(
        send,
        *(ask(by, "GET", one) for by in (OWNER, MEMBER, OTHER)),
        ask(OWNER, "GET", "/workspaces?role_name=of-work"),
    )
    task = send(ask(OWNER, "POST", f"{one}/tasks", {"description": "Do it."})).field("task_id")
    _each(
        send,
        ask(OWNER, "GET", f"{one}/tasks"),
        ask(OWNER, "GET", f"{one}/tasks/{task}"),
        ask(OTHER, "GET", f"{one}/tasks"),
    )
    _each(
        send,
        ask(OWNER, "GET", one),
        ask(OWNER, "GET", f"{one}/sandbox/files"),
        ask(OWNER, "GET", f"{one}/snapshot/files"),
    )
    _each(send, ask(OWNER, "POST", f"/agent-roles/{role_id}/archive"), ask(OWNER, "POST", f"{one}/archive"))
    _each(send, ask(OTHER, "POST", f"{one}/stop"), ask(OWNER, "POST", f"{one}/stop"), ask(OWNER, "GET", one))
    _each(
        send,
        ask(OWNER, "POST", "/tasks", {"role_id": role_id, "description": "Do it."}),
        ask(OWNER, "GET", "/workspaces"),
    )
    _each(
        send,
        ask(OWNER, "GET", f"{one}/activity"),
        ask(OWNER, "GET", f"{one}/audit"),
        ask(EXPIRED, "POST", "/tasks", {}),
    )


def _log(send: Asking) -> None:
    for query in ("", "?limit=5", "?order=asc&limit=5", "?limit=0", "?cursor=none"):
        send(ask(OWNER, "GET", f"/audit{query}"))
    _each(
        send,
        ask(MEMBER, "GET", "/audit?limit=5"),
        ask(OTHER, "GET", "/audit?limit=5"),
        ask(KEY, "GET", "/audit?limit=5"),
    )
    _each(send, ask(OWNER, "GET", "/audit/stats"), ask(OWNER, "GET", "/audit/stats?group_by=event_type"))


def _wrong(send: Asking) -> None:
    _each(send, *_WRONG)


def _listed() -> Iterator[Ask]:
    for path in (
        "/packs",
        "/providers",
        "/agent-roles",
        "/workspaces",
        "/credentials",
        "/secrets",
        "/api-keys",
        "/audit",
    ):
        yield ask(NOBODY, "GET", path)
        yield ask(KEY, "GET", path)


_WRONG = (
    *_listed(),
    ask(OWNER, "GET", "/nowhere"),
    ask(OWNER, "GET", "/packs/"),
    ask(OWNER, "PUT", "/packs", {}),
    ask(OWNER, "GET", "/packs/upload"),
    ask(OWNER, "POST", "/packs", {}),
    ask(OWNER, "POST", "/packs", []),
    Ask(OWNER, "POST", "/packs", b"{", "application/json"),
    Ask(OWNER, "POST", "/packs", b"<a/>", "application/xml"),
    ask(OWNER, "GET", f"/packs/{LACKING}"),
    ask(OWNER, "GET", f"/providers/{LACKING}"),
    ask(OWNER, "DELETE", f"/packs/{LACKING}"),
)
