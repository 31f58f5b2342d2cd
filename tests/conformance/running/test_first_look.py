"""The first look at a slow target: it is bounded in time as in requests, by a clock that the tests move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.custody.guard import Guard
from conformance.http.exchange import Exchange, Request
from conformance.oracle.facts import State
from conformance.profile import Caller, Profile
from conformance.running.first_look import FirstLook
from conformance.target.target import Unusable

URL = "http://slow.example/v1"
CALLER = Caller(name="owner", org="org_acme", token="sk_fake", role="owner", scopes=frozenset({"caps:read"}))
WRONG = b'{"error": {"code": "oops", "message": "No.", "request_id": "7f3a9c2e"}}'
RIGHT = b'{"error": {"code": "unauthenticated", "message": "No.", "request_id": "7f3a9c2e"}}'
JSON = (("Content-Type", "application/json"),)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


@dataclass
class SlowTarget:
    """A target without a network, each of whose answers takes so many seconds of a clock of its own."""

    contract: Contract
    takes_s: Sequence[float]
    """What the first answers take; all others take as long as the last of them."""
    right_from: int = 10_000
    """The number of the request from which on nobody is let in, which is right where nobody asks."""
    asked: list[Request] = field(default_factory=list)
    now_s: float = 100.0

    def answer(self, caller: Caller | None, request: Request) -> Exchange:
        self.now_s += self.takes_s[min(len(self.asked), len(self.takes_s) - 1)]
        self.asked.append(request)
        wrong = len(self.asked) < self.right_from or caller is not None or request.operation_id is None
        status, body = (500, WRONG) if wrong else (401, RIGHT)
        return Exchange("", request, URL + request.path, status, JSON, body, 0.0, None, len(self.asked))

    def look(self, timeout_s: float = 10.0) -> FirstLook:
        guard = Guard(self.contract, Profile(name="slow", url=URL), "", may_probe_unsafe=False)
        state = State(contract=self.contract)
        return FirstLook(self.contract, guard, [CALLER], state, URL, self.answer, timeout_s, lambda: self.now_s)


def named_by(check: Callable[[], None]) -> str:
    with pytest.raises(Unusable) as refused:
        check()
    return str(refused.value)


@pytest.mark.parametrize(
    ("takes_s", "timeout_s", "requests"),
    [((1.0,), 10.0, 8), ((2.5,), 10.0, 4), ((1.0,), 60.0, 48), ((9.0, 0.1), 10.0, 3), ((1.0,), 0.5, 8)],
    ids=["a second each", "seconds each", "with a longer timeout", "one at first", "with a short timeout"],
)
def test_a_slow_target_without_a_right_answer_is_named_in_time(
    contract: Contract, takes_s: Sequence[float], timeout_s: float, requests: int
) -> None:
    target = SlowTarget(contract, takes_s)
    named = named_by(target.look(timeout_s).check_hope)
    assert f"answers 500 oops (application/json) to every one of {requests} requests of " in named
    assert len(target.asked) == requests


def test_of_many_callers_no_more_are_asked_than_there_is_time_for(contract: Contract) -> None:
    target = SlowTarget(contract, [1.0])
    look = target.look()
    request = Request("session.get", "GET", "/me/session", {})
    for _ in range(40):
        if not look.is_over:
            look.note(CALLER, target.answer(CALLER, request))
    named = named_by(look.check_hope)
    assert "to every one of 8 requests of 1 operation" in named
    assert len(target.asked) == 8


def test_a_right_answer_within_the_time_is_enough_however_slow_the_target_is(contract: Contract) -> None:
    target = SlowTarget(contract, [0.01] * 60 + [1.0], right_from=60)
    look = target.look()
    look.check_hope()
    assert look.answers[-1].status == 401
    target.now_s += 1000
    assert not look.is_over
