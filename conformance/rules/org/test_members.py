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
from conformance.recipes.making import choose_other_org
from conformance.recipes.people import SCOPED
from conformance.recipes.reading import differing_fields, find_item, get_field, list_names_there_before, read_list
from conformance.recipes.requests import build, with_json
from conformance.resources.members import (
    EXISTS,
    INVITE,
    LIST,
    OWNER,
    REMOVE,
    UPDATE_ROLE,
    accept,
    build_for_last_owner,
    build_for_pending,
    create_invitation,
    make_fresh_address,
)
from conformance.results.difference import from_field, from_list
from conformance.rules.checks import check_equal, check_shows, check_unchanged
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.rules.session.test_session import SESSION
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

NOT_OWNER = "somebody with members:write who is no owner"


def _find_operation(harness: Harness, operation_id: str) -> Operation:
    return harness.contract.operations[operation_id]


def _find_owner(harness: Harness) -> Caller:
    """Return an owner who may invite; not provoked where the profile has none."""
    invite = _find_operation(harness, INVITE)
    found = next((c for c in harness.callers() if c.role == OWNER and harness.is_permitted(c, invite)), None)
    if found is None:
        raise NotProvoked("no owner of the profile may invite", needs.ROLE)
    return found


def _build_invitation(harness: Harness, email: str, role: str = "member") -> Request:
    return with_json(_find_operation(harness, INVITE), {}, {"email": email, "role": role})


def _build_removal(harness: Harness, named: str) -> Request:
    return build(_find_operation(harness, REMOVE), {"user_id": named})


def _change(harness: Harness, named: str, role: str) -> Request:
    return with_json(_find_operation(harness, UPDATE_ROLE), {"user_id": named}, {"role": role})


def _find_not_owner(harness: Harness, org: str) -> Credential:
    """Return somebody of the org who holds members:write, and is no owner."""
    made = harness.provide(SCOPED, org=org, scopes=["members:write", "members:read"])
    return Credential(NOT_OWNER, f"Bearer {made.get('token')}")


def _require_refusal(harness: Harness, caller: Caller, who: Credential, request: Request) -> None:
    """Demand that somebody is refused with 403 permission_denied, as no owner."""
    exchange = harness.send(who, request, org=caller.org)
    denied = exchange.status == 403 and exchange.code == "permission_denied"
    harness.check(denied, exchange, "403 permission_denied", str(exchange))


@rule("MEMBER-PENDING")
@parametrize_kept("MEMBER-PENDING")
def test_values_of_every_kind_are_shown(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)


@rule("MEMBER-EXISTS")
def test_an_address_is_invited_once(harness: Harness) -> None:
    """An address is invited again, as it was and in capitals."""
    caller, email = _find_owner(harness), make_fresh_address(harness)
    read_list(harness, require_resource("membership"), caller)
    harness.hold(caller, _build_invitation(harness, email))
    for again in (email, email.upper()):
        harness.judge(caller, _build_invitation(harness, again, "operator"))


@rule("MEMBER-EXISTS")
def test_an_address_of_another_org_is_free(harness: Harness) -> None:
    """Another org invites the same address."""
    caller, email = _find_owner(harness), make_fresh_address(harness)
    other = harness.able(_find_operation(harness, INVITE), choose_other_org(harness, caller))
    harness.hold(caller, _build_invitation(harness, email))
    read_list(harness, require_resource("membership"), other)
    harness.judge(other, _build_invitation(harness, email))


@rule("MEMBER-EXISTS")
@over("case", lambda _: ["as it is", "in the other letters"])
def test_the_address_of_somebody_who_was_there_is_not_invited(harness: Harness, case: str) -> None:
    """The address of a membership that no test made is invited: only in a world, since somebody might get mail."""
    caller = _find_owner(harness)
    there = list_names_there_before(harness, require_resource("membership"), caller)
    if not there:
        raise NotProvoked("the list shows nobody whom no test has invited, or somebody might get mail", needs.WORLDS)
    # Beyond ASCII a letter may have no other case that leads back to it.
    email = there[0].swapcase() if case == "in the other letters" and there[0].isascii() else there[0]
    answer = harness.send(caller, _build_invitation(harness, email))
    refused = answer.status == 409 and answer.code == EXISTS
    harness.check(refused, answer, f"409 {EXISTS}", str(answer))


@rule("MEMBER-INVITE-OWNER")
def test_only_an_owner_invites_an_owner(harness: Harness) -> None:
    """An owner is invited by an owner, and then by somebody who holds the scope and is none."""
    caller = _find_owner(harness)
    harness.hold(caller, _build_invitation(harness, make_fresh_address(harness), OWNER))
    who = _find_not_owner(harness, caller.org)
    if not (
        answer := harness.send(who, _build_invitation(harness, make_fresh_address(harness)), org=caller.org)
    ).has_succeeded:
        raise NotProvoked(f"whoever holds members:write alone may not invite a member: {answer}")
    _require_refusal(harness, caller, who, _build_invitation(harness, make_fresh_address(harness), OWNER))


@rule("MEMBER-ACCEPTED")
@over("role", lambda scope: list(scope.contract.roles))
def test_an_accepted_invitation_has_its_user(harness: Harness, role: str) -> None:
    """The list shows user and time, and the session of the user has the role."""
    caller = _find_owner(harness)
    person = accept(harness, create_invitation(harness, caller.org, role))
    answer = read_list(harness, require_resource("membership"), caller)
    row = find_item(answer, person.fact.id)
    user = get_field(row, "workos_user_id")
    check_equal(harness, answer, user, person.user_id, "the workos_user_id of whoever accepted", name="workos_user_id")
    at = get_field(row, "accepted_at")
    harness.check(
        isinstance(at, str), answer, "a time in accepted_at", "none", evidence=from_field("accepted_at", "", at)
    )
    session = harness.send(person.credential, build(_find_operation(harness, SESSION)), org=caller.org)
    harness.check(session.has_succeeded, session, "200 to whoever accepted", str(session))
    check_shows(harness, session, "user_id", person.user_id)
    check_shows(harness, session, "role", role)


@rule("MEMBER-ROLE-OWNER")
def test_only_an_owner_changes_a_role(harness: Harness) -> None:
    """A holder of members:write who is no owner is refused, about a person and about oneself."""
    caller = _find_owner(harness)
    person = accept(harness, create_invitation(harness, caller.org))
    who = _find_not_owner(harness, caller.org)
    session = harness.send(who, build(_find_operation(harness, SESSION)), org=caller.org)
    for named in (person.user_id, str(get_field(session.json, "user_id"))):
        harness.guard.allow_made(named)
        _require_refusal(harness, caller, who, _change(harness, named, OWNER))


@rule("MEMBER-ROLE-PENDING")
def test_the_role_of_an_invitation_stays(harness: Harness) -> None:
    """Another role and the present one are asked for; the invitation is as before."""
    operation = _find_operation(harness, UPDATE_ROLE)
    caller, request = build_for_pending(harness, operation)
    before = find_item(read_list(harness, require_resource("membership"), caller), request.path_values["user_id"])
    for role in ("operator", "member"):
        exchange = harness.judge(caller, replace(request, content=json.dumps({"role": role}).encode()))
        if exchange.status == 404:
            raise NotProvoked("the target finds no invitation by the id of its membership")
    answer = read_list(harness, require_resource("membership"), caller)
    after = find_item(answer, request.path_values["user_id"])
    moved = differing_fields(harness.contract, before, after)
    check_unchanged(harness, answer, moved, "the invitation as before", (before, after))


@rule("MEMBER-REMOVED")
def test_a_person_who_is_removed_is_gone(harness: Harness) -> None:
    """The person is removed by the id of the user."""
    caller = _find_owner(harness)
    person = accept(harness, create_invitation(harness, caller.org))
    exchange = harness.send(caller, _build_removal(harness, person.user_id))
    harness.check(exchange.has_succeeded, exchange, "200 to the removal of a member", str(exchange))
    answer = read_list(harness, require_resource("membership"), caller)
    there = find_item(answer, person.fact.id) is not None
    harness.check(not there, answer, "no removed membership", "one", evidence=from_list("none", person.fact.id))
    email = str(person.fact.shown.get("email"))
    harness.knowledge = harness.knowledge.without(require_resource("membership").name, person.fact.id)
    anew = harness.send(caller, _build_invitation(harness, email))
    harness.check(anew.has_succeeded, anew, "201 to an invitation of an address that was removed", str(anew))


@rule("MEMBER-SESSIONS-END")
@over("operation_id", lambda scope: [each for each in (SESSION, LIST) if each in scope.contract.operations])
def test_the_session_of_whoever_is_removed_ends(harness: Harness, operation_id: str) -> None:
    """Two people have joined and are served; one is removed, and refused, and the other one is still served."""
    caller, request = _find_owner(harness), build(_find_operation(harness, operation_id))
    removed, other = (accept(harness, create_invitation(harness, caller.org)) for _ in range(2))
    for person in (removed, other):
        if not (answer := harness.send(person.credential, request, org=caller.org)).has_succeeded:
            raise NotProvoked(f"whoever has joined is not let in: {answer}")
    harness.hold(caller, _build_removal(harness, removed.user_id))
    refused = harness.send(removed.credential, request, org=caller.org)
    harness.demand(refused, expect(harness.knowledge, None, refused.request))
    still = harness.send(other.credential, request, org=caller.org)
    harness.check(still.has_succeeded, still, "200 to a person whom nobody removed", str(still))


@rule("MEMBER-REMOVE-OWNER")
def test_only_an_owner_removes_an_owner(harness: Harness) -> None:
    """A caller who is no owner removes neither an owner who accepted, nor one who is invited."""
    caller = _find_owner(harness)
    pending = create_invitation(harness, caller.org, OWNER)
    person = accept(harness, create_invitation(harness, caller.org, OWNER))
    who = _find_not_owner(harness, caller.org)
    for named in (person.user_id, pending.id):
        _require_refusal(harness, caller, who, _build_removal(harness, named))


@rule("MEMBER-LAST-OWNER")
@over("operation_id", lambda _: [UPDATE_ROLE, REMOVE])
def test_the_last_owner_stays(harness: Harness, operation_id: str) -> None:
    """The only owner of an org gives itself another role, and removes itself; another owner makes it free to go."""
    operation = _find_operation(harness, operation_id)
    caller, request = build_for_last_owner(harness, operation)
    _require_still_there(harness, harness.send(caller, request))
    create_invitation(harness, caller.org, OWNER)
    _require_still_there(harness, harness.send(caller, request))
    person = accept(harness, create_invitation(harness, caller.org, OWNER))
    freed = harness.send(caller, request)
    harness.check(freed.has_succeeded, freed, f"200 beside the owner {person.user_id}", str(freed))


def _require_still_there(harness: Harness, exchange: Exchange) -> None:
    refused = exchange.status == 409 and exchange.code == "last_owner"
    harness.check(refused, exchange, "409 last_owner", str(exchange))
