"""Lies about the answers of a correct mock are found: a fixed few of `make lies`, and without one nothing is."""

from functools import partial

import pytest

from benchmarks.lies.contract import Operation
from benchmarks.lies.draw import drawn
from benchmarks.lies.judge import contract, judged, lies
from benchmarks.lies.lie import Lie, Teller
from tests.conformance.targets import suite
from tests.live import served_mock

MET = ("error-null", "error-key-added", "field-null", "header-left-out", "media-type")
"""Kinds that are about answers which a run meets early."""
TOLD = {it.operation: it for it in drawn([it for it in lies().values() if it.kind in MET], 0, 40)}
READ: Operation = next(it for it in contract().operations if it.id == "session.get")
TRUE = Lie("none", READ.id, "", "Nothing is changed.", partial(Teller))


@pytest.mark.parametrize("lie", list(TOLD.values())[:5], ids=lambda lie: lie.id)
def test_a_lie_is_found(lie: Lie) -> None:
    assert judged(lie, 1, generated=False, suite=suite, mock=served_mock).rules


@pytest.mark.long
def test_the_proxy_brings_no_finding_of_its_own() -> None:
    told = judged(TRUE, 1, generated=False)
    assert (told.rules, told.acted) == ((), 0)
