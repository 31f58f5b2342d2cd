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

    def get_field(self, name: str, otherwise: str = LACKING) -> str:
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
    for part in (
        _invite_people,
        _use_packs,
        _use_files,
        _use_configuration,
        _use_org,
        _use_workspaces,
        _use_log,
        _send_wrong,
    ):
        part(send)


def _send_each(send: Asking, *asked: Ask) -> None:
    for each in asked:
        send(each)


def _invite_people(send: Asking) -> None:
    _send_each(send, *(ask(by, "GET", "/me/session") for by in (OWNER, OPERATOR, MEMBER, KEY, OTHER, EXPIRED, NOBODY)))


def _use_packs(send: Asking) -> None:
    _send_each(send, *(ask(by, "GET", "/packs") for by in (OWNER, MEMBER, OTHER)))
    made = send(upload(OWNER, "recorded")).get_field("id")
    one = f"/packs/{made}"
    _send_each(send, ask(OWNER, "GET", one), ask(OTHER, "GET", one), upload(OWNER, "recorded"), upload(KEY, "refused"))
    for shared in ("community", "community", "org"):
        send(ask(OWNER, "PATCH", one, {"visibility": shared}))
        _send_each(send, ask(OWNER, "GET", one), ask(OTHER, "GET", one), ask(OTHER, "GET", "/packs"))
    _send_each(send, ask(MEMBER, "PATCH", one, {"visibility": "community"}), ask(OTHER, "DELETE", one))
    send(ask(OWNER, "PATCH", one, {"visibility": "everybody"}))
    _send_each(send, ask(OWNER, "GET", one), ask(OWNER, "GET", "/packs"), upload(EXPIRED, "recorded"))
    _send_each(send, ask(OWNER, "DELETE", one), ask(OWNER, "GET", one), ask(OWNER, "GET", "/packs"))


def _use_files(send: Asking) -> None:
    one = f"/packs/{send(upload(OWNER, 'with-files')).get_field('id')}"
    at = f"{one}/files/data/a.txt"
    _send_each(
        send, ask(OWNER, "GET", f"{one}/files"), ask(OWNER, "GET", at), ask(OWNER, "GET", f"{one}/files/data/none.txt")
    )
    send(Ask(OWNER, "PUT", at, b"another content\n", "application/octet-stream"))
    _send_each(
        send, ask(OWNER, "GET", at), ask(OWNER, "GET", f"{one}/files"), ask(OTHER, "GET", at), ask(OWNER, "GET", one)
    )


def _use_configuration(send: Asking) -> None:
    provider = {"name": "recorded", "kind": "openai", "domain": "api.recorded.example", "display_name": "Recorded"}
    first = send(ask(OWNER, "POST", "/providers", provider)).get_field("id")
    role = {"name": "recorded", "provider_id": first, "display_name": "Recorded", "model": "m"}
    second = send(ask(OWNER, "POST", "/agent-roles", role)).get_field("id")
    for kind, one, body in (("/providers", first, provider), ("/agent-roles", second, role)):
        at = f"{kind}/{one}"
        _send_each(send, *(ask(by, "GET", kind) for by in (OWNER, MEMBER, OTHER)), ask(OWNER, "POST", kind, body))
        _send_each(send, ask(OWNER, "GET", at), ask(OTHER, "GET", at), ask(MEMBER, "PATCH", at, {"display_name": "No"}))
        _send_each(
            send,
            ask(OWNER, "PATCH", at, {"display_name": "Changed"}),
            ask(OWNER, "GET", at),
            ask(OTHER, "PATCH", at, {}),
        )
        _send_each(send, ask(OWNER, "POST", kind, {"name": 1}), ask(EXPIRED, "POST", kind, body))
    at = f"/agent-roles/{second}"
    _send_each(send, ask(OWNER, "POST", f"{at}/archive"), ask(OWNER, "GET", at), ask(OWNER, "GET", "/agent-roles"))
    _send_each(send, ask(OWNER, "GET", "/agent-roles?include_archived=true"), ask(OWNER, "POST", f"{at}/unarchive"))
    _send_each(
        send,
        ask(OWNER, "POST", f"{at}/unarchive"),
        ask(OWNER, "GET", at),
        ask(OWNER, "POST", f"/providers/{first}/archive"),
    )
    _send_each(send, ask(OWNER, "POST", f"{at}/unarchive"), ask(OWNER, "GET", "/providers"), ask(OWNER, "GET", at))


def _use_org(send: Asking) -> None:
    members = "/orgs/org_acme/memberships"
    _send_each(send, ask(OWNER, "GET", members), ask(MEMBER, "GET", members), ask(OTHER, "GET", members))
    invited = {"email": "recorded@example.com", "role": "member"}
    _send_each(
        send,
        ask(OWNER, "POST", members, invited),
        ask(OWNER, "POST", members, invited),
        ask(MEMBER, "POST", members, invited),
    )
    send(ask(OPERATOR, "POST", members, {**invited, "email": "other@example.com"}))
    _send_each(send, ask(OWNER, "GET", members), ask(OWNER, "GET", "/api-keys"))
    key = send(ask(OWNER, "POST", "/api-keys", {"label": "recorded", "permission_set": "read_only"})).get_field("id")
    _send_each(
        send, ask(OWNER, "GET", "/api-keys"), ask(MEMBER, "GET", "/api-keys"), ask(OTHER, "DELETE", f"/api-keys/{key}")
    )
    _send_each(
        send,
        ask(OWNER, "DELETE", f"/api-keys/{key}"),
        ask(OWNER, "GET", "/api-keys"),
        ask(OWNER, "DELETE", f"/api-keys/{key}"),
    )
    body = {"name": "recorded", "provider": "openai", "kind": "api_key", "api_key": "no-key-of-anybody"}
    at = f"/credentials/{send(ask(OWNER, 'POST', '/credentials', body)).get_field('id')}"
    _send_each(send, ask(OWNER, "POST", "/credentials", body), ask(OWNER, "GET", at), ask(OWNER, "GET", "/credentials"))
    _send_each(send, ask(OTHER, "GET", at), ask(MEMBER, "GET", "/credentials"), ask(MEMBER, "DELETE", at))
    _send_each(send, ask(OWNER, "DELETE", at), ask(OWNER, "GET", at), ask(OWNER, "GET", "/credentials"))
    one = "/secrets/RECORDED"
    _send_each(send, ask(OWNER, "PUT", one, {"value": "no-secret"}), ask(OWNER, "PUT", one, {"value": "another"}))
    _send_each(send, ask(OWNER, "GET", "/secrets"), ask(MEMBER, "GET", "/secrets"), ask(OTHER, "GET", "/secrets"))
    _send_each(send, ask(OWNER, "DELETE", one), ask(OWNER, "GET", "/secrets"))


def _use_workspaces(send: Asking) -> None:
    provider = {"name": "of-work", "kind": "openai", "domain": "api.recorded.example"}
    role = {"name": "of-work", "provider_id": send(ask(OWNER, "POST", "/providers", provider)).get_field("id")}
    role_id = send(ask(OWNER, "POST", "/agent-roles", role)).get_field("id")
    one = f"/workspaces/{send(ask(OWNER, 'POST', '/workspaces', {'role_id': role_id})).get_field('id')}"
    _send_each(send, *(ask(by, "GET", "/workspaces") for by in (OWNER, MEMBER, OTHER)))
    _send_each(
        send,
        *(ask(by, "GET", one) for by in (OWNER, MEMBER, OTHER)),
        ask(OWNER, "GET", "/workspaces?role_name=of-work"),
    )
    task = send(ask(OWNER, "POST", f"{one}/tasks", {"description": "Do it."})).get_field("task_id")
    _send_each(
        send,
        ask(OWNER, "GET", f"{one}/tasks"),
        ask(OWNER, "GET", f"{one}/tasks/{task}"),
        ask(OTHER, "GET", f"{one}/tasks"),
    )
    _send_each(
        send,
        ask(OWNER, "GET", one),
        ask(OWNER, "GET", f"{one}/sandbox/files"),
        ask(OWNER, "GET", f"{one}/snapshot/files"),
    )
    _send_each(send, ask(OWNER, "POST", f"/agent-roles/{role_id}/archive"), ask(OWNER, "POST", f"{one}/archive"))
    _send_each(send, ask(OTHER, "POST", f"{one}/stop"), ask(OWNER, "POST", f"{one}/stop"), ask(OWNER, "GET", one))
    _send_each(
        send,
        ask(OWNER, "POST", "/tasks", {"role_id": role_id, "description": "Do it."}),
        ask(OWNER, "GET", "/workspaces"),
    )
    _send_each(
        send,
        ask(OWNER, "GET", f"{one}/activity"),
        ask(OWNER, "GET", f"{one}/audit"),
        ask(EXPIRED, "POST", "/tasks", {}),
    )


def _use_log(send: Asking) -> None:
    for query in ("", "?limit=5", "?order=asc&limit=5", "?limit=0", "?cursor=none"):
        send(ask(OWNER, "GET", f"/audit{query}"))
    _send_each(
        send,
        ask(MEMBER, "GET", "/audit?limit=5"),
        ask(OTHER, "GET", "/audit?limit=5"),
        ask(KEY, "GET", "/audit?limit=5"),
    )
    _send_each(send, ask(OWNER, "GET", "/audit/stats"), ask(OWNER, "GET", "/audit/stats?group_by=event_type"))


def _send_wrong(send: Asking) -> None:
    _send_each(send, *_WRONG)


def _list_asks() -> Iterator[Ask]:
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
    *_list_asks(),
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
