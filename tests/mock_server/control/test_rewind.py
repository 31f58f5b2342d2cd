"""Rewind: the state right after any request that the journal still has, and marks at what is undone by it."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mock_server.serving import Mock, refusal, wrong_fields

PACK = "pack_acme_pager"


def patch(mock: Mock, visibility: str) -> httpx.Response:
    return mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": visibility})


def create(mock: Mock) -> httpx.Response:
    return mock.send("POST", "/v1/packs", "acme-owner", json={"image_ref": "registry.example.com/team/pack:1.2.0"})


def rewind(mock: Mock, to: object) -> httpx.Response:
    return mock.control("POST", "/rewind", json={"to": to})


def state(mock: Mock) -> bytes:
    return mock.control("GET", "/state").content


def undone(mock: Mock) -> list[int]:
    entries: list[dict[str, Any]] = mock.entries
    return [entry["id"] for entry in entries if entry["undone"]]


def test_the_state_is_as_it_was_right_after_the_entry(mock: Mock) -> None:
    patch(mock, "community")
    after_first = state(mock)
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    mock.control("PUT", "/clock", json={"mode": "frozen"})
    patch(mock, "org")
    create(mock)
    answer = rewind(mock, 1)
    assert (answer.status_code, answer.json()) == (200, {"to": 1})
    assert state(mock) == after_first
    assert undone(mock) == [2, 3]


def test_a_refused_request_is_a_place_to_go_back_to_as_well(mock: Mock) -> None:
    patch(mock, "community")
    patch(mock, "private")
    before = state(mock)
    create(mock)
    rewind(mock, 2)
    assert state(mock) == before


def test_what_is_undone_can_be_gone_back_to_and_is_so_no_more(mock: Mock) -> None:
    for _ in range(3):
        mock.send("GET", "/v1/packs", "acme-owner")
    rewind(mock, 1)
    assert undone(mock) == [2, 3]
    mock.send("GET", "/v1/packs", "acme-owner")
    assert undone(mock) == [2, 3]
    rewind(mock, 3)
    assert undone(mock) == [4]


def test_no_id_comes_twice(mock: Mock) -> None:
    mock.send("GET", "/v1/packs", "acme-owner")
    made, requests = set(), set()
    for _ in range(3):
        answer = create(mock)
        made.add(answer.json()["id"])
        requests.add(answer.headers["x-request-id"])
        rewind(mock, 1)
    assert (len(made), len(requests)) == (3, 3)


def test_a_reset_can_be_undone(mock: Mock) -> None:
    patch(mock, "community")
    before = state(mock)
    mock.control("POST", "/reset")
    assert state(mock) != before
    rewind(mock, 1)
    assert state(mock) == before


STEPS = st.lists(
    st.one_of(st.sampled_from(["community", "org", "create", "refused", "clock", "billing"]), st.integers(1, 8)),
    max_size=10,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_entry_leads_back_to_its_state_in_whatever_order(mock: Mock, steps: list[str | int]) -> None:
    mock.control("DELETE", "")
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    seen: dict[int, bytes] = {}
    for step in steps:
        if isinstance(step, int):
            answer = rewind(mock, step)
            assert answer.status_code == (200 if step in seen else 404)
            assert step not in seen or state(mock) == seen[step]
        elif step in {"clock", "billing"}:
            body = {"advance_seconds": 1} if step == "clock" else {"posture": "trial"}
            mock.control("PUT", "/clock" if step == "clock" else "/orgs/org_globex/billing", json=body)
        else:
            _ = create(mock) if step == "create" else patch(mock, "private" if step == "refused" else step)
            seen[len(seen) + 1] = state(mock)
    for entry_id, document in seen.items():
        rewind(mock, entry_id)
        assert state(mock) == document


@pytest.mark.parametrize("to", [0, -1, 2, 10**30])
def test_an_entry_that_there_is_not_is_a_404(mock: Mock, to: int) -> None:
    patch(mock, "community")
    assert refusal(rewind(mock, to)) == (404, "entry_unknown")


def test_an_empty_journal_has_nowhere_to_go_back_to(mock: Mock) -> None:
    answer = rewind(mock, 1)
    assert refusal(answer) == (404, "entry_unknown")
    assert answer.json()["error"]["message"].endswith("It has none.")


@pytest.mark.parametrize("to", [1.5, "1", None, True])
def test_what_is_no_id_is_a_400(mock: Mock, to: object) -> None:
    assert wrong_fields(rewind(mock, to)).keys() == {"to"}


def test_the_state_is_as_the_entry_found_it(mock: Mock) -> None:
    """What was done from outside between two requests stays: the entry found it."""
    patch(mock, "community")
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "active"})
    mock.control("PUT", "/clock", json={"mode": "frozen"})
    found = state(mock)
    patch(mock, "org")
    create(mock)
    answer = mock.control("POST", "/rewind", json={"before": 2})
    assert (answer.status_code, answer.json()) == (200, {"before": 2})
    assert state(mock) == found
    assert undone(mock) == [2, 3]


def test_before_the_first_entry_and_before_one_that_changed_nothing(mock: Mock) -> None:
    begun = state(mock)
    mock.send("GET", "/v1/packs", "acme-owner")
    patch(mock, "community")
    changed = state(mock)
    patch(mock, "private")
    assert mock.control("POST", "/rewind", json={"before": 3}).status_code == 200
    assert state(mock) == changed
    mock.control("POST", "/rewind", json={"before": 1})
    assert (state(mock), undone(mock)) == (begun, [1, 2, 3])
    mock.send("GET", "/v1/packs", "acme-owner")
    assert undone(mock) == [1, 2, 3]


@pytest.mark.parametrize("body", [{}, {"to": 1, "before": 1}, {"before": "x"}])
def test_it_is_told_one_entry(mock: Mock, body: dict[str, Any]) -> None:
    mock.send("GET", "/v1/packs", "acme-owner")
    assert refusal(mock.control("POST", "/rewind", json=body)) == (400, "validation_error")
