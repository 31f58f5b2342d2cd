"""Servers without a defect: whatever is found on them is a false alarm."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import servers
from benchmarks.mutants.judge import Suite, run, run_command

SECOND = "examples.second_server"
PROFILE = Path(__file__).parents[2] / "examples" / "second_server" / "profile.toml"


@dataclass(frozen=True, slots=True)
class CleanRun:
    """A run on a server without a defect."""

    server: str
    seed: int

    @property
    def id(self) -> str:
        """Return the name of the run."""
        return f"{self.server}, seed {self.seed}"


@dataclass(frozen=True, slots=True)
class Alarms:
    """The number of findings that such a run had."""

    run: CleanRun
    findings: int


def list_runs(seeds: int) -> list[CleanRun]:
    """Return every server with so many seeds."""
    return [CleanRun(*each) for each in product(SERVERS, range(1, seeds + 1))]


def count_findings(server: str, seed: int, *, suite: Suite = run_command) -> int:
    """Return how many the suite has of a server that has no defect."""
    with SERVERS[server]() as target:
        return len(run(target, seed, suite=suite)["findings"])


@contextmanager
def _serve_mock() -> Iterator[str]:
    with servers.run_mock() as url:
        yield f"{url}/v1"


@contextmanager
def _serve_second() -> Iterator[str]:
    """Yield the example server on a free port, its sessions in the environment; its profile."""
    command = [sys.executable, "-m", SECOND]
    printed = subprocess.run([*command, "--tokens"], capture_output=True, text=True, check=True).stdout
    os.environ.update(re.findall(r"^export (\w+)=(\S+)$", printed, re.MULTILINE))
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            origin = (server.stdout or io.StringIO()).readline().strip().removesuffix("/v1")
            profile = Path(folder, "profile.toml")
            written = PROFILE.read_text(encoding="utf-8").replace("http://127.0.0.1:4020", origin)
            profile.write_text(written, encoding="utf-8")
            yield str(profile)
        finally:
            server.terminate()


SERVERS: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "the mock": _serve_mock,
    "the second server": _serve_second,
}
"""The functions that start each server and give its target, for the suite's command."""
