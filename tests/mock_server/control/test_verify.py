"""Verification: something has happened, so many times; or the nearest misses, and what is different about them."""

import re
from typing import Any

import httpx
import pytest

from tests.mock_server.serving import Mock, refusal, wrong_fields

PACK = "pack_acme_pager"


def verify(mock: Mock, **body: Any) -> httpx.Response:
    return mock.control("POST", "/journal/verify", json=body)


def failed(answer: httpx.Response) -> dict[str, Any]:
    assert refusal(answer) == (409, "not_verified")
    details: dict[str, Any] = answer.json()["error"]["details"]
    return details


@pytest.fixture
def busy(mock: Mock) -> Mock:
    """A world in which some things have happened."""
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
    mock.send("GET", f"/v1/packs/{PACK}", "acme-member")
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-member", json={"visibility": "community"})
    return mock


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({}, [1, 2, 3, 4]),
        ({"operation_id": "packs.get"}, [2, 3]),
        ({"operation_id": "packs.get", "caller": "acme-owner", "status": 200}, [2]),
        ({"code": "permission_denied"}, [4]),
        ({"operation_id": "packs.get", "times": {"min": 2, "max": 2}}, [2, 3]),
        ({"operation_id": "packs.get", "times": {"max": 2}}, [2, 3]),
        ({"operation_id": "packs.get", "times": {"min": 1}}, [2, 3]),
        ({"operation_id": "packs.delete", "times": {"max": 0}}, []),
        ({"operation_id": "packs.get", "since": 2}, [3]),
        ({"operation_id": "packs.get", "since": "2"}, [3]),
        ({"operation_id": "packs.get", "times": {}}, [2, 3]),
    ],
)
def test_what_has_happened_so_often_is_a_200_with_its_entries(busy: Mock, body: dict[str, Any], ids: list[int]) -> None:
    answer = verify(busy, **body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(ids)
    assert [entry["id"] for entry in answer.json()["entries"]] == ids


def test_what_has_not_happened_is_a_409_with_the_nearest_misses_and_why(busy: Mock) -> None:
    answer = verify(busy, operation_id="packs.get", status=404, caller="acme-owner")
    details = failed(answer)
    assert answer.json()["error"]["message"] == "It happened 0 times; expected: at least once."
    assert (details["count"], details["times"]) == (0, {"min": 1, "max": None})
    nearest = [(miss["entry"]["id"], miss["differs"]) for miss in details["nearest"]]
    assert nearest == [
        (2, {"status": "It is 200, not 404."}),
        (3, {"status": "It is 200, not 404.", "caller": "It is acme-member, not acme-owner."}),
        (1, {"operation_id": "It is packs.list, not packs.get.", "status": "It is 200, not 404."}),
        (
            4,
            {
                "operation_id": "It is packs.update_visibility, not packs.get.",
                "status": "It is 403, not 404.",
                "caller": "It is acme-member, not acme-owner.",
            },
        ),
    ]


def test_too_seldom_shows_misses_and_not_what_matched(busy: Mock) -> None:
    details = failed(verify(busy, operation_id="packs.get", times={"min": 3}))
    assert details["count"] == 2
    assert {miss["entry"]["id"] for miss in details["nearest"]} == {1, 4}


def test_too_often_shows_what_matched(busy: Mock) -> None:
    answer = verify(busy, operation_id="packs.get", times={"max": 1})
    assert answer.json()["error"]["message"] == "It happened 2 times; expected: at most once."
    assert [entry["id"] for entry in failed(answer)["entries"]] == [2, 3]


def test_no_more_than_five_misses_are_shown_the_latest_first(mock: Mock) -> None:
    for _ in range(7):
        mock.send("GET", "/v1/packs", "acme-owner")
    details = failed(verify(mock, operation_id="packs.get"))
    assert [miss["entry"]["id"] for miss in details["nearest"]] == [7, 6, 5, 4, 3]


def test_a_request_that_was_let_in_nowhere_has_no_caller(mock: Mock) -> None:
    mock.send("GET", "/v1/packs")
    [miss] = failed(verify(mock, caller="acme-owner"))["nearest"]
    assert miss["differs"] == {"caller": "It is none, not acme-owner."}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "200"}, "status"),
        ({"times": {"min": -1}}, "times.min"),
        ({"times": 2}, "times"),
        ({"since": "soon"}, "since"),
        ({"since": 1.5}, "since"),
        ({"path": "/v1/packs"}, "path"),
    ],
)
def test_what_cannot_be_verified_is_a_400(mock: Mock, body: dict[str, Any], field: str) -> None:
    assert wrong_fields(verify(mock, **body)).keys() == {field}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"operation_id": "pack.get"}, (404, "operation_unknown")),
        ({"caller": "acme-ownre"}, (404, "persona_unknown")),
        ({"times": {"min": 2, "max": 1}}, (409, "not_verified")),
    ],
)
def test_what_can_never_have_happened_says_why(busy: Mock, body: dict[str, Any], expected: tuple[int, str]) -> None:
    answer = verify(busy, **body)
    assert refusal(answer) == expected
    assert re.search(r"Did you mean|max is less than min", answer.json()["error"]["message"])
