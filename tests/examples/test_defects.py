"""Each mistake that can be planted in the second server is found by the rule that it names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conformance.contract.contract import Contract
from conformance.contract.file import load
from examples.second_server.defects import DEFECTS, Defect
from tests.examples.second import judged, profile, serving

CLAUSES = {
    "envelope",
    "authentication",
    "scopes",
    "billing",
    "ownership",
    "visibility",
    "creation",
    "files",
    "deletion",
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_is_found_by_its_rule(tmp_path: Path, defect: Defect) -> None:
    with serving("--defect", defect.id) as origin:
        ended, results = judged(tmp_path, profile(tmp_path, origin), "--strict", "--rule", defect.rule)
    assert ended.code == 1, ended.said
    assert defect.rule in {finding["rule"] for finding in results["findings"]}


def test_the_defects_lie_in_every_clause_of_a_servers_own(contract: Contract) -> None:
    found = Counter(contract.rules[defect.rule].clause for defect in DEFECTS.values())
    assert set(found) == CLAUSES
    assert found.total() == 20
    assert all(defect.sentence.endswith(".") for defect in DEFECTS.values())
