"""The oracle, asked about a small world: two orgs, the platform, and packs of every kind."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.contract import Contract, Provenance
from conformance.contract.file import load
from conformance.http import multipart
from conformance.http.exchange import Exchange, Request
from conformance.oracle.expect import expect
from conformance.oracle.facts import State
from conformance.oracle.learning import observe
from conformance.profile import Caller
from conformance.resources.packs import archives
from conformance.resources.packs.oracle import ImageFact, PackFact

WRITE = frozenset({"caps:write"})
OWNER = Caller("acme-owner", "org_acme", "t1", role="owner", scopes=WRITE)
READER = Caller("acme-reader", "org_acme", "t2", scopes=frozenset({"audit:read"}))
STRANGER = Caller("globex-owner", "org_globex", "t3", role="owner", scopes=WRITE)
JSON = (("Content-Type", "application/json"),)


def fact(pack_id: str, **more: object) -> PackFact:
    given = {"visibility": "org", "tier": "community", "owner": "org_acme", "made": True, **more}
    return PackFact(id=pack_id, name=pack_id.replace("_", "-"), version="1.0.0", **given)  # type: ignore[arg-type]


@pytest.fixture
def state(contract: Contract) -> State:
    known = [
        fact("private", origin="upload", files={"pack.yaml": b"", "data/a": b"a"}),
        fact("shared", visibility="community", origin="image_ref", image_ref="r.example/shared:1.0.0"),
        fact("used", visibility="community", foreign_roles=1),
        fact("used_at_home", visibility="community", own_roles=1),
        fact("foreign", owner="org_globex"),
        fact("platform", owner=None, tier="verified", visibility="community", made=False),
        fact("stuck", origin="upload", purge_fails=True),
    ]
    postures = {"org_acme": "active", "org_globex": "active"}
    images = [
        ImageFact(id="r.example/shared:2.0.0", name="shared", version="2.0.0"),
        ImageFact(id="r.example/shared:3.0.0", name="other", version="3.0.0"),
        ImageFact(id="r.example/new:1.0.0", name="new", version="1.0.0"),
        ImageFact(id="r.example/taken:1.0.0", name="private", version="1.0.0"),
    ]
    return State(
        contract=contract,
        is_own_world=True,
        objects={"pack": {each.id: each for each in known}, "image": {each.id: each for each in images}},
        postures=postures,
        listed=frozenset({("pack", "org_acme"), ("pack", "org_globex")}),
    )


def ask(method: str, path: str, body: object = None, *, query: str = "") -> Request:
    content = json.dumps(body).encode() if body is not None else None
    return Request(None, method, path, {}, query=query, headers=JSON if body is not None else (), content=content)


def answers(state: State, caller: Caller | None, request: Request) -> set[tuple[int, str | None]]:
    return {(answer.status, answer.code) for answer in expect(state, caller, request)}


@pytest.mark.parametrize(
    ("text", "taken", "refused"),
    [
        ("\U0001f9ea" * 64, True, False),
        ("\U0001f9ea" * 65, True, True),
        ("\U0001f9ea" * 128, True, True),
        ("\U0001f9ea" * 129, False, True),
        ("\u00e9" * 128, True, False),
        ("\u00e9" * 129, False, True),
    ],
)
def test_between_code_points_and_utf_16_units_a_length_is_free(
    state: State, text: str, taken: bool, refused: bool
) -> None:
    """At most 128 characters are allowed: what is two units each may be counted once or twice."""
    body = {"name": "new", "kind": "openai", "domain": "api.example.com", "display_name": text}
    right = answers(state, OWNER, ask("POST", "/providers", body))
    assert ((201, None) in right, (400, "validation_error") in right) == (taken, refused)


@pytest.mark.parametrize(
    ("between", "taken", "refused"),
    [
        (" ", False, True),
        ("\u2003", False, True),
        ("\x94", True, False),
        ("\x1d", True, True),
        ("\x85", True, True),
        ("\ufeff", True, True),
    ],
)
def test_what_is_a_blank_in_one_language_alone_is_free(state: State, between: str, taken: bool, refused: bool) -> None:
    """No blank is in an address: languages differ in what is one."""
    body = {"email": f"a{between}b@acme.example", "role": "operator"}
    right = answers(state, replace(OWNER, scopes=None), ask("POST", "/orgs/org_acme/memberships", body))
    assert ((201, None) in right, (400, "validation_error") in right) == (taken, refused)


def test_a_body_that_nobody_asked_for_is_ignored_or_refused(state: State) -> None:
    refusals = {(400, "validation_error"), (413, "payload_too_large"), (415, "unsupported_media_type")}
    for method in ("GET", "DELETE"):
        right = answers(state, OWNER, ask(method, "/packs/private", {"visibility": "org"}))
        assert right == {(200, None)} | refusals


def test_an_image_without_a_tag_is_the_latest_or_refused(state: State) -> None:
    state = state.with_fact(ImageFact(id="r.example/newest:latest", name="newest", version="1.0.0"))
    right = answers(state, OWNER, ask("POST", "/packs", {"image_ref": "r.example/newest"}))
    assert right == {(201, None), (400, "validation_error")}
    absent = answers(state, OWNER, ask("POST", "/packs", {"image_ref": "r.example/new"}))
    assert absent == {(400, "validation_error")}


PATCH = {"visibility": "org"}
IMAGE = {"image_ref": "r.example/shared:2.0.0"}


@pytest.mark.parametrize(
    ("caller", "request_", "right"),
    [
        (OWNER, ask("GET", "/packs"), {(200, None)}),
        (READER, ask("GET", "/packs/private"), {(200, None)}),
        (OWNER, ask("GET", "/packs/platform"), {(200, None)}),
        (STRANGER, ask("GET", "/packs/shared"), {(200, None)}),
        (STRANGER, ask("GET", "/packs/private"), {(404, "pack_not_found")}),
        (OWNER, ask("GET", "/packs/absent"), {(404, "pack_not_found")}),
        (None, ask("GET", "/packs/private"), {(401, "unauthenticated")}),
        (OWNER, ask("PATCH", "/packs/private", PATCH), {(200, None)}),
        (READER, ask("PATCH", "/packs/private", PATCH), {(403, "permission_denied")}),
        (STRANGER, ask("PATCH", "/packs/shared", PATCH), {(403, "permission_denied")}),
        (OWNER, ask("PATCH", "/packs/platform", PATCH), {(403, "permission_denied")}),
        (STRANGER, ask("DELETE", "/packs/shared"), {(404, "pack_not_found"), (403, "permission_denied")}),
        (OWNER, ask("PATCH", "/packs/private", {"visibility": "no"}), {(400, "validation_error")}),
        (OWNER, ask("PATCH", "/packs/private", {}), {(400, "validation_error")}),
        (OWNER, ask("PATCH", "/packs/used", PATCH), {(409, "pack_in_use")}),
        (OWNER, ask("PATCH", "/packs/used", {"visibility": "community"}), {(200, None)}),
        (OWNER, ask("PATCH", "/packs/used_at_home", PATCH), {(200, None)}),
        (OWNER, ask("DELETE", "/packs/used_at_home"), {(409, "pack_in_use")}),
        (OWNER, ask("DELETE", "/packs/stuck"), {(502, "registry_cleanup_failed")}),
        (OWNER, ask("PUT", "/packs/shared", IMAGE), {(200, None)}),
        (OWNER, ask("PUT", "/packs/shared", {"image_ref": "r.example/shared:3.0.0"}), {(400, "validation_error")}),
        (OWNER, ask("PUT", "/packs/shared", {"image_ref": "r.example/new:1.0.0"}), {(400, "validation_error")}),
        (OWNER, ask("PUT", "/packs/shared", {"image_ref": "r.example/shared:9"}), {(400, "validation_error")}),
        (OWNER, ask("POST", "/packs", {"image_ref": "r.example/new:1.0.0"}), {(201, None)}),
        (OWNER, ask("POST", "/packs", {"image_ref": "r.example/taken:1.0.0"}), {(409, "pack_exists")}),
        (STRANGER, ask("POST", "/packs", {"image_ref": "r.example/taken:1.0.0"}), {(201, None)}),
        (OWNER, ask("GET", "/packs/private/files/data/a"), {(200, None)}),
        (OWNER, ask("GET", "/packs/private/files/data/b"), {(404, "file_not_found")}),
        (OWNER, ask("GET", "/packs/upload"), {(405, "method_not_allowed")}),
        (OWNER, ask("HEAD", "/packs"), {(405, "method_not_allowed")}),
        (OWNER, ask("GET", "/packs/"), {(404, "not_found")}),
        (OWNER, ask("GET", "/nowhere"), {(404, "not_found")}),
    ],
    ids=lambda value: f"{value.method}-{value.path}" if isinstance(value, Request) else None,
)
def test_the_right_answers(
    state: State, caller: Caller | None, request_: Request, right: set[tuple[int, str | None]]
) -> None:
    assert answers(state, caller, request_) == right


def test_of_several_refusals_that_are_true_each_is_right(state: State) -> None:
    unpaid = state.with_posture("org_globex", "past_due")
    request = ask("PATCH", "/packs/private", {"visibility": 1})
    assert answers(unpaid, STRANGER, request) == {
        (423, "billing_inactive"),
        (404, "pack_not_found"),
        (400, "validation_error"),
    }


def test_a_file_that_is_no_pack_yaml_may_be_said_of_a_pack_that_is_not_there(state: State) -> None:
    """True of the body alone, so beside what is true of the path."""
    broken = Request("packs.replace_file", "PUT", "/packs/absent/files/pack.yaml", {}, content=b"name: [unclosed")
    assert answers(state, OWNER, broken) >= {(404, "pack_not_found"), (400, "validation_error")}


def test_what_the_run_cannot_know_is_left_open(state: State) -> None:
    unknown = replace(state, postures={}, listed=frozenset())
    assert answers(unknown, OWNER, ask("PATCH", "/packs/private", PATCH)) == {(200, None), (423, "billing_inactive")}
    create = ask("POST", "/packs", {"image_ref": "r.example/new:1.0.0"})
    assert answers(unknown, OWNER, create) == {(201, None), (423, "billing_inactive"), (409, "pack_exists")}


def test_an_unknown_query_parameter_is_not_judged(state: State) -> None:
    assert answers(state, OWNER, ask("GET", "/packs", query="more=1")) == {(200, None), (400, "validation_error")}


def test_a_refusal_is_no_better_founded_than_the_keyword_that_is_broken(state: State) -> None:
    def founded(body: object) -> set[Provenance]:
        return {a.provenance for a in expect(state, OWNER, ask("PATCH", "/packs/private", body))}

    assert founded({"visibility": "no"}) == {Provenance.SEED}
    assert founded({"visibility": "org", "note": 1}) == {Provenance.ASSUMED}


@pytest.mark.parametrize(
    ("content", "headers", "right"),
    [
        (b"\xff", JSON, {(400, "validation_error")}),
        (b'{"visibility": NaN}', JSON, {(400, "validation_error")}),
        (b"[" * 100_000, JSON, {(400, "validation_error")}),
        (b'{"visibility": "org"}', (("Content-Type", "text/plain"),), {(415, "unsupported_media_type")}),
        (b'{"visibility": "org"}', (), {(200, None), (415, "unsupported_media_type")}),
        (b'{"visibility": "org", "visibility": "org"}', JSON, {(200, None), (400, "validation_error")}),
        (b'{"visibility": "org"}' + b" " * 1048576, JSON, {(413, "payload_too_large")}),
    ],
    ids=["not-utf-8", "nan", "deep", "media-type", "no-media-type", "key-twice", "too-long"],
)
def test_bodies(
    state: State, content: bytes, headers: tuple[tuple[str, str], ...], right: set[tuple[int, str | None]]
) -> None:
    request = Request(None, "PATCH", "/packs/private", {}, headers=headers, content=content)
    assert answers(state, OWNER, request) == right


def upload(packed: bytes) -> Request:
    content = multipart.encode([multipart.Part("archive", packed, "a.tar.gz", "application/gzip")])
    headers = (("Content-Type", multipart.build_content_type()),)
    return Request(None, "POST", "/packs/upload", {}, headers=headers, content=content)


def test_an_archive_is_read_as_the_contract_reads_it(state: State) -> None:
    def packed(name: str) -> bytes:
        return archives.write_files({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode()})

    assert answers(state, OWNER, upload(packed("fresh"))) == {(201, None)}
    assert answers(state, OWNER, upload(packed("private"))) == {(409, "pack_exists")}
    assert answers(state, OWNER, upload(packed("Not-A-Slug"))) == {(400, "validation_error")}
    assert answers(state, OWNER, upload(b"no archive")) == {(400, "validation_error")}


def answered(request: Request, status: int, body: object) -> Exchange:
    content = json.dumps(body).encode()
    return Exchange("acme-owner", request, "http://t/v1" + request.path, status, JSON, content, 1.0)


def test_what_an_answer_shows_is_known_afterwards(state: State) -> None:
    shown = {"id": "new", "name": "new", "version": "1.0.0", "tier": "community", "visibility": "org", "owned": True}
    made = observe(state, OWNER, answered(ask("POST", "/packs", IMAGE), 201, shown))
    assert made.get_facts("pack")["new"].owner == "org_acme"
    assert made.get_facts("pack")["new"].made
    assert answers(made, STRANGER, ask("GET", "/packs/new")) == {(404, "pack_not_found")}
    gone = observe(made, OWNER, answered(ask("DELETE", "/packs/new"), 200, {"status": "deleted"}))
    assert answers(gone, OWNER, ask("GET", "/packs/new")) == {(404, "pack_not_found")}


TOKEN = "conformance-6b86b2-a653ef92ee7a"
"""The name of a secret that carries the mark of a run."""


def test_a_secret_that_is_set_again_is_not_gone(state: State) -> None:
    """Its name is its id, so that it comes back under the one that it had."""
    put, name = ask("PUT", f"/secrets/{TOKEN}", {"value": "a value"}), "secret"
    shown = {"name": TOKEN, "created_at": "2026-06-01T00:00:00Z", "updated_at": "2026-06-01T00:00:00Z"}
    made = observe(replace(state, prefix=""), OWNER, answered(put, 200, shown))
    gone = observe(made, OWNER, answered(ask("DELETE", f"/secrets/{TOKEN}"), 200, {"status": "deleted"}))
    assert gone.is_gone(name, TOKEN)
    assert not observe(gone, OWNER, answered(put, 200, shown)).is_gone(name, TOKEN)


def test_a_refusal_teaches_nothing(state: State) -> None:
    refused = answered(ask("DELETE", "/packs/private"), 409, {"error": {"code": "pack_in_use"}})
    assert observe(state, OWNER, refused) == state


CONTRACT = load()


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE"]),
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#"), max_size=40),
    body=st.one_of(st.none(), st.binary(max_size=60)),
    known=st.booleans(),
)
def test_there_is_always_an_answer(method: str, path: str, body: bytes | None, known: bool) -> None:
    request = Request(None, method, "/" + path, {}, headers=JSON if body else (), content=body)
    expected = expect(State(contract=CONTRACT), OWNER if known else None, request)
    assert expected
    assert all(100 <= answer.status < 600 for answer in expected)


def test_a_slash_in_an_id_is_none_of_the_files_path(state: State) -> None:
    state = state.with_fact(fact("a/b", origin="upload", files={"pack.yaml": b""}))
    assert (200, None) in answers(state, OWNER, ask("GET", "/packs/a%2Fb/files/pack.yaml"))


def test_an_encoded_slash_in_a_files_path_is_refused_or_not_found(state: State) -> None:
    right = answers(state, OWNER, ask("GET", "/packs/private/files/data%2Fa"))
    assert {(400, "validation_error"), (404, "file_not_found")} <= right
    assert (200, None) not in right


def test_of_an_image_that_nobody_has_read_the_name_stays_open(state: State) -> None:
    state = state.with_fact(ImageFact(id="r.example/given:1.0.0"))
    state = state.with_fact(ImageFact(id="r.example/shared:9.0.0"))
    create = ask("POST", "/packs", {"image_ref": "r.example/given:1.0.0"})
    assert answers(state, OWNER, create) == {(201, None), (409, "pack_exists")}
    replace_image = ask("PUT", "/packs/shared", {"image_ref": "r.example/shared:9.0.0"})
    assert answers(state, OWNER, replace_image) == {(200, None), (400, "validation_error")}


@pytest.mark.parametrize(("origin", "unsure"), [("upload", True), ("image_ref", False)])
def test_an_image_may_be_gone_with_the_upload_that_had_its_repository(state: State, origin: str, unsure: bool) -> None:
    """What was made of an image leaves the registry alone."""
    pack = fact("kept", origin=origin, image_ref="r.example/kept:1.0.0")
    state = state.with_fact(pack).with_fact(ImageFact(id="r.example/kept:2.0.0", name="kept", version="2.0.0"))
    deleted = observe(state, OWNER, answered(ask("DELETE", "/packs/kept"), 200, {"status": "deleted"}))
    create = ask("POST", "/packs", {"image_ref": "r.example/kept:2.0.0"})
    right = {(201, None), (400, "validation_error"), (409, "pack_exists")} if unsure else {(201, None)}
    assert answers(deleted, OWNER, create) == right
    again = deleted.with_fact(ImageFact(id="r.example/kept:2.0.0", name="kept", version="2.0.0"))
    assert answers(again, OWNER, create) == {(201, None)}


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (b'{"visibility": "org", "visibility": false}', {"200", "400 validation_error"}),
        (b'{"visibility": false, "visibility": "org"}', {"200", "400 validation_error"}),
        (b'{"visibility": false, "visibility": 1}', {"400 validation_error"}),
        (b'{"visibility": "org\\ud800"}', {"400 validation_error"}),
    ],
)
def test_a_key_that_is_there_twice_may_count_by_either_value(state: State, body: bytes, right: set[str]) -> None:
    patch = Request("packs.update_visibility", "PATCH", "/packs/private", {"id": "private"}, headers=JSON, content=body)
    assert {str(answer) for answer in expect(state, OWNER, patch)} == right
