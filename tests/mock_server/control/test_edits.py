"""One object of a world, edited from outside: what is checked, what tells of it, and what is refused."""

from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app, in_process
from tests import plain
from tests.mock_server.foreign.mocks import CONTRACTS
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

ROLE = "role_acme_oncall"


def edit(mock: Mock, place: str, **patch: Any) -> httpx.Response:
    return mock.control("PATCH", f"/collections/{place}", json=patch)


def test_an_edit_is_seen_by_the_api_and_leaves_the_rest(mock: Mock) -> None:
    before = mock.control("GET", f"/collections/roles/{ROLE}").json()
    answer = edit(mock, f"roles/{ROLE}", description="Answers pages.", model=None)
    assert answer.status_code == 200, answer.text
    record = answer.json()["record"]
    assert record["description"] == "Answers pages."
    assert "model" not in record
    alike = before["record"].keys() - {"description", "model", "updated_at"}
    assert {name: record[name] for name in alike} == {name: before["record"][name] for name in alike}
    assert mock.control("GET", f"/collections/roles/{ROLE}").json() == answer.json()
    shown = mock.send("GET", f"/v1/agent-roles/{ROLE}", "acme-owner").json()
    assert (shown["description"], shown["updated_at"]) == ("Answers pages.", record["updated_at"])


def test_an_edit_is_an_entry_of_the_journal_that_can_be_undone(mock: Mock) -> None:
    before = mock.control("GET", f"/collections/roles/{ROLE}").json()
    edit(mock, f"roles/{ROLE}", description="Answers pages.")
    [entry] = mock.control("GET", "/journal").json()["entries"]
    assert (entry["operation_id"], entry["method"], entry["status"]) == ("world_objects.update", "PATCH", 200)
    assert entry["path"] == f"/_mock/worlds/{mock.world}/collections/roles/{ROLE}"
    assert [each["after"] for each in entry["changes"] if each["field"] == "description"] == ["Answers pages."]
    assert all(cell["operation_id"] != "world_objects.update" for cell in coverage(mock))
    assert mock.control("POST", "/rewind", json={"before": entry["id"]}).status_code == 200
    assert mock.control("GET", f"/collections/roles/{ROLE}").json() == before


def coverage(mock: Mock) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = mock.control("GET", "/coverage").json()["cells"]
    return cells


def test_an_edit_that_changes_nothing_or_is_refused_is_no_entry(mock: Mock) -> None:
    same = mock.control("GET", f"/collections/roles/{ROLE}").json()["record"]["name"]
    assert edit(mock, f"roles/{ROLE}", name=same).status_code == 200
    assert edit(mock, f"roles/{ROLE}", name=7).status_code == 400
    assert mock.control("GET", "/journal").json()["entries"] == []


@pytest.mark.parametrize(
    ("place", "patch", "event_type"),
    [
        (f"roles/{ROLE}", {"description": "Answers pages."}, "role.updated"),
        ("packs/pack_acme_pager", {"visibility": "community"}, "pack.visibility_changed"),
        ("packs/pack_acme_pager", {"created_at": "2026-01-01T00:00:00Z"}, None),  # no operation changes it
    ],
)
def test_the_event_of_an_operation_that_changes_the_same_is_written(
    mock: Mock, place: str, patch: dict[str, Any], event_type: str | None
) -> None:
    def latest() -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = mock.send("GET", "/v1/audit", "acme-owner").json()["events"]
        return events

    before = {each["id"] for each in latest()}
    answer = edit(mock, place, **patch)
    assert answer.status_code == 200, answer.text
    written = [(each["event_type"], each["user_id"]) for each in latest() if each["id"] not in before]
    assert written == ([] if event_type is None else [(event_type, "system")])


@pytest.mark.parametrize(
    ("place", "patch", "wrong"),
    [
        (f"roles/{ROLE}", {"environment": "moon"}, {"environment"}),
        (f"roles/{ROLE}", {"name": None, "pool_size": "two"}, {"name", "pool_size"}),
        (f"roles/{ROLE}", {"colour": "red"}, {"colour"}),
        (f"roles/{ROLE}", {"id": "role_other"}, {"id"}),
        (f"roles/{ROLE}", {"created_at": "2026-13-01T00:00:00Z"}, {"created_at"}),
        (f"roles/{ROLE}", {"provider_id": "provider_nowhere"}, {"provider_id"}),
        (f"roles/{ROLE}", {"pack_ids": ["pack_initech_reports"]}, {"pack_ids"}),  # another org's, which it does not see
        (f"roles/{ROLE}", {"name": "dev"}, {"name"}),  # another role of the org has it
        ("members/org_acme/mem_acme_auditor", {"email": "nobody"}, {"email"}),  # no address
    ],
)
def test_what_the_seed_data_could_not_have_is_refused_field_by_field(
    mock: Mock, place: str, patch: dict[str, Any], wrong: set[str]
) -> None:
    before = mock.control("GET", "/state").content
    answer = edit(mock, place, **patch)
    assert wrong_fields(answer).keys() == wrong
    assert place in answer.json()["error"]["message"]
    assert mock.control("GET", "/state").content == before


@pytest.mark.parametrize(
    ("place", "patch", "code", "said"),
    [
        ("role/x", {"a": 1}, "collection_unknown", "Did you mean roles?"),
        ("roles/role_acme_oncal", {"name": "x"}, "object_unknown", f"Did you mean {ROLE}?"),
        ("workspaces/ws_01HZ", {"status": "stopped"}, "edit_impossible", '"workspace is"'),
        ("events/EVENT", {"status": "x"}, "edit_impossible", "The events are a log"),
    ],
)
def test_what_cannot_be_edited_is_said_with_what_to_do(
    mock: Mock, place: str, patch: dict[str, Any], code: str, said: str
) -> None:
    [event] = mock.control("GET", "/collections?name=events&limit=1").json()["objects"]
    answer = edit(mock, place.replace("EVENT", event["key"][0]), **patch)
    assert refusal(answer) == (409 if code == "edit_impossible" else 404, code)
    assert said in answer.json()["error"]["message"]


def test_an_object_of_several_keys_and_a_merge_patch_by_its_own_type(mock: Mock) -> None:
    [member] = [
        each
        for each in mock.control("GET", "/collections?name=members").json()["objects"]
        if each["record"]["email"] == "member@acme.example"
    ]
    path = f"/collections/members/{'/'.join(member['key'])}"
    own = {"Content-Type": "application/merge-patch+json"}
    answer = mock.control("PATCH", path, content=b'{"role": "operator"}', headers=own)
    assert answer.status_code == 200, answer.text
    shown = mock.send("GET", "/v1/orgs/org_acme/memberships", "acme-owner").json()["memberships"]
    assert [each["role"] for each in shown if each["email"] == "member@acme.example"] == ["operator"]


def test_the_python_client_edits_too() -> None:
    with in_process() as mock, mock.world() as world:
        world.edit("roles", ROLE, description="Answers pages.")
        assert world.read_object("roles", ROLE)["record"]["description"] == "Answers pages."
        assert [each["operation_id"] for each in world.journal()] == ["world_objects.update"]


def test_an_object_of_another_api_is_held_to_its_contract() -> None:
    with served(create_app(Settings(contract=CONTRACTS / "petstore.yaml"))) as url:
        key = {"Authorization": "Bearer fake-token-of-alice"}
        pet = plain.post(f"{url}/api/v3/pet", json={"name": "Rex", "photoUrls": []}, headers=key).json()
        place = f"{url}/_mock/worlds/default/collections/pets/{pet['id']}"
        assert wrong_fields(plain.patch(place, json={"content": {"status": "lost"}})).keys() == {"status"}
        assert plain.patch(place, json={"content": {"status": "sold"}}).status_code == 200
        shown = plain.get(f"{url}/api/v3/pet/{pet['id']}", headers=key).json()
    assert shown == {**pet, "status": "sold"}
