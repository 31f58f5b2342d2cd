"""`serve --reload-on-signal`: at SIGHUP another process goes on, with the port and the worlds."""

import signal
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mock_server import Mock
from tests import plain
from tests.mock_server.server.reload.test_reload import Served, publish, running, visibility


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
            assert [each["method"] for each in mock.world("own").journal()] == ["GET"], "it begins empty"
            assert mock.world("own").describe_loss() is None
