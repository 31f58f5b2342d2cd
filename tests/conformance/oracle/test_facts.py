"""What is unknown and what is absent: in a world that others use, in one of the test's own, after a lost answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.contract.contract import Contract
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact, State
from conformance.oracle.learning import learn_shown, observe
from conformance.profile import Caller
from conformance.resources.packs import archives
from conformance.resources.packs.oracle import PackFact, pack_facts

WRITE = frozenset({"caps:write"})
OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=WRITE)
STRANGER = Caller("globex-owner", "org_globex", "t2", role="owner", scopes=WRITE)
JSON = (("Content-Type", "application/json"),)
MARK = "conformance-4f2a9c81-"
OURS = PackFact(id="p1", name=f"{MARK}ours", owner="org_acme", origin="upload", made=True, since=1)
THEIRS = PackFact(id="p2", name="theirs", owner="org_acme", origin="upload", since=2)
POSTURES = {"org_acme": "active", "org_globex": "active"}


@pytest.fixture
def shared(contract: Contract) -> State:
    """A world that others use, as its lists showed it to both orgs."""
    listed = frozenset({("pack", "org_acme"), ("pack", "org_globex")})
    state = State(contract=contract, postures=POSTURES, listed=listed, prefix=MARK)
    return state.with_fact(OURS).with_fact(THEIRS)


@pytest.fixture
def own(shared: State) -> State:
    """The same where nobody else is."""
    return replace(shared, is_own_world=True)


def ask(method: str, path: str, body: object = None) -> Request:
    content = json.dumps(body).encode() if body is not None else None
    return Request(None, method, path, {}, headers=JSON if body is not None else (), content=content)


def upload(name: str) -> Request:
    packed = archives.write_files({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode()})
    content = multipart.encode([multipart.Part("archive", packed, "a.tar.gz", "application/gzip")])
    return Request(
        None, "POST", "/packs/upload", {}, headers=(("Content-Type", multipart.build_content_type()),), content=content
    )


def statuses(state: State, caller: Caller, request: Request) -> set[int]:
    return {answer.status for answer in expect(state, caller, request)}


def answered(request: Request, status: int, body: object, number: int = 9) -> Exchange:
    content = json.dumps(body).encode()
    return Exchange("acme-owner", request, "http://t/v1" + request.path, status, JSON, content, 1.0, number=number)


def lost(request: Request, number: int = 9) -> Exchange:
    url = "http://t/v1" + request.path
    return Exchange("acme-owner", request, url, 0, (), b"", 1.0, failure="no answer", number=number)


def shown(fact: PackFact) -> dict[str, object]:
    named = {"id": fact.id, "name": fact.name, "version": "1.0.0", "tier": "community"}
    return {**named, "visibility": fact.visibility, "owned": True, "image_origin": "upload"}


PATCH = ask("PATCH", "/packs/never_seen", {"visibility": "org"})


def test_an_id_that_was_never_seen_may_be_somebodys(shared: State) -> None:
    assert statuses(shared, OWNER, ask("GET", "/packs/never_seen")) == {200, 404}
    assert statuses(shared, OWNER, PATCH) == {200, 403, 404, 409}
    assert statuses(shared, OWNER, ask("DELETE", "/packs/never_seen")) == {200, 403, 404, 409, 502}


def test_an_id_that_was_never_seen_is_nobodys_where_everything_was(own: State) -> None:
    assert statuses(own, OWNER, ask("GET", "/packs/never_seen")) == {404}
    assert statuses(own, OWNER, PATCH) == {404}


def test_nothing_is_absent_before_it_was_looked_for(own: State) -> None:
    unlisted = replace(own, listed=frozenset())
    assert statuses(unlisted, OWNER, ask("GET", "/packs/never_seen")) == {200, 404}
    assert not unlisted.is_complete("pack", "org_acme")


def test_an_id_that_the_run_made_up_is_nobodys(shared: State) -> None:
    assert statuses(shared.with_absent("never_seen"), OWNER, PATCH) == {404}


def test_a_list_is_complete_only_where_nobody_else_is(shared: State, own: State) -> None:
    listing = answered(ask("GET", "/packs"), 200, {"packs": [shown(OURS)]})
    for state, complete in ((shared, False), (own, True)):
        assert observe(replace(state, listed=frozenset()), OWNER, listing).is_complete("pack", "org_acme") is complete


def test_a_name_that_others_may_have_taken(shared: State, own: State) -> None:
    assert statuses(shared, OWNER, upload("free")) == {201, 409}
    assert statuses(own, OWNER, upload("free")) == {201}
    assert statuses(own, OWNER, upload("theirs")) == {409}
    assert statuses(shared, OWNER, upload("theirs")) == {201, 409}, "it may be gone by now"


def test_a_name_with_the_mark_of_the_run_is_taken_by_nobody_else(shared: State) -> None:
    assert statuses(shared, OWNER, upload(f"{MARK}free")) == {201}
    assert statuses(shared, OWNER, upload(OURS.name)) == {409}


def test_what_others_have_may_change_and_what_the_run_made_stays(shared: State, own: State) -> None:
    assert statuses(shared, OWNER, ask("GET", "/packs/p1")) == {200}
    assert statuses(shared, OWNER, ask("GET", "/packs/p2")) == {200, 404}
    assert statuses(own, OWNER, ask("GET", "/packs/p2")) == {200}
    assert statuses(shared, STRANGER, ask("GET", "/packs/p1")) == {404}
    assert statuses(shared, STRANGER, ask("GET", "/packs/p2")) == {200, 404}, "it may be shared by now"


@pytest.mark.parametrize("stays", [replace(THEIRS, tier="verified"), replace(THEIRS, id="named")], ids=lambda it: it.id)
def test_the_platforms_and_what_the_profile_names_stays(shared: State, stays: PackFact) -> None:
    stays = replace(stays, visibility="community", owner=None)
    state = replace(shared.with_fact(stays), steady=frozenset({"named"}))
    assert statuses(state, OWNER, ask("GET", f"/packs/{stays.id}")) == {200}


def test_after_a_lost_deletion_the_object_is_there_or_not(own: State) -> None:
    delete = ask("DELETE", "/packs/p1")
    unknown = observe(own, OWNER, lost(delete))
    assert statuses(unknown, OWNER, ask("GET", "/packs/p1")) == {200, 404}
    assert {200, 404} <= statuses(unknown, OWNER, delete)
    assert "p1" in unknown.get_facts("pack"), "it may have to be removed"
    again = observe(unknown, OWNER, answered(ask("GET", "/packs/p1"), 200, shown(OURS), number=10))
    assert statuses(again, OWNER, ask("GET", "/packs/p1")) == {200, 404}, "it may be carried out yet"
    gone = observe(again, OWNER, answered(delete, 200, {"status": "deleted"}, number=11))
    assert statuses(gone, OWNER, ask("GET", "/packs/p1")) == {404}


def test_after_a_lost_change_the_object_is_known_once_it_is_shown(own: State) -> None:
    share = ask("PATCH", "/packs/p1", {"visibility": "community"})
    unknown = observe(own, OWNER, lost(share))
    assert statuses(unknown, STRANGER, ask("GET", "/packs/p1")) == {200, 404}
    community = shown(replace(OURS, visibility="community"))
    known = observe(unknown, OWNER, answered(ask("GET", "/packs/p1"), 200, community, number=10))
    assert statuses(known, STRANGER, ask("GET", "/packs/p1")) == {200}
    assert pack_facts(known)["p1"].since == 10


def test_after_a_lost_creation_its_name_may_be_taken(own: State, shared: State) -> None:
    for state in (own, shared):
        request = upload(f"{MARK}more")
        after = observe(state, OWNER, lost(request))
        assert statuses(after, OWNER, request) == {201, 409}
        listing = answered(ask("GET", "/packs"), 200, {"packs": [shown(OURS)]})
        assert statuses(observe(after, OWNER, listing), OWNER, request) == {201}


def test_after_a_lost_creation_of_a_role_a_pack_may_be_in_use(own: State) -> None:
    """The same after one that was done at its second try, for the first may have been done too."""
    deletion, role = ask("DELETE", f"/packs/{OURS.id}"), ask("POST", "/agent-roles", {"pack_ids": [OURS.id]})
    assert 409 not in statuses(own, OWNER, deletion)
    assert 409 in statuses(observe(own, OWNER, lost(role)), OWNER, deletion)
    twice = replace(answered(role, 201, {"id": "role_1", "name": "one", "pack_ids": []}), is_repeated=True)
    assert 409 in statuses(observe(own, OWNER, twice), OWNER, deletion)


def test_a_fact_knows_who_made_it_and_when_it_was_shown(shared: State) -> None:
    fact = replace(OURS, id="p3", name=f"{MARK}third")
    made = observe(shared, OWNER, answered(upload(fact.name), 201, shown(fact), number=7))
    assert (pack_facts(made)["p3"].made, pack_facts(made)["p3"].since) == (True, 7)
    listing = answered(ask("GET", "/packs"), 200, {"packs": [shown(fact), shown(replace(fact, id="p4", name="x"))]})
    listed = observe(made, OWNER, listing)
    assert (pack_facts(listed)["p3"].made, pack_facts(listed)["p3"].since) == (True, 9)
    assert not pack_facts(listed)["p4"].made


def test_a_resource_without_a_reading_of_its_own_is_its_orgs(shared: State) -> None:
    badge = Resource(name="badge")
    state = learn_shown(shared, badge, "org_acme", {"id": "b1", "name": "one"}, number=3)
    assert state.get_facts("badge") == {
        "b1": Fact(resource="badge", id="b1", name="one", owner="org_acme", since=3, shown={"id": "b1", "name": "one"})
    }
    assert learn_shown(state, badge, "org_acme", ["b2"]) is state
    assert learn_shown(state, require_resource("pack"), "org_acme", {"id": "b1"}) is state


def test_the_image_of_an_uploaded_pack_may_be_there_while_the_pack_is_and_afterwards(shared: State) -> None:
    ours = replace(OURS, image_ref=f"platform.example/uploads/{MARK}ours:1.0.0")
    state = shared.with_fact(ours)
    by_digest = ask("POST", "/packs", {"image_ref": f"platform.example/uploads/{MARK}ours@sha256:{'0' * 64}"})
    elsewhere = ask("POST", "/packs", {"image_ref": f"platform.example/uploads/{MARK}other@sha256:{'0' * 64}"})
    for known in (state, state.without("pack", ours.id)):
        assert {201, 400} <= statuses(known, OWNER, by_digest)
        assert statuses(known, OWNER, elsewhere) == {400}
