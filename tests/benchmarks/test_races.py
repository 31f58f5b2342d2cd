"""The command that says how surely planted races are found."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from benchmarks.mutants.catalogue import list_catalogue
from benchmarks.races.__main__ import list_races
from benchmarks.races.rates import Rate, list_lines, read

ROOT = Path(__file__).parents[2]


def test_races_are_the_defects_of_requests_that_overlap() -> None:
    found = {each.id for each in list_races(list_catalogue())}
    assert {"parallel-write-lost", "parallel-tasks-lost"} <= found
    assert {each.id for each in read()} <= found
    assert all(name.startswith("parallel-") for name in found)


def test_the_table_says_in_how_many_runs_each_is_found() -> None:
    _, _, row = list_lines([Rate("parallel-a", "PARALLEL-WRITES", "A goes wrong.", 9, 10)])
    assert row == "| `parallel-a` | A goes wrong. | 9 of 10 |"


def test_a_race_is_judged_with_each_seed() -> None:
    command = [sys.executable, "-m", "benchmarks.races", "--id", "parallel-invited-twice", "--seeds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    assert re.search(r"^\| `parallel-invited-twice` \| .* \| [01] of 1 \|$", done.stdout, re.MULTILINE)
