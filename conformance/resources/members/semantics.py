"""What the contract says of memberships beyond its schemas: refusals by role, by acceptance, and by address."""

from __future__ import annotations

from conformance.mark import carries
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import Fact

LIST, INVITE = "memberships.list", "memberships.invite"
UPDATE_ROLE, REMOVE = "memberships.update_role", "memberships.remove"
OWNER = "owner"
DENIED, NOT_FOUND = "permission_denied", "membership_not_found"
PENDING, LAST_OWNER, EXISTS = "pending_invitation", "last_owner", "membership_exists"


def is_pending(fact: Fact) -> bool:
    """Whether nobody has accepted the invitation, as far as it was shown."""
    return not fact.shown.get("workos_user_id")


def _need_owner(call: Call, rule: str, refusals: Refusals) -> None:
    """Refused to whoever is no owner; of a caller whose role is not known that is open."""
    if call.caller.role == OWNER:
        return
    known = call.caller.role is not None or call.caller.permission_set is not None
    refusals.add(403, DENIED, rule, certain=known)
    if not known:
        refusals.add_possible(403, DENIED, rule)


def refuse_invitation(call: Call, refusals: Refusals) -> None:
    """Owners alone invite an owner, and nobody is invited twice."""
    body = call.body
    if body["role"] == OWNER:
        _need_owner(call, "MEMBER-INVITE-OWNER", refusals)
    if not call.state.closed:
        # Whether mail can be sent to the address is the target's to say.
        refusals.add_possible(400, "validation_error", "MEMBER-PENDING")
    email = body["email"].lower()
    names = (fact.name or "" for fact in call.state.owned("membership", call.caller.org))
    taken = call.state.name_taken("membership", call.caller.org, next((n for n in names if n.lower() == email), email))
    if taken is not False or not carries(call.state.prefix, email):  # of the others' addresses none is a fact
        refusals.add(409, EXISTS, "MEMBER-EXISTS", certain=taken is True)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """Who has not joined has no other role yet, and the last owner stays one."""
    fact = call.object_of("membership")
    if fact is None:
        refusals.add_possible(409, PENDING, "MEMBER-ROLE-PENDING")
        refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")
        return
    # Whether a row is found by its own id is assumed.
    refusals.add_possible(404, NOT_FOUND, "CONTRACT-RIGHT-ANSWER")
    if is_pending(fact):
        refusals.add(409, PENDING, "MEMBER-ROLE-PENDING")
    elif fact.shown.get("role") == OWNER:
        refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")


def refuse_removal(call: Call, refusals: Refusals) -> None:
    """Owners alone remove an owner, and the last one stays."""
    fact = call.object_of("membership")
    if fact is None:
        refusals.add_possible(403, DENIED, "MEMBER-REMOVE-OWNER")
        refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")
        return
    refusals.add_possible(404, NOT_FOUND, "CONTRACT-RIGHT-ANSWER")
    if fact.shown.get("role") == OWNER:
        _need_owner(call, "MEMBER-REMOVE-OWNER", refusals)
        if not is_pending(fact):
            refusals.add_possible(409, LAST_OWNER, "MEMBER-LAST-OWNER")
