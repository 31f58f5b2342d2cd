"""Who is in an org, and who is invited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from examples.second_server import events
from examples.second_server.call import Call
from examples.second_server.errors import Refused, denied, invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Member, Store
from examples.second_server.variants import Variant

ROLES = ("owner", "operator", "member")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
LONGEST = 254


def email(value: Any) -> str:
    """An e-mail address; 400 where it is none."""
    if not isinstance(value, str) or len(value) > LONGEST or not EMAIL.fullmatch(value):
        raise invalid("email", "is no e-mail address")
    return value


def role(value: Any) -> str:
    """A known role; 400 where it is none."""
    if not isinstance(value, str) or value not in ROLES:
        raise invalid("role", f"is none of {', '.join(ROLES)}")
    return value


def listing(call: Call) -> Response:
    """The rows of the org; to whoever may read the own one alone, that."""
    every = "members:read" in call.caller.scopes
    rows = (row for row in _rows(call) if every or row.user_id == call.caller.user_id)
    return Json({"memberships": [_shown(row) for row in rows]})


def invite(call: Call) -> Response:
    """A new invitation."""
    said, store = call.body, call.rules.store
    if said["role"] == "owner":
        _need_owner(call)
    if any(row.email.casefold() == said["email"].casefold() for row in _rows(call)):
        raise Refused(409, "membership_exists", "This address is in your org already, or invited.")
    email_as_kept = said["email"].lower() if Variant.LOWER_CASE in store.variants else said["email"]
    row = Member(store.new_id("mem"), call.caller.org_id, email_as_kept, said["role"], store.now())
    row = replace(row, invited_by=call.caller.user_id)
    store.members[row.id] = row
    events.written(call, "membership.invited", row.id)
    return Json(_shown(row), 201)


def update_role(call: Call) -> Response:
    """Another role for somebody; owners alone get here."""
    row, wanted = _named(call), call.body["role"]
    if row.accepted_at is None:
        raise Refused(409, "pending_invitation", "The invitation was not accepted yet.")
    if wanted != "owner":
        _need_another_owner(call, row)
    if wanted != row.role:
        row = call.rules.store.members[row.id] = replace(row, role=wanted)
        events.written(call, "membership.role_changed", row.id)
    return Json(_shown(row))


def remove(call: Call) -> Response:
    """Somebody is in the org no longer."""
    row = _named(call)
    if row.role == "owner":
        _need_owner(call)
    _need_another_owner(call, row)
    del call.rules.store.members[row.id]
    if row.user_id:
        call.rules.store.removed.add((row.org_id, row.user_id))
    events.written(call, "membership.removed", row.id)
    return Json({"status": "deleted"})


# What the target's side does


def join(store: Store, claims: dict[str, Any]) -> dict[str, Any]:
    """Let whom the claims of a session are about be a member; the claims."""
    now = store.now()
    row = Member(store.new_id("mem"), claims["org_id"], claims["email"], "member", now, "", claims["sub"], now)
    store.members[row.id] = row
    return claims


def accept(store: Store, member_id: str) -> Member | None:
    """Let whoever is invited accept; None where nobody is, or no longer."""
    row = store.members.get(member_id)
    if row is None or row.accepted_at is not None:
        return None
    user = f"person-{member_id}"
    accepted = store.members[member_id] = replace(row, user_id=user, accepted_at=store.now())
    return accepted


def leave(store: Store, user_id: str) -> None:
    """Let a user be in no org any longer."""
    for row in [row for row in store.members.values() if user_id and row.user_id == user_id]:
        del store.members[row.id]


def _rows(call: Call) -> Iterator[Member]:
    return (row for row in call.rules.store.members.values() if row.org_id == call.caller.org_id)


def _named(call: Call) -> Member:
    for row in _rows(call):
        if call.object_id and call.object_id in (row.id, row.user_id):
            return row
    raise Refused(404, "membership_not_found", "Nobody in your org is known by this id.")


def _need_owner(call: Call) -> None:
    if call.caller.role != "owner":
        raise denied("This asks for an owner.")


def _need_another_owner(call: Call, row: Member) -> None:
    owners = [each for each in _rows(call) if each.role == "owner" and each.accepted_at]
    if owners == [row]:
        raise Refused(409, "last_owner", "Your org would have no owner.")


def _shown(row: Member) -> dict[str, Any]:
    accepted = {} if row.accepted_at is None else {"accepted_at": row.accepted_at.isoformat()}
    return {
        "id": row.id,
        "org_id": row.org_id,
        "workos_user_id": row.user_id,
        "email": row.email,
        "role": row.role,
        "invited_by": row.invited_by,
        "invited_at": row.invited_at.isoformat(),
        **accepted,
    }
