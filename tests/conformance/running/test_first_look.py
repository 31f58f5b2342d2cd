"""The first look at a slow target: it is bounded in time as in requests, by a clock that the tests move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.custody.guard import Guard
from conformance.http.exchange import Exchange, Headers, Request
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


PACKS, CHALLENGE = b'{"packs": []}', ("WWW-Authenticate", "Bearer")
OTHER_APIS = {
    "another envelope": (b'{"detail": "No."}', (*JSON, CHALLENGE), PACKS, JSON),
    "an envelope without an id": (b'{"error": {"code": "unauthenticated", "message": "No."}}', JSON, PACKS, JSON),
    "nothing that is declared": (RIGHT, (*JSON, CHALLENGE), b'{"ok": true}', JSON),
    "an empty object": (RIGHT, (*JSON, CHALLENGE), b"{}", JSON),
    "a page": (RIGHT, (*JSON, CHALLENGE), b"<!doctype html>", (("Content-Type", "text/html"),)),
}
"""What is answered to nobody, and to a caller: each body with its headers."""


@dataclass
class GuardedTarget(SlowTarget):
    """A target that answers every path alike: one thing to nobody, another to a caller."""

    to_nobody: tuple[bytes, Headers] = (RIGHT, (*JSON, CHALLENGE))
    to_caller: tuple[bytes, Headers] = (PACKS, JSON)

    def answer(self, caller: Caller | None, request: Request) -> Exchange:
        self.asked.append(request)
        body, headers = self.to_caller if caller else self.to_nobody
        status, who = (200, caller.name) if caller else (401, "anonymous")
        return Exchange(who, request, URL + request.path, status, headers, body, 0.0, None, len(self.asked))

    def look_after_session(self) -> FirstLook:
        """Return the look after the caller has been asked for."""
        look = self.look()
        look.note(CALLER, self.answer(CALLER, Request("session.get", "GET", "/me/session", {})))
        return look


def test_an_operation_that_is_known_again_is_enough_though_every_path_is_answered_like_it(contract: Contract) -> None:
    """It refuses nobody in the contract's envelope, and shows a caller what is declared: no other API does."""
    target = GuardedTarget(contract, [0.0])
    target.look_after_session().check_hope()
    assert target.asked[-1].operation_id == "packs.list"


@pytest.mark.parametrize("kind", OTHER_APIS)
def test_what_answers_every_path_alike_is_no_target_where_no_operation_is_known_again(
    contract: Contract, kind: str
) -> None:
    refusal, refused_with, shown, shown_with = OTHER_APIS[kind]
    target = GuardedTarget(contract, [0.0], to_nobody=(refusal, refused_with), to_caller=(shown, shown_with))
    assert "answers none of" in named_by(target.look_after_session().check_hope)
