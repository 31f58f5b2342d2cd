"""The parts of a load that need no server: rates, ramps, what is drawn, and what processes tell each other."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange, Request
from conformance.load.cases import CaseDeck, LoadCase
from conformance.load.load_results import MOST_ALIKE, LoadResults
from conformance.load.plan import RAMP_FROM, LoadPlan, Pace
from conformance.load.session import CaseOutcome
from conformance.results.finding import Finding, Verdict
from conformance.results.load import LoadFigures, LoadStep

DRAWN = Random(1)  # noqa: S311  # reproducible, not secret


def test_a_pace_deals_out_moments() -> None:
    """However many wait, each gets a moment of its own, and none waits where no rate is asked for."""
    waited: list[float] = []
    pace = Pace(rate=1000.0, sleep=waited.append)
    for _ in range(10):
        pace.wait()
    assert waited == sorted(waited)
    assert 0.005 < waited[-1] <= 0.010
    Pace(sleep=waited.append).wait()
    assert len(waited) < 11


def step(asked: float | None, **changed: Any) -> LoadStep:
    figures = {"p50_ms": 1.0, "p99_ms": 2.0, "seconds": 1.0, "requests": 10, "unanswered": 0, "findings": 0}
    return LoadStep(asked=asked, **{"reached": asked or 10.0, **figures, **changed})


BREAKING: dict[str, Callable[[float], dict[str, Any]]] = {
    "a finding": lambda rate: {"findings": 1 if rate > 300 else 0},
    "no answer": lambda rate: {"unanswered": 1 if rate > 300 else 0},
    "a rate that is not reached": lambda rate: {"reached": min(rate, 300.0)},
}


@pytest.mark.parametrize("broken", BREAKING.values(), ids=BREAKING)
def test_a_ramp_finds_the_highest_rate_that_holds(broken: Callable[[float], dict[str, Any]]) -> None:
    plan, steps = LoadPlan(ramp=True), list[LoadStep]()
    rate: float | None = plan.first_rate
    while rate is not None:
        steps.append(step(rate, **broken(rate)))
        rate = plan.find_next_rate(steps)
    asked = [each.asked for each in steps]
    assert asked[:4] == [RAMP_FROM, 2 * RAMP_FROM, 4 * RAMP_FROM, 8 * RAMP_FROM]
    holding = LoadFigures(16, 1, tuple(steps), 10, 1.0, 1.0, ramp=True).holding
    assert holding is not None
    assert 260 < holding <= 335
    assert len(steps) < 9


def test_a_ramp_ends_where_no_rate_holds() -> None:
    plan, steps = LoadPlan(ramp=True, rate=8.0), [step(8.0, findings=1)]
    while (rate := plan.find_next_rate(steps)) is not None:
        steps.append(step(rate, findings=1))
    assert [each.asked for each in steps] == [8.0, 4.0, 2.0, 1.0]
    assert LoadFigures(16, 1, tuple(steps), 10, 1.0, 1.0, ramp=True).holding is None
    assert LoadPlan(rate=8.0).find_next_rate(steps) is None


def test_each_clause_has_as_many_requests_as_the_others() -> None:
    deck = CaseDeck([*(case(f"many-{n}", "many") for n in range(99)), case("one", "few")], DRAWN)
    drawn = Counter[str]()
    for _ in range(900):
        taken = deck.draw()
        deck.note(taken, 8 if taken.clause == "many" else 1)
        drawn[taken.clause] += 1
    assert drawn["few"] == pytest.approx(800, abs=10)  # each has 800 requests
    deck.put_away(next(each for each in deck.cases if each.id == "one"))
    assert {deck.draw().clause for _ in range(50)} == {"many"}
    alone = CaseDeck([case("one", "few")], DRAWN)
    alone.put_away(alone.cases[0])
    assert alone.draw().id == "one"


def case(name: str, clause: str) -> LoadCase:
    return LoadCase(name, "PACK-READ", clause, lambda: None, {})


def exchange(number: int, status: int = 200, failure: str | None = None) -> Exchange:
    request = Request("packs.list", "GET", "/packs", {})
    return Exchange("ann", request, "http://127.0.0.1/v1/packs", status, (), b"{}", 1.0, failure, number)


def finding(operation_id: str = "packs.list") -> Finding:
    return Finding("PACK-READ", operation_id, "ann", "a pack", "none", Provenance.SEED, exchange(1), case="a case")


def test_what_processes_tell_adds_up() -> None:
    """Each part is told once; of many findings of one kind a few are told whole, and all are counted."""
    here, there, master = LoadResults(), LoadResults(), LoadResults()
    for gathered, count in ((here, 8), (there, 2)):
        for number in range(count):
            gathered.add(CaseOutcome("a case", "PACK-READ", Verdict.FAILED, [exchange(number)], [finding()]))
        gathered.add(CaseOutcome("another", "PACK-LIST", Verdict.PASSED, [exchange(9), exchange(10, 0, "no answer")]))
        gathered.add(CaseOutcome("a third", "PACK-LIST", Verdict.ERRORED, [], reason="it broke"))
        master.join(gathered.take_news())
        master.join(gathered.take_news())
    assert master.requests == 14
    assert master.unanswered == 2
    assert master.taken == {"FAILED": 10, "PASSED": 2, "ERRORED": 2}
    assert master.alike == {finding().fingerprint: 10}
    assert len(master.findings) == MOST_ALIKE + 2
    assert master.errors == ["a third: it broke"] * 2
    assert [*master.count_reached().values()] == [12]


def test_without_its_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gevent", None)
    result = CliRunner().invoke(main, ["load", "--target", "mock"])
    assert result.exit_code == 2
    assert (
        "this command of the suite needs the extra `load`. Run: pip install 'evershell-contract[load]" in result.stderr
    )
