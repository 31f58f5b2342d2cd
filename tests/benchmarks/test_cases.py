"""Cases a second are compared round by round, and the promise is judged by the median."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cases import Compared, Measured


def compared(*rates: tuple[float, float]) -> Compared:
    """Of each round the suite's rate and that of plain Schemathesis, in one second each."""
    ours, plain = ([Measured(round(pair[n]), 1.0) for pair in rates] for n in (0, 1))
    return Compared(ours, plain)


def test_a_ratio_is_taken_within_its_round() -> None:
    assert compared((300, 100), (80, 40)).ratios == [3, 2]


@pytest.mark.parametrize(("ours", "short"), [((150, 150, 10), False), ((149, 149, 900), True)])
def test_one_and_a_half_times_plain_schemathesis_by_the_median(ours: tuple[float, ...], *, short: bool) -> None:
    assert (compared(*((rate, 100) for rate in ours)).explain_shortfall() is not None) is short


@pytest.mark.long
def test_one_round_shows_both_rates_and_the_ratio(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.cases", "--rounds", "1", "--budget", "quick"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=280, check=False)
    # How fast this machine is just now is not this test's business: 1 is "too slow" as well.
    assert done.returncode in {0, 1}, done.stderr
    head, plain, suite, ratio = done.stdout.splitlines()
    assert head.split() == ["generated", "cases", "cases", "seconds", "cases/s"]
    for row, name in ((plain, "plain Schemathesis"), (suite, "suite")):
        cases, _, rate = row.removeprefix(name).split()
        assert int(cases.replace(",", "")) >= 500
        assert int(rate) > 0
    assert re.fullmatch(r"suite / plain +\d\.\d\d \(\d\.\d\d-\d\.\d\d\)", ratio)
