"""Connections that end, or take their time, as they do between any two machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from tests.proxy.behaviour import Behaviour
from tests.proxy.delivery import LOST, Delivery, Idle
from tests.proxy.messages import Answer, Request
from tests.proxy.stream import Dropped

OFTEN, SELDOM = 7, 23
"""Of so many answers one is met by what may be repeated at once, or by what may have been done."""
Which = Callable[[Request], bool]


def each(number: int, which: Which = lambda _: True) -> Which:
    """Return a function that says so of every so many-th of these requests."""
    counted = count(1)
    return lambda request: which(request) and next(counted) % number == 0


def once() -> Which:
    """Return a function that says so of the first request of all."""
    counted = count()
    return lambda _: next(counted) == 0


def of_states(request: Request) -> bool:
    """Whether the request is one to the provider states."""
    return request.path.startswith("/_states")


def delivered(as_: Callable[[Delivery], Delivery], which: Which) -> Behaviour:
    """Return what has the answers to these requests leave so."""

    def delivers(request: Request, _: Answer, delivery: Delivery) -> Delivery:
        return as_(delivery) if which(request) else delivery

    return Behaviour(delivers=delivers)


def ending(idle: Idle, number: int = OFTEN) -> Behaviour:
    """Return what has every so many-th connection end so once its answer is there."""
    return delivered(lambda delivery: replace(delivery, idle=idle), each(number))


def unheard(which: Which) -> Behaviour:
    """Return what closes the connection once these requests are there, which nobody is told of."""

    def answers(request: Request) -> Answer | None:
        if which(request):
            raise Dropped
        return None

    return Behaviour(answers=answers)


def lost(which: Which) -> Behaviour:
    """Return what closes the connection in the place of the answers to these requests, which were done."""
    return delivered(lambda _: LOST, which)


def cut(which: Which, after: int = 1) -> Behaviour:
    """Return what closes the connection after so many bytes of the bodies of the answers to these requests."""
    return delivered(lambda it: replace(it, cut=after, cut_in_body=True), which)


def first(idle: Idle) -> Behaviour:
    """Return what has the first connection of all end so before anything was answered on it."""
    return Behaviour(meets=lambda number: Idle.KEPT if number else idle)


def slow(seconds: float, phase: range) -> Behaviour:
    """Return what has the answers of these numbers take so long."""
    counted = count(1)
    return delivered(lambda it: replace(it, wait_s=seconds), lambda _: next(counted) in phase)


CONNECTIONS: dict[str, Callable[[], Behaviour]] = {
    "closed-while-idle": lambda: ending(Idle.CLOSED),
    "closed-while-idle-with-408": lambda: ending(Idle.TIMED_OUT),
    "closed-as-the-next-is-sent": lambda: ending(Idle.CLOSED_AT_NEXT),
    "reset-as-the-next-is-sent": lambda: ending(Idle.RESET_AT_NEXT),
    "every-connection-closed": lambda: ending(Idle.CLOSED, 1),
    "every-connection-closed-as-the-next-is-sent": lambda: ending(Idle.CLOSED_AT_NEXT, 1),
    "closed-before-it-was-asked": lambda: unheard(each(SELDOM)),
    "closed-before-the-answer": lambda: lost(each(SELDOM)),
    "closed-in-the-head": lambda: delivered(lambda it: replace(it, cut=30), each(SELDOM)),
    "closed-in-the-body": lambda: cut(each(SELDOM), 10),
    "closed-before-the-last-byte": lambda: delivered(lambda it: replace(it, cut=2**40), each(SELDOM)),
    "first-connection-closed-at-once": lambda: first(Idle.CLOSED),
    "first-connection-closed-as-asked": lambda: first(Idle.CLOSED_AT_NEXT),
    "first-connection-reset": lambda: first(Idle.RESET_AT_NEXT),
    "first-connection-timed-out": lambda: first(Idle.TIMED_OUT),
    "first-request-unheard": lambda: unheard(once()),
    "states-unheard": lambda: unheard(each(5, of_states)),
    "states-lost": lambda: lost(each(5, of_states)),
    "states-closed-in-the-body": lambda: cut(each(5, of_states)),
    "old-http": lambda: delivered(lambda it: replace(it, old=True), lambda _: True),
    "chunks": lambda: delivered(lambda it: replace(it, chunked=True), lambda it: "/files/" not in it.path),
    "early-hints": lambda: delivered(lambda it: replace(it, hints=2), lambda _: True),
    "drips": lambda: delivered(lambda it: replace(it, piece=50, pause_s=0.002), each(10)),
    "a-slow-phase": lambda: slow(2.6, range(40, 52)),
}
"""By name, what makes each happen; with its own count."""
