"""The judge of what a run asks for itself, answer by answer, as recorded exchanges are judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from urllib.parse import urlsplit

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange
from conformance.judging.judge import ExchangeJudge, explain_not_judged
from conformance.judging.laws import ResponseInvariants
from conformance.judging.observed import NOBODY, ObservedExchange, RequestSender, Signature, World
from conformance.judging.overlap import find_overlaps
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
    laws: ResponseInvariants = field(init=False)
    _case: str | None = None
    _judge: ExchangeJudge = field(init=False)

    def __post_init__(self) -> None:
        self.laws = ResponseInvariants(self.contract)

    def find_breaches(self, harness: Harness, exchanges: Iterable[Exchange]) -> Iterator[tuple[Exchange, Breach]]:
        """Yield every rule that an answer to the test breaks by itself, or by what the test was answered before."""
        settle_s = harness.profile.limits.settle_seconds
        if self._case != harness.case:
            self._case = harness.case
            self._judge = ExchangeJudge(self.contract, settle_s=settle_s, laws=self.laws, remembers=False)
        worlds: dict[World, list[ObservedExchange]] = defaultdict(list)
        for each in exchanges:
            worlds[_find_world(each)].append(self._observe(harness, each))
        beside = find_overlaps(worlds.values(), settle_s)
        every = sorted(chain.from_iterable(worlds.values()), key=lambda seen: -seen.exchange.number)
        while every:  # what was read of an answer is let go with it: a test may have many large ones
            seen = every.pop()
            if seen.place in beside.met or seen.place in beside.unsettled:
                seen = replace(
                    seen, is_overlapped=seen.place in beside.met, is_unsettled=seen.place in beside.unsettled
                )
            for breach in self._judge_one(seen):
                yield seen.exchange, breach

    def _judge_one(self, seen: ObservedExchange) -> Iterable[Breach]:
        exchange = seen.exchange
        if self.contract.is_plain:  # what an answer shows is held against its schema, and by the tests of resources
            return self.laws.find_breaches(exchange)
        if exchange.failure is not None or explain_not_judged(self.contract, exchange):
            self._judge.unsettle(exchange.method, urlsplit(exchange.url).netloc)
        elif not is_weak(self.contract, exchange):
            return self._judge.judge(seen).breaches
        return self.laws.find_breaches(exchange)

    def _observe(self, harness: Harness, exchange: Exchange) -> ObservedExchange:
        where = find_route(self.contract, exchange.method, exchange.path)
        return ObservedExchange(
            exchange,
            _find_sender(harness, exchange),
            where.operation,
            where.values,
            f"request {exchange.number}",
            _find_world(exchange),
            exchange.started,
            exchange.started + exchange.elapsed_ms / 1000,
        )


def _find_world(exchange: Exchange) -> World:
    return "", exchange.base_url, ""


def _find_sender(harness: Harness, exchange: Exchange) -> RequestSender:
    """Return who sent it: a caller of the profile, whom the target introduced, or somebody whom nobody knows."""
    if exchange.authorization is None:
        return NOBODY
    caller = next((each for each in harness.profile.callers if each.name == exchange.caller), None)
    return RequestSender(Signature.BEARER, exchange.caller, exchange.caller, caller, is_from_profile=True)
