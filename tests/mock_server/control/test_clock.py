"""A clock a world: real, frozen, moved by hand; everything that has to do with time follows it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields

NOW = "2026-06-01T00:00:00Z"
CREATE = {"image_ref": "registry.example.com/team/pack:1.2.0"}


def set_clock(mock: Mock, **body: Any) -> dict[str, Any]:
    answer = mock.control("PUT", "/clock", json=body)
    assert answer.status_code == 200, answer.text
    assert mock.control("GET", "/clock").json()["mode"] == answer.json()["mode"]
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_new_world_follows_the_real_time(mock: Mock) -> None:
    before = datetime.now(UTC)
    shown = mock.control("GET", "/clock").json()
    assert (shown["mode"], shown["offset_seconds"]) == ("real", 0)
    assert before <= datetime.fromisoformat(shown["now"]) <= datetime.now(UTC)


def test_a_frozen_clock_dates_what_is_made_and_every_answer(mock: Mock) -> None:
    assert set_clock(mock, mode="frozen", now="2026-06-01T02:00:00+02:00") == {"mode": "frozen", "now": NOW}
    made = mock.send("POST", "/v1/packs", "acme-owner", json=CREATE)
    assert (made.json()["created_at"], made.headers["date"]) == (NOW, "Mon, 01 Jun 2026 00:00:00 GMT")
    refused = mock.send("GET", "/v1/packs/none", "acme-owner")
    assert refused.headers["date"] == "Mon, 01 Jun 2026 00:00:00 GMT"
    assert mock.send("GET", "/nowhere").headers["date"] == "Mon, 01 Jun 2026 00:00:00 GMT"
    assert mock.entries[0]["time"] == NOW


def test_a_frozen_clock_is_moved_and_stays_frozen(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    assert set_clock(mock, advance_seconds=86400) == {"mode": "frozen", "now": "2026-06-02T00:00:00Z"}
    assert set_clock(mock, advance_seconds=-0.5) == {"mode": "frozen", "now": "2026-06-01T23:59:59.500000Z"}


def test_a_real_clock_that_is_moved_keeps_the_offset(mock: Mock) -> None:
    set_clock(mock, advance_seconds=3600)
    shown = set_clock(mock, advance_seconds=1800)
    assert shown["offset_seconds"] == 5400
    ahead = datetime.fromisoformat(shown["now"]) - datetime.now(UTC)
    assert timedelta(minutes=89) < ahead <= timedelta(minutes=90)
    date = parsedate_to_datetime(mock.send("GET", "/v1/packs", "acme-owner").headers["date"])
    assert date > datetime.now(UTC) + timedelta(minutes=89)
    assert set_clock(mock, mode="real")["offset_seconds"] == 0


def test_a_clock_that_is_frozen_without_a_time_stands_where_it_was(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    assert set_clock(mock, mode="frozen")["now"] == NOW


def test_a_clock_is_its_world_s_own(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    other = mock.send("GET", f"/_mock/worlds/{mock.world}-other/clock").json()
    assert other["mode"] == "real"


def test_a_trial_ends_when_the_clock_passes_its_end(mock: Mock) -> None:
    ends = mock.control("GET", "/state").json()["orgs"]["org_hooli"]["trial_ends_at"]
    create = {"image_ref": "registry.example.com/team/pack:1.2.0"}
    set_clock(mock, mode="frozen", now=ends)
    assert refusal(mock.send("POST", "/v1/packs", "hooli-owner", json=create)) == (423, "billing_inactive")
    assert mock.send("GET", "/v1/packs", "hooli-owner").status_code == 200
    set_clock(mock, advance_seconds=-1)
    assert mock.send("POST", "/v1/packs", "hooli-owner", json=create).status_code != 423


def test_a_session_expires_when_the_clock_passes_its_end(mock: Mock) -> None:
    assert mock.send("GET", "/v1/me/session", "acme-owner").status_code == 200
    set_clock(mock, mode="frozen", now="2100-01-01T00:00:00Z")
    assert refusal(mock.send("GET", "/v1/me/session", "acme-owner")) == (401, "unauthenticated")
    set_clock(mock, advance_seconds=-1)
    assert mock.send("GET", "/v1/me/session", "acme-owner").status_code == 200


def test_a_credential_that_a_state_makes_expires_by_the_clock(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    body = {
        "action": "setup",
        "state": "credential is expired",
        "params": {"org_id": "org_acme", "role": "owner"},
    }
    token = mock.control("POST", "/states", json=body).json()["token"]
    session = {"Authorization": f"Bearer {token}"}
    assert mock.send("GET", "/v1/me/session", headers=session).status_code == 401
    set_clock(mock, advance_seconds=-1)
    assert mock.send("GET", "/v1/me/session", headers=session).status_code == 200


def test_a_reset_takes_the_clock_back_too(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    mock.control("POST", "/reset")
    assert mock.control("GET", "/clock").json()["mode"] == "real"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"mode": "real", "advance_seconds": 1}, "advance_seconds"),
        ({"mode": "stopped"}, "mode"),
        ({"mode": "real", "now": NOW}, "now"),
        ({"advance_seconds": 1, "now": NOW}, "now"),
        ({"mode": "frozen", "now": "noon"}, "now"),
        ({"mode": "frozen", "now": "2016-12-31T23:59:60Z"}, "now"),
        ({"mode": "frozen", "now": "1969-12-31T23:59:59Z"}, "now"),
        ({"mode": "frozen", "now": "9999-12-31T23:59:59-23:00"}, "now"),
        ({"mode": "frozen", "now": None}, "now"),
        ({"advance_seconds": 1e300}, "advance_seconds"),
        ({"advance_seconds": -1e12}, "advance_seconds"),
        ({"advance_seconds": "1"}, "advance_seconds"),
        ({"mode": "real", "advance": 1}, "advance"),
        ({"advance_to": "soon"}, "advance_to"),
        ({"advance_to": "2026-02-30T00:00:00Z"}, "advance_to"),
        ({"advance_steps": 0}, "advance_steps"),
        ({"advance_steps": 1.5}, "advance_steps"),
        ({"advance_steps": 1001}, "advance_steps"),
        ({"advance_steps": 1, "advance_seconds": 1}, "advance_steps"),
    ],
)
def test_what_sets_no_clock_is_a_400_that_names_the_field(mock: Mock, body: dict[str, object], field: str) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    assert wrong_fields(mock.control("PUT", "/clock", json=body)).keys() == {field}
    assert mock.control("GET", "/clock").json() == {"mode": "frozen", "now": NOW}


def test_what_is_due_is_listed_and_a_clock_of_either_kind_is_moved_to_it(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    for key in ("ws_acme_stopping", "ws_acme_busy"):
        params = {"org_id": "org_acme", "workspace_id": key}
        mock.control("POST", "/states", json={"action": "teardown", "state": "workspace is", "params": params})
    shown = mock.control("GET", "/clock?due=5").json()
    first, later = shown["due"][0], shown["due"][-1]
    assert first == shown["next"]
    stopping = [each for each in shown["due"] if each["object"] == "workspaces/ws_acme_stopping"]
    assert [(each["from"], each["to"]) for each in stopping] == [("stopping", "stopped")]
    assert [each["at"] for each in shown["due"]] == sorted(each["at"] for each in shown["due"])
    assert mock.control("GET", "/clock?due=1").json()["due"] == [first]
    assert set_clock(mock, advance_to=later["at"])["now"] == later["at"]
    assert first not in mock.control("GET", "/clock?due=5").json().get("due", [])
    set_clock(mock, mode="real")
    assert set_clock(mock, advance_to="2031-01-01T00:00:00Z")["now"] >= "2031-01-01"


def test_a_clock_does_not_leave_the_times_that_it_can_show(mock: Mock) -> None:
    set_clock(mock, mode="frozen", now=NOW)
    for body in ({"advance_seconds": -1e11}, {"mode": "frozen", "now": "1970-01-01T00:00:00+01:00"}):
        answer = mock.control("PUT", "/clock", json=body)
        assert refusal(answer) == (409, "out_of_time")
        assert "from 1970 to before 9000" in answer.json()["error"]["message"]
    assert mock.control("GET", "/clock").json() == {"mode": "frozen", "now": NOW}
