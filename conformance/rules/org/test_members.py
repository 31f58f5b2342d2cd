"""Clause members: people are invited, accept, get another role, and are removed."""

from __future__ import annotations

import json
from dataclasses import replace

from conformance import needs
from conformance.budget import ValuePart
from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.credentials import SCOPED
from conformance.recipes.reading import changed, field, item, listed
from conformance.recipes.requests import build, with_json
from conformance.resources.members import (
    INVITE,
    LIST,
    OWNER,
    REMOVE,
    UPDATE_ROLE,
    accepted,
    fresh_address,
    invited,
    of_a_pending_one,
    of_the_last_owner,
)
from conformance.results.difference import of_field, of_list
from conformance.rules.checks import check_equal, check_shows, check_unchanged
from conformance.rules.kept_values import each_kept, write_and_read
from conformance.rules.session.test_session import SESSION
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

NOT_OWNER = "somebody with members:write who is no owner"


def _operation(harness: Harness, operation_id: str) -> Operation:
    return harness.contract.operations[operation_id]


def _owner(harness: Harness) -> Caller:
    """Return an owner who may invite; not provoked where the profile has none."""
    invite = _operation(harness, INVITE)
    found = next((c for c in harness.callers() if c.role == OWNER and harness.may(c, invite)), None)
    if found is None:
        raise NotProvoked("no owner of the profile may invite", needs.ROLE)
    return found


def _invitation(harness: Harness, email: str, role: str = "member") -> Request:
    return with_json(_operation(harness, INVITE), {}, {"email": email, "role": role})


def _removal(harness: Harness, named: str) -> Request:
    return build(_operation(harness, REMOVE), {"user_id": named})


def _change(harness: Harness, named: str, role: str) -> Request:
    return with_json(_operation(harness, UPDATE_ROLE), {"user_id": named}, {"role": role})


def _not_owner(harness: Harness, org: str) -> Credential:
    """Return somebody of the org who holds members:write, and is no owner."""
    made = harness.provide(SCOPED, org=org, scopes=["members:write", "members:read"])
    return Credential(NOT_OWNER, f"Bearer {made.get('token')}")


def _refused(harness: Harness, caller: Caller, who: Credential, request: Request) -> None:
    """Demand that somebody is refused with 403 permission_denied, as no owner."""
    exchange = harness.send(who, request, org=caller.org)
    denied = exchange.status == 403 and exchange.code == "permission_denied"
    harness.check(denied, exchange, "403 permission_denied", str(exchange))


@rule("MEMBER-PENDING")
@each_kept("MEMBER-PENDING")
def test_values_of_every_kind_are_shown(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)


@rule("MEMBER-EXISTS")
def test_an_address_is_invited_once(harness: Harness) -> None:
    """An address is invited again, as it was and in capitals."""
    caller, email = _owner(harness), fresh_address(harness)
    listed(harness, require_resource("membership"), caller)
    harness.hold(caller, _invitation(harness, email))
    for again in (email, email.upper()):
        harness.judge(caller, _invitation(harness, again, "operator"))


@rule("MEMBER-INVITE-OWNER")
def test_only_an_owner_invites_an_owner(harness: Harness) -> None:
    """An owner is invited by an owner, and then by somebody who holds the scope and is none."""
    caller = _owner(harness)
    harness.hold(caller, _invitation(harness, fresh_address(harness), OWNER))
    who = _not_owner(harness, caller.org)
    if not (answer := harness.send(who, _invitation(harness, fresh_address(harness)), org=caller.org)).succeeded:
        raise NotProvoked(f"whoever holds members:write alone may not invite a member: {answer}")
    _refused(harness, caller, who, _invitation(harness, fresh_address(harness), OWNER))


@rule("MEMBER-ACCEPTED")
@over("role", lambda scope: list(scope.contract.roles))
def test_an_accepted_invitation_has_its_user(harness: Harness, role: str) -> None:
    """The list shows user and time, and the session of the user has the role."""
    caller = _owner(harness)
    person = accepted(harness, invited(harness, caller.org, role))
    answer = listed(harness, require_resource("membership"), caller)
    row = item(answer, person.fact.id)
    user = field(row, "workos_user_id")
    check_equal(harness, answer, user, person.user_id, "the workos_user_id of whoever accepted", name="workos_user_id")
    at = field(row, "accepted_at")
    harness.check(
        isinstance(at, str), answer, "a time in accepted_at", "none", evidence=of_field("accepted_at", "", at)
    )
    session = harness.send(person.credential, build(_operation(harness, SESSION)), org=caller.org)
    harness.check(session.succeeded, session, "200 to whoever accepted", str(session))
    check_shows(harness, session, "user_id", person.user_id)
    check_shows(harness, session, "role", role)


@rule("MEMBER-ROLE-OWNER")
def test_only_an_owner_changes_a_role(harness: Harness) -> None:
    """A holder of members:write who is no owner is refused, about a person and about oneself."""
    caller = _owner(harness)
    person = accepted(harness, invited(harness, caller.org))
    who = _not_owner(harness, caller.org)
    session = harness.send(who, build(_operation(harness, SESSION)), org=caller.org)
    for named in (person.user_id, str(field(session.json, "user_id"))):
        harness.guard.made(named)
        _refused(harness, caller, who, _change(harness, named, OWNER))


@rule("MEMBER-ROLE-PENDING")
def test_the_role_of_an_invitation_stays(harness: Harness) -> None:
    """Another role and the present one are asked for; the invitation is as before."""
    operation = _operation(harness, UPDATE_ROLE)
    caller, request = of_a_pending_one(harness, operation)
    before = item(listed(harness, require_resource("membership"), caller), request.path_values["user_id"])
    for role in ("operator", "member"):
        exchange = harness.judge(caller, replace(request, content=json.dumps({"role": role}).encode()))
        if exchange.status == 404:
            raise NotProvoked("the target finds no invitation by the id of its membership")
    answer = listed(harness, require_resource("membership"), caller)
    after = item(answer, request.path_values["user_id"])
    moved = changed(harness.contract, before, after)
    check_unchanged(harness, answer, moved, "the invitation as before", (before, after))


@rule("MEMBER-REMOVED")
def test_a_person_who_is_removed_is_gone(harness: Harness) -> None:
    """The person is removed by the id of the user."""
    caller = _owner(harness)
    person = accepted(harness, invited(harness, caller.org))
    exchange = harness.send(caller, _removal(harness, person.user_id))
    harness.check(exchange.succeeded, exchange, "200 to the removal of a member", str(exchange))
    answer = listed(harness, require_resource("membership"), caller)
    there = item(answer, person.fact.id) is not None
    harness.check(not there, answer, "no removed membership", "one", evidence=of_list("none", person.fact.id))
    email = str(person.fact.shown.get("email"))
    harness.state = harness.state.without(require_resource("membership").name, person.fact.id)
    anew = harness.send(caller, _invitation(harness, email))
    harness.check(anew.succeeded, anew, "201 to an invitation of an address that was removed", str(anew))


@rule("MEMBER-SESSIONS-END")
@over("operation_id", lambda scope: [each for each in (SESSION, LIST) if each in scope.contract.operations])
def test_the_session_of_whoever_is_removed_ends(harness: Harness, operation_id: str) -> None:
    """Two people have joined and are served; one is removed, and refused, and the other one is still served."""
    caller, request = _owner(harness), build(_operation(harness, operation_id))
    removed, other = (accepted(harness, invited(harness, caller.org)) for _ in range(2))
    for person in (removed, other):
        if not (answer := harness.send(person.credential, request, org=caller.org)).succeeded:
            raise NotProvoked(f"whoever has joined is not let in: {answer}")
    harness.hold(caller, _removal(harness, removed.user_id))
    refused = harness.send(removed.credential, request, org=caller.org)
    harness.demand(refused, expect(harness.state, None, refused.request))
    still = harness.send(other.credential, request, org=caller.org)
    harness.check(still.succeeded, still, "200 to a person whom nobody removed", str(still))


@rule("MEMBER-REMOVE-OWNER")
def test_only_an_owner_removes_an_owner(harness: Harness) -> None:
    """A caller who is no owner removes neither an owner who accepted, nor one who is invited."""
    caller = _owner(harness)
    pending = invited(harness, caller.org, OWNER)
    person = accepted(harness, invited(harness, caller.org, OWNER))
    who = _not_owner(harness, caller.org)
    for named in (person.user_id, pending.id):
        _refused(harness, caller, who, _removal(harness, named))


@rule("MEMBER-LAST-OWNER")
@over("operation_id", lambda _: [UPDATE_ROLE, REMOVE])
def test_the_last_owner_stays(harness: Harness, operation_id: str) -> None:
    """The only owner of an org gives itself another role, and removes itself; another owner makes it free to go."""
    operation = _operation(harness, operation_id)
    caller, request = of_the_last_owner(harness, operation)
    _stays(harness, harness.send(caller, request))
    invited(harness, caller.org, OWNER)
    _stays(harness, harness.send(caller, request))
    person = accepted(harness, invited(harness, caller.org, OWNER))
    freed = harness.send(caller, request)
    harness.check(freed.succeeded, freed, f"200 beside the owner {person.user_id}", str(freed))


def _stays(harness: Harness, exchange: Exchange) -> None:
    refused = exchange.status == 409 and exchange.code == "last_owner"
    harness.check(refused, exchange, "409 last_owner", str(exchange))
