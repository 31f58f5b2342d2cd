"""Sends one request after the other of those that hostile values or credentials spoil, and judges each answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.contract.contract import Operation
from conformance.hostile.kind import HostileValue
from conformance.hostile.spread import dealt
from conformance.hostile.values import VALUES
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer
from conformance.oracle.judging import NotProvoked, TargetFull, Violation
from conformance.profile import Caller, Credential
from conformance.recipes.valid import valid
from conformance.session.harness import Harness


@dataclass(slots=True)
class Trials:
    """The judged requests of one test: one that is answered wrong hides none of the others."""

    harness: Harness
    judged: int = 0
    _violations: list[str] = field(default_factory=list)
    _not_provoked: NotProvoked | None = None

    def judge(self, who: Caller | Credential, request: Request, kind: HostileValue | None = None) -> Exchange | None:
        """Send a request and judge its answer; None where it could not be sent."""
        try:
            exchange, answers = self.harness.foreseen(who, request)
        except TargetFull:
            raise
        except NotProvoked as reason:
            self._not_provoked = reason
            return None
        if kind is None or not kind.leaves_open(exchange.status):
            self._demand(exchange, answers)
        else:
            self.judged += 1
        return exchange

    def _demand(self, exchange: Exchange, answers: frozenset[Answer]) -> None:
        try:
            self.harness.demand(exchange, answers)
            self.judged += 1
        except NotProvoked as reason:
            self._not_provoked = reason
        except Violation as violation:
            self.judged += 1
            self._violations.append(str(violation))

    def end(self, otherwise: str) -> None:
        """Raise Violation where an answer was wrong, NotProvoked where none was judged."""
        if self._violations:
            raise Violation("; ".join(dict.fromkeys(self._violations)))
        if not self.judged:
            raise self._not_provoked or NotProvoked(otherwise)


def dealt_of_rule(harness: Harness, operation: Operation, rule: str) -> list[HostileValue]:
    """The hostile values that this run tries at the operation, and of which the rule speaks."""
    seed = None if harness.in_full else harness.seed
    return [kind for kind in dealt(VALUES, harness.contract, operation, seed) if kind.rule == rule]


def try_values(harness: Harness, operation: Operation, kinds: Iterable[HostileValue]) -> None:
    """Spoil a request by one hostile value at a time; one like it was served before."""
    caller, trials = harness.able(operation), Trials(harness)
    harness.hold(caller, valid(harness, operation, caller))
    request: Request | None = None
    for kind in kinds:
        request = request or valid(harness, operation, caller)
        spoilt = kind.spoil(harness, operation, request)
        exchange = trials.judge(caller, replace(spoilt, tried=f"{kind} (hostile)"), kind) if spoilt else None
        if exchange is not None and not (operation.safe or 400 <= exchange.status < 500):
            request = None  # what it was about may be another, or gone
    trials.end(f"no hostile value suits a request for {operation}")
