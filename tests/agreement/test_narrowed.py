"""A run that is narrowed to operations finds what a whole run finds of them, and files nothing on others.

A few defects, drawn by seed; `make mutants ARGS=--narrowed` judges all of them.
"""

from random import Random

import pytest

from benchmarks.mutants.catalogue import Planted, list_catalogue
from benchmarks.mutants.judge import judge, run_suite
from benchmarks.mutants.run import narrow_to_operations
from conformance.contract.contract import Contract
from conformance.contract.file import load
from tests.conformance.targets import suite
from tests.live import served_mock

SEED = 34
CONTRACT = load()
TAKES_MINUTES = {"streams-never-end"}
EVERY = [it for it in list_catalogue() if len(it.operations) < len(CONTRACT.operations) and it.id not in TAKES_MINUTES]
DRAWN = Random(SEED).sample(EVERY, 12)  # noqa: S311  # reproducible, not secret
NARROWED_TO = "packs.update_visibility"
ELSEWHERE = ("contract-request-id-empty", "audit-id-of-version-4", "effects-deletes-namesakes", "envelope-trace")
"""Defects of answers and writes that a run of this operation meets: of lists, of the log, of a deletion, of a file."""


@pytest.mark.parametrize("planted", DRAWN, ids=lambda planted: planted.id)
def test_a_run_of_its_operations_finds_a_defect(planted: Planted) -> None:
    found = (
        judge([planted.id], 1, *options, suite=suite, mock=served_mock) for options in narrow_to_operations(planted)
    )
    assert any(it.rules for it in found)


def test_a_defect_of_another_operation_is_not_filed() -> None:
    options = ("--budget=quick", f"--operation={NARROWED_TO}")
    report = run_suite(ELSEWHERE, 1, *options, suite=suite, mock=served_mock)
    assert report["findings"] == []
    assert report["exit_code"] == 0
    walks = {case["id"] for case in report["cases"] if case["rule"] == "EFFECT-EVERY-CALLER"}
    assert walks
    assert not [each for each in walks if "workspace" in each or "role" in each or "credential" in each]
    judged = {case["rule"] for case in report["cases"] if case["verdict"] == "PASSED"}
    assert {"PACK-PATCH-APPLIES", "EFFECT-EVERY-CALLER", "AUDIT-WRITTEN", "REFUSED-CHANGES-NOTHING"} <= judged


@pytest.mark.parametrize("operation", ["session.get", "api_keys.revoke"])
def test_a_revoked_key_that_works_is_found_where_it_is_revoked_and_where_it_is_shown(operation: str) -> None:
    options = ("--budget=quick", "--rule=AUTH-REVOKED", f"--operation={operation}")
    found = judge(["authentication-key-revoked-by-org-works"], 1, *options, suite=suite, mock=served_mock)
    assert found.rules == {"AUTH-REVOKED"}


def _names(contract: Contract, rule: str) -> set[str]:
    return {each.operation_id for each in contract.list_operations_of(contract.rules[rule])}


def test_every_defect_acts_where_a_rule_that_it_breaks_is_about() -> None:
    """The catalogue says of each where it acts, and was not written from what the rules name."""
    elsewhere = [it.id for it in EVERY if all(_names(CONTRACT, rule).isdisjoint(it.operations) for rule in it.breaks)]
    assert elsewhere == []
