"""The suite's commands as processes that are watched: how they end, how long they take, and what they need."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from benchmarks import servers
from benchmarks.peak import KILLED, read_peak, wrap_command

_PAUSE_S = 0.02
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a command."""

    code: int | None
    """The exit code; None where it had to be killed."""
    seconds: float
    most_mib: float
    output: str
    complained: str

    @property
    def last_line(self) -> str:
        """The last line that it printed."""
        return (self.output.strip() or self.complained.strip() or "nothing").splitlines()[-1]

    def list_shortcomings(self, name: str, codes: Collection[int], most_mib: float) -> Iterator[str]:
        """Yield what was promised of every end and does not hold of this one."""
        if self.code is None:
            yield f"{name}: still ran after {self.seconds:.0f} s"
        elif self.code not in codes:
            yield f"{name}: exit code {self.code}, not one of {sorted(codes)}: {self.last_line[:_SHOWN]}"
        if self.most_mib > most_mib:
            yield f"{name}: {self.most_mib:.0f} MiB, of {most_mib:.0f} that it may need"
        if "Traceback (most recent call last)" in self.output + self.complained:
            yield f"{name}: a traceback: {self.last_line[:_SHOWN]}"


def run_suite(*arguments: str, patience_s: float) -> Ended:
    """Run `evershell-conformance` with these arguments, and kill it where it takes longer than that."""
    with TemporaryDirectory() as folder:
        peak, output, complained = (Path(folder, name) for name in ("peak", "output", "complained"))
        command = wrap_command([servers.find_script("evershell-conformance"), *arguments], peak, patience_s)
        started = monotonic()
        with output.open("wb") as out, complained.open("wb") as err:
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False).returncode
        seconds = monotonic() - started
        texts = [file.read_text(encoding="utf-8", errors="replace") for file in (output, complained)]
        return Ended(None if code == KILLED else code, seconds, read_peak(peak), *texts)


@dataclass(frozen=True, slots=True)
class RunningProxy:
    """A judging proxy that runs."""

    url: str
    process: subprocess.Popen[bytes]
    errors: Path

    def measure_most_mib(self) -> float:
        """Return the most memory that one of its two processes has had; what it has now where the system keeps none."""
        parent = str(self.process.pid)
        command = ["ps", "-o", "pid=,rss=", "-p", parent, "--ppid", parent]
        shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return max((_read_most(*line.split()) for line in shown.splitlines()), default=0.0)


def _read_most(process: str, rss_kib: str) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return int(rss_kib) / 1024
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1] if found else rss_kib) / 1024


@contextmanager
def run_proxy(origin: str, folder: Path, *options: str) -> Iterator[RunningProxy]:
    """Run the proxy before a server, on a free port, and end it afterwards."""
    errors = folder / "proxy.err"
    script = str(servers.find_script("evershell-conformance"))
    command = [script, "proxy", "--to", origin, "--port", "0", *options]
    with errors.open("wb") as file, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=file) as process:
        try:
            yield RunningProxy(_read_url(errors, process), process, errors)
        finally:
            process.kill()


def _read_url(errors: Path, process: subprocess.Popen[bytes]) -> str:
    until = monotonic() + servers.START_S
    while process.poll() is None and monotonic() < until:
        if found := re.search(r"(http://\S+:\d+) passes on", errors.read_text(encoding="utf-8")):
            return found[1]
        sleep(_PAUSE_S)
    raise servers.ServerError(f"the proxy did not start: {errors.read_text(encoding='utf-8')}")
