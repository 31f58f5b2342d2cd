"""One mutant, judged as a user would judge a server that has it: the suite's command, stopped at its first finding."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from benchmarks.drawn.budgets import BUDGETS, find_within, run_alone
from benchmarks.mutants import warm
from benchmarks.mutants.first import First, find_first
from benchmarks.mutants.judge import JudgeError, Suite, run_command
from benchmarks.servers import ServerError
from benchmarks.source_mutants.asked import Asked
from benchmarks.source_mutants.mutant import Mutant
from benchmarks.source_mutants.servers import SERVERS, Server
from benchmarks.source_mutants.verdict import MutantVerdict
from conformance.budget import Budget

TRIES = 2


def judge(server: Server, mutant: Mutant, asked: Asked, *, suite: Suite = run_command) -> MutantVerdict:
    """Return what is found of it."""
    started = time.perf_counter()
    verdict = MutantVerdict(mutant.id, mutant.kind, mutant.module, mutant.diff)
    source = mutant.change_source((server.folder / mutant.module).read_text(encoding="utf-8"))
    serve = partial(server.serve_copy, mutant.module, source, worlds=not asked.without_worlds)

    def find(budget: Budget) -> First:
        options = "--budget", budget.name
        return find_first(partial(_serve_once, serve), asked.seed, *options, suite=suite, tries=TRIES)

    try:
        found = find_within(asked.budget, find)
    except _NotServedError:
        verdict = replace(verdict, is_broken=True)
    else:
        # A server that does not answer a request, in run after run, is found by that.
        # The folder of its profile has another name each time.
        unjudged = "" if found.rules else found.unjudged.rpartition("profile.toml: ")[2]
        verdict = replace(
            verdict, rules=found.rules, operations=found.operations, budget=found.budget, unjudged=unjudged
        )
    return replace(verdict, seconds=round(time.perf_counter() - started, 1))


class _NotServedError(Exception):
    """The server did not start."""


@contextmanager
def _serve_once(serve: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Serve it; what keeps it from starting is told apart from whatever happens afterwards."""
    with ExitStack() as stack:
        try:
            target = stack.enter_context(serve())
        except ServerError as error:
            raise _NotServedError(str(error)) from error
        yield target


def judge_all(chosen: Sequence[Mutant], asked: Asked, workers: int | None) -> Iterator[MutantVerdict]:
    """Yield each as it ends, in copies of a process that has the suite loaded.

    JudgeError where something is found on the server as it is: then figures mean nothing.
    """
    if not chosen:
        return
    server = SERVERS[asked.server]
    warm.warm_up(asked.seed, BUDGETS[asked.budget][-1])
    for verdict in warm.run_in_copies(_judge_case, [(server, it, asked) for it in (None, *chosen)], workers):
        if verdict.id:
            yield verdict
        elif verdict.is_broken or verdict.verdict != "SURVIVES":
            raise JudgeError(f"the {server.name} server without a change: {verdict.verdict}")


def _judge_case(case: tuple[Server, Mutant | None, Asked]) -> MutantVerdict:
    server, mutant, asked = case
    if mutant is None:
        return replace(judge(server, _make_unchanged(server), asked, suite=run_alone), id="")
    return judge(server, mutant, asked, suite=run_alone)


def _make_unchanged(server: Server) -> Mutant:
    """Return a mutant that changes nothing."""
    return Mutant(server.name, server.modules[0].as_posix(), "", "none", "", start=0, end=0, text="")
