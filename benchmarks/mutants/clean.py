"""Servers without a defect: whatever is found on them is a false alarm."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mutants.judge import run

SECOND = "examples.second_server"
PROFILE = Path(__file__).parents[2] / "examples" / "second_server" / "profile.toml"


def false_alarms(seeds: int, workers: int | None) -> dict[str, int]:
    """Findings by server, over this many seeds."""
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        return {name: sum(pool.map(judge, range(1, seeds + 1))) for name, judge in SERVERS.items()}


def _mock(seed: int) -> int:
    return len(run("mock", seed)["findings"])


def _second(seed: int) -> int:
    with _second_server() as profile:
        return len(run(str(profile), seed)["findings"])


SERVERS: dict[str, Callable[[int], int]] = {"the mock": _mock, "the second server": _second}


@contextmanager
def _second_server() -> Iterator[Path]:
    """The example server on a free port, its sessions in the environment; its profile."""
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
            yield profile
        finally:
            server.terminate()
