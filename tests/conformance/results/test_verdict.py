"""Results as data: which verdict wins, what is one defect, and what a run's exit code says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.contract.contract import Cell, Contract, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.results.verdict import Case, Finding, ReachedCell, Run, RunVerdict, Verdict

RULE, OTHER = "PACK-PATCH-APPLIES", "ENVELOPE-KEYS"
REQUEST = Request("packs.get", "GET", "/packs/p", {"id": "p"}, content=b"\xff\x00")
EXCHANGE = Exchange("acme-owner", REQUEST, "http://t/v1/packs/p", 200, (("a", "b"),), b"\x00\xff", 1.5, number=3)


def finding(rule: str = RULE, provenance: Provenance = Provenance.SEED, got: str = "200") -> Finding:
    return Finding(rule, "packs.get", "acme-owner", "404", got, provenance, EXCHANGE, (EXCHANGE,), "case", 7)


def case(verdict: Verdict, *findings: Finding, rule: str = RULE) -> Case:
    return Case("test_a.py::test_it", rule, "packs.get", verdict, "why", 1.25, findings=findings)


@pytest.fixture
def run(contract: Contract) -> Run:
    reached = {Cell("packs.get", 200, None): ReachedCell(3, "test_a.py::test_it")}
    return Run("mock", "http://t/v1", 7, contract, (case(Verdict.PASSED),), reached, 3, 0.5)


def verdict_of(run: Run, rule: str = RULE) -> Verdict:
    return next(each.verdict for each in run.rules if each.rule.id == rule)


def test_the_highest_verdict_wins(run: Run) -> None:
    cases = tuple(case(verdict) for verdict in (Verdict.PASSED, Verdict.NOT_PROVOKED))
    assert verdict_of(replace(run, cases=cases)) is Verdict.PASSED
    assert verdict_of(replace(run, cases=(*cases, case(Verdict.FAILED)))) is Verdict.FAILED
    assert verdict_of(replace(run, cases=(*cases, case(Verdict.FAILED), case(Verdict.ERRORED)))) is Verdict.ERRORED


def test_a_rule_without_a_case_is_untested(run: Run) -> None:
    assert verdict_of(run, OTHER) is Verdict.UNTESTED


def test_a_finding_counts_for_the_rule_that_it_names(run: Run) -> None:
    found = replace(run, cases=(case(Verdict.PASSED, finding(OTHER)),))
    assert verdict_of(found) is Verdict.PASSED
    assert verdict_of(found, OTHER) is Verdict.FAILED
    assert found.verdict is RunVerdict.FAILED


def test_one_defect_has_one_fingerprint() -> None:
    seen_again = replace(finding(), caller="globex-owner", case="other", seed=8, exchange=None)
    assert finding().fingerprint == seen_again.fingerprint
    assert finding().fingerprint != finding(got="500").fingerprint


@pytest.mark.parametrize(
    ("provenance", "verdict"),
    [
        (Provenance.SEED, Verdict.FAILED),
        (Provenance.REFERENCE, Verdict.FAILED),
        (Provenance.MENTIONED, Verdict.ADVISORY),
        (Provenance.ASSUMED, Verdict.ADVISORY),
    ],
)
def test_a_guess_of_ours_is_an_advisory(provenance: Provenance, verdict: Verdict) -> None:
    assert finding(provenance=provenance).verdict is verdict


def test_a_case_survives_the_way_between_processes() -> None:
    whole = case(Verdict.FAILED, finding())
    assert Case.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_coverage_counts_declared_cells_alone(run: Run) -> None:
    undeclared = {**run.reached, Cell("packs.get", 418, None): ReachedCell(1, "x")}
    assert replace(run, reached=undeclared).covered == (1, len(run.contract.cells))


ADVISORY = case(Verdict.ADVISORY, finding(provenance=Provenance.ASSUMED))
FAILED = case(Verdict.FAILED, finding())
ERRORED = case(Verdict.ERRORED)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"cases": (ADVISORY,)}, 0),
        ({"cases": (ADVISORY,), "is_strict": True}, 1),
        ({"cases": (FAILED,)}, 1),
        ({"cases": (FAILED, ERRORED)}, 1),
        ({"cases": (ERRORED,)}, 5),
        ({"errors": ("a file of ours",)}, 5),
        ({"require_coverage": 99.0}, 4),
        ({"cases": (FAILED,), "require_coverage": 99.0}, 1),
        ({"cases": (ERRORED,), "require_coverage": 99.0}, 5),
        ({"unusable": "dead"}, 3),
        ({"unusable": "dead", "cases": (ERRORED,)}, 3),
        ({"unusable": "dead", "cases": (FAILED,)}, 1),
        ({"unusable": "dead", "cases": (ADVISORY,)}, 3),
        ({"cut_short": "-x"}, 3),
        ({"cut_short": "-x", "cases": (ADVISORY,)}, 3),
        ({"cut_short": "-x", "cases": (FAILED,)}, 1),
        ({"is_interrupted": True}, 130),
        ({"is_interrupted": True, "cases": (FAILED,)}, 130),
        ({"is_interrupted": True, "unusable": "dead"}, 130),
    ],
)
def test_exit_codes(run: Run, changes: dict[str, object], code: int) -> None:
    assert replace(run, **changes).exit_code == code  # type: ignore[arg-type]


def test_everything_that_holds_is_said(run: Run) -> None:
    """The weightiest first, and *passed* of nothing but a run that ended as it should."""
    ended = replace(run, is_interrupted=True, unusable="dead", cases=(FAILED, ERRORED), cut_short="-x")
    assert [str(verdict) for verdict in ended.verdicts] == ["interrupted", "failed", "unusable", "cut short", "errored"]
    assert run.verdicts == (RunVerdict.PASSED,)


def test_of_the_violations_a_leak_is_the_first(run: Run) -> None:
    leak = replace(finding(OTHER), effect="an org is shown what is another's")
    weak = replace(leak, rule="CONTRACT-HEADERS", provenance=Provenance.ASSUMED)
    found = replace(run, cases=(case(Verdict.FAILED, weak, finding(), leak),))
    assert [same[0].rule for same in found.distinct_findings.values()] == [OTHER, RULE, "CONTRACT-HEADERS"]
