"""The users of Locust that take cases and walks, and the events by which Locust counts their requests."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

import gevent
from gevent.lock import BoundedSemaphore
from locust import User, task
from locust.env import Environment

from conformance.explorer.explorer import find_walked
from conformance.http.exchange import Exchange
from conformance.load.cases import SLOW_S, CaseDeck
from conformance.load.load_results import LoadResults, Usage
from conformance.load.plan import Pace
from conformance.load.session import CaseOutcome, LoadSession
from conformance.oracle.declaration.resource import Resource
from conformance.running.suite import Suite

WALKS = 0.3
"""The share of all requests that are of walks."""
NO_OPERATION = "no operation"
LARGE = 4 * 1024 * 1024
"""Bytes of a case's bodies from which on no other such case is taken at the same time."""
COLLECT_AFTER = (50_000, 20, 20)
"""Python's counts for the garbage collector: what a case leaves in a cycle may hold its bodies."""


@dataclass(slots=True)
class Work:
    """The work that the users of one process have in common."""

    suite: Suite
    deck: CaseDeck
    random: Random
    pace: Pace = field(default_factory=lambda: Pace(sleep=gevent.sleep))
    gathered: LoadResults = field(default_factory=LoadResults)
    usage: Usage = field(default_factory=Usage)
    walks: float = WALKS
    users: int = 0
    walked: int = 0
    """The requests of walks so far."""
    resources: list[Resource] = field(init=False)
    _large: set[str] = field(default_factory=set)
    """The ids of cases whose bodies proved to be large."""
    _one_large: AbstractContextManager[Any] = field(default_factory=BoundedSemaphore)

    def __post_init__(self) -> None:
        self.resources = find_walked(self.suite.contract, reads_alone=self.suite.profile.limits.read_only)

    @staticmethod
    def settle() -> None:
        """Leave alone what stands until the end: the collector looks at what cases leave, and soon."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)

    def open_session(self) -> LoadSession:
        """Return the session of one more user."""
        self.users += 1
        return LoadSession(self.suite, self.pace, str(self.users))

    def take(self, session: LoadSession) -> CaseOutcome:
        """Take what is drawn next."""
        of_walks = self.walks * (self.walked + self.deck.spent.total())
        if self.resources and self.walked <= of_walks and self.walks:
            self.walked += 1  # as a case does
            taken = session.take_walk(self.random.choice(self.resources), Random(self.random.random()))  # noqa: S311
            self.walked += max(len(taken.exchanges) - 1, 0)
            return taken
        case = self.deck.draw()
        with self._one_large if case.id in self._large else nullcontext():
            taken = session.take_case(case)
        self.deck.note(case, len(taken.exchanges))
        if _count_bytes(taken.exchanges) > LARGE:
            self._large.add(case.id)
        is_slow = sum(each.elapsed_ms for each in taken.exchanges) > SLOW_S * 1000
        if is_slow or (taken.lacks and self.suite.profile.limits.read_only):
            self.deck.put_away(case)
        return taken


def _count_bytes(exchanges: Iterable[Exchange]) -> int:
    return sum(len(each.body) + len(each.request.content or b"") for each in exchanges)


class JudgingUser(User):
    """A user whose requests are those of the suite, each judged."""

    abstract = True
    work: ClassVar[Work]

    def on_start(self) -> None:
        self.session = self.work.open_session()

    @task
    def take(self) -> None:
        """Take a case or a walk, and tell Locust of its requests."""
        taken = self.work.take(self.session)
        self.work.gathered.add(taken)
        found = taken.findings[0] if taken.findings else None
        for exchange in taken.exchanges:
            blamed = found is not None and found.exchange is not None and found.exchange.number == exchange.number
            _tell(self.environment, exchange, str(found) if blamed else exchange.failure)


def _tell(environment: Environment, exchange: Exchange, wrong: str | None) -> None:
    environment.events.request.fire(
        request_type=exchange.method,
        name=exchange.operation_id or NO_OPERATION,
        response_time=exchange.elapsed_ms,
        response_length=len(exchange.body),
        exception=RuntimeError(wrong) if wrong else None,
        context={},
    )


def make_user_class(work: Work) -> type[JudgingUser]:
    """Return the class of users that take this work."""
    return type("Judging", (JudgingUser,), {"work": work, "abstract": False})
