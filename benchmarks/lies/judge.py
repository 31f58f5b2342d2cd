"""One lie, judged as a user would judge a server that tells it: the suite's command, stopped at its first finding."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial

from benchmarks import servers
from benchmarks.drawn.budgets import BUDGETS, find_within, run_alone
from benchmarks.lies.contract import Contract, load
from benchmarks.lies.draw import Asked, list_lies
from benchmarks.lies.lie import Lie, Teller, Telling
from benchmarks.lies.results import Told
from benchmarks.mutants import warm
from benchmarks.mutants.first import First, find_first
from benchmarks.mutants.judge import GENERATED, JudgeError, Serve, Suite, run_command
from conformance.budget import Budget
from tests.proxy.proxy import proxying


@cache
def read_contract() -> Contract:
    """Return the project's own."""
    return load()


@cache
def lies() -> dict[str, Lie]:
    """Return every lie by its id."""
    return {it.id: it for it in list_lies(read_contract())}


@cache
def make_truth() -> Lie:
    """Return a lie that changes no answer, so that whatever is found behind the same proxy is no lie's."""
    return Lie("none", read_contract().operations[0].id, "", "Nothing is changed.", Teller)


def judge(lie: Lie, asked: Asked, *, suite: Suite = run_command, mock: Serve = servers.run_mock) -> Told:
    """Return what is found of it."""
    started = time.perf_counter()
    found, acted = _find_first(lie, asked, suite=suite, mock=mock)
    alone = _find_first(lie, asked, "--only", GENERATED, suite=suite, mock=mock)[0] if asked.generated else None
    return Told(
        id=lie.id,
        kind=lie.kind,
        operation=lie.operation,
        sentence=lie.sentence,
        rules=found.rules,
        budget=found.budget,
        generated=None if alone is None else alone.rules,
        acted=acted,
        seconds=round(time.perf_counter() - started, 1),
        unjudged=found.unjudged or (alone.unjudged if alone else ""),
    )


def _find_first(lie: Lie, asked: Asked, *options: str, suite: Suite, mock: Serve) -> tuple[First, int]:
    """Return what the tests of the lie's operation find, or, where they find nothing, what all do, budget by budget.

    With it, how many answers were changed in the last run.
    """
    tellings: list[Telling] = []
    serve = partial(_serve_lie, lie, mock, tellings)

    def find(budget: Budget) -> First:
        given = ("--budget", budget.name, *options)
        found = find_first(serve, asked.seed, *given, "--operation", lie.operation, suite=suite)
        if not found.answered:
            found = find_first(serve, asked.seed, *given, suite=suite)
        return replace(found, rules=found.answered)  # no answer may be the machine's doing, and is never a lie's

    return find_within(asked.budget, find), tellings[-1].acted


@contextmanager
def _serve_lie(lie: Lie, mock: Serve, tellings: list[Telling]) -> Iterator[str]:
    """Run a mock behind a proxy that tells the lie; its base URL."""
    with mock() as origin, proxying(origin) as proxy:
        tellings.append(Telling(read_contract(), lie.teller(), origin))
        proxy.add(tellings[-1].make_behaviour())
        yield f"{proxy.origin}/v1"


def judge_all(chosen: Sequence[Lie], asked: Asked, workers: int | None) -> Iterator[Told]:
    """Yield each as it ends, in copies of a process that has the suite loaded.

    JudgeError where something is found though nothing is changed, or that cannot be judged: then figures mean nothing.
    """
    warm.warm_up(asked.seed, BUDGETS[asked.budget][0])  # with which most are found
    for told in warm.run_in_copies(_judge_given, [(it.id, asked) for it in (make_truth(), *chosen)], workers):
        if told.id != make_truth().id:
            yield told
        elif accused := sorted({*told.rules, *(told.generated or ())}):
            raise JudgeError(f"behind the proxy, with nothing changed, the suite finds {', '.join(accused)}")
        elif told.unjudged:
            raise JudgeError(f"behind the proxy, with nothing changed, there is no verdict: {told.unjudged}")


def _judge_given(given: tuple[str, Asked]) -> Told:
    name, asked = given
    lie = lies().get(name) or make_truth()
    return judge(lie, asked, suite=run_alone, mock=warm.serve_mock)
