"""The recording of a front end: nothing is found on the mock, and of a defect what its answers show."""

from __future__ import annotations

import pytest

from benchmarks.recorded.power import Found, Judged, differs, judge, list_lines
from benchmarks.recorded.record import Recording
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from tests.live import served_mock


def recorded(*options: str) -> Recording:
    with served_mock(*options) as origin:
        recording = Recording(origin)
        recording.make()
        return recording


@pytest.fixture(scope="module")
def contract() -> Contract:
    return use_contract(load())


@pytest.fixture(scope="module")
def clean() -> Recording:
    return recorded()


@pytest.mark.parametrize("alone", [False, True])
def test_nothing_is_found_on_the_mock(contract: Contract, clean: Recording, *, alone: bool) -> None:
    found = judge(contract, clean.document, alone=alone)
    assert found.rules == ()
    assert found.exchanges == len(clean.entries)


def test_the_same_visit_has_the_same_answers(contract: Contract, clean: Recording) -> None:
    assert not differs(contract, clean.answers, recorded().answers)


@pytest.mark.parametrize(
    ("defect", "rule", "alone"),
    [
        ("scopes-not-checked", "SCOPE-REQUIRED", False),
        ("ownership-org-path-any", "OWNERSHIP-ORG-PATH", False),
        ("visibility-not-stored", "PACK-PATCH-APPLIES", True),
    ],
)
def test_a_defect_is_found_by_what_its_answers_show(
    contract: Contract, clean: Recording, defect: str, rule: str, *, alone: bool
) -> None:
    recording = recorded("--deviation", defect)
    assert differs(contract, clean.answers, recording.answers)
    assert judge(contract, recording.document, alone=alone).rules == (rule,)


def test_the_figures_count_what_shows() -> None:
    nothing, something = Found((), 0, 0.0), Found(("RULE",), 1, 0.1)
    found = [Judged("a", ("RULE",), shows=True, open=nothing, alone=something)]
    assert list(list_lines(found)) == [
        "1 defects, of which 1 show in the recorded answers",
        "open: found 0 of 1 (0 %), 0 blame declared rules only",
        "alone: found 1 of 1 (100 %), 1 blame declared rules only",
        "found though no field differs: 0",
    ]
