"""Planted defects for `st run` with the suite's hooks, beside the suite's own generated cases."""

import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.hooks import BEGIN, COUNT, END, LEAST, PAGE, Judged, Run, describe, read, shares

RULE = ("OWNERSHIP-PRIVATE-HIDDEN",)


def judged(number: int, seed: int, *, ours: bool, hooks: bool) -> Judged:
    return Judged(f"defect-{number}", seed, Run(60, RULE * ours), Run(50, RULE * hooks))


def test_the_share_is_of_what_the_own_generated_cases_find() -> None:
    found = [
        judged(1, 1, ours=True, hooks=True),
        judged(2, 1, ours=True, hooks=False),
        judged(3, 1, ours=False, hooks=True),
        judged(1, 2, ours=True, hooks=True),
    ]
    assert shares(found) == [0.5, 1.0]
    assert describe(found[:3]).startswith(
        "Of 3 defects the suite's generated cases find 2, `st run` with the hooks 2: 50% of those that the former find"
    )


def test_the_page_says_what_was_judged_and_it_is_enough() -> None:
    published = read()
    assert len(published.sample) == COUNT
    assert {each.id for each in published.judged} <= {*published.sample}
    assert f"{BEGIN}\n{describe(published.judged)}\n{END}" in PAGE.read_text(encoding="utf-8")
    assert median(shares(published.judged)) >= LEAST


def test_some_defects_are_found_by_both(root: Path) -> None:
    """One of the whole mock, one that shows to a caller of an org that owes, and one that shows in a list."""
    command = [sys.executable, "-m", "benchmarks.hooks", "--seed", "1"]
    for each in ("envelope-bare", "billing-list-refused", "archiving-always-listed"):
        command += ["--id", each]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=580, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    *rows, told = done.stdout.splitlines()
    assert sorted(row.split()[0] for row in rows) == [
        "archiving-always-listed",
        "billing-list-refused",
        "envelope-bare",
    ]
    assert "find 3, `st run` with the hooks 3: 100%" in told
