"""The oracle, asked whether a role or a provider may be archived while workspaces run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.http.exchange import Request
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact, State
from conformance.profile import Caller

OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=frozenset({"caps:write"}))
ROLE, PROVIDER = "/agent-roles/role/archive", "/providers/provider/archive"
SERVED, ACTIVE = (200, None), (409, "workspaces_active")


def fact(resource: str, object_id: str, **shown: str) -> Fact:
    return Fact(resource=resource, id=object_id, owner="org_acme", made=True, shown=shown)


def knowing(contract: Contract, *facts: Fact) -> State:
    state = State(contract=contract, postures={"org_acme": "active"})
    for each in (fact("provider", "provider"), fact("role", "role", provider_id="provider"), *facts):
        state = state.with_fact(each)
    return state


def answers(state: State, path: str) -> set[tuple[int, str | None]]:
    return {(each.status, each.code) for each in expect(state, OWNER, Request(None, "POST", path, {}))}


@pytest.mark.parametrize("path", [ROLE, PROVIDER])
@pytest.mark.parametrize("status", ["provisioning", "idle", "busy", "stopping"])
def test_one_that_runs_keeps_both_in_use(contract: Contract, path: str, status: str) -> None:
    state = knowing(contract, fact("workspace", "ws", role_id="role", status=status))
    assert answers(state, path) == {ACTIVE}
    [answer] = expect(state, OWNER, Request(None, "POST", path, {}))
    assert (answer.provenance is Provenance.ASSUMED) is (status == "stopping")


@pytest.mark.parametrize("path", [ROLE, PROVIDER])
def test_what_the_run_made_and_gave_none_that_runs_is_free(contract: Contract, path: str) -> None:
    other = fact("role", "other", provider_id="another")
    beside = fact("workspace", "beside", role_id="other", status="busy")
    stopped = fact("workspace", "ws", role_id="role", status="stopped")
    archived = replace(fact("workspace", "old", role_id="role", status="idle"), archived=True)
    state = knowing(contract, other, beside, stopped, archived)
    assert answers(state, path) == {SERVED}
    [answer] = expect(state, OWNER, Request(None, "POST", path, {}))
    assert ("workspaces_active", "ARCHIVE-INACTIVE-FREE") in answer.wrongful


@pytest.mark.parametrize("path", [ROLE, PROVIDER])
def test_of_what_others_made_either_is_right(contract: Contract, path: str) -> None:
    role = replace(fact("role", "role", provider_id="provider"), made=False)
    provider = replace(fact("provider", "provider"), made=False)
    for own_world in (False, True):
        state = replace(knowing(contract, role, provider), is_own_world=own_world)
        assert {SERVED, ACTIVE} <= answers(state, path)


def test_a_provider_of_the_run_with_a_role_of_others_may_be_in_use(contract: Contract) -> None:
    moved = replace(fact("role", "theirs", provider_id="provider"), made=False)
    state = knowing(contract, moved)
    assert answers(state, PROVIDER) == {SERVED, ACTIVE}
    assert answers(state, ROLE) == {SERVED}


@pytest.mark.parametrize("path", [ROLE, PROVIDER])
def test_what_is_archived_already_may_be_refused_or_left(contract: Contract, path: str) -> None:
    role = replace(fact("role", "role", provider_id="provider"), archived=True)
    provider = replace(fact("provider", "provider"), archived=True)
    state = knowing(contract, role, provider, fact("workspace", "ws", role_id="role", status="idle"))
    assert answers(state, path) == {SERVED, ACTIVE, (409, "invalid_state")}


def test_a_lost_answer_about_a_role_leaves_its_provider_open(contract: Contract) -> None:
    state = replace(knowing(contract), unsettled={("role", "another"): 5})
    assert answers(state, PROVIDER) == {SERVED, ACTIVE}
