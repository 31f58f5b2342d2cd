"""Deliberate defects are found by the rules that they break, and the mock without one has no finding.

A fixed sample, and a part of what is new or changed since the whole catalogue was judged last by `make mutants`;
`make mutants-quick` judges all of it.
"""

from collections.abc import Iterator

import pytest

from benchmarks.mutants import results
from benchmarks.mutants.catalogue import Planted, draw_sample, list_catalogue
from benchmarks.mutants.judge import judge, run
from conformance.budget import QUICK
from tests.conformance.targets import suite
from tests.live import served_mock

EVERY = list_catalogue()
TAKES_MINUTES = {"streams-never-end"}
"""Judged in tests/agreement/test_streams.py, with `make long`."""
MOST_NEW = 30
NEW = results.list_new(EVERY)
SOME = [*draw_sample(EVERY), *NEW[:: max(1, len(NEW) // MOST_NEW)]]
SAMPLE = [it for it in dict.fromkeys(SOME) if it.id not in TAKES_MINUTES]
BUDGET = ("--budget", QUICK.name)


def asked(planted: Planted) -> Iterator[list[str]]:
    """The options of one run after the other, the least first."""
    yield [*BUDGET, "-x", *(f"--rule={rule}" for rule in planted.breaks)]
    # A law of every answer, or what the oracle names, may show in the cases of another rule only.
    yield [*BUDGET]
    yield []


@pytest.mark.parametrize("planted", SAMPLE, ids=lambda planted: planted.id)
def test_a_defect_is_found_by_a_rule_that_it_breaks(planted: Planted) -> None:
    found = (judge([planted.id], 1, *options, suite=suite, mock=served_mock).rules for options in asked(planted))
    assert any(rules & set(planted.breaks) for rules in found)


@pytest.mark.long
def test_the_mock_without_a_defect_has_no_finding() -> None:
    """As `make conformance` says it too, and for another seed tests/conformance/running/test_run.py."""
    report = run("mock", 0, *BUDGET, suite=suite)
    assert [finding["rule"] for finding in report["findings"]] == []
    assert report["summary"]["cells"]["reached"] == report["summary"]["cells"]["declared"]
    assert {rule["id"] for rule in report["rules"] if rule["verdict"] != "PASSED"} == set()
