"""The steps of a load: Locust's runner is given a rate and a time, and says what it reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import gevent
from gevent.event import Event
from locust.env import Environment

from conformance.load.load_results import LoadResults
from conformance.load.plan import LoadPlan
from conformance.results.load import LoadStep


@dataclass(slots=True)
class LoadSteps:
    """The steps of a plan, taken one after the other."""

    plan: LoadPlan
    environment: Environment
    gathered: LoadResults
    pace: Callable[[float | None], None]
    """The function that says to all processes how fast they send from now on, together."""
    settle: Callable[[], None] = lambda: None
    """The function that waits for what the processes have not told yet."""
    is_interrupted: bool = False
    """Whether the user has ended it before its time."""
    _ended: Event = field(default_factory=Event)
    _before: dict[str, int] = field(default_factory=dict)
    """The results when the latest step began."""

    def end(self) -> None:
        """End it with the step that is under way. A handler of signals may call this, whatever it has stopped."""
        self.is_interrupted = True
        gevent.get_hub().loop.run_callback_threadsafe(self._ended.set)

    def take(self) -> Iterator[LoadStep]:
        """Take them all; what came of each."""
        runner = self.environment.runner
        assert runner is not None  # noqa: S101  # whoever makes one has given it
        steps: list[LoadStep] = []
        rate = self.plan.first_rate
        self.pace(rate)
        runner.start(self.plan.users, spawn_rate=self.plan.users)
        while True:
            steps.append(self._step(rate))
            yield steps[-1]
            rate = self.plan.find_next_rate(steps)
            if rate is None or self.is_interrupted:
                return
            self.pace(rate)

    def _step(self, rate: float | None) -> LoadStep:
        stats = self.environment.stats
        stats.reset_all()
        self._before = self._count_all()
        started = time.monotonic()
        self._ended.wait(self.plan.duration_s)
        self.settle()
        seconds = time.monotonic() - started
        counted = self.count_in_step()
        return LoadStep(
            asked=rate,
            reached=counted["requests"] / seconds,
            p50_ms=stats.total.get_response_time_percentile(0.5),
            p99_ms=stats.total.get_response_time_percentile(0.99),
            seconds=seconds,
            **counted,
        )

    def count_in_step(self) -> dict[str, int]:
        """Return what has come since the last step began: its requests, those without an answer, and its findings."""
        return {name: count - self._before[name] for name, count in self._count_all().items()}

    def _count_all(self) -> dict[str, int]:
        gathered = self.gathered
        findings = gathered.alike.total()
        return {"requests": gathered.requests, "unanswered": gathered.unanswered, "findings": findings}
