"""The provider-states protocol, against a server that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from conformance.http.client import MOST_UNANSWERED, Client
from conformance.http.health import TargetGone
from conformance.oracle.judging import NotProvoked
from conformance.session.provider_states import ProviderStates, SetupError
from tests.circumstances.connections import unheard
from tests.listening import listening
from tests.proxy.proxy import proxying

STATE, PARAMS = "pack exists", {"org_id": "org_acme", "name": "slack"}


@dataclass
class Side:
    """The target's own side: what it was asked, and what it answers next."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)


@pytest.fixture
def side() -> Iterator[Side]:
    given = Side()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, body = given.answers.pop(0) if given.answers else (200, b"{}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Handler) as origin:
        given.url = f"{origin}/_states"
        yield given


@pytest.fixture
def states(side: Side) -> Iterator[ProviderStates]:
    client = Client()
    yield ProviderStates(side.url, client)
    client.close()


def test_a_state_gives_its_values_and_is_torn_down_with_them(side: Side, states: ProviderStates) -> None:
    side.answers.append((200, b'{"pack_id": "pack_1"}'))
    assert states.set_up(STATE, PARAMS) == {"pack_id": "pack_1"}
    assert states.tear_down() == []
    content = {"state": STATE, "params": PARAMS}
    assert side.asked == [
        {"action": "setup", **content},
        {"action": "teardown", **content, "values": {"pack_id": "pack_1"}},
    ]


def test_the_last_state_is_torn_down_first_and_each_once(side: Side, states: ProviderStates) -> None:
    for name in ("one", "two"):
        states.set_up(name, {})
    assert states.tear_down() == states.tear_down() == []
    assert [(asked["action"], asked["state"]) for asked in side.asked] == [
        ("setup", "one"),
        ("setup", "two"),
        ("teardown", "two"),
        ("teardown", "one"),
    ]


def test_a_state_that_is_not_offered_is_not_provoked(side: Side, states: ProviderStates) -> None:
    side.answers.append((404, b"{}"))
    with pytest.raises(NotProvoked, match=STATE):
        states.set_up(STATE, PARAMS)
    assert states.tear_down() == []
    assert len(side.asked) == 1


@pytest.mark.parametrize("answer", [(409, b'{"error": "taken"}'), (500, b"oops"), (200, b"[]"), (200, b"no json")])
def test_a_state_that_fails_is_an_error_of_the_set_up(
    side: Side, states: ProviderStates, answer: tuple[int, bytes]
) -> None:
    side.answers.append(answer)
    with pytest.raises(SetupError, match=STATE):
        states.set_up(STATE, PARAMS)


@pytest.mark.parametrize("values", [{}, {"pack_id": None}, {"pack_id": ""}])
def test_a_state_without_its_values_is_an_error_of_the_set_up(
    side: Side, states: ProviderStates, values: object
) -> None:
    """The message names the value, and what was made is torn down all the same."""
    side.answers.append((200, json.dumps(values).encode()))
    with pytest.raises(SetupError, match=r"pack exists.*: 200 without pack_id"):
        states.set_up(STATE, PARAMS)
    assert states.tear_down() == []
    assert [asked["action"] for asked in side.asked] == ["setup", "teardown"]


def test_a_teardown_that_fails_is_told(side: Side, states: ProviderStates) -> None:
    side.answers += [(200, b'{"pack_id": "pack_1"}'), (500, b"oops")]
    states.set_up(STATE, PARAMS)
    (left,) = states.tear_down()
    assert STATE in left


def test_a_side_that_stops_answering_is_asked_a_few_times_more(side: Side) -> None:
    """Every state is told, but no request is waited for that gets no answer either."""
    client = Client()
    with proxying(side.url.removesuffix("/_states")) as between:
        states = ProviderStates(f"{between.origin}/_states", client)
        for number in range(20):
            side.answers.append((200, b'{"pack_id": "pack_1"}'))
            states.set_up(STATE, {**PARAMS, "name": f"slack-{number}"})
        between.add(unheard(lambda _: True))
        assert len(states.tear_down()) == 20
        assert len(between.passed) - 20 == MOST_UNANSWERED
        with pytest.raises(TargetGone, match="stopped answering"):
            states.set_up(STATE, PARAMS)
    client.close()


def test_a_side_that_is_dead_is_an_error_of_the_set_up() -> None:
    client = Client()
    with pytest.raises(SetupError, match="no connection"):
        ProviderStates("http://127.0.0.1:9/_states", client).set_up(STATE, PARAMS)
    client.close()


@pytest.mark.parametrize(
    ("other", "undone"),
    [
        ({"org_id": "org_acme", "pack_id": "pack_1", "archived": True}, 0),
        ({"org_id": "org_acme", "pack_id": "pack_2", "archived": False}, 1),
    ],
    ids=["of-the-same", "of-another"],
)
def test_no_teardown_is_sent_that_may_undo_another_state(
    side: Side, states: ProviderStates, other: dict[str, Any], undone: int
) -> None:
    """Where the answer to a setup got lost, what it made is undone by what it names, unless that is there twice."""
    states.set_up("role references pack", {"org_id": "org_acme", "pack_id": "pack_1", "archived": False}, creates=False)
    side.answers.append((502, b""))
    with suppress(NotProvoked):
        states.set_up("role references pack", other, creates=False)
    assert [asked["action"] for asked in side.asked].count("teardown") == undone
