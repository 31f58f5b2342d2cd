"""Mocks inside a Python program: in this process, and on a port."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from mock_server import Mock, MockWorld, Settings, create_app, in_process, live
from mock_server.client.transport import InProcessTransport
from mock_server.errors import StartError
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import contract_with, json_response, refusals


def asked(world: MockWorld) -> list[tuple[int, httpx.Headers, bytes]]:
    """What the same requests come to, but for the link to the journal, which names the host and the world."""
    world.freeze("2026-05-01T12:00:00Z")
    owner = world.client("acme-owner")
    answers = [
        owner.get("/packs"),
        owner.patch("/packs/pack_acme_pager", json={"visibility": "community"}),
        owner.post("/packs/upload", files={"archive": b"none"}, data={"visibility": "org"}),
        owner.head("/packs"),
        world.client().get("/packs"),
    ]
    for number, answer in enumerate(answers, 1):
        assert answer.headers.pop("x-mock-journal").endswith(f"/_mock/#/{world.name}/journal?entry={number}")
    return [(answer.status_code, answer.headers, answer.content) for answer in answers]


def test_both_answer_alike_to_the_byte() -> None:
    with in_process() as here, live() as there:
        assert asked(here.fresh_world()) == asked(there.fresh_world())


def test_a_plain_client_may_be_used_while_coroutines_run() -> None:
    async def ask(mock: Mock) -> tuple[int, int]:
        world = mock.fresh_world()
        async with world.async_client("acme-owner") as client:
            return (await client.get("/packs")).status_code, world.client("acme-owner").get("/packs").status_code

    with in_process() as mock:
        assert asyncio.run(ask(mock)) == (200, 200)


def test_threads_may_share_it() -> None:
    def publish(mock: Mock) -> tuple[int, str]:
        with mock.fresh_world() as world:
            client = world.client("acme-owner")
            changed = client.patch("/packs/pack_acme_pager", json={"visibility": "community"})
            return changed.status_code, client.get("/packs/pack_acme_pager").json()["visibility"]

    with in_process() as mock, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(publish, [mock] * 40)) == [(200, "community")] * 40


async def never(request: Request) -> Request:
    await asyncio.Event().wait()
    return request


def unreached(state: State, _request: Request) -> tuple[State, Reply]:
    return state, Reply(200, {})


def test_what_takes_too_long_ends_when_the_client_says_so(tmp_path: Path) -> None:
    slow = {"operationId": "packs.wait", "responses": {"200": json_response({"type": "object"}), **refusals()}}
    contract = contract_with(tmp_path, {"/wait": {"get": slow}})
    transport = InProcessTransport(
        create_app(Settings(contract=contract), {"packs.wait": Handler(unreached, prepare=never)})
    )

    async def wait(world: MockWorld) -> None:
        async with world.async_client("acme-owner", timeout=0.1) as client:
            await client.get("/wait")

    try:
        with Mock("http://localhost", transport=transport) as mock:
            world = mock.fresh_world()
            with pytest.raises(httpx.ReadTimeout):
                world.client("acme-owner", timeout=0.1).get("/wait")
            with pytest.raises(httpx.ReadTimeout):
                asyncio.run(wait(world))
            assert world.client("acme-owner").get("/packs").status_code == 200
    finally:
        transport.stop()


def test_a_port_is_given_back() -> None:
    with live() as mock:
        assert mock.fresh_world().client().get("/packs").status_code == 401
    with pytest.raises(httpx.ConnectError):
        plain.get(f"{mock.origin}/v1/packs")


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"--port {port}: .*in use"), live(port=port):
            pass


def test_no_proxy_comes_between(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with live() as mock:
        assert mock.fresh_world().client("acme-owner").get("/packs").status_code == 200
