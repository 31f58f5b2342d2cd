"""One defect, judged as a user would: a mock that has it, the suite's command, the JSON report."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import servers
from benchmarks.mutants.catalogue import list_catalogue

GENERATED = "generated"
MOST_S = 400
MOST_LASTING = 3000
"""Objects that a run may make on a mock without worlds and that stay, archived."""
ENDS = "STREAM-ENDS"
HEARTBEAT = ("--heartbeat", "1")
"""Options of a mock of which nobody is to wait for the comments."""
SHORT_STREAMS, WHOLE_STREAMS = ("--stream-seconds", "5"), ("--stream-seconds", "311")
"""Options of a mock whose streams end soon, and of the suite that reads them to their end."""


class JudgeError(Exception):
    """The suite gave no verdict on a server: that says nothing of the suite's power."""


class NothingReachedError(JudgeError):
    """Raised where the suite could send nothing of what it was to judge."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The findings of a run."""

    rules: frozenset[str]
    """The rules with a finding, of any level."""
    directed: frozenset[str]
    """The rules that a directed case found."""
    generated: frozenset[str]
    """The rules that a generated case, or a sequence, found."""
    seconds: float

    @property
    def is_killed(self) -> bool:
        """Return whether it was noticed at all."""
        return bool(self.rules)


Suite = Callable[[list[str]], str]
"""The function that runs the suite's command with arguments, and gives what it said."""


def run_command(arguments: list[str]) -> str:
    """Run the suite as its user does, in a process of its own."""
    script = str(servers.find_script("evershell-conformance"))
    done = subprocess.run([script, *arguments], capture_output=True, text=True, check=False, timeout=MOST_S)
    return done.stdout + done.stderr


Serve = Callable[..., AbstractContextManager[str]]
"""The function that runs the mock with options, and gives its URL."""


def judge(
    deviations: Sequence[str],
    seed: int,
    *options: str,
    suite: Suite = run_command,
    mock: Serve = servers.run_mock,
    worlds: bool = True,
) -> Judged:
    """Return the verdict on a mock with these defects; JudgeError where there is none."""
    started = time.perf_counter()
    report = run_suite(deviations, seed, *options, suite=suite, mock=mock, worlds=worlds)
    return read(report, time.perf_counter() - started)


def run_suite(
    deviations: Sequence[str],
    seed: int,
    *options: str,
    suite: Suite = run_command,
    mock: Serve = servers.run_mock,
    worlds: bool = True,
) -> dict[str, Any]:
    """Return the report of the suite's run on a mock with these defects; JudgeError where there is none.

    `worlds`: whether each test has a world of its own; else the mock is one server that all share, with states.
    """
    planted = [option for name in deviations for option in ("--deviation", name)]
    ends = bool({it.id for it in list_catalogue() if ENDS in it.breaks}.intersection(deviations))
    with mock(*HEARTBEAT, *(SHORT_STREAMS if ends else ()), *planted) as url:
        more = (*options, *(WHOLE_STREAMS if ends else ()))
        if worlds:
            return run(f"{url}/v1", seed, *more, suite=suite)
        with TemporaryDirectory() as folder:
            target = Path(folder, "target.toml")
            target.write_text(describe_without_worlds(url), encoding="utf-8")
            return run(str(target), seed, *more, suite=suite)


def describe_without_worlds(url: str) -> str:
    """Return a profile of a mock as of a server that others use: one state for all, and the endpoint of states."""
    with urllib.request.urlopen(f"{url}/_mock/personas") as answer:  # noqa: S310  # of the loopback
        personas = json.load(answer)["personas"]
    lines = ["[target]", 'name = "without worlds"', f'url = "{url}/v1"']
    lines += [f'states_url = "{url}/_mock/worlds/default/states"', "[limits]", f"max_lasting = {MOST_LASTING}"]
    for each in personas:
        who = "role" if each["role"] else "permission_set"
        lines += [f"[callers.{each['name']}]", f'org = "{each["org_id"]}"', f'{who} = "{each[who]}"']
        lines.append(f'token = "{each["token"]}"')
    return "\n".join(lines)


def run(target: str, seed: int, *options: str, suite: Suite = run_command) -> dict[str, Any]:
    """Return the report of the suite's run on a target; JudgeError where there is none."""
    with _make_report_path() as path:
        # Runs stand side by side here, so each is in one process.
        fixed = ["run", "--target", target, "--seed", str(seed), "--workers", "1", "--quiet"]
        said = suite([*fixed, "--report", f"json={path}", *options])
        if not path.exists():
            raise JudgeError(f"{target}: no report: {said[-300:]}")
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if report["errors"]:
        raise JudgeError(f"{target}: {report['errors']}")
    if report["unusable"]:
        raise NothingReachedError(f"{target}: {report['unusable']}")
    return report


@contextmanager
def _make_report_path() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder, "report.json")


def read(report: dict[str, Any], seconds: float) -> Judged:
    """Return what a report says was found, and by what kind of case."""
    rule_of = {finding["fingerprint"]: finding["rule"] for finding in report["findings"]}
    found = [(case["kind"], rule_of[name]) for case in report["cases"] for name in case["findings"]]
    return Judged(
        rules=frozenset(rule_of.values()),
        directed=frozenset(rule for kind, rule in found if kind != GENERATED),
        generated=frozenset(rule for kind, rule in found if kind == GENERATED),
        seconds=seconds,
    )
