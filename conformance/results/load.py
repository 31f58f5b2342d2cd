"""The figures of a load: how fast, how many, and at which rates the contract was kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from conformance.results.plain_text import count_noun

REACHED = 0.9
"""The share of the rate asked for from which on it counts as reached."""


@dataclass(frozen=True, slots=True)
class LoadStep:
    """A time at one rate."""

    asked: float | None
    """Requests a second; None: as many as it goes."""
    reached: float
    p50_ms: float
    p99_ms: float
    seconds: float
    requests: int
    unanswered: int
    findings: int

    @property
    def holds(self) -> bool:
        """Return whether the contract was kept at this rate, and the rate was reached."""
        enough = self.asked is None or self.reached >= REACHED * self.asked
        return enough and not self.findings and not self.unanswered and self.requests > 0


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """The figures of a load: what was asked, and what came of it."""

    users: int
    workers: int
    steps: tuple[LoadStep, ...]
    """One, or those of a ramp."""
    taken: int
    """Cases and walks."""
    cpu_s: float
    """The CPU seconds of all processes that judged."""
    most_mib: float
    """The most memory that one of them had."""
    ramp: bool = False

    @property
    def last(self) -> LoadStep:
        """The one step, or the last of a ramp."""
        return self.steps[-1]

    @property
    def requests(self) -> int:
        return sum(step.requests for step in self.steps)

    @property
    def holding(self) -> float | None:
        """The highest rate of a ramp at which the contract was kept; None where there is none."""
        return max((step.reached for step in self.steps if step.holds), default=None) if self.ramp else None

    def to_json(self) -> dict[str, Any]:
        return {
            **{name: value for name, value in asdict(self).items() if name != "steps"},
            "cpu_s": round(self.cpu_s, 2),
            "most_mib": round(self.most_mib, 1),
            "requests": self.requests,
            "per_cpu_s": round(self.requests / self.cpu_s, 1) if self.cpu_s else None,
            "holding": None if self.holding is None else round(self.holding, 1),
            "steps": [{**asdict(step), "reached": round(step.reached, 1)} for step in self.steps],
        }

    def format_lines(self) -> Iterator[str]:
        """Yield what a terminal shows of it."""
        for step in self.steps if self.ramp else ():
            said = "holds" if step.holds else _explain_step(step)
            yield f"{format_step(step)}: {said}"
        per_cpu = f", {self.requests / self.cpu_s:,.0f} a CPU second" if self.cpu_s else ""
        yield (
            f"{count_noun(self.users, 'user')} in {count_noun(self.workers, 'process', 'processes')}, "
            f"{self.taken:,} cases and walks{per_cpu}; at most {self.most_mib:.0f} MiB a process"
        )

    def __str__(self) -> str:
        if not self.ramp:
            return f"{self.requests:,} requests judged, {format_step(self.last)}"
        held = "at no rate" if self.holding is None else f"up to {self.holding:,.0f} requests a second"
        return f"{self.requests:,} requests judged; the contract holds {held}"


def format_step(step: LoadStep) -> str:
    """Return a step in words."""
    asked = "" if step.asked is None else f" of {step.asked:,.0f} asked for"
    return f"{step.reached:,.0f} a second{asked}, p50 {step.p50_ms:.0f} ms, p99 {step.p99_ms:.0f} ms"


def _explain_step(step: LoadStep) -> str:
    if step.findings:
        return f"broken, {count_noun(step.findings, 'finding')}"
    if step.unanswered:
        return f"{count_noun(step.unanswered, 'request')} without an answer"
    return "not reached"
