"""Nodes that are ended and killed while they are asked, and streams that go on all the same."""

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from mock_server import Mock, MockWorld
from mock_server.client import WorldLost
from tests import plain
from tests.deploy.front import NAMES, WITHIN_S, Front, front
from tests.mock_server.test_pytest_plugin import run
from tests.waiting import until

pytestmark = pytest.mark.needs_haproxy

WRITERS = 20
PAUSE_S = 0.02
PATIENCE_S = 60
VISIBILITIES = ("community", "org")


@dataclass
class Seen:
    """What writers saw."""

    requests: int = 0
    failed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    longest_s: float = 0.0


@contextmanager
def writing(front: Front, name: str) -> Iterator[Seen]:
    """Let writers write to worlds of their own, and read what they wrote, until the block ends."""
    seen, done = Seen(), threading.Event()
    with Mock(front.origin) as mock:
        token = mock.token("acme-owner")
    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [
            pool.submit(_write, f"{front.origin}/_worlds/{name}-{at}/v1", token, seen, done) for at in range(WRITERS)
        ]
        try:
            until(lambda: seen.requests > 4 * WRITERS, "nobody writes", within_s=WITHIN_S)
            yield seen
        finally:
            done.set()
        for each in writers:
            each.result()


def _write(url: str, token: str, seen: Seen, done: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with plain.Client(base_url=url, headers=headers, timeout=PATIENCE_S) as client:
        time_ = 0
        while not done.wait(PAUSE_S):
            visible, time_ = VISIBILITIES[time_ % 2], time_ + 1
            for method in ("PATCH", "GET"):
                body = {"json": {"visibility": visible}} if method == "PATCH" else {}
                begun = time.monotonic()
                try:
                    answer = client.request(method, "/packs/pack_acme_pager", **body)
                except httpx.TransportError as error:
                    seen.failed.append(f"{method} {url}: {error!r}")
                    continue
                seen.requests += 1
                seen.longest_s = max(seen.longest_s, time.monotonic() - begun)
                if answer.status_code != 200:
                    seen.failed.append(f"{method} {url}: {answer.status_code} {answer.text[:100]}")
                elif answer.json()["visibility"] != visible:
                    seen.wrong.append(f"{method} {url}: {answer.json()['visibility']}, not {visible}")


def test_a_rolling_restart_fails_nothing_and_loses_nothing(behind: Front) -> None:
    """Both nodes one after the other, under writers, while streams are followed."""
    goes_on_through(behind, behind.restart)


def test_a_rolling_reload_fails_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """The same where another process takes the place of each."""
    with front(tmp_path, renewable=True) as behind:
        goes_on_through(behind, lambda name: behind.nodes[name].renew())


LOAD = """
local token, request_number = "{token}", 0
local bodies = {{'{{"visibility":"community"}}', '{{"visibility":"org"}}'}}
wrk.headers["Authorization"] = "Bearer " .. token
wrk.headers["Content-Type"] = "application/json"

request = function()
  request_number = request_number + 1
  local path = "/_worlds/load-" .. request_number % 16 .. "/v1/packs/pack_acme_pager"
  if request_number % 5 > 0 then return wrk.format("GET", path) end
  return wrk.format("PATCH", path, nil, bodies[request_number % 2 + 1])
end

done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("counted %d %d\\n", summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""
"""Reads and writes of sixteen worlds; its last line has the number of requests, and of those that failed."""
ENOUGH = 50_000
LOAD_S = 6


def test_restarts_of_nodes_that_a_supervisor_holds_drop_no_request_under_load(tmp_path: Path) -> None:
    """Nodes are started as the documents have it, and restarted again and again while wrk asks."""
    load = shutil.which("wrk")
    if load is None:
        pytest.skip("wrk is not installed")
    with front(tmp_path, renewable=True) as behind:
        with Mock(behind.origin) as mock:
            script = LOAD.format(token=mock.token("acme-owner"))
        (tmp_path / "load.lua").write_text(script, encoding="utf-8")
        command = [load, "-t1", "-c32", f"-d{LOAD_S}s", "--timeout", "30s", "-s", "load.lua", behind.origin]
        requests = failed = restarts = 0
        while requests < ENOUGH:
            with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as asked:
                while asked.poll() is None:
                    behind.restart(NAMES[restarts % len(NAMES)])
                    restarts += 1
                assert asked.stdout is not None
                counted = re.search(r"^counted (\d+) (\d+)$", asked.stdout.read(), re.MULTILINE)
            assert counted is not None
            requests, failed = requests + int(counted[1]), failed + int(counted[2])
    sys.stdout.write(f"{requests:,} requests through {restarts} restarts, {failed} failed\n")  # for `pytest -rP`
    assert failed == 0


def goes_on_through(behind: Front, restart: Callable[[str], None]) -> None:
    """Check that nothing fails, is wrong or is missing while each node is restarted."""
    with Mock(behind.origin) as mock, writing(behind, "rolling") as seen:
        names = [next(each for each in ids("follow") if mock.find_node(each) == node) for node in behind.nodes]
        followers = [Follower(behind, mock, name) for name in names]
        for follower in followers:
            follower.change()
        for name in behind.nodes:
            restart(name)
            for follower in followers:
                follower.change()
        for follower in followers:
            follower.check()
    sys.stdout.write(f"{seen.requests:,} requests, the longest waited {seen.longest_s:.1f} s\n")  # for `pytest -rP`
    assert seen.failed == []
    assert seen.wrong == []
    assert seen.requests > 10 * WRITERS


def ids(stem: str) -> Iterator[str]:
    """Names of worlds."""
    return (f"{stem}-{number}" for number in range(1000))


class Follower:
    """Follows the stream of activity in a world, and comes back with the last id whenever it ends."""

    def __init__(self, front: Front, mock: Mock, name: str) -> None:
        self._world = mock.world(name)
        self._world.freeze("2026-07-01T08:00:00Z")
        self._url = f"{front.origin}/_worlds/{name}/v1/activity/stream"
        self._headers = {"Authorization": f"Bearer {mock.token('acme-owner')}"}
        self._came: list[str] = []
        self._begun, self._done = threading.Event(), threading.Event()
        self._changes = 0
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()
        assert self._begun.wait(PATIENCE_S)

    def _follow(self) -> None:
        headers = dict(self._headers)
        with plain.Client(timeout=PATIENCE_S) as client:
            while not self._done.is_set():
                try:
                    with client.stream("GET", self._url, headers=headers) as answer:
                        self._begun.set()
                        for line in answer.iter_lines():
                            if line.startswith("id: "):
                                self._came.append(line.removeprefix("id: "))
                                headers["Last-Event-ID"] = self._came[-1]
                except httpx.TransportError:
                    time.sleep(PAUSE_S)

    def change(self) -> None:
        """Let something happen in the world: a workspace is stopped, or resumed."""
        status = ("stopped", "idle")[self._changes % 2]
        self._changes += 1
        params = {"org_id": "org_acme", "workspace_id": "ws_acme_busy", "status": status}
        self._world.provide("workspace is", **params)

    def check(self) -> None:
        """Check that all that happened came down, in order and once."""
        path = "/workspaces/ws_acme_busy/activity"
        events = self._world.client("acme-owner").get(path, params={"limit": 100}).json()["events"]
        happened = [each["id"] for each in reversed(events)]
        until(lambda: self._came[-1:] == happened[-1:], f"of {happened[-1]} nothing comes", within_s=WITHIN_S)
        self._done.set()
        first = happened.index(self._came[0])
        assert self._came == happened[first:]
        assert len(self._came) >= self._changes


TEST = """
import time
from pathlib import Path

import pytest

def test_it(mock_server):
    mock_server.client("acme-owner").patch("/packs/pack_acme_pager", json={{"visibility": "community"}})
    Path("{begun}.part").write_text(mock_server.mock.find_node(mock_server.name))
    Path("{begun}.part").rename("{begun}")
    while not Path("{go_on}").exists():
        time.sleep(0.02)
    pytest.fail("as it is to")
"""


def test_whoever_is_hit_by_a_kill_is_told(behind: Front, tmp_path: Path) -> None:
    """Worlds of a killed node say what they lost, worlds of the other nothing; so does a failed test of pytest."""
    begun, go_on = tmp_path / "begun", tmp_path / "go-on"
    with Mock(behind.origin) as mock, ThreadPoolExecutor(1) as pool:
        test = TEST.format(begun=begun, go_on=go_on)
        tested = pool.submit(run, tmp_path, test, "--evershell-mock", behind.origin)
        worlds = [mock.world(f"hit-{number}") for number in range(6)]
        for world in worlds:
            world.look()
            publish(world)
        until(lambda: begun.exists() or tested.done(), "the test does not begin", within_s=WITHIN_S)
        assert not tested.done(), tested.result()
        node = begun.read_text(encoding="utf-8")
        with pytest.raises(WorldLost, match=f"node {node} was lost"):
            publish_through_a_kill(behind, mock, node)
        go_on.touch()
        lost = {world.name: world.describe_loss() for world in worlds}
        hit = {each.name for each in worlds if mock.find_node(each.name) == node}
        assert 0 < len(hit) < len(worlds)
        assert {name for name, said in lost.items() if said is not None} == hit
        assert all(f"node {node} was lost" in str(lost[name]) for name in hit)
        code, said = tested.result()
    assert code == 1
    assert "1 failed" in said
    assert "error" not in said.splitlines()[-1], said
    assert "lost by the mock" in said
    assert f"node {node} was lost" in said


def publish_through_a_kill(front: Front, mock: Mock, node: str) -> None:
    with at(mock, node) as world:
        publish(world)
        front.restart(node, signal.SIGKILL)


def at(mock: Mock, node: str) -> MockWorld:
    """A fresh world at a node."""
    return next(each for each in iter(mock.fresh_world, None) if mock.find_node(each.name) == node)


def publish(world: MockWorld) -> None:
    answer = world.client("acme-owner").patch("/packs/pack_acme_pager", json={"visibility": "community"})
    assert answer.status_code == 200
