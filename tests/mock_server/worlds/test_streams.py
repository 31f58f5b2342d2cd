"""Streams of what happens in a world, over a port: their bytes, what they show to whom, and when they end."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.client.transport import InProcessTransport
from mock_server.operation import Feed
from mock_server.settings import StreamTimes
from mock_server.worlds.listeners import HEARTBEAT, Part
from mock_server.worlds.streams import EventStream, Streams
from tests import plain
from tests.mock_server.serving import refusal, served, tokens_of
from tests.mock_server.worlds.feeds import app_with_feed

BEGINNING = ": heartbeat"
QUICK = StreamTimes(heartbeat=0.05, longest=0.25)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return app_with_feed(tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="module")
def origin(app: Any) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture(scope="module")
def tokens(origin: str) -> dict[str, str]:
    return tokens_of(origin)


class Reader:
    """Reads a stream block by block: what stands between two empty lines."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._text = ""
        self._parts = answer.iter_text()

    def block(self) -> str | None:
        """The next one; None at the end."""
        while "\n\n" not in self._text:
            try:
                self._text += next(self._parts)
            except StopIteration:
                assert self._text == ""
                return None
        block, _, self._text = self._text.partition("\n\n")
        return block

    def event(self) -> dict[str, Any]:
        """The next event, whose lines are what they are to be."""
        block = self.block()
        assert block is not None
        kind, name, data = block.split("\n")
        event: dict[str, Any] = json.loads(data.removeprefix("data: "))
        assert (kind, name) == ("event: activity", f"id: {event['id']}")
        return event


@contextmanager
def opened(origin: str, world: str, token: str, **options: Any) -> Iterator[Reader]:
    """A stream that has begun."""
    headers = {"X-Mock-World": world, "Authorization": f"Bearer {token}", **options.pop("headers", {})}
    small = httpx.HTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * 1024)])
    with (
        httpx.Client(transport=small) as client,
        client.stream("GET", f"{origin}/v1/feed", headers=headers, timeout=30, **options) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        reader = Reader(answer)
        assert reader.block() == BEGINNING
        yield reader


def write(origin: str, world: str, token: str, **columns: str) -> None:
    """Have an event written."""
    headers = {"X-Mock-World": world, "Authorization": f"Bearer {token}"}
    assert plain.post(f"{origin}/v1/feed/events", headers=headers, json=columns).status_code == 200


def listeners(app: Any, world: str, count: int) -> None:
    """Wait until so many streams are open in a world."""
    until = time.monotonic() + 20
    while (open_now := len(app.context.worlds.get(world).streams or ())) != count:
        assert time.monotonic() < until, open_now
        time.sleep(0.01)


def test_its_bytes_are_those_of_server_sent_events(origin: str, tokens: dict[str, str]) -> None:
    token = tokens["acme-owner"]
    host, _, port = origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"GET /_worlds/bytes/v1/feed HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        connection.sendall(head.encode())
        got = b""
        while b": heartbeat\n\n\r\n" not in got:
            got += connection.recv(65536)
        write(origin, "bytes", token, workspace_id="ws_01HZ")
        while not got.endswith(b"}\n\n\r\n"):
            got += connection.recv(65536)
    begins, _, body = got.partition(b"\r\n\r\n")
    headers = {line.partition(b": ")[0].lower(): line.partition(b": ")[2] for line in begins.split(b"\r\n")[1:]}
    assert begins.startswith(b"HTTP/1.1 200 OK\r\n")
    assert headers[b"content-type"] == b"text/event-stream"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"transfer-encoding"] == b"chunked"
    first, second = body.split(b"\r\n")[1::2][:2]
    assert first == b": heartbeat\n\n"
    lines = second.split(b"\n")
    assert [line.partition(b": ")[0] for line in lines] == [b"event", b"id", b"data", b"", b""]
    assert json.loads(lines[2][6:])["workspace_id"] == "ws_01HZ"


def test_what_happens_comes_down_it_once_and_in_order(origin: str, tokens: dict[str, str]) -> None:
    with opened(origin, "order", tokens["acme-member"]) as reader:
        for number in range(5):
            write(origin, "order", tokens["acme-owner"], task_id=f"task_{number}")
        assert [reader.event()["task_id"] for _ in range(5)] == [f"task_{number}" for number in range(5)]


def test_nothing_is_lost_or_repeated_across_a_reconnect(origin: str, tokens: dict[str, str]) -> None:
    token, seen = tokens["acme-owner"], list[str]()
    with opened(origin, "again", token) as reader:
        write(origin, "again", token, task_id="task_0")
        seen.append(reader.event()["task_id"])
        last = ""
        write(origin, "again", token, task_id="task_1")
        event = reader.event()
        seen.append(event["task_id"])
        last = event["id"]
    write(origin, "again", token, task_id="task_2")
    write(origin, "again", token, task_id="task_3")
    with opened(origin, "again", token, headers={"Last-Event-ID": last.upper()}) as reader:
        write(origin, "again", token, task_id="task_4")
        seen += [reader.event()["task_id"] for _ in range(3)]
    assert seen == [f"task_{number}" for number in range(5)]


def test_an_id_that_is_none_is_as_if_it_were_absent(origin: str, tokens: dict[str, str]) -> None:
    token = tokens["acme-owner"]
    write(origin, "odd", token, task_id="task_before")
    with opened(origin, "odd", token, headers={"Last-Event-ID": "yesterday"}) as reader:
        write(origin, "odd", token, task_id="task_after")
        assert reader.event()["task_id"] == "task_after"


@pytest.mark.parametrize(
    ("writer", "columns"),
    [
        ("globex-owner", {"workspace_id": "ws_globex_idle"}),
        ("acme-owner", {"category": "audit", "event_type": "policy_decision"}),
        ("acme-owner", {"workspace_id": "ws_acme_busy"}),
    ],
    ids=["another-org", "another-category", "somebody-elses"],
)
def test_what_it_is_not_to_show_does_not_come(
    origin: str, tokens: dict[str, str], writer: str, columns: dict[str, str]
) -> None:
    """Before what it shows: of the caller's own workspaces the owner made ws_01HZ."""
    world = f"hidden-{writer}-{len(columns)}"
    with opened(origin, world, tokens["acme-owner"], params={"own": "true"}) as reader:
        write(origin, world, tokens[writer], **columns)
        write(origin, world, tokens["acme-owner"], workspace_id="ws_01HZ")
        assert reader.event()["workspace_id"] == "ws_01HZ"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/reset", None),
        ("POST", "/rewind", {"before": 1}),
        ("DELETE", "", None),
    ],
    ids=["reset", "rewind", "deletion"],
)
def test_it_ends_when_the_world_becomes_another(
    origin: str, tokens: dict[str, str], method: str, path: str, body: Any
) -> None:
    world = f"ends{path.replace('/', '-')}"
    write(origin, world, tokens["acme-owner"])
    with opened(origin, world, tokens["acme-owner"]) as reader:
        answer = plain.request(method, f"{origin}/_mock/worlds/{world}{path}", json=body)
        assert answer.status_code == 200, answer.text
        assert reader.block() is None


def test_whoever_goes_is_forgotten(origin: str, app: Any, tokens: dict[str, str]) -> None:
    with opened(origin, "gone", tokens["acme-owner"]):
        listeners(app, "gone", 1)
    listeners(app, "gone", 0)


def test_whoever_reads_nothing_is_let_go(origin: str, app: Any, tokens: dict[str, str]) -> None:
    token = tokens["acme-owner"]
    host, _, port = origin.removeprefix("http://").partition(":")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((host, int(port)))
        head = f"GET /_worlds/slow/v1/feed HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        connection.sendall(head.encode())
        listeners(app, "slow", 1)
        streams = app.context.worlds.get("slow").streams
        for _ in range(200):
            write(origin, "slow", token, destination="x" * 50_000)
            if not streams:
                break
        assert not streams
    with opened(origin, "slow", token) as reader:
        write(origin, "slow", token, task_id="task_next")
        assert reader.event()["task_id"] == "task_next"


def test_whoever_still_reads_what_was_missed_is_not_slow(origin: str, tokens: dict[str, str]) -> None:
    """Ten megabytes were missed, of which not all has left when something happens."""
    token, count = tokens["acme-owner"], 200
    with opened(origin, "long", token) as reader:
        write(origin, "long", token, task_id="task_first")
        last = reader.event()["id"]
    for number in range(count):
        write(origin, "long", token, task_id=f"task_{number}", destination="x" * 50_000)
    with opened(origin, "long", token, headers={"Last-Event-ID": last}) as reader:
        for name in ("task_live", "task_last"):
            write(origin, "long", token, task_id=name)
        got = [reader.event()["task_id"] for _ in range(count + 2)]
    assert got == [*(f"task_{number}" for number in range(count)), "task_live", "task_last"]


def test_a_stream_with_nothing_to_say_ends_at_last(tmp_path: Path) -> None:
    with (
        served(app_with_feed(tmp_path, stream_times=QUICK)) as origin,
        opened(origin, "w", tokens_of(origin)["acme-owner"]) as reader,
    ):
        blocks = list(iter(reader.block, None))
    assert set(blocks) <= {BEGINNING}
    assert len(blocks) <= 4  # at 0.05, 0.10, 0.15 and 0.20 s where nothing keeps the mock; at 0.25 s it ends


class Taking:
    """A listener that takes all at once."""

    is_full = False

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def take(self, part: Part) -> bool:
        self.taken.append(part.content)
        return True

    def end(self) -> None:
        self.taken.append(b"the end")

    drop = give_up = end


def test_a_comment_comes_at_each_time_and_the_end_at_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of the loop, which is moved by hand."""

    async def listen() -> list[list[bytes]]:
        now, heard, listener = [0.0], [], Taking()
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
        streams = Streams(StreamTimes(heartbeat=1, longest=4), lambda _after, _before: ())
        EventStream(streams, Feed("org_acme"), None).begin(listener)
        for now[0] in (0.0, 0.9, 1.0, 1.5, 2.0, 3.0, 3.9, 4.0, 5.0):
            streams.tick()
            heard.append(list(listener.taken))
            listener.taken.clear()
        return heard

    comment, silence = [HEARTBEAT], []
    heard = asyncio.run(listen())
    assert heard == [comment, silence, comment, silence, comment, comment, silence, [b"the end"], silence]


def test_a_server_that_stops_ends_it(tmp_path: Path) -> None:
    with served(app_with_feed(tmp_path)) as origin:
        token = tokens_of(origin)["acme-owner"]
        stream = plain.stream("GET", f"{origin}/v1/feed", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        reader = Reader(stream.__enter__())
        assert reader.block() == BEGINNING
    assert reader.block() is None
    stream.__exit__(None, None, None)


def test_an_api_key_may_stand_in_its_query_and_nothing_else(origin: str, tokens: dict[str, str]) -> None:
    key = tokens["acme-full-access"]
    with plain.stream("GET", f"{origin}/v1/feed", params={"api_key": key}) as answer:
        assert answer.status_code == 200
        assert Reader(answer).block() == BEGINNING
    wrong = [
        ({"api_key": tokens["acme-owner"]}, {}),
        ({"api_key": "sk_mock_nobody"}, {}),
        ({"api_key": ""}, {}),
        ({"api_key": [key, key]}, {}),
        ({"token": key}, {}),
        ({"api_key": key}, {"Authorization": "Bearer nobody"}),
    ]
    for query, headers in wrong:
        refused = plain.get(f"{origin}/v1/feed", params=query, headers=headers)
        assert refusal(refused) == (401, "unauthenticated"), query
    assert refusal(plain.get(f"{origin}/v1/packs", params={"api_key": key})) == (401, "unauthenticated")


def test_the_journal_keeps_no_key_of_a_query(origin: str, tokens: dict[str, str]) -> None:
    key = tokens["acme-full-access"]
    headers = {"X-Mock-World": "keys"}
    with plain.stream("GET", f"{origin}/v1/feed", params={"api_key": key}, headers=headers) as answer:
        Reader(answer).block()
    shown = plain.get(f"{origin}/_mock/worlds/keys/journal").text
    assert key not in shown
    assert "feed.follow" in shown


@contextmanager
def following_inside(tmp_path: Path) -> Iterator[tuple[httpx.Client, httpx.Response]]:
    """Yield an owner's client of a mock inside this program, and the stream that it has opened."""
    transport = InProcessTransport(app_with_feed(tmp_path))
    try:
        with httpx.Client(base_url="http://mock", transport=transport) as client:
            token = next(p["token"] for p in client.get("/_mock/personas").json()["personas"] if p["role"] == "owner")
            client.headers["Authorization"] = f"Bearer {token}"
            with client.stream("GET", "/v1/feed") as answer:
                yield client, answer
    finally:
        transport.stop()


def test_a_mock_inside_a_program_has_them_too(tmp_path: Path) -> None:
    with following_inside(tmp_path) as (client, answer):
        reader = Reader(answer)
        assert reader.block() == BEGINNING
        client.post("/v1/feed/events", json={"task_id": "task_0"})
        assert reader.event()["task_id"] == "task_0"
        client.post("/_mock/worlds/default/reset")
        assert reader.block() is None


def test_what_waits_for_a_program_that_does_not_ask_is_bounded(tmp_path: Path) -> None:
    with following_inside(tmp_path) as (client, answer):
        for number in range(8):
            client.post("/v1/feed/events", json={"task_id": f"task_{number}", "destination": "x" * 30_000})
        reader = Reader(answer)
        assert reader.block() == BEGINNING
        assert len(list(iter(reader.block, None))) < 8  # and it ends


def test_what_the_clock_makes_due_comes_down_it_while_nobody_asks(origin: str, tokens: dict[str, str]) -> None:
    """A workspace that is not held goes from provisioning to idle after two seconds of a clock that runs."""
    params = {"org_id": "org_acme", "workspace_id": "ws_acme_provisioning", "status": "provisioning", "held": False}
    with opened(origin, "due", tokens["acme-owner"]) as reader:
        setup = {"action": "setup", "state": "workspace is", "params": params}
        answer = plain.post(f"{origin}/_mock/worlds/due/states", json=setup)
        assert answer.status_code == 200, answer.text
        event = reader.event()
        assert (event["event_type"], event["workspace_id"]) == ("workspace_ready", "ws_acme_provisioning")
    journal = plain.get(f"{origin}/_mock/worlds/due/journal").json()["entries"]
    assert [each["operation_id"] for each in journal] == ["feed.follow"]


def test_a_clock_that_stands_and_is_moved_brings_all_that_is_due(origin: str, tokens: dict[str, str]) -> None:
    world = f"{origin}/_mock/worlds/moved"
    plain.put(f"{world}/clock", json={"mode": "frozen", "now": "2026-07-01T08:00:00Z"}).raise_for_status()
    params = {"org_id": "org_acme", "workspace_id": "ws_acme_provisioning", "status": "provisioning", "held": False}
    with opened(origin, "moved", tokens["acme-owner"]) as reader:
        setup = {"action": "setup", "state": "workspace is", "params": params}
        plain.post(f"{world}/states", json=setup).raise_for_status()
        plain.put(f"{world}/clock", json={"advance_seconds": 3600}).raise_for_status()
        event = reader.event()
        assert (event["event_type"], event["timestamp"]) == ("workspace_ready", "2026-07-01T08:00:02.000Z")
