"""The mock server as a child process, started the way its users start it."""

from __future__ import annotations

import atexit
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from conformance.errors import TargetError

MOCK = "mock"
"""The name of the target that is started for the run."""
START_WITHIN_S = 30.0
SHORT_STREAMS = ("--heartbeat", "1", "--stream-seconds", "5")
"""A stream has to be read to its end, and nobody is to wait five minutes for that."""
_ORIGIN = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]+")


class NoMock(TargetError):
    """The mock could not be started; the message has the last lines that it printed."""


@dataclass(slots=True)
class EmbeddedMock:
    """The running child process and its origin."""

    origin: str
    _process: subprocess.Popen[str]

    @classmethod
    def start(cls, *, seed: int = 0, contract: Path | None = None, overlay: Path | None = None) -> EmbeddedMock:
        """Return the mock once it listens; NoMock where it does not start."""
        command = _build_command(seed, contract, overlay)
        process = _launched.pop(command, None) or _spawn(command)
        alarm = threading.Timer(START_WITHIN_S, process.kill)
        alarm.start()
        said: list[str] = []
        try:
            # Loading what the run needs next takes as long as the child takes to come up.
            import_module("schemathesis")
            assert process.stdout is not None  # noqa: S101  # PIPE was asked for
            for line in process.stdout:
                said.append(line.strip())
                if found := _ORIGIN.search(line):
                    _drain(process)
                    return cls(found.group(), process)
        finally:
            alarm.cancel()
        process.wait()
        raise NoMock("the mock did not start: " + " ".join(said[-3:]))

    def stop(self) -> None:
        """Kill the child, which has nothing to save, and wait for its end."""
        _end(self._process)


def _drain(process: subprocess.Popen[str]) -> None:
    """Read what the child prints in a thread, so that it never waits for a reader."""

    def read() -> None:
        assert process.stdout is not None  # noqa: S101  # PIPE was asked for
        with process.stdout:
            for _ in process.stdout:
                pass

    threading.Thread(target=read, daemon=True).start()


_launched: dict[tuple[str, ...], subprocess.Popen[str]] = {}


def launch(*, seed: int, contract: Path | None = None, overlay: Path | None = None) -> None:
    """Start the mock early, for a `start` with the same arguments; otherwise it ends with this process."""
    command = _build_command(seed, contract, overlay)
    _launched[command] = process = _spawn(command)
    atexit.register(_end, process)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def _spawn(command: tuple[str, ...]) -> subprocess.Popen[str]:
    # The project's own program, and no shell.
    return subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _build_command(seed: int, contract: Path | None, overlay: Path | None) -> tuple[str, ...]:
    """Return the command of the mock: the installed script, else the package run as a module."""
    beside = Path(sys.executable).with_name("evershell-mock")
    script = str(beside) if beside.exists() else shutil.which("evershell-mock")
    program = (script,) if script else (sys.executable, "-m", "mock_server")
    named = (("--contract", contract), ("--overlay", overlay))
    judged_by = [text for option, path in named if path is not None for text in (option, str(path))]
    given = ("--port", "0", "--seed", str(seed), "--quiet", "--log-level", "warning", *SHORT_STREAMS, *judged_by)
    return (*program, "serve", *given)
