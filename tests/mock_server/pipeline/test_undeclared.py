"""Errors that the contract does not declare, because somebody asked for them; answers that come late, and how late."""

import time
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

MARK = "x-mock-undeclared"
LIST = ("GET", "/v1/packs", "acme-owner")
PATCH = ("PATCH", "/v1/packs/pack_01HZ", "acme-owner")


def preferring(mock: Mock, prefer: str, **options: Any) -> httpx.Response:
    return mock.send(*LIST, headers={"Prefer": prefer}, **options)


def arm(mock: Mock, operation_id: str = "packs.list", **fault: Any) -> dict[str, Any]:
    answer = mock.control("POST", "/faults", json={"operation_id": operation_id, **fault})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def met(mock: Mock) -> int:
    return sum(cell["count"] for cell in mock.control("GET", "/coverage").json()["cells"])


def delays(mock: Mock) -> list[int]:
    return [entry["fault_effect"]["delay_ms"] for entry in mock.entries]


@pytest.mark.parametrize(
    ("status", "code", "wait"),
    [
        (500, "internal_error", None),
        (503, "unavailable", "1"),
        (429, "too_many_requests", "1"),
        (418, "im_a_teapot", None),
        (502, "bad_gateway", None),
        (599, "undeclared_error", None),
        (404, "not_found", None),  # declared elsewhere: it was asked for as one that is not
    ],
)
@pytest.mark.parametrize("way", ["prefer", "fault"])
def test_any_error_comes_in_the_envelope_and_is_marked(
    mock: Mock, status: int, code: str, wait: str | None, way: str
) -> None:
    if way == "fault":
        arm(mock, status=status, undeclared=True)
    answer = mock.send(*LIST) if way == "fault" else preferring(mock, f"code={status}, undeclared")
    assert refusal(answer) == (status, code)
    assert "does not declare" in answer.json()["error"]["message"]
    assert (answer.headers[MARK], answer.headers.get("retry-after")) == ("true", wait)
    assert answer.headers.get("preference-applied") == (f"code={status}, undeclared" if way == "prefer" else None)
    again = mock.send(*LIST)
    assert (again.status_code, MARK in again.headers) == (200, False)


@pytest.mark.parametrize("way", ["prefer", "fault"])
def test_the_page_of_a_gateway_is_html(mock: Mock, way: str) -> None:
    if way == "fault":
        arm(mock, status=504, undeclared=True, html=True)
    answer = mock.send(*LIST) if way == "fault" else preferring(mock, "code=504, undeclared, html")
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html")
    assert (answer.headers[MARK], "<title>504 Gateway Time" in answer.text) == ("true", True)
    [entry] = mock.entries
    assert (entry["undeclared"], entry["status"], entry["code"]) == (True, 504, None)


def test_the_code_may_be_chosen(mock: Mock) -> None:
    assert refusal(preferring(mock, "code=503, error=maintenance, undeclared")) == (503, "maintenance")
    arm(mock, status=503, code="maintenance", undeclared=True)
    assert refusal(mock.send(*LIST)) == (503, "maintenance")


@pytest.mark.parametrize(
    ("prefer", "says"),
    [
        ("undeclared", "code=503, undeclared"),
        ("code=200, undeclared", "400 to 599"),
        ("code=600, undeclared", "400 to 599"),
        ("code=, undeclared", "400 to 599"),
        ("code=503, undeclared, example=none", "leave out example"),
        ("code=503, undeclared, error=No-Code", "lower-case"),
        ("code=503, undeclared, html, error=maintenance", "leave out error"),
        ("code=401, html", "beside undeclared"),
        ("code=503", "Prefer: code=503, undeclared gets it all the same"),
        ("code=503, undeclared=false", "packs.list declares"),
        ("delay=soon", "delay=500"),
        ("delay=-1", "delay=500"),
        ("delay=600001", "600000 at most"),
        ("delay", "delay=500"),
    ],
)
def test_what_cannot_be_had_is_a_400_that_says_what_to_do(mock: Mock, prefer: str, says: str) -> None:
    answer = preferring(mock, prefer)
    assert says in wrong_fields(answer)["Prefer"]
    assert MARK not in answer.headers


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"undeclared": True, "delay_ms": 1}, "status"),
        ({"status": 502, "html": True}, "undeclared"),
        ({"status": 503, "undeclared": True, "code": "No Code"}, "code"),
        ({"status": 503, "undeclared": True, "html": True, "code": "maintenance"}, "body"),
        ({"status": 600, "undeclared": True}, "status"),
        ({"status": 503, "undeclared": True, "times": "often"}, "times"),
        ({"status": 503, "undeclared": True, "jitter_ms": -1}, "jitter_ms"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_by_its_field(mock: Mock, fault: dict[str, Any], field: str) -> None:
    answer = mock.control("POST", "/faults", json={"operation_id": "packs.list", **fault})
    assert wrong_fields(answer).keys() == {field}


def test_a_fault_that_is_not_declared_is_told_how_to_be_had(mock: Mock) -> None:
    answer = mock.control("POST", "/faults", json={"operation_id": "packs.list", "status": 503})
    assert refusal(answer) == (404, "error_undeclared")
    assert '"undeclared": true' in answer.json()["error"]["message"]


def test_the_journal_marks_them_and_no_coverage_counts_them(mock: Mock) -> None:
    arm(mock, "packs.update_visibility", status=409, code="pack_in_use", undeclared=True)
    assert refusal(mock.send(*PATCH, json={"visibility": "community"})) == (409, "pack_in_use")
    preferring(mock, "code=401, error=unauthenticated, undeclared")
    assert met(mock) == 0
    by_fault, preferred = mock.entries
    assert [entry["undeclared"] for entry in (by_fault, preferred)] == [True, True]
    effect = {"status": 409, "code": "pack_in_use", "undeclared": True}
    assert (by_fault["gate"], by_fault["fault_effect"], by_fault["changes"]) == ("fault", effect, [])
    assert (preferred["gate"], preferred["fault_effect"]) == ("preference", None)
    preferring(mock, "code=401")
    assert (met(mock), mock.entries[-1]["undeclared"]) == (1, False)


def test_an_undeclared_502_needs_no_upstream(mock: Mock) -> None:
    arm(mock, status=502, undeclared=True)
    assert refusal(mock.send(*LIST)) == (502, "bad_gateway")


def test_what_happens_always_is_never_used_up(mock: Mock) -> None:
    fault = arm(mock, status=500, undeclared=True, times="always")
    assert (fault["times"], fault["left"]) == ("always", "always")
    assert [mock.send(*LIST).status_code for _ in range(3)] == [500] * 3
    assert mock.control("GET", "/faults").json()["faults"] == [fault]
    assert mock.control("DELETE", f"/faults/{fault['id']}").status_code == 200
    assert mock.send(*LIST).status_code == 200


def test_an_upstream_may_fail_always(mock: Mock) -> None:
    arm(mock, "packs.delete", status=502, times="always")
    asked = [mock.send("DELETE", "/v1/packs/pack_globex_ledger", "globex-owner") for _ in range(3)]
    assert [refusal(answer) for answer in asked] == [(502, "registry_cleanup_failed")] * 3


def test_a_real_answer_comes_late(mock: Mock) -> None:
    began = time.monotonic()
    answer = mock.send(*PATCH, headers={"Prefer": "delay=120"}, json={"visibility": "community"})
    assert time.monotonic() - began >= 0.12
    assert (answer.status_code, answer.json()["visibility"]) == (200, "community")
    assert answer.headers["preference-applied"] == "delay=120"
    refused = mock.send("GET", "/v1/packs", headers={"Prefer": "delay=1"})
    assert (refused.status_code, refused.headers["preference-applied"]) == (401, "delay=1")


def test_a_delay_goes_with_a_chosen_answer_and_with_a_fault(mock: Mock) -> None:
    began = time.monotonic()
    assert preferring(mock, "code=503, undeclared, delay=60").headers["preference-applied"].endswith("delay=60")
    arm(mock, status=401, delay_ms=60)
    assert preferring(mock, "delay=60").status_code == 401
    assert time.monotonic() - began >= 0.18
    assert mock.entries[-1]["fault_effect"] == {"delay_ms": 60, "status": 401, "code": "unauthenticated"}


def test_the_same_calls_are_late_by_the_same(mock: Mock) -> None:
    for _ in range(2):
        arm(mock, delay_ms=5, jitter_ms=20, times=4)
        for _ in range(4):
            assert mock.send(*LIST).status_code == 200
    drawn = delays(mock)
    assert drawn[:4] == drawn[4:]
    assert len(set(drawn)) > 1
    assert all(5 <= delay <= 25 for delay in drawn)


def test_another_seed_is_late_by_other_times(mock: Mock, tokens: dict[str, str]) -> None:
    with served(create_app(Settings(seed=1))) as url:
        other = Mock(url, mock.world, tokens)
        for each in (mock, other):
            arm(each, jitter_ms=30, times=4)
            for _ in range(4):
                each.send("GET", "/v1/packs")
        assert delays_of_any(mock) != delays_of_any(other)


def delays_of_any(mock: Mock) -> list[int]:
    """The delay of each call; one that was not late at all says nothing of it."""
    return [entry["fault_effect"].get("delay_ms", 0) for entry in mock.entries]
