"""A request that is killed wherever it waits leaves its world as it was before, or as it is after: never between."""

import asyncio
import json
from collections.abc import Coroutine, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from benchmarks.hardening.content import build_form, pack_plain
from mock_server import create_app

KEY = b"Bearer sk_mock_acme_full_access_1001"
JSON = b"application/json"
NEW = pack_plain("brand-new", {"guides/a.md": b"one"})


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: bytes = b""
    kind: bytes = JSON
    before: tuple["Sent", ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def put(path: str, **body: object) -> Sent:
    return Sent("PUT", path, json.dumps(body).encode())


def post(path: str, *before: Sent, **body: object) -> Sent:
    return Sent("POST", path, json.dumps(body).encode(), before=before)


W = "/_mock/worlds/{world}"
FROZEN = put(f"{W}/clock", mode="frozen", now="2026-05-01T00:00:00Z")
PAST_DUE = put(f"{W}/orgs/org_acme/billing", posture="past_due")
SNAPSHOT = post(f"{W}/snapshots", name="then")
IMAGE = Sent("PUT", f"{W}/images/registry.example.com/x/new:1", NEW, b"application/gzip")
WRITES = [
    Sent("PATCH", "/v1/packs/pack_acme_pager", b'{"visibility": "community"}'),
    Sent("DELETE", "/v1/packs/pack_acme_git_basics"),
    post("/v1/packs", IMAGE, image_ref="registry.example.com/x/new:1"),
    Sent(
        "POST",
        "/v1/packs/upload",
        build_form({"archive": NEW, "visibility": b"org"}),
        b"multipart/form-data; boundary=x",
    ),
    Sent("PUT", "/v1/packs/pack_acme_pager/files/guides/escalation.md", b"At once.", b"application/octet-stream"),
    PAST_DUE,
    IMAGE,
    Sent("POST", f"{W}/reset", before=(PAST_DUE,)),
    Sent("POST", f"{W}/snapshots/then/restore", before=(SNAPSHOT, PAST_DUE)),
    post(f"{W}/rewind", Sent("GET", "/v1/packs"), PAST_DUE, to=1),
    post(f"{W}/states", action="setup", state="pack exists", params={"org_id": "org_acme", "name": "made"}),
]


class Killed:
    """Runs a coroutine as if it were awaited, and kills it where it waits for the so-and-so-many-th time."""

    def __init__(self, running: Coroutine[Any, Any, None], at: int) -> None:
        self.running, self.at = running, at
        self.waits = 0

    def __await__(self) -> Generator[Any, Any, bool]:
        """Whether it was killed, and did not get to its end before."""
        try:
            while self.waits != self.at:
                waited = self.running.send(None)
                self.waits += 1
                if self.waits != self.at:
                    yield waited
            self.running.throw(asyncio.CancelledError())
        except StopIteration:
            return False
        except asyncio.CancelledError:
            return True
        raise AssertionError("it went on although it was killed")


@dataclass
class World:
    """A world of its own, asked in this process; everything is slow, so that there is always something to wait for."""

    app: Any
    loop: asyncio.AbstractEventLoop
    name: str
    answered: list[int] = field(default_factory=list)

    def send(self, sent: Sent, *, kill_at: int = -1) -> tuple[bool, int, bytes]:
        """Whether it was killed, how often it waited, and the body of its answer."""
        chunks = [sent.body[at : at + 300] for at in range(0, len(sent.body), 300)] or [b""]
        messages = [{"type": "http.request", "body": each, "more_body": True} for each in chunks]
        messages[-1]["more_body"] = False
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0)
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            await asyncio.sleep(0)
            said.append(message)

        path = sent.path.format(world=self.name).encode()
        headers = {b"authorization": KEY, b"content-length": b"%d" % len(sent.body), b"content-type": sent.kind}
        if path.startswith(b"/v1"):
            headers[b"x-mock-world"] = self.name.encode()
        scope = {
            "type": "http",
            "method": sent.method,
            "path": path.decode(),
            "raw_path": path,
            "query_string": b"",
            "headers": list(headers.items()),
        }
        running = Killed(self.app(scope, receive, send), kill_at)

        async def run() -> bool:
            return await running

        killed = self.loop.run_until_complete(run())
        if not killed:
            assert said[0]["status"] < 300, said
        return killed, running.waits, b"".join(message.get("body", b"") for message in said)

    def prepared_for(self, sent: Sent) -> "World":
        for each in (FROZEN, *sent.before):
            self.send(each)
        return self

    def state(self) -> dict[str, Any]:
        exported: dict[str, Any] = json.loads(self.send(Sent("GET", f"{W}/state"))[2])
        return exported


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture(scope="module")
def app() -> Any:
    return create_app()


@pytest.mark.parametrize("sent", WRITES, ids=str)
def test_a_request_that_is_killed_leaves_nothing_between(app: Any, loop: asyncio.AbstractEventLoop, sent: Sent) -> None:
    name = f"w{WRITES.index(sent)}"
    whole = World(app, loop, f"{name}-whole").prepared_for(sent)
    before = whole.state()
    _, waits, _ = whole.send(sent)
    after = whole.state()
    assert before != after
    assert waits > 1
    left = []
    for at in range(1, waits + 1):
        world = World(app, loop, f"{name}-{at}").prepared_for(sent)
        assert world.state() == before
        assert world.send(sent, kill_at=at)[0]
        left.append(world.state())
    assert [each for each in left if each not in (before, after)] == []
    assert left[-1] == after  # while it is told, it is done
    if sent.body:
        assert left[0] == before
