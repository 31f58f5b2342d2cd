"""API keys of an org: made, listed, revoked."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from examples.second_server import data, events
from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Key

LONGEST = 64


def label(value: Any) -> str:
    """What a key is for; 400 where it is no such text."""
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST:
        raise invalid("label", f"is no text of 1 to {LONGEST} characters")
    return value


def permission_set(value: Any) -> str:
    """A known permission set; 400 where it is none."""
    if not isinstance(value, str) or value not in data.SCOPES_OF_SET:
        raise invalid("permission_set", "is no permission set")
    return value


def listing(call: Call) -> Response:
    """The keys of the org that work."""
    mine = (each for each in call.rules.store.keys.items() if each[1].caller.org_id == call.caller.org_id)
    return Json({"api_keys": [_listed(token, key) for token, key in mine if key.id and not key.revoked]})


def create(call: Call) -> Response:
    """A new key; this answer alone has its value."""
    store, said = call.rules.store, call.body
    caller = replace(data.key(call.caller.org_id, said["permission_set"]).caller, label=said["label"])
    token = f"sk_fake_{secrets.token_urlsafe(24).replace('-', '0').replace('_', '1')}"
    key = Key(caller, id=store.new_id("api_key"), created_at=store.now())
    store.keys[token] = key
    events.written(call, "api_key.created", key.id)
    return Json({**_shown(token, key), "value": token}, 201)


def revoke(call: Call) -> Response:
    """The key works no longer."""
    for token, key in call.rules.store.keys.items():
        if call.object_id and key.id == call.object_id and key.caller.org_id == call.caller.org_id and not key.revoked:
            call.rules.store.keys[token] = replace(key, revoked=True)
            events.written(call, "api_key.revoked", key.id)
            return Json({"status": "revoked"})
    raise Refused(404, "api_key_not_found", "Your org has no API key of this id.")


def _shown(token: str, key: Key) -> dict[str, str]:
    caller = key.caller
    prefix = f"{token[:8]}…{token[-4:]}"
    return {"id": key.id, "label": caller.label, "prefix": prefix, "permission_set": caller.permission_set}


def _listed(token: str, key: Key) -> dict[str, str]:
    return {**_shown(token, key), "created_at": key.created_at.isoformat()}
