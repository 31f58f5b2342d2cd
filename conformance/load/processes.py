"""The processes of a load: one alone, or Locust's master with its workers, here and on other machines."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import gevent
import pytest
from locust.env import Environment
from locust.runners import WORKER_REPORT_INTERVAL, MasterRunner, Runner
from locust.stats import RequestStats

from conformance.custody.interrupt import on_interrupt
from conformance.errors import SuiteError
from conformance.load.cases import CaseDeck, load_cases
from conformance.load.load_results import LoadResults
from conformance.load.plan import LoadPlan
from conformance.load.steps import LoadSteps
from conformance.load.users import WALKS, JudgingUser, Work, make_user_class
from conformance.results.load import LoadFigures, LoadStep
from conformance.running.selection import Selection
from conformance.running.suite import Suite

_Usages = Mapping[str, Mapping[str, float]]
"""The usage of each process."""
PACE, DATA, USAGE = "conformance-pace", "conformance", "conformance-usage"
STOP_S = 5.0
"""Seconds that cases under way get to end."""
WORKERS_WITHIN_S = 120.0


class NoWorkers(SuiteError):
    """The workers that a load waits for have not come; the message says how many."""


@dataclass(slots=True)
class LoadOutcome:
    """The outcome of a load."""

    figures: LoadFigures
    gathered: LoadResults
    is_interrupted: bool = False


@dataclass(slots=True)
class PytestLoad:
    """The load in place of pytest's loop over the tests that it has collected, which are what the load takes."""

    take: Callable[[Work], None]
    is_taken: bool = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Make work of the tests, and take it."""
        plugin: Any = session.config.pluginmanager.get_plugin("conformance-plugin")
        suite: Suite = plugin.suite
        seed = Random(f"{suite.seed}/{suite.salt}")  # noqa: S311  # reproducible, not secret
        cases = load_cases(session.items, suite.contract, reads_alone=suite.profile.limits.read_only)
        deck = CaseDeck(cases, Random(seed.random()))  # noqa: S311
        self.take(Work(suite, deck, seed, walks=0.0 if Selection.from_config(session.config).has_names else WALKS))
        self.is_taken = True
        return True


def take_alone(plan: LoadPlan, work: Work, tell: Callable[[LoadStep], None]) -> LoadOutcome:
    """Take the load in this process."""
    work.settle()
    environment = _make_environment(make_user_class(work))
    runner = environment.create_local_runner()

    def set_pace(rate: float | None) -> None:
        work.pace.rate = rate

    steps = LoadSteps(plan, environment, work.gathered, set_pace)
    taken = _take_steps(steps, tell, runner)
    return _build_outcome(plan, taken, work.gathered, {"": work.usage.take_usage()}, interrupted=steps.is_interrupted)


def serve_as_worker(host: str, port: int, work: Work) -> None:
    """Take what a master asks for, until it ends."""
    work.settle()
    environment = _make_environment(make_user_class(work))

    def tell(client_id: str, data: dict[str, Any]) -> None:  # noqa: ARG001  # by these names
        data[DATA], data[USAGE] = work.gathered.take_news(), work.usage.take_usage()

    def set_pace(environment: Environment, msg: Any) -> None:  # noqa: ARG001  # by these names
        work.pace.rate = msg.data["rate"]

    environment.events.report_to_master.add_listener(tell)
    runner = environment.create_worker_runner(host, port)
    runner.register_message(PACE, set_pace)
    runner.greenlet.join()


@dataclass(slots=True)
class Master:
    """Locust's master, which tells workers how many users they have, and adds up what they tell."""

    plan: LoadPlan
    host: str
    port: int
    gathered: LoadResults = field(default_factory=LoadResults)
    _usage: dict[str, Mapping[str, float]] = field(default_factory=dict)
    _environment: Environment = field(init=False)
    _runner: MasterRunner = field(init=False)

    def __post_init__(self) -> None:
        self._environment = _make_environment(_NoUser)
        self._environment.events.worker_report.add_listener(self._take)
        self._runner = self._environment.create_master_runner(self.host, self.port)
        self.port = self._runner.server.port

    def _take(self, client_id: str, data: Mapping[str, Any]) -> None:
        if DATA in data:
            self.gathered.join(data[DATA], client_id)
            self._usage[client_id] = data[USAGE]

    def take(self, workers: int, tell: Callable[[LoadStep], None], is_waiting: Callable[[], bool]) -> LoadOutcome:
        """Wait for so many workers, and have them take the load; NoWorkers where they do not come."""
        until = time.monotonic() + WORKERS_WITHIN_S
        while self._runner.worker_count < workers:
            if time.monotonic() > until or not is_waiting():
                raise NoWorkers(f"{self._runner.worker_count} of {workers} workers have come; look what the others say")
            gevent.sleep(0.1)

        def set_pace(rate: float | None) -> None:
            self._runner.send_message(PACE, {"rate": None if rate is None else rate / workers})

        def settle() -> None:
            gevent.sleep(WORKER_REPORT_INTERVAL + 0.5)

        steps = LoadSteps(self.plan, self._environment, self.gathered, set_pace, settle)
        taken = _take_steps(steps, tell, self._runner)
        return _build_outcome(self.plan, taken, self.gathered, self._usage, interrupted=steps.is_interrupted)


class _NoUser(JudgingUser):
    """A stand-in on the master for the users of its workers, which have this name too."""


_NoUser.__name__ = "Judging"


def _make_environment(user: type[JudgingUser]) -> Environment:
    """Return Locust's environment, without the latest times by operation, which only its web page shows."""
    environment = Environment(user_classes=[user], stop_timeout=STOP_S)
    environment.stats = RequestStats(use_response_times_cache=False)
    return environment


def _take_steps(steps: LoadSteps, tell: Callable[[LoadStep], None], runner: Runner) -> list[LoadStep]:
    """Take all steps, or those until the user ends it, and have the runner's users end."""
    taken: list[LoadStep] = []
    with on_interrupt(steps.end):
        try:
            for step in steps.take():
                tell(step)
                taken.append(step)
        finally:
            runner.quit()
    if taken:  # what was under way when its time was over is of the last one
        taken[-1] = replace(taken[-1], **steps.count_in_step())
    return taken


def _build_outcome(
    plan: LoadPlan, steps: list[LoadStep], gathered: LoadResults, usage: _Usages, *, interrupted: bool
) -> LoadOutcome:
    figures = LoadFigures(
        users=plan.users,
        workers=len(usage),
        steps=tuple(steps),
        taken=gathered.taken.total(),
        cpu_s=sum(each["cpu_s"] for each in usage.values()),
        most_mib=max((each["rss_mib"] for each in usage.values()), default=0.0),
        ramp=plan.ramp,
    )
    return LoadOutcome(figures, gathered, interrupted)


@contextmanager
def quiet_locust() -> Iterator[None]:
    """Keep Locust from telling on the terminal what the suite tells."""
    logger = logging.getLogger("locust")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
