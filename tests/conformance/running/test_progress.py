"""How far a run is: a line that moves for whoever watches, plain lines in a log, nothing where quiet is asked for."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.targets import judge

COMMAND = str(Path(sys.executable).with_name("evershell-conformance"))
ASKED = ("--target", "mock", "--clause", "session", "--only", "directed")
LINE = r"(\d+) of (\d+) cases, \d+ requests/s, 0 findings"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_log_gets_plain_lines(workers: tuple[str, ...]) -> None:
    lines = judge(*ASKED, *workers).complained.splitlines()
    steps = [re.fullmatch(LINE, line) for line in lines]
    assert all(steps), lines
    done = [(int(step[1]), int(step[2])) for step in steps if step]
    assert done[-1][0] == done[-1][1] > 0
    assert done == sorted(done)
    assert len(done) <= 11


def test_quiet_prints_the_verdict_alone() -> None:
    judged = judge(*ASKED, "--quiet")
    assert judged.complained == ""
    assert judged.said.count("\n") == 1
    assert judged.last_line.startswith("no violation found")


def test_a_terminal_gets_one_line_that_moves_and_goes() -> None:
    watched, terminal = pty.openpty()
    with subprocess.Popen([COMMAND, "run", *ASKED], stdout=subprocess.PIPE, stderr=terminal) as run:
        os.close(terminal)
        seen = b""
        while chunk := _read(watched):
            seen += chunk
        assert run.wait() == 0
    os.close(watched)
    *_, last, end = seen.decode().split("\r\x1b[K")
    assert re.fullmatch(LINE, last)
    assert end == ""
    assert "\n" not in seen.decode()


def _read(terminal: int) -> bytes:
    """What comes next; nothing at its end, which Linux tells as an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
