"""The servers under measurement, each one process on loopback."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.peers import data

START_S = 30


class ServerError(Exception):
    """A server did not start."""


def script(name: str) -> Path:
    """The installed command of that name, of the environment that runs the benchmark."""
    return Path(sys.executable).parent / name


@contextmanager
def peer(name: str, data_file: Path) -> Iterator[str]:
    """Run `benchmarks.peers.NAME` with what the file holds; its URL, without a base path."""
    # Connexion's own warnings are not what is measured here.
    environment = {data.ENVIRONMENT: str(data_file), "PYTHONWARNINGS": "ignore"}
    with _running([sys.executable, "-m", "benchmarks.peers", name], environment) as url:
        yield url


@contextmanager
def mock(*options: str) -> Iterator[str]:
    """Run `evershell-mock serve` as a user would; its URL, without a base path."""
    command = [str(script("evershell-mock")), "serve", "--port", "0", "--log-level", "warning", *options]
    with _running(command, {}) as url:
        yield url


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Start the command, take the URL that it prints, wait for its first answer, and end it afterwards."""
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = _printed_url(process, " ".join(command[1:]))
            _wait_until_it_answers(url)
            yield url
        finally:
            process.terminate()


def _printed_url(process: subprocess.Popen[str], what: str) -> str:
    for line in process.stdout or ():
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
    raise ServerError(f"{what} ended without printing its URL")


def _wait_until_it_answers(url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=START_S)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise ServerError(f"{url} did not answer within {START_S} s")
