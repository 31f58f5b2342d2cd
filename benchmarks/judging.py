"""The verdict on whether measurements keep a promise, seen against the spread of the rounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from benchmarks.figures import Figure, Results
from benchmarks.promises import PROMISES, Promise


class Verdict(Enum):
    """The verdict on a promise after one run."""

    KEPT = "kept"
    BY_THE_MEDIAN = "kept by the median, not in every round"
    UNDECIDED = "undecided: the spread reaches over the bound"
    SHORT = "FALLS SHORT"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A promise, what was measured of it, and the verdict."""

    promise: Promise
    figure: Figure | None
    verdict: Verdict

    @property
    def sentence(self) -> str:
        """Return what was promised, what it came to, and the verdict."""
        if self.figure is None:
            return f"{self.promise.figure}: {self.verdict.value}; {self.promise.words} is promised"
        return (
            f"{self.promise.figure}: {format_measured(self.figure)} {self.figure.unit}, "
            f"{self.promise.words} is promised: {self.verdict.value}"
        )


def format_measured(figure: Figure) -> str:
    """Return the median, and the spread where there were several rounds."""
    if len(figure.rounds) == 1:
        return format_number(figure.median)
    return f"{format_number(figure.median)} ({format_number(figure.lowest)}-{format_number(figure.highest)})"


def format_number(value: float) -> str:
    """Return three digits, or all of them before the point."""
    digits = max(0, 2 - len(f"{abs(value):.0f}") + 1) if abs(value) >= 1 else 2
    return f"{value:,.{digits}f}"


def judge(promise: Promise, figure: Figure | None) -> Judgement:
    """Judge by the median. A claim that growth costs nothing is refuted only by rounds that all say so."""
    return Judgement(promise, figure, _choose_verdict(promise, figure))


def _choose_verdict(promise: Promise, figure: Figure | None) -> Verdict:
    if figure is None:
        return Verdict.NOT_MEASURED
    every_round = all(_is_kept(promise, value) for value in figure.rounds)
    if _is_kept(promise, figure.median):
        return Verdict.KEPT if every_round else Verdict.BY_THE_MEDIAN
    if promise.flat and any(_is_kept(promise, value) for value in figure.rounds):
        return Verdict.UNDECIDED
    return Verdict.SHORT


def _is_kept(promise: Promise, value: float) -> bool:
    return value <= promise.bound if promise.at_most else value >= promise.bound


def judge_promises(results: Results, promises: Iterable[Promise] = PROMISES) -> list[Judgement]:
    """Return every promise, in the order of their table."""
    return [judge(promise, results.find_figure(promise.figure)) for promise in promises]
