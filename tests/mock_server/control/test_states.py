"""The provider-states protocol."""

from typing import Any

import httpx
import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields

ORG = "org_acme"


def change(mock: Mock, action: str, state: str, params: Any = None, values: Any = None) -> httpx.Response:
    body = {"action": action, "state": state, "params": params, "values": values}
    return mock.control("POST", "/states", json={key: value for key, value in body.items() if value is not None})


def set_up(mock: Mock, state: str, **params: Any) -> dict[str, Any]:
    answer = change(mock, "setup", state, params)
    assert answer.status_code == 200, answer.text
    values: dict[str, Any] = answer.json()
    return values


def tear_down(mock: Mock, state: str, values: dict[str, Any], **params: Any) -> None:
    answer = change(mock, "teardown", state, params, values)
    assert (answer.status_code, answer.json()) == (200, {})


def read(mock: Mock, pack_id: str, persona: str = "acme-owner") -> httpx.Response:
    return mock.send("GET", f"/v1/packs/{pack_id}", persona)


def session(mock: Mock, token: str) -> httpx.Response:
    return mock.send("GET", "/v1/me/session", headers={"Authorization": f"Bearer {token}"})


def test_a_posture_goes_back_to_that_of_the_seed_data(mock: Mock) -> None:
    patch = ("PATCH", "/v1/packs/pack_none", "acme-owner")
    params = {"org_id": ORG, "posture": "past_due"}
    assert set_up(mock, "org has billing posture", **params) == {}
    assert mock.send(*patch, json={"visibility": "org"}).status_code == 423
    tear_down(mock, "org has billing posture", {}, **params)
    assert mock.send(*patch, json={"visibility": "org"}).status_code == 404


def test_a_pack_of_an_org_is_as_it_was_asked_for(mock: Mock) -> None:
    params = {"org_id": ORG, "name": "made", "visibility": "community", "image_origin": "clone"}
    values = set_up(mock, "pack exists", **params)
    pack = read(mock, values["pack_id"]).json()
    assert {key: pack[key] for key in params} == params
    assert (pack["tier"], pack["owned"]) == ("community", True)
    manifest = mock.send("GET", f"/v1/packs/{pack['id']}/files/pack.yaml", "acme-owner").text
    assert "made" in manifest
    tear_down(mock, "pack exists", values, **params)
    assert refusal(read(mock, pack["id"])) == (404, "pack_not_found")
    tear_down(mock, "pack exists", values, **params)


def test_all_but_the_org_of_a_pack_may_be_left_out(mock: Mock) -> None:
    packs = [read(mock, set_up(mock, "pack exists", org_id=ORG, name=None)["pack_id"]).json() for _ in range(2)]
    assert packs[0]["name"] != packs[1]["name"]
    assert {pack["visibility"] for pack in packs} == {"org"}


@pytest.mark.parametrize("tier", ["recommended", "verified"])
def test_a_pack_without_an_org_is_the_platforms(mock: Mock, tier: str) -> None:
    pack = read(mock, set_up(mock, "pack exists", org_id=None, tier=tier)["pack_id"]).json()
    assert (pack["tier"], pack["owned"], "org_id" in pack) == (tier, False, False)


@pytest.mark.parametrize("image_origin", ["upload", "image_ref", "clone"])
def test_an_own_pack_can_be_given_another_image_of_its_repository(mock: Mock, image_origin: str) -> None:
    pack = read(mock, set_up(mock, "pack exists", org_id=ORG, image_origin=image_origin)["pack_id"]).json()
    image_ref = pack["image_ref"].rpartition(":")[0] + ":9.9.9"
    set_up(mock, "image is available", image_ref=image_ref, name=pack["name"], version="9.9.9")
    answer = mock.send("PUT", f"/v1/packs/{pack['id']}", "acme-owner", json={"image_ref": image_ref})
    assert (answer.status_code, answer.json()["version"]) == (200, "9.9.9")


def test_a_name_that_is_taken_stands_in_the_way(mock: Mock) -> None:
    set_up(mock, "pack exists", org_id=ORG, name="made")
    assert refusal(change(mock, "setup", "pack exists", {"org_id": ORG, "name": "made"})) == (409, "name_taken")
    set_up(mock, "pack exists", org_id="org_globex", name="made")


@pytest.mark.parametrize("archived", [True, False, None])
def test_a_role_that_references_a_pack_stands_in_its_way(mock: Mock, archived: bool | None) -> None:
    pack_id = set_up(mock, "pack exists", org_id=ORG, visibility="community")["pack_id"]
    params = {"org_id": "org_globex", "pack_id": pack_id, "archived": archived}
    values = set_up(mock, "role references pack", **params)
    assert values["role_id"]
    assert refusal(mock.send("DELETE", f"/v1/packs/{pack_id}", "acme-owner")) == (409, "pack_in_use")
    tear_down(mock, "role references pack", values, **params)
    assert mock.send("DELETE", f"/v1/packs/{pack_id}", "acme-owner").status_code == 200


def test_an_image_is_there_until_it_is_taken_away(mock: Mock) -> None:
    image = {"image_ref": "registry.example.com/team/new:2.0.0", "name": "new", "version": "2.0.0"}
    create = ("POST", "/v1/packs", "acme-owner")
    body = {"image_ref": image["image_ref"]}
    assert set_up(mock, "image is available", **image) == {}
    made = mock.send(*create, json=body)
    assert (made.status_code, made.json()["name"], made.json()["version"]) == (201, "new", "2.0.0")
    tear_down(mock, "image is available", {}, **image)
    assert refusal(mock.send(*create, json=body)) == (400, "validation_error")


def test_an_image_says_all_that_its_pack_yaml_does(mock: Mock) -> None:
    image_ref = "registry.example.com/team/rich:2.0.0"
    said = "name: rich\nversion: 2.0.0\ndescription: Says more.\nsuggested_packs: [a, b]\n"
    image = {"image_ref": image_ref, "pack_yaml": said}
    assert set_up(mock, "image of pack.yaml is available", **image) == {}
    create = ("POST", "/v1/packs", "acme-owner")
    made = mock.send(*create, json={"image_ref": image_ref}).json()
    assert (made["name"], made["description"], made["suggested_packs"]) == ("rich", "Says more.", "a,b")
    tear_down(mock, "image of pack.yaml is available", {}, **image)
    assert refusal(mock.send(*create, json={"image_ref": image_ref})) == (400, "validation_error")


@pytest.mark.parametrize("pack_yaml", ["name: rich", "name: [unclosed", "- rich"])
def test_an_image_whose_pack_yaml_is_none_becomes_no_pack(mock: Mock, pack_yaml: str) -> None:
    image = {"image_ref": "registry.example.com/team/unusable:1.0.0", "pack_yaml": pack_yaml}
    assert set_up(mock, "image of pack.yaml is available", **image) == {}
    refused = mock.send("POST", "/v1/packs", "acme-owner", json={"image_ref": image["image_ref"]})
    assert refusal(refused) == (400, "validation_error")
    assert [*refused.json()["error"]["details"]["fields"]] == ["image_ref"]
    assert "pack.yaml" in refused.json()["error"]["details"]["fields"]["image_ref"]


@pytest.mark.parametrize("times", [2, 2.0])
def test_a_purge_fails_as_often_as_it_was_asked_to(mock: Mock, times: float) -> None:
    pack_id = set_up(mock, "pack exists", org_id=ORG, image_origin="upload")["pack_id"]
    delete = ("DELETE", f"/v1/packs/{pack_id}", "acme-owner")
    assert set_up(mock, "registry purge fails", pack_id=pack_id, times=times) == {}
    assert refusal(mock.send(*delete)) == (502, "registry_cleanup_failed")
    assert read(mock, pack_id).status_code == 200
    assert refusal(mock.send(*delete)) == (502, "registry_cleanup_failed")
    assert mock.send(*delete).status_code == 200


def test_a_purge_works_again_after_its_teardown(mock: Mock) -> None:
    pack_id = set_up(mock, "pack exists", org_id=ORG, image_origin="upload")["pack_id"]
    set_up(mock, "registry purge fails", pack_id=pack_id)
    tear_down(mock, "registry purge fails", {}, pack_id=pack_id)
    assert mock.send("DELETE", f"/v1/packs/{pack_id}", "acme-owner").status_code == 200


@pytest.mark.parametrize("state", ["credential is expired", "credential is revoked"])
@pytest.mark.parametrize("whose", [{"role": "owner"}, {"permission_set": "full_access"}])
def test_a_credential_that_is_no_longer_good_is_a_401(mock: Mock, state: str, whose: dict[str, str]) -> None:
    tokens = [set_up(mock, state, org_id=ORG, **whose)["token"] for _ in range(2)]
    assert len({*tokens, *mock.tokens.values()}) == len(mock.tokens) + 2
    assert all(refusal(session(mock, token)) == (401, "unauthenticated") for token in tokens)
    tear_down(mock, state, {"token": tokens[0]}, org_id=ORG, **whose)
    assert mock.send("GET", "/v1/me/session", "acme-owner").status_code == 200


def test_a_credential_has_the_scopes_it_was_asked_for_and_no_others(mock: Mock) -> None:
    params = {"org_id": ORG, "scopes": ["audit:read", "caps:write"]}
    values = set_up(mock, "credential has scopes", **params)
    answer = session(mock, values["token"])
    assert (answer.status_code, answer.json()["permissions"]) == (200, params["scopes"])
    patch = {"headers": {"Authorization": f"Bearer {values['token']}"}, "json": {"visibility": "org"}}
    assert mock.send("PATCH", "/v1/packs/pack_01HZ", **patch).status_code == 200
    tear_down(mock, "credential has scopes", values, **params)
    assert refusal(session(mock, values["token"])) == (401, "unauthenticated")


def test_a_credential_without_scopes_may_read(mock: Mock) -> None:
    token = set_up(mock, "credential has scopes", org_id=ORG, scopes=[])["token"]
    assert session(mock, token).status_code == 200
    patch = {"headers": {"Authorization": f"Bearer {token}"}, "json": {"visibility": "org"}}
    assert refusal(mock.send("PATCH", "/v1/packs/pack_01HZ", **patch)) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("state", "params", "expected"),
    [
        ("the moon is full", {}, (404, "state_unknown")),
        ("org has billing posture", {"org_id": "org_nowhere", "posture": "active"}, (404, "org_not_found")),
        ("org has billing posture", {"org_id": ORG}, (400, "validation_error")),
        ("org has billing posture", {"org_id": ORG, "posture": "rich"}, (400, "validation_error")),
        ("pack exists", {"org_id": "org_nowhere"}, (404, "org_not_found")),
        ("pack exists", {"org_id": 5}, (400, "validation_error")),
        ("pack exists", {"org_id": ORG, "name": "No Slug"}, (400, "validation_error")),
        ("pack exists", {"org_id": ORG, "colour": "red"}, (400, "validation_error")),
        ("pack exists", {"tier": "community"}, (400, "validation_error")),
        ("role references pack", {"org_id": ORG, "pack_id": "pack_none"}, (404, "pack_not_found")),
        ("role references pack", {"org_id": ORG, "pack_id": "pack_01HZ", "archived": 1}, (400, "validation_error")),
        ("image is available", {"image_ref": "?", "name": "a", "version": "1.0.0"}, (400, "validation_error")),
        ("image is available", {"image_ref": "r/a:1", "name": "a", "version": "one"}, (400, "validation_error")),
        ("registry purge fails", {"pack_id": "pack_none"}, (404, "pack_not_found")),
        ("registry purge fails", {"pack_id": "pack_acme_pager", "times": 0}, (400, "validation_error")),
        ("registry purge fails", {"pack_id": "pack_acme_pager", "times": 1.5}, (400, "validation_error")),
        ("credential is expired", {"org_id": ORG}, (400, "validation_error")),
        ("credential is revoked", {"org_id": ORG, "role": "boss"}, (400, "validation_error")),
        ("credential has scopes", {"org_id": ORG, "scopes": "caps:write"}, (400, "validation_error")),
        ("credential has scopes", {"org_id": "org_nowhere", "permission_set": "read_only"}, (404, "org_not_found")),
        ("time has passed", {"seconds": True}, (400, "validation_error")),
        ("time has passed", {"seconds": 1e300}, (409, "out_of_time")),
    ],
)
def test_a_state_that_cannot_be_made_says_why(
    mock: Mock, state: str, params: dict[str, Any], expected: tuple[int, str]
) -> None:
    before = mock.send("GET", "/v1/packs", "acme-owner").json()
    assert refusal(change(mock, "setup", state, params)) == expected
    assert mock.send("GET", "/v1/packs", "acme-owner").json() == before


@pytest.mark.parametrize(
    ("state", "params", "meant"),
    [
        ("pack exist", {}, "pack exists"),
        ("pack exists", {"org_id": "org_acm"}, "org_acme"),
        ("role references pack", {"org_id": ORG, "pack_id": "pack_acme_pagr"}, "pack_acme_pager"),
    ],
)
def test_a_name_that_is_nearly_right_is_told(mock: Mock, state: str, params: dict[str, Any], meant: str) -> None:
    answer = change(mock, "setup", state, params)
    assert answer.status_code == 404
    assert answer.json()["error"]["message"].endswith(f"Did you mean {meant}?")


@pytest.mark.parametrize(
    ("state", "params", "wrong"),
    [
        (
            "request was decided",
            {"org_id": "", "decision": "maybe", "latency_ms": "long", "debits": {"a": True}, "colour": 1},
            {"org_id", "workspace_id", "decision", "latency_ms", "debits.a", "colour"},
        ),
        ("workspace has file", {"org_id": ORG, "workspace_id": "ws", "path": "a", "content": "no"}, {"content"}),
        ("task is", {"org_id": ORG, "workspace_id": "ws", "task_id": "t", "status": "submitted"}, {"status"}),
        ("credential is expired", {"org_id": ORG}, {"permission_set"}),
        ("credential has scopes", {"org_id": ORG}, {"scopes"}),
        ("provider exists", {"org_id": ORG, "name": "", "kind": "other"}, {"name", "kind", "domain"}),
    ],
)
def test_all_parameters_that_are_wrong_are_told(
    mock: Mock, state: str, params: dict[str, Any], wrong: set[str]
) -> None:
    answer = change(mock, "setup", state, params)
    assert answer.status_code == 400, answer.text
    assert wrong_fields(answer).keys() == {f"params.{name}" for name in wrong}


def test_the_states_are_listed_with_what_each_takes(mock: Mock) -> None:
    listed = {each["state"]: each for each in mock.control("GET", "/states").json()["states"]}
    stored = {each["name"]: each for each in listed["stored credential is"]["parameters"]}
    assert listed["stored credential is"]["description"].startswith("Give a stored credential a status")
    assert {name: each["collection"] for name, each in stored.items()} == {
        "org_id": "orgs",
        "credential_id": "stored_credentials",
        "status": None,
    }
    assert all(each["required"] for each in stored.values())
    assert stored["status"]["schema"]["enum"] == ["active", "needs_reauth", "failed", "revoked"]
    decided = {each["name"]: each["schema"] for each in listed["request was decided"]["parameters"]}
    assert decided["latency_ms"] == {"type": "number"}
    assert decided["debits"] == {"type": "object", "additionalProperties": {"type": "number"}}
    assert mock.entries == []


@pytest.mark.parametrize(
    ("state", "required"),
    [
        ("pack exists", set()),
        ("provider exists", {"org_id", "name", "kind", "domain"}),
        ("request was decided", {"org_id", "workspace_id", "decision"}),
        ("credential has scopes", {"org_id"}),  # one of the other two, and neither by itself
    ],
)
def test_what_a_state_requires_is_what_it_is_refused_without(mock: Mock, state: str, required: set[str]) -> None:
    listed = {each["state"]: each["parameters"] for each in mock.control("GET", "/states").json()["states"]}
    assert {each["name"] for each in listed[state] if each["required"]} == required
    for name in required:
        given = {each["name"]: example(each) for each in listed[state] if each["required"] and each["name"] != name}
        assert refusal(change(mock, "setup", state, given)) == (400, "validation_error")
    if required - {"org_id"}:
        set_up(mock, state, **{each["name"]: example(each) for each in listed[state] if each["required"]})


def example(parameter: dict[str, Any]) -> str:
    """A value that a parameter takes."""
    if parameter["name"] == "org_id":
        return ORG
    text: str = parameter["schema"].get("enum", ["example"])[0]
    return text


def test_what_is_listed_is_not_made(mock: Mock) -> None:
    before = mock.control("GET", "/state").json()
    mock.control("GET", "/states")
    after = mock.control("GET", "/state").json()
    assert {**after, "clock": None} == {**before, "clock": None}


@pytest.mark.parametrize("body", [{}, {"action": "setup"}, {"action": "undo", "state": "pack exists"}, []])
def test_what_is_no_change_of_state_is_a_400(mock: Mock, body: Any) -> None:
    assert refusal(mock.control("POST", "/states", json=body)) == (400, "validation_error")


@pytest.mark.parametrize(
    ("state", "params"),
    [
        ("pack exists", {"org_id": ORG}),
        ("role references pack", {"org_id": ORG, "pack_id": "pack_01HZ"}),
        ("registry purge fails", {"pack_id": "pack_none"}),
        ("credential is revoked", {"org_id": ORG, "role": "owner"}),
        ("org has billing posture", {"org_id": "org_nowhere", "posture": "active"}),
    ],
)
@pytest.mark.parametrize("values", [None, {}, {"pack_id": 5, "role_id": [], "token": "sk_mock_nobody"}])
def test_a_teardown_that_matches_nothing_changes_nothing(
    mock: Mock, state: str, params: dict[str, Any], values: Any
) -> None:
    answer = change(mock, "teardown", state, params, values)
    assert (answer.status_code, answer.json()) == (200, {})
