"""A run that is interrupted before its first test says so, and leaves no mock behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.processes import children, is_gone

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not list children")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("option", ["--quiet", "--dry-run"])
def test_it_is_interrupted_while_the_mock_comes_up(number: signal.Signals, option: str) -> None:
    script = Path(sys.executable).with_name("evershell-conformance")
    command = [script, "run", "--target", "mock", option]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        while not (mocks := children(run.pid)):
            assert run.poll() is None
        run.send_signal(number)
        _, complained = run.communicate(timeout=60)
    assert (run.returncode, complained) == (130, "evershell-conformance: interrupted\n")
    assert all(map(is_gone, mocks))
