"""The judge of what a run asks for itself, answer by answer, as recorded exchanges are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from urllib.parse import urlsplit

from conformance.contract.contract import Contract
from conformance.contract.routing import route
from conformance.http.exchange import Exchange
from conformance.judging.judge import ExchangeJudge, why_not
from conformance.judging.laws import Laws
from conformance.judging.observed import NOBODY, Observed, RequestSender, Signed, World
from conformance.judging.overlap import overlaps
from conformance.oracle.breach import Breach
from conformance.oracle.judging import is_weak
from conformance.session.harness import Harness


@dataclass(slots=True)
class RunJudge:
    """The judge of the exchanges of one test after the other.

    Its laws count over the whole run; what is remembered of a place ends with the test. What earlier answers make
    certain is held against later ones by the test's own session, which knows the states that it set up too.
    """

    contract: Contract
    laws: Laws = field(init=False)
    _case: str | None = None
    _judge: ExchangeJudge = field(init=False)

    def __post_init__(self) -> None:
        self.laws = Laws(self.contract)

    def breaches(self, harness: Harness, exchanges: Iterable[Exchange]) -> Iterator[tuple[Exchange, Breach]]:
        """Yield every rule that an answer to the test breaks by itself, or by what the test was answered before."""
        settle_s = harness.profile.limits.settle_seconds
        if self._case != harness.case:
            self._case = harness.case
            self._judge = ExchangeJudge(self.contract, settle_s=settle_s, laws=self.laws, remembers=False)
        worlds: dict[World, list[Observed]] = defaultdict(list)
        for each in exchanges:
            worlds[_world(each)].append(self._observed(harness, each))
        beside = overlaps(worlds.values(), settle_s)
        every = sorted(chain.from_iterable(worlds.values()), key=lambda seen: -seen.exchange.number)
        while every:  # what was read of an answer is let go with it: a test may have many large ones
            seen = every.pop()
            if seen.place in beside.met or seen.place in beside.unsettled:
                seen = replace(seen, overlapped=seen.place in beside.met, unsettled=seen.place in beside.unsettled)
            for breach in self._of_one(seen):
                yield seen.exchange, breach

    def _of_one(self, seen: Observed) -> Iterable[Breach]:
        exchange = seen.exchange
        if self.contract.is_plain:  # what an answer shows is held against its schema, and by the tests of resources
            return self.laws.breaches(exchange)
        if exchange.failure is not None or why_not(self.contract, exchange):
            self._judge.unsettle(exchange.method, urlsplit(exchange.url).netloc)
        elif not is_weak(self.contract, exchange):
            return self._judge.judge(seen).breaches
        return self.laws.breaches(exchange)

    def _observed(self, harness: Harness, exchange: Exchange) -> Observed:
        where = route(self.contract, exchange.method, exchange.path)
        return Observed(
            exchange,
            _sender(harness, exchange),
            where.operation,
            where.values,
            f"request {exchange.number}",
            _world(exchange),
            exchange.started,
            exchange.started + exchange.elapsed_ms / 1000,
        )


def _world(exchange: Exchange) -> World:
    return "", exchange.base_url, ""


def _sender(harness: Harness, exchange: Exchange) -> RequestSender:
    """Return who sent it: a caller of the profile, whom the target introduced, or somebody whom nobody knows."""
    if exchange.authorization is None:
        return NOBODY
    caller = next((each for each in harness.profile.callers if each.name == exchange.caller), None)
    return RequestSender(Signed.BEARER, exchange.caller, exchange.caller, caller, by_profile=True)
