"""Snapshots: kept under a name, compared with the present, and taken back."""

from typing import Any

import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields

PACK = "pack_acme_pager"


def save(mock: Mock, name: str = "before") -> dict[str, Any]:
    answer = mock.control("POST", "/snapshots", json={"name": name})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def state(mock: Mock) -> bytes:
    return mock.control("GET", "/state").content


def diff(mock: Mock, name: str = "before") -> list[dict[str, Any]]:
    answer = mock.control("GET", f"/snapshots/{name}/diff")
    assert answer.status_code == 200
    changes: list[dict[str, Any]] = answer.json()["changes"]
    return changes


def create(mock: Mock) -> str:
    answer = mock.send("POST", "/v1/packs", "acme-owner", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_restoring_takes_data_billing_images_clock_and_counters_back(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    before, shown = state(mock), save(mock)
    assert shown == {"name": "before", "taken_at": "2026-06-01T00:00:00Z"}
    create(mock)
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "community"})
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    mock.control("PUT", "/clock", json={"advance_seconds": 3600})
    params = {"image_ref": "registry.example.com/team/new:1.0.0", "name": "new", "version": "1.0.0"}
    mock.control("POST", "/states", json={"action": "setup", "state": "image is available", "params": params})
    assert state(mock) != before
    answer = mock.control("POST", "/snapshots/before/restore")
    assert (answer.status_code, answer.json()) == (200, shown)
    assert state(mock) == before


def test_no_id_comes_twice_although_the_counters_went_back(mock: Mock) -> None:
    save(mock)
    first = create(mock)
    mock.control("POST", "/snapshots/before/restore")
    second = create(mock)
    mock.control("POST", "/snapshots/before/restore")
    assert len({first, second, create(mock)}) == 3


def test_request_ids_do_not_go_back(mock: Mock) -> None:
    save(mock)
    seen = []
    for _ in range(3):
        seen.append(mock.send("GET", "/v1/packs", "acme-owner").headers["x-request-id"])
        mock.control("POST", "/snapshots/before/restore")
    assert len(set(seen)) == 3


def test_the_journal_and_what_was_met_stay(mock: Mock) -> None:
    save(mock)
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.control("POST", "/snapshots/before/restore")
    assert len(mock.entries) == 1
    assert sum(cell["count"] for cell in mock.control("GET", "/coverage").json()["cells"]) == 1


def test_a_diff_lists_object_field_before_and_after(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    save(mock)
    assert diff(mock) == []
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "community"})
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    mock.control("PUT", "/clock", json={"advance_seconds": 1})
    pack = f"packs/{PACK}"
    expected = {
        ("clock", "now"): ("2026-06-01T00:00:00Z", "2026-06-01T00:00:01Z"),
        ("orgs/org_acme", "billing_status"): ("active", "past_due"),
        (pack, "updated_at"): ("2026-04-17T08:00:00Z", "2026-06-01T00:00:00Z"),
        (pack, "visibility"): ("org", "community"),
    }
    found = {(each["object"], each["field"]): (each["before"], each["after"]) for each in diff(mock)}
    assert found == expected


def test_an_object_that_is_new_or_gone_is_one_change(mock: Mock) -> None:
    save(mock)
    made = create(mock)
    mock.send("DELETE", "/v1/packs/pack_acme_git_basics", "acme-owner")
    found = {each["object"]: each for each in diff(mock) if each["field"] is None}
    assert found[f"packs/{made}"]["before"] is None
    assert found[f"packs/{made}"]["after"]["image_ref"] == "registry.example.com/team/pack:1.2.0"
    assert found["packs/pack_acme_git_basics"]["after"] is None
    assert {"object": "counters", "field": "pack", "before": None, "after": 1} in diff(mock)


def test_a_replaced_file_is_told_by_its_digest(mock: Mock) -> None:
    save(mock)
    answer = mock.send(
        "PUT",
        "/v1/packs/pack_acme_release_notes/files/behavior.md",
        "acme-owner",
        content=b"New words.\n",
        headers={"Content-Type": "application/octet-stream"},
    )
    assert answer.status_code == 200, answer.text
    fields = {each["field"] for each in diff(mock) if each["object"] == "packs/pack_acme_release_notes"}
    assert fields >= {"files/behavior.md", "image_digest", "updated_at"}


def test_what_was_changed_and_changed_back_is_no_difference(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-04-17T08:00:00Z"})
    save(mock)
    for visibility in ("community", "org"):
        mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": visibility})
    assert diff(mock) == []


def test_snapshots_are_listed_and_forgotten(mock: Mock) -> None:
    save(mock, "one")
    save(mock, "two")
    assert [each["name"] for each in mock.control("GET", "/snapshots").json()["snapshots"]] == ["one", "two"]
    answer = mock.control("DELETE", "/snapshots/one")
    assert (answer.status_code, answer.json()) == (200, {"status": "deleted"})
    assert [each["name"] for each in mock.control("GET", "/snapshots").json()["snapshots"]] == ["two"]


def test_a_name_that_is_taken_is_a_409_and_keeps_the_snapshot(mock: Mock) -> None:
    save(mock)
    create(mock)
    assert refusal(mock.control("POST", "/snapshots", json={"name": "before"})) == (409, "snapshot_name_taken")
    assert diff(mock) != []


@pytest.mark.parametrize(
    ("method", "below"), [("POST", "/restore"), ("DELETE", ""), ("GET", "/diff")], ids=["restore", "delete", "diff"]
)
def test_an_unknown_snapshot_is_a_404_that_names_the_near_one(mock: Mock, method: str, below: str) -> None:
    save(mock)
    answer = mock.control(method, f"/snapshots/befor{below}")
    assert refusal(answer) == (404, "snapshot_unknown")
    assert answer.json()["error"]["message"] == 'There is no snapshot "befor". Did you mean before?'


def test_a_snapshot_is_of_one_world(mock: Mock) -> None:
    save(mock)
    assert refusal(mock.send("POST", f"/_mock/worlds/{mock.world}-x/snapshots/before/restore"))[0] == 404


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "a b"}, {"name": "a", "more": 1}, {"name": 3}])
def test_a_body_that_names_no_snapshot_is_a_400(mock: Mock, body: dict[str, object]) -> None:
    assert wrong_fields(mock.control("POST", "/snapshots", json=body))
