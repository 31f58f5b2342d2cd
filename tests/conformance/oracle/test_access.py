"""The oracle, asked about what belongs to one person of an org, and about what an org is without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange
from conformance.oracle.access import switch_off
from conformance.oracle.declaration.ownership import PersonalObjects
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.learning import observe
from conformance.profile import Caller
from tests.conformance.oracle.test_expect import answers, ask

ALL, OWN = frozenset({"auth:write"}), frozenset({"auth:write:own"})
OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=ALL, user_id="usr_owner")
MEMBER = Caller("acme-member", "org_acme", "t2", role="member", scopes=OWN, user_id="usr_member")
OTHER = Caller("acme-other", "org_acme", "t3", role="member", scopes=OWN, user_id="usr_other")
KEY = Caller("acme-key", "org_acme", "t4", scopes=frozenset({"audit:read"}), user_id="system")
UNTOLD = Caller("acme-untold", "org_acme", "t5", scopes=OWN)
STRANGER = Caller("globex-owner", "org_globex", "t6", role="owner", scopes=ALL, user_id="usr_stranger")

SERVED, MISSING, DENIED = (200, None), (404, "credential_not_found"), (403, "permission_denied")
CODE = {"kind": "oauth2_authorization_code", "provider": "google", "allow_user_override": True}
MINE = {"name": "shared", "provider": "google", "kind": "oauth2_authorization_code", "personal": True}


def fact(object_id: str, person: str | None = None) -> Fact:
    shown = {"id": object_id, "name": "shared", **CODE}
    return Fact(
        resource="credential", id=object_id, name="shared", owner="org_acme", person=person, made=True, shown=shown
    )


@pytest.fixture
def state(contract: Contract) -> State:
    known = [fact("of_org"), fact("of_member", "usr_member")]
    return State(
        contract=contract,
        is_own_world=True,
        objects={"credential": {each.id: each for each in known}},
        postures={"org_acme": "active", "org_globex": "active"},
        listed=frozenset({("credential", "org_acme"), ("credential", "org_globex")}),
    )


@pytest.mark.parametrize(
    ("caller", "method", "path", "right"),
    [
        (OWNER, "GET", "of_member", {SERVED}),
        (MEMBER, "GET", "of_member", {SERVED}),
        (OTHER, "GET", "of_member", {MISSING}),
        (KEY, "GET", "of_member", {MISSING}),
        (KEY, "GET", "of_org", {SERVED}),
        (STRANGER, "GET", "of_member", {MISSING}),
        (UNTOLD, "GET", "of_member", {SERVED, MISSING}),
        (OWNER, "DELETE", "of_member", {SERVED}),
        (MEMBER, "DELETE", "of_member", {SERVED}),
        (OTHER, "DELETE", "of_member", {MISSING}),
        (KEY, "DELETE", "of_member", {MISSING, DENIED}),
        (MEMBER, "DELETE", "of_org", {DENIED}),
        (OWNER, "DELETE", "of_org", {SERVED}),
        (OWNER, "POST", "of_member/oauth/start", {DENIED}),
        (MEMBER, "POST", "of_member/oauth/start", {SERVED}),
        (OWNER, "POST", "of_org/oauth/start", {SERVED}),
    ],
)
def test_what_is_somebodys(
    state: State, caller: Caller, method: str, path: str, right: set[tuple[int, str | None]]
) -> None:
    assert answers(state, caller, ask(method, f"/credentials/{path}")) == right


def test_a_person_who_was_told_is_known_from_then_on(state: State) -> None:
    request = ask("GET", "/me/session")
    told = Exchange("acme-untold", request, "http://t/v1", 200, (), b'{"user_id": "usr_member"}', 1.0)
    after = observe(state, UNTOLD, told)
    assert answers(after, UNTOLD, ask("GET", "/credentials/of_member")) == {SERVED}
    assert answers(after, UNTOLD, ask("GET", "/credentials/of_org")) == {SERVED}


def test_a_name_is_taken_once_for_each_person(state: State) -> None:
    create = ask("POST", "/credentials", MINE)
    assert answers(state, MEMBER, create) == {(409, "credential_exists")}
    assert answers(state, OTHER, create) == {(201, None)}
    assert answers(state, UNTOLD, create) == {(201, None), (409, "credential_exists")}
    assert answers(state, OTHER, ask("POST", "/credentials", {**MINE, "name": "another"})) == {
        (400, "validation_error")
    }


def test_the_list_of_one_who_sees_own_ones_alone_is_not_the_orgs(state: State) -> None:
    unknown = replace(state, listed=frozenset())
    listed = Exchange("", ask("GET", "/credentials"), "http://t/v1", 200, (), b'{"credentials": []}', 1.0)
    assert observe(unknown, MEMBER, listed).listed == frozenset()
    assert observe(unknown, OWNER, listed).listed == {("credential", "org_acme")}


def test_an_org_that_is_without_them_is_refused_and_no_other(state: State) -> None:
    assert require_resource("credential").switched_off is not None
    off = switch_off(state, require_resource("credential").switched_off, "org_acme")
    assert answers(off, OWNER, ask("GET", "/credentials")) == {(503, "auth_disabled")}
    assert answers(off, OWNER, ask("GET", "/credentials/none")) == {MISSING, (503, "auth_disabled")}
    assert answers(off, STRANGER, ask("GET", "/credentials")) == {SERVED}
    assert answers(replace(state, is_own_world=False), OWNER, ask("GET", "/credentials")) == {
        SERVED,
        (503, "auth_disabled"),
    }


EVENTS = PersonalObjects(shown_in="user_id", hidden="H", listed="L", are_nobodys_shown=False)
"""Objects that are seen with the scope that the operation asks for, or if they are the own ones."""


@pytest.mark.parametrize(
    ("scopes", "person", "user_id", "hidden"),
    [
        ({"audit:read"}, "usr_b", "usr_a", False),
        ({"audit:read", "audit:read:own"}, "usr_b", "usr_a", False),
        ({"audit:read:own"}, "usr_a", "usr_a", False),
        ({"audit:read:own"}, "usr_b", "usr_a", True),
        ({"audit:read:own"}, None, "usr_a", True),
        ({"audit:read:own"}, "usr_b", None, None),
        (None, "usr_b", "usr_a", None),
        (None, "usr_a", "usr_a", False),
    ],
)
def test_what_is_hidden_follows_from_the_scopes_of_the_operation(
    contract: Contract, scopes: set[str] | None, person: str | None, user_id: str | None, hidden: bool | None
) -> None:
    caller = Caller("a", "org_acme", "t", scopes=None if scopes is None else frozenset(scopes))
    assert EVENTS.hides(person, caller, user_id, contract.operations["audit.list"]) is hidden
