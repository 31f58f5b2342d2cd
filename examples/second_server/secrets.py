"""Secrets of an org: their grammar, and the operations on them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from examples.second_server import events
from examples.second_server.call import Call
from examples.second_server.errors import Refused, invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Secret
from examples.second_server.variants import Variant

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
LONGEST = 65536


def value(said: Any) -> str:
    """The value of a secret; 400 where it is none. No message shows it."""
    if not isinstance(said, str) or not 1 <= len(said) <= LONGEST:
        raise invalid("value", f"is no text of 1 to {LONGEST} characters")
    return said


def listing(call: Call) -> Response:
    """The secrets of the org, without their values."""
    _need_secrets(call)
    org, secrets = call.caller.org_id, call.rules.store.secrets
    return Json({"secrets": [_shown(name, each) for (owner, name), each in secrets.items() if owner == org]})


def put(call: Call) -> Response:
    """A new secret, or another value of one."""
    key = _key(call)
    _need_secrets(call)
    store = call.rules.store
    now, before = store.now(), store.secrets.get(key)
    sent = call.body["value"]
    secret = Secret(sent, now, now) if before is None else replace(before, value=sent, updated_at=now)
    store.secrets[key] = secret
    events.written(call, "secret.set", key[1])
    return Json(_shown(key[1], secret))


def delete(call: Call) -> Response:
    """The secret is gone."""
    key, secrets = _key(call), call.rules.store.secrets
    if key not in secrets and Variant.ABSENT_DELETED in call.rules.store.variants:
        return Json({"status": "deleted"})
    if key not in secrets:
        raise Refused(404, "secret_not_found", "Your org has no secret of this name.")
    _need_secrets(call)
    del secrets[key]
    events.written(call, "secret.deleted", key[1])
    return Json({"status": "deleted"})


def _key(call: Call) -> tuple[str, str]:
    if not NAME.fullmatch(call.object_id):
        raise invalid("name", "is no name of a secret")
    return call.caller.org_id, call.object_id


def _need_secrets(call: Call) -> None:
    if (call.caller.org_id, "secrets") in call.rules.store.switched_off:
        raise Refused(503, "secrets_disabled", "Your org cannot use secrets now.")


def _shown(name: str, secret: Secret) -> dict[str, str]:
    times = {"created_at": secret.created_at.isoformat(), "updated_at": secret.updated_at.isoformat()}
    return {"name": name, **times}
