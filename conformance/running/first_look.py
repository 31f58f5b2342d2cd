"""The first look at a target that has given no right answer yet: whether it gives one at any operation.

One that gives none is no target with many defects but something else: a server that lacks what it needs, a stub, or
another address. To judge it would take minutes, and say nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from math import ceil

from conformance.contract.contract import Contract, Operation, resolve
from conformance.custody.guard import Guard, Withheld
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import explain_unjudged
from conformance.http.health import TargetGone
from conformance.http.limiter import LimitReached
from conformance.judging.laws import ResponseInvariants
from conformance.oracle.expect import expect
from conformance.oracle.facts import State
from conformance.oracle.judging import is_meant, is_right
from conformance.profile import Caller
from conformance.recipes.requests import build
from conformance.results.plain_text import count_noun, escape_line
from conformance.target.target import Unusable

MOST_REQUESTS = 300
"""The number of requests of a first look; of a contract with more it asks a part of the operations."""
MOST_SECONDS, OF_THE_TIMEOUT = 8.0, 0.8
"""The seconds of a first look, or the part of the longest wait for an answer where that is more."""
LEAST_ANSWERS = 3
"""The number of answers that it waits for, however long they take: a started server may be slow."""
NEARLY_ALL = 0.9
"""The part of the requests of operations from which on a server that answers a 500 to them crashes as a whole."""
MOST_SHOWN = 3
_SHOWN_BODIES = (b"", b"{}", b"[]", b"null", b'""')
_CHECKS = {
    2: "check that the API stands at this address, and no stub or proxy in its place",
    5: "look into its log, and check that it has all that it needs, such as its database",
}
_ELSEWHERE = "check that this is the base URL of the API"
Asked = tuple[Caller | None, Request]
_Kind = tuple[int, str | None, str, bytes]


@dataclass(slots=True)
class FirstLook:
    """A target, how it is asked, and its answers so far; the time begins to run as the look is made."""

    contract: Contract
    guard: Guard
    callers: Sequence[Caller]
    state: State
    url: str
    ask: Callable[[Caller | None, Request], Exchange]
    """The function that sends a request as a caller, or as nobody; LimitReached where it may not be sent."""
    timeout_s: float
    """The longest wait for an answer."""
    clock: Callable[[], float] = time.monotonic
    answers: list[Exchange] = field(default_factory=list)
    _serving: set[str] = field(default_factory=set)
    """The operations that show a caller what the contract declares of them, and nothing less."""
    _refusing: set[str] = field(default_factory=set)
    """The operations that refuse nobody with a code of the contract, in its whole envelope."""
    _right: set[_Kind] = field(default_factory=set)
    _wrong: set[_Kind] = field(default_factory=set)
    _begun_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun_s = self.clock()

    @property
    def is_over(self) -> bool:
        """Return whether the time is over, and no answer was right."""
        seconds = max(MOST_SECONDS, OF_THE_TIMEOUT * self.timeout_s)
        late = len(self.answers) >= LEAST_ANSWERS and self.clock() - self._begun_s >= seconds
        return late and not self.has_hope

    def note(self, caller: Caller | None, exchange: Exchange) -> None:
        """Take note of an answer to a caller, or to nobody."""
        served = exchange.operation_id is not None and self._is_right(caller, exchange)
        (self._right if served else self._wrong).add(_classify(exchange))
        if served and exchange.operation_id:
            if caller and self._shows_declared(exchange):
                self._serving.add(exchange.operation_id)
            elif caller is None and self._is_whole_refusal(exchange):
                self._refusing.add(exchange.operation_id)
        self.answers.append(exchange)

    def check_hope(self) -> None:
        """Raise Unusable where neither the answers so far nor any to a request of another operation is right."""
        try:
            for caller, request in islice(self._list_requests(), MOST_REQUESTS):
                if self.has_hope:
                    return
                if self.is_over:
                    break
                with suppress(Withheld):
                    exchange = self.ask(caller, request)
                    if explain_unjudged(exchange) is None:
                        self.note(caller, exchange)
        except TargetGone as reason:
            raise Unusable(str(reason)) from None
        except LimitReached:  # so few requests may be sent that nothing is known
            return
        if self.answers and not self.has_hope:
            raise Unusable(f"{self.url}: {_describe_answers(self.answers)}")

    @property
    def has_hope(self) -> bool:
        """Return whether an answer was right that nothing got to which it is wrong, or an operation is known again.

        What answers all alike is right now and then. But no other API, page or stub refuses nobody at an operation in
        the contract's own envelope, and shows a caller there what the contract declares: that is the API, and a server
        that answers every other path in this way is wrong.
        """
        return bool(self._right - self._wrong or self._serving & self._refusing)

    @property
    def is_crashing(self) -> bool:
        """Return whether nearly every request of an operation was answered with a crash of the target's own."""
        asked = [exchange for exchange in self.answers if exchange.operation_id]
        return bool(asked) and sum(map(is_crash, asked)) >= NEARLY_ALL * len(asked)

    def _list_requests(self) -> Iterator[Asked]:
        """Yield a request of a path that the contract does not have, and those of its operations.

        The caller who may do the most asks for what is safe, nobody for everything.
        """
        yield None, Request(None, "GET", f"/{self._make_absent_id('path')}", {})
        able = max(self.callers, key=lambda caller: len(caller.held), default=None)
        operations = self.contract.operations.values()
        as_caller = [(able, self._request(each)) for each in operations if each.is_safe and able]
        every = [*as_caller, *((None, self._request(each)) for each in operations)]
        step = ceil(len(every) / MOST_REQUESTS)
        yield from chain.from_iterable(every[first::step] for first in range(step))

    def _request(self, operation: Operation) -> Request:
        """Return a request without a body, about nothing that there is."""
        named = (each.name for each in operation.path_parameters if not each.is_own_org)
        return build(operation, {name: self._make_absent_id(name) for name in named})

    def _make_absent_id(self, name: str) -> str:
        return self.guard.make_absent_id(name, "first look")

    def _is_right(self, caller: Caller | None, exchange: Exchange) -> bool:
        """Return whether it is an answer that the contract has for the request; a refusal may have another form."""
        if "html" in exchange.media_type:
            return False
        state = self.state
        for made_up in exchange.request.path_values.values():
            state = state.with_absent(made_up)
        answers = expect(state, caller, exchange.request)
        if exchange.has_succeeded:
            return is_right(exchange, answers) and not any(ResponseInvariants(self.contract).find_breaches(exchange))
        return is_right(exchange, answers) or is_meant(self.contract, exchange, answers)

    def _shows_declared(self, exchange: Exchange) -> bool:
        """Return whether a success has a member that the contract requires in it; `{}` may be anybody's."""
        declared = self.contract.operations[exchange.operation_id or ""].success.schemas.get(exchange.media_type, {})
        required = resolve(self.contract.document, declared).get("required", ())
        return isinstance(exchange.json, dict) and any(name in exchange.json for name in required)

    def _is_whole_refusal(self, exchange: Exchange) -> bool:
        """Return whether a refusal has a code of the contract, and breaks no rule by itself."""
        known = exchange.status >= 400 and exchange.code in self.contract.error_codes
        return known and not any(ResponseInvariants(self.contract).find_breaches(exchange))


def is_crash(exchange: Exchange) -> bool:
    """Return whether a server says that it has failed by itself, and no gateway in its place."""
    return exchange.status == 500 and explain_unjudged(exchange) is None


def _classify(exchange: Exchange) -> _Kind:
    """Return what two answers have in common that are given alike; an error may have an id of its own."""
    return exchange.status, exchange.code, exchange.media_type, exchange.body if exchange.has_succeeded else b""


def _describe_answers(seen: Sequence[Exchange]) -> str:
    """Return in one sentence what a target answers that gives no right answer, and what to check."""
    counts = Counter((exchange.status, _describe_answer(exchange)) for exchange in seen)
    (status, _), _ = counts.most_common(1)[0]
    operations = {each.operation_id for each in seen if each.operation_id}
    asked = f"{count_noun(len(seen), 'request')} of {count_noun(len(operations), 'operation')}"
    if len(counts) == 1:
        told = f"answers {_describe_answer(seen[0])} to every one of {asked}"
    else:
        most = ", ".join(f"{shown} to {count}" for (_, shown), count in counts.most_common(MOST_SHOWN))
        told = f"answers none of {asked} as the contract has it, but {most}"
    return f"{told}; {_CHECKS.get(status // 100, _ELSEWHERE)}"


def _describe_answer(exchange: Exchange) -> str:
    """Return an answer in a few words, without a text that may be a secret."""
    if exchange.body.strip() in _SHOWN_BODIES:
        body = exchange.body.strip().decode() or "no body"
    else:
        body = exchange.media_type or "a body without a media type"
    return escape_line(f"{exchange} ({body})")
