"""Clause session: what the target says of who is calling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from conformance import needs
from conformance.http.exchange import Exchange
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.making import choose_other_org
from conformance.recipes.reading import get_field, list_differences
from conformance.recipes.requests import build
from conformance.rules.checks import check_equal, check_shows, check_unchanged
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

SESSION = "session.get"
LISTS = ("permissions", "memberships")
"""Fields of a session without an order, which may name a thing twice."""
POSTURES = {
    "active": "active",
    "trial": "trial",
    "trial_expired": "trial",
    "past_due": "past_due",
    "decommissioning": "decommissioning",
}


def _ask_session(harness: Harness, caller: Caller) -> Exchange:
    return harness.hold(caller, build(harness.contract.operations[SESSION]))


def _list_keys(scope: Scope) -> list[Caller]:
    return [caller for caller in scope.callers if caller.permission_set]


@rule("SESSION-CALLER")
@over("caller", lambda scope: scope.callers)
def test_the_session_is_that_of_the_credential(harness: Harness, caller: Caller) -> None:
    """The session shows org, role and scopes of the profile."""
    session = _ask_session(harness, caller)
    _shows_caller(harness, session, caller)
    if caller.scopes is not None:
        _shows_scopes(harness, session, caller.scopes)


@rule("SESSION-CALLER")
def test_nobody_gets_the_session_of_another(harness: Harness) -> None:
    """Every caller asks twice, in turn with the others."""
    if not harness.callers():
        raise NotProvoked("the profile has no callers", needs.CALLER)
    first: dict[str, Any] = {}
    for caller in (*harness.callers(), *harness.callers()):
        session = _ask_session(harness, caller)
        _shows_caller(harness, session, caller)
        before = first.setdefault(caller.name, session.json)
        differing = list_differences(harness.contract, before, session.json, ignoring=LISTS)
        said = "the session as the same caller was told it before"
        check_unchanged(harness, session, differing, said, (before, session.json))


@rule("SESSION-CALLER")
def test_of_two_credentials_one_counts_or_none(harness: Harness) -> None:
    """Callers of two orgs send both of their credentials, in either order: one is served with its rights, or nobody."""
    operation = harness.contract.operations[SESSION]
    first = harness.able(operation)
    second = harness.able(operation, choose_other_org(harness, first))
    alone = [_list_told(_ask_session(harness, each)) for each in (first, second)]
    for one, other in ((first, second), (second, first)):
        both = Credential("two credentials", one.credential.authorization)
        request = build(operation)
        request = replace(request, headers=(("Authorization", str(other.credential.authorization)),))
        answer = harness.send(both, request, org=one.org)
        right = answer.status in (400, 401) or (answer.has_succeeded and _list_told(answer) in alone)
        said = "a 401, a 400, or the session of one of the two", f"{answer} with another session"
        harness.check(right, answer, *said)


def _list_told(session: Exchange) -> tuple[Any, ...]:
    """Return whose session it is, and what its bearer may do."""
    held = get_field(session.json, "permissions")
    scopes = frozenset(map(str, held)) if isinstance(held, list) else held
    return *(get_field(session.json, name) for name in ("org_id", "user_id", "role")), scopes


@rule("SESSION-API-KEY")
@over("caller", _list_keys, needs.PERMISSION_SET)
def test_a_key_has_no_person(harness: Harness, caller: Caller) -> None:
    """The session of an API key has no user, email, role or memberships."""
    session = _ask_session(harness, caller)
    for name, value in (("user_id", "system"), ("email", ""), ("role", ""), ("memberships", [])):
        check_shows(harness, session, name, value)


@rule("SESSION-KEY-LABEL")
@over("caller", lambda scope: scope.callers)
def test_label_and_permission_set_are_those_of_a_key(harness: Harness, caller: Caller) -> None:
    """Label and permission set are shown to an API key, and not to a person."""
    session = _ask_session(harness, caller)
    said = session.json if isinstance(session.json, dict) else {}
    for name in ("api_key_label", "api_key_permission_set"):
        there = name in said
        if caller.permission_set:
            harness.check(there, session, f"{name} for a key", "none")
        elif caller.role:
            harness.check(not there, session, f"no {name} for a person", "one")
    if caller.permission_set and "api_key_permission_set" in said:
        check_shows(harness, session, "api_key_permission_set", caller.permission_set)


@rule("SESSION-SCOPES")
@over("caller", lambda scope: [*(caller for caller in scope.callers if caller.role), *_list_keys(scope)])
def test_scopes_follow_from_role_or_permission_set(harness: Harness, caller: Caller) -> None:
    """The scopes are those that the contract gives the role or permission set."""
    session = _ask_session(harness, caller)
    scopes = harness.contract.find_granted_scopes(caller.role, caller.permission_set)
    if scopes is None:
        raise NotProvoked(f"the contract gives no scopes to {caller.role or caller.permission_set}")
    _shows_scopes(harness, session, scopes)


@rule("SESSION-BILLING-STATUS")
@over("posture", lambda _: list(POSTURES))
def test_a_membership_says_its_billing_status(harness: Harness, posture: str) -> None:
    """The membership shows the billing status of each posture; an expired trial is trial."""
    caller = next((c for c in harness.callers() if c.role), None) or harness.able(harness.contract.operations[SESSION])
    harness.set_posture(caller.org, posture)
    session = _ask_session(harness, caller)
    own = _list_own_memberships(session, caller)
    status = get_field(own[0], "billing_status") if own else None
    check_equal(harness, session, status, POSTURES[posture], f"billing_status {POSTURES[posture]!r}")


def _list_own_memberships(session: Exchange, caller: Caller) -> list[Any]:
    """Return what the session says of the caller's place in its org."""
    found = get_field(session.json, "memberships")
    return [each for each in found if get_field(each, "org_id") == caller.org] if isinstance(found, list) else []


def _shows_caller(harness: Harness, session: Exchange, caller: Caller) -> None:
    check_shows(harness, session, "org_id", caller.org)
    if caller.role:
        check_shows(harness, session, "role", caller.role)
        for membership in _list_own_memberships(session, caller):
            check_equal(
                harness, session, get_field(membership, "role"), caller.role, f"the role {caller.role!r} in the org"
            )


def _shows_scopes(harness: Harness, session: Exchange, scopes: Iterable[str]) -> None:
    held, expected = get_field(session.json, "permissions"), sorted(scopes)
    given = sorted(set(map(str, held))) if isinstance(held, list) else held  # one that is named twice is held once
    check_equal(harness, session, given, expected, f"permissions {expected!r}")
