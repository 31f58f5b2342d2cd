"""A mock in a process of its own that is watched from outside: its memory, and what it opens for writing."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import plain
from tests.mock_server.serving import Mock

# What Python is told of, whoever in it opens a file. It is said before the file is there.
_AUDITED = """
import os, sys
def opened(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        os.write(2, f"opened {arguments[0]!r}\\n".encode())
    if event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp"):
        os.write(2, f"opened {event} {arguments!r}\\n".encode())
sys.addaudithook(opened)
from mock_server.cli import main
main(["serve", "--port", "0", "--log-level", "warning", *sys.argv[1:]])
"""


@dataclass
class Peak:
    """How much more memory a process held at once than before."""

    bytes: int = 0


@dataclass
class Watched:
    """A running mock, and its process."""

    mock: Mock
    process: subprocess.Popen[bytes]

    def resident(self) -> int:
        return self._memory("VmRSS")

    @contextmanager
    def peak(self) -> Iterator[Peak]:
        """Measure the block, by the kernel's own mark of the most that was held."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")
        before, peak = self.resident(), Peak()
        yield peak
        peak.bytes = self._memory("VmHWM") - before

    def opened_for_writing(self) -> list[str]:
        """What it has said since the last time this was asked; it says so before the answer that it does it for."""
        assert self.process.stderr is not None
        os.set_blocking(self.process.stderr.fileno(), False)
        said = (self.process.stderr.read() or b"").decode()
        return [line for line in said.splitlines() if line.startswith("opened ")]

    def _memory(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition(f"{name}:")[2].split()[0]) * 1024


def _no_file() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@contextmanager
def watched(*options: str) -> Iterator[Watched]:
    """A mock that the kernel lets write no byte into a file; what it prints goes into pipes, which are none."""
    command = [sys.executable, "-B", "-c", _AUDITED, *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, preexec_fn=_no_file, **pipes) as process:  # noqa: PLW1509 - before any thread
        try:
            assert process.stdout is not None
            found = re.search(rb"http://[\d.]+:\d+", process.stdout.readline())
            assert found is not None, process.stderr and process.stderr.read()
            origin = found[0].decode()
            personas = plain.get(f"{origin}/_mock/personas", timeout=30).json()["personas"]
            running = Watched(Mock(origin, "watched", {each["name"]: each["token"] for each in personas}), process)
            running.opened_for_writing()
            yield running
        finally:
            process.terminate()
            process.communicate()
