"""What the client sends again where no answer of the target's came, and what it makes of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count

import pytest

from conformance.http.client import Client
from conformance.http.connection import Connection
from conformance.http.connection_pool import ConnectionPool
from conformance.http.exchange import Exchange, Request
from conformance.http.gateways import explain_unjudged, send_until_answered
from conformance.http.health import IN_A_ROW, TargetGone, TargetHealth
from conformance.http.limiter import LimitReached
from conformance.http.reader import TooLate
from conformance.profile import ANONYMOUS
from tests.circumstances.connections import cut, delivered, each, ending, once, unheard
from tests.circumstances.gateways import bare, envelope, message, page, problem
from tests.proxy.delivery import LOST, Idle
from tests.proxy.messages import Answer
from tests.proxy.proxy import Proxy, proxying

READ, WRITE = Request(None, "GET", "/a", {}), Request(None, "POST", "/a", {}, content=b"{}")
FOUND = Answer(200, {"Content-Type": "application/json"}, b"{}")
ENDS = [Idle.CLOSED, Idle.TIMED_OUT, Idle.CLOSED_AT_NEXT, Idle.RESET_AT_NEXT]


@dataclass
class Asking:
    """A client, and a server that says what the proxy's functions say."""

    client: Client
    target: Proxy

    def ask(self, request: Request, *, harmless: bool = False) -> Exchange:
        return self.client.send(request, ANONYMOUS, f"{self.target.origin}/v1", harmless=harmless)

    @property
    def heard(self) -> int:
        return len(self.target.passed)


@pytest.fixture
def asking() -> Iterator[Asking]:
    with proxying() as target:
        client = Client(connection=Connection(timeout_s=1.0, is_proxied=False))
        target.answers = lambda _: FOUND
        yield Asking(client, target)
        client.close()


@pytest.mark.parametrize("idle", ENDS)
@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_a_kept_connection_that_is_closed_is_nobodys_fault(asking: Asking, idle: Idle, request_: Request) -> None:
    asking.target.add(ending(idle, 1))
    exchanges = [asking.ask(request_) for _ in range(4)]
    assert [exchange.status for exchange in exchanges] == [200] * 4
    assert asking.heard == 4


@pytest.mark.parametrize("idle", ENDS)
def test_the_very_first_connection_may_be_closed_too(asking: Asking, idle: Idle) -> None:
    asking.target.meets = lambda number: Idle.KEPT if number else idle
    assert asking.ask(READ).status == 200
    assert asking.heard == 1


def test_a_lost_answer_to_what_does_no_harm_is_asked_for_again(asking: Asking) -> None:
    asking.target.add(unheard(each(2)))
    for request, harmless in ((READ, False), (WRITE, True)):
        asking.ask(request)
        exchange = asking.ask(request, harmless=harmless)
        assert (exchange.status, exchange.is_repeated) == (200, False)


def test_a_lost_answer_to_a_write_is_none(asking: Asking) -> None:
    """On a connection of its own: it may have been done."""
    asking.target.add(delivered(lambda _: LOST, lambda _: True))
    exchange = asking.ask(WRITE)
    assert (exchange.failure is None, asking.heard) == (False, 1)
    assert "no answer came" in (explain_unjudged(exchange) or "")


@pytest.mark.parametrize("status", [200, 400, 403, 404, 409])
def test_a_write_that_may_have_been_done_twice_is_judged_by_what_that_does_not_change(
    asking: Asking, status: int
) -> None:
    """That something is absent, or there already, may be its own doing; of what is made there may be two."""
    asking.ask(READ)
    asking.target.add(delivered(lambda _: LOST, each(2)))
    asking.ask(READ)
    asking.target.answers = lambda _: Answer(status, FOUND.headers, b"{}")
    exchange = asking.ask(WRITE)
    assert (exchange.status, exchange.is_repeated, asking.heard) == (status, True, 4)
    assert (explain_unjudged(exchange) is None) == (status not in (200, 404, 409))


def test_where_kept_connections_are_closed_as_they_are_used_each_post_has_its_own(asking: Asking) -> None:
    """The first is sent again, and nobody knows whether it was heard; after it there is no such doubt."""
    asking.target.add(ending(Idle.CLOSED_AT_NEXT, 1))
    asking.ask(READ)
    assert [asking.ask(WRITE).is_repeated for _ in range(3)] == [True, False, False]
    assert asking.heard == 4


@pytest.mark.parametrize(
    ("body", "is_held"),
    [(b'{"text": "' + b"\\u00e9" * 65_536 + b'"}', True), (b"[" + b"1," * 196_608 + b"1]", False)],
    ids=["a-long-text", "many-values"],
)
def test_fifty_answers_of_a_long_text_can_be_held_within_a_case(asking: Asking, body: bytes, *, is_held: bool) -> None:
    """As many of as many bytes that are thousands of values each take more memory than a case may."""
    asking.target.answers = lambda _: Answer(200, FOUND.headers, body)
    with suppress(TargetGone):
        for _ in range(50):
            asking.ask(READ)
    assert (asking.client.health.gone is None) is is_held


def test_connections_that_posts_have_for_themselves_do_not_pile_up(asking: Asking) -> None:
    asking.target.add(delivered(lambda it: replace(it, idle=Idle.CLOSED_AT_NEXT), once()))
    for request in (READ, WRITE) * 10:
        assert asking.ask(request).status == 200
    assert asking.target.connections >= 10
    assert asking.target.has_at_most_open(1)


def test_what_never_gets_an_answer_is_told_from_what_once_got_none(asking: Asking) -> None:
    asking.target.add(unheard(lambda request: request.path.endswith("/a")))
    exchange = asking.ask(READ)
    assert (exchange.is_hopeless, asking.heard) == (True, 5)
    assert asking.ask(replace(READ, path="/b")).status == 200


def test_where_any_answer_may_be_lost_more_tries_without_one_are_needed(asking: Asking) -> None:
    """Where one of twelve is lost, five in a row are met by chance in one of some forty runs."""
    counted = count()
    asking.target.add(cut(lambda request: request.path.endswith("/a") or next(counted) in (0, 2, 4)))
    assert [asking.ask(replace(READ, path="/b")).status for _ in range(3)] == [200, 200, 200]
    exchange, heard = asking.ask(READ), asking.heard - 6
    assert (exchange.is_hopeless, exchange.tries, heard) == (True, 9, 9)


def test_an_answer_at_the_sixth_try_is_one_where_any_may_be_lost(asking: Asking) -> None:
    counted = count()
    asking.target.add(cut(lambda _: next(counted) in (0, 2, 4, 6, 7, 8, 9, 10)))
    assert [asking.ask(READ).status for _ in range(4)] == [200, 200, 200, 200]


def test_a_try_on_a_connection_that_was_closed_already_is_none() -> None:
    """Nobody heard it, so that four that were heard are not five."""
    silent = replace(ANSWERED, status=0, failure="closed", repeats=4)
    answers = iter([replace(silent, is_unheard=True), *[silent] * 4, ANSWERED])
    exchange, _ = send_until_answered(lambda: next(answers), harmless=True)
    assert (exchange.status, exchange.tries) == (200, 5)


@pytest.mark.parametrize("said", [page, message, problem, bare])
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_a_gateway_says_is_waited_out(asking: Asking, status: int, said: object) -> None:
    assert callable(said)
    asking.target.answers = lambda _: said(status, {"Retry-After": "0"}) if asking.heard < 4 else FOUND
    assert asking.ask(READ).status == 200
    asking.target.answers = lambda _: said(status, {"Retry-After": "0"})
    assert f"throttled: {status}" in (explain_unjudged(asking.ask(READ)) or "")


@pytest.mark.parametrize("status", [502, 503, 504, 500])
def test_what_the_service_says_is_judged(asking: Asking, status: int) -> None:
    """An envelope is its own; and so is a 500, whatever it is."""
    asking.target.answers = lambda _: page(500) if status == 500 else envelope(status, "agent_unreachable")
    exchange = asking.ask(READ)
    assert (exchange.status, explain_unjudged(exchange), asking.heard) == (status, None, 1)


def test_a_refusal_without_a_body_is_judged_where_it_is_right(asking: Asking) -> None:
    asking.target.answers = lambda _: Answer(502, {}, b"")
    right = asking.ask(replace(READ, bodyless=frozenset({409, 502})))
    assert (right.status, explain_unjudged(right), asking.heard) == (502, None, 1)
    asking.target.answers = lambda _: Answer(502, {"Retry-After": "0"}, b"")
    assert "throttled: 502" in (explain_unjudged(asking.ask(READ)) or "")


def test_gzip_that_nobody_asked_for_is_read(asking: Asking) -> None:
    asking.target.answers = lambda _: Answer(200, {"Content-Encoding": "gzip"}, gzip.compress(b"read"))
    exchange = asking.ask(READ)
    assert (exchange.body, exchange.is_reframed) == (b"read", True)
    asking.target.answers = lambda _: Answer(200, {"Content-Encoding": "gzip"}, b"no gzip")
    assert asking.ask(READ).body == b"no gzip"
    bomb = gzip.compress(bytes(2**25))
    asking.target.answers = lambda _: Answer(200, {"Content-Encoding": "gzip"}, bomb)
    assert asking.ask(READ).body == bomb


ANSWERED = Exchange("me", READ, "", 200, (), b"", 1.0)
LATE = replace(
    ANSWERED, request=replace(READ, operation_id="packs.get"), status=0, failure="no answer in time", repeats=1
)


def test_nothing_is_sent_again_when_the_time_is_over() -> None:
    sent: list[Exchange] = []

    def send() -> Exchange:
        sent.append(LATE)
        return LATE

    assert send_until_answered(send, harmless=True, until=0.0)[0].failure
    assert len(sent) == 1
    assert send_until_answered(send, harmless=True)[0].tries == 2


def test_an_answer_under_way_is_waited_for_no_longer_when_the_time_is_over() -> None:
    """It drips; where this machine stalls for as long as an answer may, that is the reason."""
    pool = ConnectionPool(Connection(timeout_s=1.0, is_proxied=False))
    with proxying() as target:
        target.answers = lambda _: Answer(200, {}, b" " * 100_000)
        target.delivers = lambda _request, _answer, usual: replace(usual, piece=50, pause_s=0.05)
        with pytest.raises(TooLate, match=r"longer than 1 s|no answer in time"):
            pool.exchange("GET", target.origin, "/a", (), None, until=0.0)
    pool.close()


def test_an_operation_that_never_answers_in_time_ends_a_run_though_others_do() -> None:
    health = TargetHealth("http://t")
    for _ in range(IN_A_ROW - 1):
        health.record(LATE)
        health.record(ANSWERED)
    health.check()
    health.record(LATE)
    with pytest.raises(TargetGone, match=r"stopped answering \(no answer in time\), packs\.get last"):
        health.check()


def test_the_end_of_the_time_names_what_was_not_answered() -> None:
    health = TargetHealth("http://t", ends_at=0.0, limit_s=40.0)
    health.record(LATE)
    with pytest.raises(LimitReached, match=r"the 40 s are over; no answer came to packs\.get \(no answer in time\)"):
        health.check()
    health.record(replace(LATE, failure=None, status=200))
    with pytest.raises(LimitReached, match=r"the 40 s are over$"):
        health.check()
