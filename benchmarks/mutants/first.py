"""The first finding on one server, which is all that it takes to know that the suite notices a mistake."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from benchmarks.mutants.judge import JudgeError, Suite, run, run_command

TRIES = 3
"""An error of the suite, such as a server that did not answer in time, ends a run without a verdict."""


@dataclass(frozen=True, slots=True)
class First:
    """The findings of runs on a server until they stopped."""

    rules: tuple[str, ...] = ()
    """The rules with a finding; on a server that did not answer, too."""
    operations: tuple[str, ...] = ()
    """The operations that the findings are about."""
    is_silent: bool = False
    """Whether nothing was found in an answer: the server did not answer a request, in each run that was cut short."""
    unjudged: str = ""
    """The reason for which there is no verdict."""
    budget: str = ""
    """The budget of the run that found something, where there were several."""

    @property
    def answered(self) -> tuple[str, ...]:
        """The rules with a finding in an answer."""
        return () if self.is_silent else self.rules


def find_first(
    serve: Callable[[], AbstractContextManager[str]],
    seed: int,
    *options: str,
    suite: Suite = run_command,
    tries: int = TRIES,
) -> First:
    """Return the first finding of the suite on what is served; serve gives its target.

    Where a run ends without a finding, at a case that the target's side could not prepare, the next one goes on.
    """
    unjudged, silent = "", []
    ends: tuple[str, ...] = ("-x",)
    for _ in range(tries):
        with serve() as target:
            try:
                report = run(target, seed, *ends, *options, suite=suite)
            except JudgeError as error:
                unjudged = str(error)
                continue
        if answered := [it for it in report["findings"] if not it.get("exchange") or it["exchange"]["status"]]:
            return _choose_first(answered)
        if not report["cut_short"]:
            return _choose_first(report["findings"], is_silent=bool(report["findings"]))
        unjudged = f"cut short: {report['cut_short']}"
        ends = ends if report["findings"] else ()
        silent.append(report["findings"])
    if len(silent) == tries and all(silent):
        return _choose_first(silent[-1], is_silent=True, unjudged=unjudged)
    return First(unjudged=unjudged)


def _choose_first(findings: list[dict[str, Any]], *, is_silent: bool = False, unjudged: str = "") -> First:
    rules = tuple(sorted({it["rule"] for it in findings}))
    operations = tuple(sorted({it["operation_id"] for it in findings if it.get("operation_id")}))
    return First(rules, operations, is_silent, unjudged)
