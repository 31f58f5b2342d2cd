"""A node that hangs: it listens, and answers nothing."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mock_server import Mock, MockWorld
from tests import plain
from tests.deploy.front import WITHIN_S, Front, MockNode, front
from tests.waiting import until

pytestmark = [pytest.mark.needs_haproxy, pytest.mark.long]

PATIENCE_S = 60
"""Less than the front's own patience of 75 s with a node that it takes for well."""
AT_ONCE_S = 10
"""What a request to the other node may take, on a busy machine too; the hung one is given up after twice as long."""


@contextmanager
def hanging(node: MockNode) -> Iterator[None]:
    """Stop the process of a node, which stays there, for the length of the block."""
    assert node.process is not None
    os.kill(node.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(node.process.pid, signal.SIGCONT)


def world_at(mock: Mock, node: str) -> MockWorld:
    return next(mock.world(name) for name in (f"hung-{at}" for at in range(100)) if mock.find_node(name) == node)


def asked(front: Front, mock: Mock, world: MockWorld, method: str, timeout: float) -> httpx.Response:
    """What a client gets that has no connection yet."""
    path = f"{front.origin}/_worlds/{world.name}/v1/packs/pack_acme_pager"
    headers = {"Authorization": f"Bearer {mock.token('acme-owner')}"}
    body = {"json": {"visibility": "community"}} if method == "PATCH" else {}
    return plain.request(method, path, headers=headers, timeout=timeout, **body)


def test_worlds_of_the_other_node_go_on_and_its_own_do_once_it_is_back(tmp_path: Path) -> None:
    """Who waits for it gets an error when it is given up, then a world that begins anew; when it is back, the world."""
    with front(tmp_path) as behind, Mock(behind.origin) as mock, ThreadPoolExecutor() as pool:
        hit, other = world_at(mock, "n1"), world_at(mock, "n2")
        assert asked(behind, mock, hit, "PATCH", PATIENCE_S).json()["visibility"] == "community"
        with hanging(behind.nodes["n1"]):
            waiting = [pool.submit(asked, behind, mock, hit, method, PATIENCE_S) for method in ("GET", "PATCH")]
            beside = 0
            while not all(map(Future.done, waiting)):
                answer = asked(behind, mock, other, "GET", AT_ONCE_S)
                assert (answer.status_code, answer.headers["X-Mock-Node"]) == (200, "n2")
                beside += 1
            assert beside > 10
            for each in waiting:
                with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
                    each.result()
            anew = asked(behind, mock, hit, "GET", AT_ONCE_S)
            assert (anew.status_code, anew.headers["X-Mock-Node"]) == (200, "n2")
            assert anew.json()["visibility"] != "community"

        def is_back() -> bool:
            return asked(behind, mock, hit, "GET", PATIENCE_S).headers["X-Mock-Node"] == "n1"

        until(is_back, "the node is not asked again", within_s=WITHIN_S)
        assert asked(behind, mock, hit, "GET", AT_ONCE_S).json()["visibility"] == "community"
