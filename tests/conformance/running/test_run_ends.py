"""How a run ended, as its exit code and every report say it: violations outrank an end, an end is never passed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.conformance.targets import Judged, judge
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.proxy.messages import Answer
from tests.proxy.proxy import proxying

SEED = "7"
KINDS = ("json", "html", "markdown", "junit", "arazzo")
ADVISORIES, VIOLATIONS = "envelope-extra-key", "scopes-not-checked"
"""Defects: what breaks a decision of ours alone, and what breaks the public reference."""


def reporting(folder: Path) -> list[str]:
    return [option for kind in KINDS for option in ("--report", f"{kind}={folder / kind}")]


def results(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "json").read_text())
    return document


def junit(folder: Path) -> ET.Element:
    return ET.fromstring((folder / "junit").read_text())  # noqa: S314  # our own output


def says_everywhere(folder: Path, judged: Judged, words: str) -> None:
    """Each report has the words, none says that the run passed."""
    assert words in judged.last_line
    for kind in KINDS:
        assert words in (folder / kind).read_text().replace("\\", "").replace("\N{ZERO WIDTH NON-JOINER}", ""), kind
    document = results(folder)
    assert document["exit_code"] == judged.code
    assert "PASSED" not in document["verdicts"]
    assert junit(folder).get("errors") != "0"


def test_a_target_that_dies_after_violations(tmp_path: Path) -> None:
    """Exit code 1, and the report says that it died."""
    with served_mock("--deviation", VIOLATIONS) as origin, proxying(origin) as target:
        # Of itself it says how long to wait, or each request is waited for by some seconds.
        target.answers = lambda _: Answer(504, {"Retry-After": "0"}) if len(target.passed) > 50 else None
        written = profile(tmp_path / "target.toml", origin, states=False, base_url=target.origin)
        judged = judge("--target", written, "--clause", "scopes", "--seed", SEED, *reporting(tmp_path))
    assert judged.code == 1, judged.said
    assert judged.last_line.startswith("does not conform, not judged to the end (")
    says_everywhere(tmp_path, judged, "a limit or a gateway answers 504")
    assert results(tmp_path)["verdicts"] == ["FAILED", "UNUSABLE"]
    assert int(junit(tmp_path).get("failures") or 0) > 0


def test_a_limit_on_requests_that_leaves_rules_unjudged(tmp_path: Path) -> None:
    judged = judge("--target", "mock", "--clause", "session", "--max-requests", "100", *reporting(tmp_path))
    assert judged.code == 3
    assert judged.last_line.startswith("cut short (limits.max_requests: 100 are sent): 0 violations")
    says_everywhere(tmp_path, judged, "limits.max_requests: 100 are sent")
    assert results(tmp_path)["verdict"] == "CUT_SHORT"


def test_a_limit_on_requests_within_what_is_generated(tmp_path: Path) -> None:
    """What is left of the requests of one operation is judged, and is not all."""
    options = ("--only", "generated", "--operation", "packs.list", "--budget", "quick", "--seed", SEED)
    whole = judge("--target", "mock", *options, *reporting(tmp_path))
    assert whole.code == 0, whole.said
    fewer = results(tmp_path)["summary"]["requests"] - 5
    judged = judge("--target", "mock", *options, "--max-requests", str(fewer), *reporting(tmp_path))
    assert (judged.code, results(tmp_path)["verdict"]) == (3, "CUT_SHORT"), judged.said


def test_a_limit_on_requests_after_violations(tmp_path: Path) -> None:
    with served_mock("--deviation", VIOLATIONS) as origin:
        written = profile(tmp_path / "target.toml", origin, states=False, limits="max_requests = 60")
        judged = judge("--target", written, "--clause", "scopes", "--seed", SEED, *reporting(tmp_path))
    assert judged.code == 1, judged.said
    says_everywhere(tmp_path, judged, "limits.max_requests: 60 are sent")


def test_a_limit_that_is_not_met_is_no_end(tmp_path: Path) -> None:
    judged = judge("--target", "mock", "--clause", "session", "--max-requests", "5000", *reporting(tmp_path))
    assert (judged.code, results(tmp_path)["verdicts"]) == (0, ["PASSED"])


def test_the_time_is_over(tmp_path: Path) -> None:
    judged = judge("--target", "mock", "--time-limit", "0.001", *reporting(tmp_path))
    assert judged.code == 3
    says_everywhere(tmp_path, judged, "--time-limit: the 0.001 s are over")


@pytest.mark.parametrize(
    ("deviation", "options", "code"),
    [(VIOLATIONS, (), 1), (ADVISORIES, (), 3), (ADVISORIES, ("--strict",), 1)],
    ids=["violation", "advisory", "strict"],
)
def test_the_first_finding_ends_a_run(tmp_path: Path, deviation: str, options: tuple[str, ...], code: int) -> None:
    """A violation is 1; after an advisory, which fails nothing, the rest is not judged: 3."""
    with served_mock("--deviation", deviation) as origin:
        target = ("--target", f"{origin}/v1", "--seed", SEED, "--clause", "scopes", "--clause", "envelope")
        judged = judge(*target, "-x", *options, *reporting(tmp_path))
    assert judged.code == code, judged.said
    says_everywhere(tmp_path, judged, "-x: stopped at the first finding")


@pytest.mark.parametrize("deviation", ["configuration-model-forgotten", "activity-after-beside-a-cursor"])
def test_writes_are_judged_first_where_the_first_finding_ends_a_run(tmp_path: Path, deviation: str) -> None:
    """They are judged before the other tests are collected, and no second time where the run goes on."""
    with served_mock("--deviation", deviation) as origin:
        judged = judge("--target", f"{origin}/v1", "--seed", SEED, "--budget", "quick", "-x", *reporting(tmp_path))
    assert judged.code == 1, judged.said
    says_everywhere(tmp_path, judged, "-x: stopped at the first finding")
    ids = [each["id"] for each in results(tmp_path)["cases"]]
    assert len(ids) == len({*ids})
    writes = [each for each in ids if each.startswith(("test_configuration.py", "test_creation.py"))]
    assert any("test_what_was_sent_is_shown" in each for each in writes)
    assert (len(ids) == len(writes)) is (deviation == "configuration-model-forgotten")


def test_a_finding_of_the_last_case_cuts_nothing_short(tmp_path: Path) -> None:
    case = ("--rule", "ENVELOPE-KEYS", "--operation", "session.get", "--only", "directed")
    with served_mock("--deviation", ADVISORIES) as origin:
        judge("--target", f"{origin}/v1", *case, *reporting(tmp_path))
        last = results(tmp_path)["cases"][-1]["id"]
        judged = judge("--target", f"{origin}/v1", "--case", last, "-x", *reporting(tmp_path))
    assert (judged.code, results(tmp_path)["verdicts"]) == (0, ["PASSED"]), judged.said


@contextmanager
def interrupted(*options: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has found something, and is told to end."""
    command = [Path(sys.executable).with_name("evershell-conformance"), "run", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr
        while " 0 findings" in (line := run.stderr.readline()):
            assert line
        run.send_signal(signal.SIGINT)
        yield run
        if run.poll() is None:
            run.kill()


def test_ctrl_c_after_violations(tmp_path: Path) -> None:
    """Interrupted, and failed."""
    with served_mock("--deviation", VIOLATIONS) as origin:
        target = ("--target", f"{origin}/v1", "--clause", "scopes", "--clause", "contract", "--seed", SEED)
        with interrupted(*target, "-n", "1", *reporting(tmp_path)) as run:
            said, complained = run.communicate(timeout=60)
    judged = Judged(run.returncode, said, complained)
    assert judged.code == 130
    says_everywhere(tmp_path, judged, "interrupted, does not conform: ")
    assert results(tmp_path)["verdicts"] == ["INTERRUPTED", "FAILED"]
    assert int(junit(tmp_path).get("failures") or 0) > 0


def test_nothing_to_judge_is_not_passed(tmp_path: Path) -> None:
    nothing = ("--rule", "PACK-PATCH-APPLIES", "--operation", "session.get")
    judged = judge("--target", "mock", *nothing, *reporting(tmp_path))
    assert judged.code == 4
    assert results(tmp_path)["verdict"] == "UNJUDGED"
    says_everywhere(tmp_path, judged, "judged by no case: --rule PACK-PATCH-APPLIES ")


def test_a_violation_of_another_rule_than_the_case_cites_is_a_failure(tmp_path: Path) -> None:
    """Exit code 1 has a failure, under the clause of the rule that is broken."""
    with served_mock("--deviation", VIOLATIONS) as origin:
        generated = ("--clause", "contract", "--operation", "memberships.list", "--operation", "packs.delete")
        judged = judge("--target", f"{origin}/v1", "--seed", SEED, *generated, *reporting(tmp_path))
    assert judged.code == 1
    violations = [finding for finding in results(tmp_path)["findings"] if finding["verdict"] == "FAILED"]
    assert {finding["rule"] for finding in violations} == {"SCOPE-REQUIRED"}
    failures = list(junit(tmp_path).iter("failure"))
    assert len(failures) >= len(violations) > 0
    for finding in violations:
        assert [it for it in failures if finding["fingerprint"] in (it.text or "")], finding["rule"]
