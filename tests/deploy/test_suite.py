"""The suite through the front: what it finds and what it reaches is as on one mock."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.targets import judge
from tests.deploy.front import Front
from tests.forked import MOCK, running

pytestmark = pytest.mark.needs_haproxy

NARROWED = ("--clause", "visibility", "--clause", "paging", "--clause", "parallel")
SUITE_S = 800
OFTEN = 10
SHORT_STREAMS = ("--heartbeat", "1", "--stream-seconds", "5")


def report(target: str, folder: Path, *options: str) -> dict[str, Any]:
    """What the suite reports of a target, which has to conform."""
    path = folder / "report.json"
    common = ("--seed", "1", "--quiet", "--report", f"json={path}")
    judged = judge("--target", target, *common, *options, cwd=folder, timeout=SUITE_S)
    assert judged.code == 0, judged.said + judged.complained
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def same_through(front: Front, folder: Path, *options: str) -> None:
    """Check that nothing is found through the front, and that every cell is reached as on a mock alone."""
    through = report(f"{front.origin}/v1", folder, *options)
    with running(MOCK, "serve", "--port", "0", "--quiet", "--log-level", "warning", *SHORT_STREAMS) as said:
        direct = report(f"{said.readline().split()[-1]}", folder, *options)
    assert through["findings"] == direct["findings"] == []
    assert verdicts(through) == verdicts(direct)
    assert reached(direct, often=True) <= reached(through)
    assert reached(through, often=True) <= reached(direct)


def verdicts(told: dict[str, Any]) -> dict[str, str]:
    return {rule["id"]: rule["verdict"] for rule in told["rules"]}


def reached(told: dict[str, Any], *, often: bool = False) -> set[tuple[str, int, str | None]]:
    """The cells that were met, or met often: a few are met by chance, where requests are under way together."""
    least = OFTEN if often else 1
    return {(cell["operation_id"], cell["status"], cell["code"]) for cell in told["cells"] if cell["count"] >= least}


def test_the_suite_finds_nothing_and_reaches_the_same(behind: Front, tmp_path: Path) -> None:
    same_through(behind, tmp_path, "--budget", "quick", *NARROWED)


@pytest.mark.long
@pytest.mark.timeout(2 * SUITE_S)
def test_the_whole_suite_finds_nothing_and_reaches_the_same(behind: Front, tmp_path: Path) -> None:
    same_through(behind, tmp_path)
