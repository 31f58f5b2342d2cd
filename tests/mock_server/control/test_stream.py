"""The journal as server-sent events, which a client that lost its connection goes on with."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from mock_server import Settings, create_app
from tests import plain
from tests.mock_server.serving import Mock, served, wrong_fields

Event = dict[str, str]


@contextmanager
def followed(mock: Mock, last_id: int | None = None, query: str = "") -> Iterator[Iterator[Event]]:
    """The events of the stream, one after the other."""
    headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
    url = f"{mock.origin}/_mock/worlds/{mock.world}/journal/stream{query}"
    with plain.stream("GET", url, headers=headers, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        assert "content-length" not in answer.headers
        lines = answer.iter_lines()
        assert next(lines).startswith(":"), "it says at once that it is there"
        yield events(lines)


def events(lines: Iterator[str]) -> Iterator[Event]:
    event: Event = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield event
            event = {}


def ask(mock: Mock, times: int = 1) -> None:
    for _ in range(times):
        mock.send("GET", "/v1/packs", "acme-owner")


def test_what_happens_is_sent_as_it_happens(mock: Mock) -> None:
    ask(mock)
    with followed(mock) as stream:
        for number in (2, 3):
            ask(mock)
            event = next(stream)
            entry = json.loads(event["data"])
            assert (event["id"], entry["id"], entry["operation_id"]) == (str(number), number, "packs.list")
    [kept] = mock.control("GET", "/journal", params={"since": 2}).json()["entries"]
    assert entry == kept


def test_a_client_that_comes_back_misses_nothing(mock: Mock) -> None:
    with followed(mock) as stream:
        ask(mock)
        last = int(next(stream)["id"])
    ask(mock, 3)
    with followed(mock, last) as stream:
        assert [next(stream)["id"] for _ in range(3)] == ["2", "3", "4"]
        ask(mock)
        assert next(stream)["id"] == "5"


def test_more_than_is_sent_at_once_comes_in_order(mock: Mock) -> None:
    ask(mock, 120)
    with followed(mock, 0) as stream:
        assert [int(next(stream)["id"]) for _ in range(120)] == list(range(1, 121))


def test_what_the_console_reads_is_sent_to_who_asks_for_it(mock: Mock) -> None:
    ask(mock)
    mock.send("GET", "/v1/packs", "acme-owner", headers={"X-Mock-Console": "1"})
    ask(mock)
    with followed(mock, 0) as clients, followed(mock, 0, "?with_console=true&with_health=true") as all_of_it:
        assert [next(clients)["id"] for _ in range(2)] == ["1", "3"]
        assert next(all_of_it) == {"event": "health", "data": '{"status":"ok"}'}
        assert [next(all_of_it)["id"] for _ in range(3)] == ["1", "2", "3"]


def test_a_stream_is_of_one_world(mock: Mock) -> None:
    with followed(mock) as stream:
        mock.send("GET", "/v1/me/session", "acme-owner", headers={"X-Mock-World": f"{mock.world}-other"})
        ask(mock)
        assert json.loads(next(stream)["data"])["operation_id"] == "packs.list"


def test_two_clients_get_the_same(mock: Mock) -> None:
    with followed(mock) as one, followed(mock) as other:
        ask(mock)
        assert next(one) == next(other)


def test_what_the_journal_has_dropped_is_a_gap(tokens: dict[str, str]) -> None:
    with served(create_app(Settings(journal=2))) as url:
        ring = Mock(url, "default", tokens)
        ask(ring, 5)
        with followed(ring, 1) as stream:
            gap = next(stream)
            assert (gap["id"], gap["event"], json.loads(gap["data"])) == ("3", "gap", {"from": 2, "to": 3})
            assert [next(stream)["id"] for _ in range(2)] == ["4", "5"]


def test_what_was_cleared_is_a_gap_too(mock: Mock) -> None:
    ask(mock, 2)
    mock.control("DELETE", "/journal")
    with followed(mock, 0) as stream:
        assert json.loads(next(stream)["data"]) == {"from": 1, "to": 2}
        ask(mock)
        assert next(stream)["id"] == "3"


def test_an_id_of_an_earlier_server_begins_anew(mock: Mock) -> None:
    ask(mock)
    with followed(mock, 1000) as stream:
        assert next(stream)["id"] == "1"


def test_no_credential_is_sent(mock: Mock) -> None:
    with followed(mock) as stream:
        ask(mock)
        assert mock.tokens["acme-owner"] not in next(stream)["data"]


def test_the_stream_ends_with_its_world(mock: Mock) -> None:
    with followed(mock) as stream:
        mock.control("DELETE", "")
        assert list(stream) == []


def test_the_stream_ends_with_its_server(tokens: dict[str, str]) -> None:
    with ExitStack() as clients:
        with served(create_app()) as url:
            stream = clients.enter_context(followed(Mock(url, "default", tokens)))
        assert list(stream) == []


@pytest.mark.parametrize("last_id", ["soon", "-1", "1.5", "9" * 30])
def test_what_is_no_id_is_a_400(mock: Mock, last_id: str) -> None:
    answer = mock.control("GET", "/journal/stream", headers={"Last-Event-ID": last_id})
    assert wrong_fields(answer).keys() == {"Last-Event-ID"}
