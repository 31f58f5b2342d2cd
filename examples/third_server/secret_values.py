"""Serve the secrets of an organisation, without their values."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply
from examples.third_server.database import Secret, get_time_ms
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_change
from examples.third_server.operations import operation
from examples.third_server.schemas import SetSecret
from examples.third_server.times import show_time

WRITE = ("secrets:write",)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def show_secret(secret: Secret) -> dict[str, Any]:
    """Show the name of a secret, and when it was set."""
    return {
        "name": secret.name,
        "created_at": show_time(secret.created_at),
        "updated_at": show_time(secret.updated_at),
    }


def _read_name(call: Call) -> str:
    """Return the name in the path, or refuse it."""
    if not _NAME.fullmatch(call.path["name"]):
        raise refuse_field("name", "It is not the name of a secret.")
    return call.path["name"]


@operation("secrets.list", "GET", "/secrets", WRITE, subsystem="secrets")
def list_secrets(call: Call) -> Response:
    """List the names of the secrets of the organisation."""
    wanted = select(Secret).where(Secret.org_id == call.caller.org_id).order_by(Secret.name)
    with call.reading() as session:
        return reply({"secrets": [show_secret(secret) for secret in session.scalars(wanted)]})


@operation(
    "secrets.set",
    "PUT",
    "/secrets/{name}",
    WRITE,
    billing="create",
    subsystem="secrets",
    body=Body(),
)
def set_secret(call: Call) -> Response:
    """Make a secret, or give one another value."""
    name = _read_name(call)
    value = call.body(SetSecret).value
    with call.writing() as session:
        moment = get_time_ms()
        secret = session.get(Secret, (call.caller.org_id, name))
        if secret is None:
            secret = Secret(
                org_id=call.caller.org_id,
                name=name,
                value=value,
                created_at=moment,
                updated_at=moment,
            )
            session.add(secret)
        else:
            secret.value = value
            secret.updated_at = max(moment, secret.updated_at + 1)
        record_change(session, call.caller, "secret.set", name)
        shown = show_secret(secret)
    return reply(shown)


@operation(
    "secrets.delete",
    "DELETE",
    "/secrets/{name}",
    WRITE,
    billing="wind-down",
    subsystem="secrets",
)
def delete_secret(call: Call) -> Response:
    """Delete a secret."""
    name = _read_name(call)
    with call.writing() as session:
        secret = session.get(Secret, (call.caller.org_id, name))
        if secret is None:
            raise ApiError("secret_not_found")
        session.delete(secret)
        record_change(session, call.caller, "secret.deleted", name)
    return reply({"status": "deleted"})
