"""What a run makes carries its mark: found after lost answers, and never taken for another run's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from conformance.custody.run_files import find_left_runs
from tests.examples.second import judged, profile, serving
from tests.examples.test_conforms import stored
from tests.proxy.delivery import LOST
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import Proxy, proxying

EACH = 5
LOSING = [f"--clause={clause}" for clause in ("creation", "deletion", "images", "scopes", "visibility")]
FEW = ["--clause", "creation", "--clause", "ownership", "--only", "directed"]
MAKING = [f"--clause={clause}" for clause in ("creation", "deletion", "images", "visibility", "files", "ownership")]
"""What makes objects and looks at those of an org."""
ALL_OF_ORG = [*MAKING, *(f"--clause={clause}" for clause in ("secrets", "members", "roles", "workspaces", "audit"))]
"""What else is one for a whole org: where two runs would meet first."""


@pytest.fixture(autouse=True)
def _state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers of a test's runs, away from those of whoever runs the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def each_fifth(*methods: str) -> Callable[[Request], bool]:
    """Says so of every fifth request to the API of these methods, whatever came between."""
    counts = dict.fromkeys(methods, 0)

    def it(passed: Request) -> bool:
        if passed.method not in counts or not passed.target.startswith("/v1/packs"):
            return False
        counts[passed.method] += 1
        return counts[passed.method] % EACH == 0

    return it


@pytest.mark.parametrize("states", [True, False], ids=["states", "no-states"])
def test_nothing_is_left_where_answers_get_lost(tmp_path: Path, states: bool) -> None:
    """Of creations and of removals, each fifth."""
    with serving() as origin, proxying(origin) as between:
        lost = each_fifth("POST", "DELETE")
        between.delivers = lambda request, _, as_usual: LOST if lost(request) else as_usual
        before = stored(origin)
        target = profile(tmp_path, between.origin, states=states)
        ended, results = judged(tmp_path, target, *LOSING)
        after = stored(origin)
    assert ended.code == 0, ended.said
    assert results["left_behind"] == []
    assert after == before


def test_what_a_gateway_hides_is_removed_too(tmp_path: Path) -> None:
    """The server does it, a gateway says 502, and the suite asks again: the second answer is no violation."""
    page = Answer(502, {"Content-Type": "text/html", "Retry-After": "0"}, b"<html>bad gateway</html>")
    with serving() as origin, proxying(origin) as between:
        hides = each_fifth("POST", "DELETE")
        between.replaces = lambda passed, answer: page if hides(passed) else answer
        before = stored(origin)
        ended, results = judged(tmp_path, profile(tmp_path, between.origin), *FEW)
        after = stored(origin)
    assert ended.code == 0, ended.said
    assert results["summary"]["throttled"] > 20
    assert results["left_behind"] == []
    assert after == before


@contextmanager
def started(folder: Path, target: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A run that goes on beside others, its results and requests in the folder."""
    folder.mkdir()
    script = Path(sys.executable).with_name("evershell-conformance")
    written = ["--report", f"json={folder / 'report.json'}", "--request-log", folder / "requests.log"]
    command = [script, "run", "--target", target, "--strict", *written, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


class Made:
    """What the server made, by name and by whatever else is said of it, and what it had already."""

    def __init__(self, between: Proxy) -> None:
        self.named: list[tuple[str, str]] = []
        between.sees = self.see

    def see(self, passed: Request, answer: Answer) -> None:
        """Take down a creation or a state that was made."""
        status = answer.status
        if passed.method == "POST" and passed.target == "/_states" and status == 200:
            asked = json.loads(passed.body)
            if asked["action"] == "setup" and "name" in asked["params"]:
                self.named.append((asked["params"]["name"], asked["params"].get("image_ref", "")))
        elif passed.method == "POST" and status == 201:
            made = answer.json
            self.named += [(made[each], "") for each in ("name", "label", "email") if each in made][:1]


@pytest.mark.parametrize("states", [pytest.param(True, marks=pytest.mark.long), False], ids=["states", "no-states"])
def test_whatever_is_made_carries_the_mark(tmp_path: Path, states: bool) -> None:
    """Names at the limit, taken ones and images too; a pack of the profile's own image alone has that image's name."""
    mark = "conformance-r7-"
    options = ["--strict", "--budget", "quick", "--run-id", "r7"]
    clauses = [f"--clause={clause}" for clause in ("creation", "contract", "images")]
    with serving() as origin, proxying(origin) as between:
        made = Made(between)
        ended, _ = judged(tmp_path, profile(tmp_path, between.origin, states=states), *options, *clauses)
    assert ended.code == 0, ended.said
    assert len(made.named) > 200
    assert 63 in {len(name) for name, _ in made.named}
    others = {name for name, _ in made.named if mark not in name}
    assert others == (set() if states else {"weather"})
    references = {reference for _, reference in made.named if reference}
    assert {reference for reference in references if mark.removesuffix("-") not in reference} == set()


@pytest.mark.timeout(300)  # two runs, and the last one waits for the turns of the first
@pytest.mark.parametrize(
    ("seeds", "states", "clauses"),
    [
        pytest.param((5, 5), True, [], id="one-seed-states", marks=pytest.mark.long),
        pytest.param((5, 5), True, ALL_OF_ORG, id="one-seed-states-of-an-org"),
        pytest.param((5, 6), True, MAKING, id="two-seeds-states", marks=pytest.mark.long),
        pytest.param((5, 5), False, MAKING[:3], id="one-seed-no-states", marks=pytest.mark.long),
        pytest.param((5, 6), False, MAKING[3:], id="two-seeds-no-states", marks=pytest.mark.long),
    ],
)
def test_two_runs_at_once_never_meet(tmp_path: Path, seeds: tuple[int, int], states: bool, clauses: list[str]) -> None:
    with serving() as origin:
        before = stored(origin)
        target = profile(tmp_path, origin, states=states)
        with ExitStack() as stack:
            runs = [
                stack.enter_context(
                    started(tmp_path / str(number), target, f"--seed={seed}", "--budget=quick", *clauses)
                )
                for number, seed in enumerate(seeds)
            ]
            ended = [run.communicate(timeout=280) for run in runs]
        after = stored(origin)
    for number, (said, _) in enumerate(ended):
        results = json.loads((tmp_path / str(number) / "report.json").read_text())
        assert runs[number].returncode == 0, said
        assert results["findings"] == results["errors"] == results["left_behind"] == []
        assert results["summary"]["cases"]["ERRORED"] == 0
    logs = [(tmp_path / str(number) / "requests.log").read_text() for number in range(2)]
    marks = [set(re.findall(r"conformance-[0-9a-z]+-(?=[0-9a-f]{12})", log)) for log in logs]
    assert [len(each) for each in marks] == [1, 1]
    assert marks[0] != marks[1]
    assert after == before
    assert list(find_left_runs()) == []
