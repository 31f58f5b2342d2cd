"""The table of all hostile values, which of them a run tries at which operation, and how they are sent and judged.

Each kind is tried in every run, and each at every operation that it suits in three runs with successive seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol, TypeVar

from conformance.contract.contract import Contract, Operation
from conformance.hostile.addresses import ADDRESSES
from conformance.hostile.forms import FORM_BODIES
from conformance.hostile.headers import HEADERS, MEDIA_TYPES
from conformance.hostile.json_bodies import JSON_BODIES
from conformance.hostile.kind import HostileValue
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer
from conformance.oracle.judging import NotProvoked, TargetFull, Violation
from conformance.profile import Caller, Credential
from conformance.recipes.valid import build_valid
from conformance.session.harness import Harness

ROUNDS = 3
"""The number of runs with successive seeds that try each kind at each operation that it suits."""
VALUES: tuple[HostileValue, ...] = (*JSON_BODIES, *MEDIA_TYPES, *ADDRESSES, *HEADERS, *FORM_BODIES)


class Spread(Hashable, Protocol):
    """A row of a table of kinds."""

    @property
    def is_tried_everywhere(self) -> bool:
        """Return whether it is tried at every operation in every run."""

    def suits(self, operation: Operation) -> bool:
        """Return whether it can be made of a request for the operation."""


K = TypeVar("K", bound=Spread)


def deal_kinds(kinds: Sequence[K], contract: Contract, operation: Operation, seed: int | None) -> list[K]:
    """Return the kinds that a run with this seed tries at the operation, in the order of the table; None: all of them.

    A kind goes round the operations that it suits: a third of them in each run, another third with the next seed.
    Where it suits fewer than three it is tried at all of them.
    """
    return [kind for place, kind in enumerate(kinds) if _is_dealt(kind, place, contract, operation, seed)]


def _is_dealt(kind: Spread, place: int, contract: Contract, operation: Operation, seed: int | None) -> bool:
    suited = _list_suited(kind, contract)
    if operation.operation_id not in suited:
        return False
    if seed is None or kind.is_tried_everywhere or len(suited) < ROUNDS:
        return True
    return (suited.index(operation.operation_id) + place + seed) % ROUNDS == 0


@lru_cache(maxsize=1024)  # asked for each operation
def _list_suited(kind: Spread, contract: Contract) -> tuple[str, ...]:
    """Return the ids of the operations that a kind suits, in the contract's order."""
    return tuple(each.operation_id for each in contract.operations.values() if kind.suits(each))


@dataclass(slots=True)
class Trials:
    """The judged requests of one test: one that is answered wrong hides none of the others."""

    harness: Harness
    judged: int = 0
    _violations: list[str] = field(default_factory=list)
    _not_provoked: NotProvoked | None = None

    def judge(
        self,
        who: Caller | Credential,
        request: Request,
        kind: HostileValue | None = None,
        *,
        check: Callable[[Exchange], None] = lambda _: None,
    ) -> Exchange | None:
        """Send a request and judge its answer, of a right one more by `check`; None where it could not be sent."""
        try:
            exchange, answers = self.harness.foresee(who, request)
        except TargetFull:
            raise
        except NotProvoked as reason:
            self._not_provoked = reason
            return None
        if kind is None or not kind.leaves_open(exchange.status):
            self._demand(exchange, answers, check)
        else:
            self.judged += 1
        return exchange

    def _demand(self, exchange: Exchange, answers: frozenset[Answer], check: Callable[[Exchange], None]) -> None:
        try:
            self.harness.demand(exchange, answers)
            check(exchange)
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


def deal_kinds_of_rule(harness: Harness, operation: Operation, rule: str) -> list[HostileValue]:
    """Return the hostile values that this run tries at the operation, and of which the rule speaks."""
    seed = None if harness.is_in_full else harness.seed
    return [kind for kind in deal_kinds(VALUES, harness.contract, operation, seed) if kind.rule == rule]


def try_values(harness: Harness, operation: Operation, kinds: Iterable[HostileValue]) -> None:
    """Spoil a request by one hostile value at a time; one like it was served before."""
    caller, trials = harness.able(operation), Trials(harness)
    harness.hold(caller, build_valid(harness, operation, caller))
    request: Request | None = None
    for kind in kinds:
        request = request or build_valid(harness, operation, caller)
        spoilt = kind.spoil(harness, operation, request)
        exchange = trials.judge(caller, replace(spoilt, tried=f"{kind} (hostile)"), kind) if spoilt else None
        if exchange is not None and not (operation.is_safe or 400 <= exchange.status < 500):
            request = None  # what it was about may be another, or gone
    trials.end(f"no hostile value suits a request for {operation}")
