"""`serve --reload-on-signal`: at SIGHUP another process goes on, with the port, the connections and the worlds."""

import signal
from contextlib import AbstractContextManager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mock_server import Mock
from tests import plain
from tests.mock_server.server.reload.test_reload import WITHIN_S, Served, publish, running, visibility


def serving(*options: str) -> AbstractContextManager[Served]:
    """A mock that goes on in another process at SIGHUP."""
    return running("--reload-on-signal", *options)


def hang_up(served: Served) -> None:
    """Send SIGHUP, and wait until another process serves."""
    before = len(served.said)
    served.process.send_signal(signal.SIGHUP)
    served.wait_for("^evershell-mock: SIGHUP: served from now on$", after=before)


def started(served: Served) -> str:
    return str(plain.get(f"{served.origin}/_mock/health").json()["started"])


@pytest.mark.parametrize("kept", [False, True])
def test_another_process_goes_on_with_the_worlds(tmp_path: Path, *, kept: bool) -> None:
    options = ("--node", "n1", *(("--keep-worlds", str(tmp_path / "kept.worlds")) if kept else ()))
    with serving(*options) as served, Mock(served.origin) as mock:
        publish(mock, "own")
        before = started(served)
        for _ in range(2):
            hang_up(served)
            assert started(served) > before
            assert visibility(mock, "own") == "community"
            [change] = [each for each in mock.world("own").journal() if each["method"] == "PATCH"]
            assert change["status"] == 200
            assert mock.world("own").lost() is None


def test_open_connections_go_on(tmp_path: Path) -> None:
    """One that has asked, one that has not yet, and one that follows a stream, which ends."""
    with serving("--keep-worlds", str(tmp_path / "kept.worlds")) as served:
        address = served.origin.removeprefix("http://")
        connections = asked, silent, following = [HTTPConnection(address, timeout=WITHIN_S) for _ in range(3)]
        assert get(asked) == 401
        silent.connect()
        following.request("GET", "/_mock/worlds/default/journal/stream")
        stream = following.getresponse()
        sockets = [each.sock for each in connections]
        hang_up(served)
        stream.read()
        assert [get(each) for each in connections] == [401, 401, 401]
        assert [each.sock for each in connections] == sockets
        for each in connections:
            each.close()


def get(connection: HTTPConnection) -> int:
    connection.request("GET", "/v1/packs")
    answer = connection.getresponse()
    answer.read()
    return answer.status
