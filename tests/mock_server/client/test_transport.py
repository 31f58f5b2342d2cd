"""A mock inside a program: an answer comes as it is sent, and whoever reads no more ends it."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mock_server import Mock, MockWorld, in_process
from mock_server.client.transport import InProcessTransport

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Mapping[str, Any], Callable[[], Awaitable[Mapping[str, Any]]], Send], Awaitable[None]]


@pytest.fixture
def mock() -> Iterator[Mock]:
    with in_process() as mock:
        yield mock


@pytest.fixture
def world(mock: Mock) -> MockWorld:
    return mock.world("followed")


def stream_of(world: MockWorld) -> str:
    return f"http://localhost/_mock/worlds/{world.name}/journal/stream"


def listeners(mock: Mock, world: MockWorld) -> int:
    """How many follow the journal of the world, as the mock knows it."""
    transport = mock._transport  # noqa: SLF001 - what a client leaves behind is seen from inside alone
    assert transport is not None
    journal = transport._app.context.worlds.get(world.name).journal  # type: ignore[attr-defined]  # noqa: SLF001
    return len(journal._waiting)  # noqa: SLF001


def tasks(transport: InProcessTransport) -> int:
    """What still runs on the loop of the application."""

    async def count() -> int:
        return len(asyncio.all_tasks()) - 1

    return asyncio.run_coroutine_threadsafe(count(), transport._loop).result(30)  # noqa: SLF001


def test_a_journal_is_read_as_it_is_written(mock: Mock, world: MockWorld) -> None:
    owner = world.client("acme-owner")
    with mock.open("http://localhost").stream("GET", stream_of(world), timeout=30) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
        lines = answer.iter_lines()
        assert next(lines).startswith(":")
        for _ in range(3):
            assert owner.get("/packs").status_code == 200
            data = next(line for line in lines if line.startswith("data: "))
            assert json.loads(data.removeprefix("data: "))["operation_id"] == "packs.list"
        assert listeners(mock, world) == 1
    assert listeners(mock, world) == 0


def test_coroutines_read_it_too(mock: Mock, world: MockWorld) -> None:
    async def follow() -> list[str]:
        seen: list[str] = []
        async with (
            world.async_client("acme-owner") as owner,
            mock.open_async("http://localhost") as client,
            client.stream("GET", stream_of(world), timeout=30) as answer,
        ):
            lines = answer.aiter_lines()
            assert (await anext(lines)).startswith(":")
            for _ in range(3):
                assert (await owner.get("/packs")).status_code == 200
                while not (line := await anext(lines)).startswith("data: "):
                    pass
                seen.append(json.loads(line.removeprefix("data: "))["operation_id"])
            assert listeners(mock, world) == 1
        return seen

    assert asyncio.run(follow()) == ["packs.list"] * 3
    assert listeners(mock, world) == 0


def test_the_python_client_follows_a_journal(world: MockWorld) -> None:
    owner = world.client("acme-owner")
    owner.get("/packs")
    entries = world.follow(after=0)
    assert next(entries)["operation_id"] == "packs.list"
    owner.get("/packs/pack_01HZ")
    assert next(entries)["operation_id"] == "packs.get"
    entries.close()


def test_a_stream_ends_with_its_world(mock: Mock, world: MockWorld) -> None:
    with mock.open("http://localhost").stream("GET", stream_of(world), timeout=30) as answer:
        lines = answer.iter_lines()
        next(lines)
        world.delete()
        assert list(lines) == [""]


def test_a_client_that_waits_for_nothing_that_comes_is_told_so(mock: Mock, world: MockWorld) -> None:
    with (
        pytest.raises(httpx.ReadTimeout),
        mock.open("http://localhost").stream("GET", stream_of(world), timeout=0.1) as answer,
    ):
        for _ in answer.iter_lines():
            pass

    async def wait() -> None:
        async with (
            mock.open_async("http://localhost") as client,
            client.stream("GET", stream_of(world), timeout=0.1) as answer,
        ):
            async for _ in answer.aiter_lines():
                pass

    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(wait())
    assert listeners(mock, world) == 0


def test_a_coroutine_that_is_cancelled_leaves_nothing(mock: Mock, world: MockWorld) -> None:
    async def follow(began: asyncio.Event) -> None:
        async with (
            mock.open_async("http://localhost") as client,
            client.stream("GET", stream_of(world), timeout=None) as answer,
        ):
            async for _ in answer.aiter_lines():
                began.set()

    async def cancelled() -> None:
        began = asyncio.Event()
        task = asyncio.ensure_future(follow(began))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert listeners(mock, world) == 0


def test_a_body_that_a_fault_cuts_breaks_off_while_it_is_read(world: MockWorld) -> None:
    world.fault("packs.list", truncate=10, times=2)
    owner = world.client("acme-owner")
    got = bytearray()
    with owner.stream("GET", "/packs") as answer:
        assert answer.status_code == 200
        assert int(answer.headers["content-length"]) > 10
        with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012 - it breaks off in the middle of the loop
            for part in answer.iter_raw():
                got += part
    assert len(got) == 10
    with pytest.raises(httpx.RemoteProtocolError):
        owner.get("/packs")
    assert owner.get("/packs").status_code == 200


def test_a_connection_that_a_fault_drops_has_no_answer(world: MockWorld) -> None:
    world.fault("packs.list", drop=True, times=2)
    with pytest.raises(httpx.RemoteProtocolError), world.client("acme-owner").stream("GET", "/packs"):
        pass

    async def ask() -> None:
        async with world.async_client("acme-owner") as client:
            await client.get("/packs")

    with pytest.raises(httpx.RemoteProtocolError):
        asyncio.run(ask())


def test_whoever_reads_when_the_mock_ends_is_told_so() -> None:
    reading = threading.Event()

    def read(client: httpx.Client, url: str) -> None:
        with client.stream("GET", url, timeout=None) as answer:
            for _ in answer.iter_lines():
                reading.set()

    with ThreadPoolExecutor(1) as aside:
        with in_process() as mock:
            transport = mock._transport  # noqa: SLF001 - the client is to outlive the mock
            client = httpx.Client(transport=transport)
            done = aside.submit(read, client, stream_of(mock.world()))
            reading.wait(30)
        with pytest.raises(httpx.RemoteProtocolError, match="has ended"):
            done.result(30)
        with pytest.raises(httpx.RemoteProtocolError, match="has ended"):
            client.get("http://localhost/v1/packs")


@contextmanager
def serving(app: App) -> Iterator[tuple[httpx.Client, InProcessTransport]]:
    transport = InProcessTransport(app)
    try:
        with httpx.Client(transport=transport, base_url="http://localhost") as client:
            yield client, transport
    finally:
        transport.stop()


def test_an_answer_that_nobody_reads_waits() -> None:
    """No more of it is there than was taken, and a little."""
    sent = 0

    async def endless(_scope: object, _receive: object, send: Send) -> None:
        nonlocal sent
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
            sent += 1

    with serving(endless) as (client, transport):
        with client.stream("GET", "/") as answer:
            parts = answer.iter_raw()
            taken = [next(parts) for _ in range(10)]
            tasks(transport)  # whatever could be sent has been sent by then
            assert len(taken) <= sent <= len(taken) + 3
        assert tasks(transport) == 0


def test_what_fails_inside_reaches_the_client() -> None:
    async def fails(_scope: object, _receive: object, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise LookupError("inside")

    async def says_nothing(_scope: object, _receive: object, _send: Send) -> None:
        pass

    with serving(fails) as (client, _), pytest.raises(LookupError, match="inside"):
        client.get("/")
    with serving(says_nothing) as (client, _), pytest.raises(httpx.RemoteProtocolError, match="no answer"):
        client.get("/")


def test_an_application_that_waits_for_the_end_of_its_client_learns_of_it() -> None:
    seen: list[str] = []

    async def curious(_scope: object, receive: Callable[[], Awaitable[Mapping[str, Any]]], send: Send) -> None:
        seen.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        seen.append((await receive())["type"])

    with serving(curious) as (client, transport):
        assert client.post("/", content=b"x").status_code == 204
        assert tasks(transport) == 0
    assert seen == ["http.request", "http.disconnect"]
