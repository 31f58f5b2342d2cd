"""The servers under measurement, each one process on loopback."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from benchmarks.peers import data

START_S = 120
ENDS_S = 30


class ServerError(Exception):
    """A server did not start."""


@dataclass(frozen=True, slots=True)
class Server:
    """One that answers: its URL, without a base path, and the process that it is."""

    url: str
    process: int

    def measure_resident_mib(self) -> float:
        """Return what it has in memory; read where that costs next to nothing, where there is such a place."""
        try:
            pages = int(Path(f"/proc/{self.process}/statm").read_text(encoding="ascii").split()[1])
        except FileNotFoundError:
            command = ["ps", "-o", "rss=", "-p", str(self.process)]
            return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def find_script(name: str) -> Path:
    """Return the installed command of that name, of the environment that runs the benchmark."""
    return Path(sys.executable).parent / name


@contextmanager
def run_peer(name: str, data_file: Path, *options: str) -> Iterator[str]:
    """Run `benchmarks.peers.NAME` with what the file holds; its URL, without a base path."""
    # Connexion's own warnings are not what is measured here.
    environment = {data.ENVIRONMENT: str(data_file), "PYTHONWARNINGS": "ignore"}
    with start([sys.executable, "-m", "benchmarks.peers", name, *options], environment) as server:
        yield server.url


@contextmanager
def run_mock(*options: str) -> Iterator[str]:
    """Run `evershell-mock serve` as a user would; its URL, without a base path."""
    with start(build_mock_command(*options)) as server:
        yield server.url


def build_mock_command(*options: str) -> list[str]:
    """Return what a user would type, on a free port."""
    return [str(find_script("evershell-mock")), "serve", "--port", "0", "--quiet", "--log-level", "warning", *options]


@contextmanager
def start(
    command: list[str],
    environment: dict[str, str] | None = None,
    errors: IO[bytes] | int | None = None,
    folder: Path | None = None,
) -> Iterator[Server]:
    """Start the command, take the URL that it prints, wait for its first answer, and end it afterwards.

    `errors`: where its log goes; else to our own. `folder`: where it runs; else where we do.
    """
    environment = os.environ | (environment or {})
    piped = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=piped, stderr=errors, text=True, cwd=folder) as process:
        try:
            url = read_printed_url(process.stdout or (), " ".join(command[1:]))
            wait_until_it_answers(url, process)
            yield Server(url, process.pid)
        finally:
            _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    """End a process in order, and one that is caught in a loop all the same."""
    process.terminate()
    try:
        process.wait(ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()


def read_printed_url(said: Iterable[str], what: str) -> str:
    """Return the first URL in the lines that a server says. Raises ServerError where they end without one."""
    for line in said:
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
    raise ServerError(f"{what} ended without printing its URL")


def wait_until_it_answers(url: str, process: subprocess.Popen[Any]) -> None:
    """Wait until the server answers anything. Raises ServerError where it ends before, or is silent too long."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, timeout=START_S)
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return
    raise ServerError(f"{url} did not answer within {START_S} s, or its process ended")
