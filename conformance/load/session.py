"""One user of a load: takes a case or a walk, each in a world of its own, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field, replace
from random import Random

import pytest

from conformance.explorer.explorer import walk
from conformance.http.client import Client, LimitReached
from conformance.http.connection_pool import ConnectionPool
from conformance.http.exchange import Exchange, Request
from conformance.http.limiter import CreatedObjects
from conformance.http.reader import NoAnswer
from conformance.judging.live import RunJudge
from conformance.load.cases import LoadCase
from conformance.load.plan import Pace
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked, Violation
from conformance.oracle.served import NotServed
from conformance.results.finding import Finding, Verdict
from conformance.running.outcome import NOT_ASKED, describe_error, find_law_findings, on_asked
from conformance.running.suite import Suite
from conformance.session.harness import Harness
from conformance.session.rereading import ChangedMeanwhile

RULE = "CONTRACT-RIGHT-ANSWER"
"""The rule that a walk is about, where no other is broken."""


@dataclass(slots=True)
class CaseOutcome:
    """The outcome of a case or a walk."""

    name: str
    rule: str
    verdict: Verdict
    exchanges: list[Exchange]
    findings: list[Finding] = field(default_factory=list)
    reason: str = ""
    """The reason for which it was not provoked, or how the suite broke."""
    lacks: bool = False
    """Whether it needs what the target does not have, or what may not be sent to it."""


@dataclass(slots=True)
class LoadSession:
    """A session that takes one case after the other, over connections that are kept."""

    suite: Suite
    """The suite of the process: what is known of the target before any case."""
    pace: Pace
    name: str
    """The name that no other user has."""
    count: int = 0
    _pool: ConnectionPool = field(init=False)

    def __post_init__(self) -> None:
        self._pool = ConnectionPool(self.suite.connection)

    def take_case(self, case: LoadCase) -> CaseOutcome:
        """Run a test of the suite."""

        def judge(suite: Suite, harness: Harness) -> None:
            sessions = {"harness": harness, "new_session": self._build_opening(suite, case.rule, harness.case)}
            case.function(**case.given, **{name: sessions[name] for name in case.asks})

        return self._take(case.id, case.rule, judge, case.about)

    def take_walk(self, resource: Resource, random: Random) -> CaseOutcome:
        """Take a walk about a resource."""

        def judge(_: Suite, harness: Harness) -> None:
            if (found := walk(harness, resource, random)) is not None:
                harness.findings.append(found)

        return self._take(f"walk[{resource.name}]", RULE, judge)

    def _take(
        self, name: str, rule: str, judge: Callable[[Suite, Harness], None], about: frozenset[str] = frozenset()
    ) -> CaseOutcome:
        self.count += 1
        suite = self._start_afresh()
        harness = suite.open_session(rule, f"{name}#{self.name}.{self.count}")
        taken = CaseOutcome(name, rule, Verdict.PASSED, [])
        try:
            judge(suite, harness)
        except (NotProvoked, LimitReached) as reason:
            if not (isinstance(reason, NotServed) and harness.judged):  # else it is judged as far as that is served
                taken.verdict, taken.reason = Verdict.NOT_PROVOKED, str(reason)
                taken.lacks = not isinstance(reason, ChangedMeanwhile)
        except pytest.skip.Exception as reason:
            taken.verdict, taken.reason = Verdict.NOT_PROVOKED, str(reason.msg)
        except Violation:
            pass  # it is among the findings
        except Exception as error:  # noqa: BLE001  # whatever it is, it is of the suite
            taken.verdict, taken.reason = Verdict.ERRORED, describe_error(error)
        taken.exchanges = suite.client.take()
        self._finish(suite, harness, taken, about)
        return taken

    def _finish(self, suite: Suite, harness: Harness, taken: CaseOutcome, about: frozenset[str]) -> None:
        every = [*harness.findings]
        every += find_law_findings(suite, harness, taken.exchanges, every)
        steps, asked = taken.exchanges, suite.asked
        found = on_asked(every, steps, rule=taken.rule, about=about, contract=suite.contract, asked=asked)
        if every and not found and taken.verdict is Verdict.PASSED:
            taken.verdict, taken.reason = Verdict.NOT_PROVOKED, f"{NOT_ASKED}: {every[0]}"
        if found:
            masks = suite.client.masks
            taken.findings = [replace(each, case=taken.name).cut_bodies().mask(masks) for each in found]
            taken.verdict = max(taken.verdict, *(each.verdict for each in taken.findings))
        self._clean_up(suite, harness)

    def _clean_up(self, suite: Suite, harness: Harness) -> None:
        """Remove what a case made; of a mock its world, since a load makes very many."""
        harness.clean_up()
        states_url = suite.profile.states_url or ""
        if suite.profile.is_self_described and "{world}" in states_url:
            world = states_url.replace("{world}", harness.world).removesuffix("/states")
            with suppress(NoAnswer):
                self._pool.exchange("DELETE", world, "", (), None)

    def _start_afresh(self) -> Suite:
        """Return the suite with what only one case knows: its ids, its secrets, its answers."""
        suite = copy(self.suite)
        suite.guard, suite.judge = self.suite.guard.forget_made(), RunJudge(suite.contract)

        def check(request: Request, caller: str) -> CreatedObjects:
            self.pace.wait()
            return suite.guard.check(request, caller)

        suite.client = Client(
            suite.profile.limits,
            connection=suite.connection,
            renewals=self.suite.client.renewals,
            check=check,
            pool=self._pool,
        )
        suite.client.health.url, suite.client.whoami = suite.profile.url, self.suite.client.whoami
        suite.client.share_masks(self.suite.client)
        return suite

    def _build_opening(self, suite: Suite, rule: str, case: str) -> Callable[[int], object]:
        @contextmanager
        def open_case(number: int) -> Iterator[Harness]:
            harness = suite.open_session(rule, f"{case}#{number}")
            try:
                yield harness
            finally:
                self._clean_up(suite, harness)

        return open_case
