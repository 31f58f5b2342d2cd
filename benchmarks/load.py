"""A load on one URL of one server: by wrk where it is installed, else by a small generator of our own."""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

CONNECTIONS = 16

# Bodies take turns. What is measured goes to stderr as five numbers, times in microseconds:
# requests, duration, p99, longest, failures.
_WRK_SCRIPT = """
local bodies, turn = {%(bodies)s}, 0
request = function()
  turn = turn %% #bodies + 1
  return wrk.format(%(method)s, nil, {%(headers)s}, bodies[turn])
end
done = function(summary, latency)
  local failed = summary.errors
  io.stderr:write(string.format("%%d %%d %%d %%d %%d", summary.requests, summary.duration, latency:percentile(99),
    latency.max, failed.status + failed.connect + failed.read + failed.write + failed.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is sent again and again. Where there are several bodies, they take turns."""

    method: str
    url: str
    headers: dict[str, str]
    bodies: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one round."""

    requests: int
    seconds: float
    p99_ms: float
    longest_ms: float

    @property
    def requests_per_second(self) -> float:
        return self.requests / self.seconds


class LoadError(Exception):
    """The load says nothing of the server's speed: answers were no success, or none came."""


def describe_load(seconds: float) -> str:
    """Return what makes the load on this machine and for how long, for the head of the table."""
    if shutil.which("wrk"):
        return f"wrk -t1 -c{CONNECTIONS} -d{_round_seconds(seconds)}s"
    return f"own generator, {CONNECTIONS} connections, {seconds:g} s"


def _round_seconds(seconds: float) -> int:
    """Return the seconds as wrk takes them: whole, and one at least."""
    return max(1, round(seconds))


def load(call: Call, seconds: float, connections: int = CONNECTIONS) -> Measured:
    """Ask for so many seconds, from a process of its own. Raises LoadError where any answer was not a 2xx."""
    by = _load_by_wrk if shutil.which("wrk") else _load_by_ours
    requests, duration, p99, longest, failed = by(call, seconds, connections)
    if failed or not requests:
        raise LoadError(f"{call.method} {call.url}: {failed} of {requests} answers were no success")
    return Measured(requests, duration / 1e6, p99 / 1000, longest / 1000)


def _load_by_wrk(call: Call, seconds: float, connections: int) -> tuple[int, ...]:
    # A JSON string of plain text is a Lua string too.
    script = _WRK_SCRIPT % {
        "bodies": ", ".join(map(json.dumps, call.bodies)),
        "method": json.dumps(call.method),
        "headers": ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in call.headers.items()),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "load.lua")
        path.write_text(script, encoding="utf-8")
        return _run(
            call, seconds, "wrk", "-t1", f"-c{connections}", f"-d{_round_seconds(seconds)}s", "-s", path, call.url
        )


def _load_by_ours(call: Call, seconds: float, connections: int) -> tuple[int, ...]:
    module = "benchmarks.own_generator"
    return _run(call, seconds, sys.executable, "-m", module, json.dumps(asdict(call)), seconds, connections)


def _run(call: Call, seconds: float, *command: object) -> tuple[int, ...]:
    what = f"{call.method} {call.url}"
    try:
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, check=False, timeout=seconds + 30
        )
    except subprocess.TimeoutExpired as error:
        raise LoadError(f"{what}: no end {error.timeout:g} s after the start; an answer is missing") from error
    numbers = done.stderr.split()
    if done.returncode or len(numbers) != 5 or not all(map(str.isdigit, numbers)):
        raise LoadError(f"{what}: the load generator failed: {done.stderr.strip()[-300:]}")
    return tuple(map(int, numbers))
