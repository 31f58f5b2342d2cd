"""Load on a mock: what is judged, what is found, what is refused, and what reports say of it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from threading import Event
from typing import Any

import jsonschema_rs
import pytest

from conformance.results.report.json_ import read_schema
from tests.conformance import worldless
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying


@dataclass(frozen=True)
class Loaded:
    """What a load came to."""

    code: int
    output: str
    complained: str
    report: Mapping[str, Any]


def loaded(folder: Path, target: str, *options: str) -> Loaded:
    """Put load on a target. In a process of its own from its start, since gevent changes what others have loaded."""
    report = folder / "load.json"
    command = [sys.executable, "-m", "conformance.cli", "load", "--target", target, "--report", f"json={report}"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=120, check=False)
    written = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return Loaded(done.returncode, done.stdout, done.stderr, written)


def test_several_processes_judge_what_they_send(tmp_path: Path) -> None:
    """No right server is accused; the report says what was asked for and what was reached."""
    said = loaded(tmp_path, "mock", "--workers", "2", "--users", "4", "--rate", "100", "--duration", "4")
    assert said.code == 0, said.output + said.complained
    jsonschema_rs.validator_for(read_schema()).validate(said.report)
    load = said.report["load"]
    (step,) = load["steps"]
    assert (load["workers"], load["users"], step["asked"], step["findings"]) == (2, 4, 100.0, 0)
    assert 100 < load["requests"] < 1000
    assert 10 < step["reached"] < 130
    assert 0 < step["p50_ms"] <= step["p99_ms"]
    assert load["most_mib"] < 350
    assert said.report["findings"] == said.report["errors"] == []
    told = r"no violation found: 0 violations, 0 advisories; [\d,]+ requests judged, [\d,]+ a second of 100 asked for, "
    assert re.search(told + r"p50 \d+ ms, p99 \d+ ms", said.output)
    assert "in 2 processes" in said.output


def test_workers_that_are_started_elsewhere_come_to_their_master(tmp_path: Path) -> None:
    """By the command that the master shows, typed as it stands there."""
    report = tmp_path / "load.json"
    program = [sys.executable, "-m", "conformance.cli"]
    asked = ["--users", "4", "--rate", "60", "--duration", "4", "--report", f"json={report}"]
    with served_mock() as origin, ExitStack() as running:

        def started(*options: str) -> subprocess.Popen[str]:
            process = subprocess.Popen([*program, *options], stdout=PIPE, stderr=PIPE, text=True)
            running.callback(process.kill)
            return running.enter_context(process)

        master = started("load", "--target", f"{origin}/v1", *asked, "--master", "2")
        assert master.stderr is not None
        waits, _, shown = master.stderr.readline().partition("; on each machine: ")
        assert waits == "evershell-conformance: waits for 2 workers"
        name, *options = shlex.split(shown)
        workers = [started(*options) for _ in range(2)]
        said = [process.communicate(timeout=120) for process in (master, *workers)]
    assert name == "evershell-conformance"
    assert [process.returncode for process in (master, *workers)] == [0, 0, 0], said
    load = json.loads(report.read_text(encoding="utf-8"))["load"]
    assert (load["workers"], load["steps"][0]["findings"]) == (2, 0)
    assert load["requests"] > 60


def test_a_broken_promise_is_found_and_counted(tmp_path: Path) -> None:
    """By the cases that are chosen, as a run chooses them."""
    with served_mock("--deviation", "session-of-the-first") as origin:
        chosen = ("--clause", "session", "--users", "2", "--duration", "4")
        said = loaded(tmp_path, f"{origin}/v1", *chosen)
    assert said.code == 1, said.output + said.complained
    jsonschema_rs.validator_for(read_schema()).validate(said.report)
    found = {each["rule"] for each in said.report["findings"]}
    assert found == {"SESSION-CALLER"}
    assert sum(each["count"] for each in said.report["findings"]) == said.report["load"]["steps"][0]["findings"]
    assert all("/me/session" in each["curl"] for each in said.report["findings"])
    assert "does not conform: " in said.output


def test_findings_on_operations_that_were_not_asked_for_are_not_filed(tmp_path: Path) -> None:
    """Cases about one operation list objects as well, and every list is wrong."""

    def of_another_type(request: Request, answer: Answer) -> Answer:
        listed = request.method == "GET" and request.path.partition("?")[0].endswith("/v1/packs")
        return Answer(200, {"Content-Type": "text/plain"}, answer.body) if listed else answer

    with served_mock() as origin, proxying(origin) as target:
        target.replaces = of_another_type
        url = f"{target.origin}/v1"
        chosen = ("--operation", "packs.upload", "--users", "2", "--duration", "3", "--seed", "1")
        said = loaded(tmp_path, url, *chosen)
        listed = [each for each in target.passed if each.path.endswith("/v1/packs")]
    assert said.code == 0, said.output + said.complained
    assert listed
    assert said.report["findings"] == []
    assert {cell["operation_id"] for cell in said.report["cells"]} == {"packs.upload"}


def test_a_path_that_is_not_served_is_one_group(tmp_path: Path) -> None:
    """By rules of several clauses."""

    def not_there(request: Request) -> Answer | None:
        is_update = request.method == "PATCH" and re.search(r"/v1/packs/[^/?]+$", request.path) is not None
        return Answer(404, {"Content-Type": "text/plain"}, b"404 page not found\n") if is_update else None

    with served_mock() as origin, proxying(origin) as target:
        target.answers = not_there
        chosen = ("--operation", "packs.update_visibility", "--users", "2", "--duration", "4")
        said = loaded(tmp_path, f"{target.origin}/v1", *chosen)
    assert said.code == 1, said.output
    (group,) = (each for each in said.report["groups"] if "packs.update_visibility" in each["operations"])
    assert ": not served, or no longer: 404" in group["title"]
    assert len(group["rules"]) > 1


def test_what_was_named_and_no_case_judges_is_no_success(tmp_path: Path) -> None:
    """Of a target that lacks the states that the rule needs."""
    with served_mock() as origin:
        target = worldless.profile(tmp_path / "target.toml", origin, states=False)
        named = ("--rule", "AUTH-EXPIRED", "--users", "2", "--duration", "1")
        said = loaded(tmp_path, str(target), *named)
    assert said.code == said.report["exit_code"] == 4, said.output
    assert "judged by no case: --rule AUTH-EXPIRED (" in said.output


def test_who_ends_it_is_told_what_came_so_far(tmp_path: Path) -> None:
    """By SIGTERM, as CI does, or by Ctrl-C."""
    report = tmp_path / "load.json"
    command = [sys.executable, "-m", "conformance.cli", "load", "--target", "mock", "--ramp", "--duration", "1"]
    with subprocess.Popen([*command, "--report", f"json={report}"], stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stderr is not None
        told = (re.search(r" (\d+) a second of [\d,]+ asked for, p50 ", line) for line in process.stderr)
        assert any(step is not None and int(step[1]) for step in told)
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert json.loads(report.read_text())["load"]["requests"] > 0
    assert "interrupted: 0 violations, 0 advisories; " in said


@pytest.mark.parametrize("lost", ["every request", "creations"])
def test_a_server_that_leaves_requests_unanswered_is_not_green(tmp_path: Path, lost: str) -> None:
    """Once load is under way: what got no answer is not judged, which is no error of the suite."""
    ended = Event()

    def hangs(request: Request) -> None:
        is_creation = request.method == "POST" and "/v1/" in request.path
        if len(target.passed) > 100 and (is_creation or lost == "every request"):
            ended.wait(60)

    with served_mock() as origin, proxying(origin) as target:
        target.answers = hangs
        url = f"{target.origin}/v1"
        said = loaded(tmp_path, url, "--users", "2", "--duration", "2", "--timeout", "1", "--seed", "1", "--quiet")
        ended.set()
    assert said.code in (1, 3), said.output + said.complained
    assert said.code == said.report["exit_code"]
    assert re.search(r"not judged to the end \([\d,]+ of [\d,]+ requests got no answer\)", said.output)


ABROAD = '[target]\nurl = "http://127.0.0.1:1/v1"\nworld_url = "http://api.example/{world}/v1"\n'
REFUSED = {
    "another host": (("--target", "https://api.example/v1"), "--allow-host api.example says that this one may be"),
    "a name like an address": (("--target", "http://127.0.0.1.example/v1"), "--allow-host 127.0.0.1.example says that"),
    "worlds on another host": (("--target", "abroad.toml"), "--allow-host api.example says that this one may be"),
    "no address": (("--target", "mock", "--worker", "here"), "--worker here: has to be HOST:PORT"),
    "another kind of report": (("--target", "mock", "--report", "pdf=x"), "--report pdf=x: has to be"),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_what_nobody_may_load_is_a_2(tmp_path: Path, given: tuple[str, ...], said: str) -> None:
    """Nothing is sent to a server that others may use, unless its host is named."""
    (tmp_path / "abroad.toml").write_text(ABROAD)
    command = [sys.executable, "-m", "conformance.cli", "load", *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_nobody_reaches_is_a_3(tmp_path: Path) -> None:
    said = loaded(tmp_path, "http://127.0.0.1:1/v1", "--quiet")
    assert (said.code, said.report) == (3, {})
    assert "not judged: " in said.output
