"""What a proxy does beyond passing on: plain functions, in the order in which a request meets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.proxy.delivery import Delivery, Idle
from tests.proxy.messages import Answer, Request


@dataclass(eq=False)
class Behaviour:
    """Functions that each do nothing unless they are given. Any of them may raise Dropped to close the connection.

    `meets` and `answers` may be called by several threads at once, and may take their time; `changes` too. The others
    are called one at a time, in the order in which the answers came, so that they need no lock for what they count.
    """

    meets: Callable[[int], Idle] = lambda _: Idle.KEPT
    """What becomes of a new connection, told by its number from 0."""
    answers: Callable[[Request], Answer | None] = lambda _: None
    """What is said without asking the server behind; None: it is asked."""
    changes: Callable[[Request], Request] = lambda request: request
    """What the server behind is asked."""
    replaces: Callable[[Request, Answer], Answer] = lambda _, answer: answer
    """What is said in the place of an answer, of the server behind or of `answers`. The request is as it came in."""
    delivers: Callable[[Request, Answer, Delivery], Delivery] = lambda _request, _answer, delivery: delivery
    """How the answer leaves; given as it would without this function."""
    sees: Callable[[Request, Answer], object] = lambda *_: None
    """Is told each whole request, and its answer before it was replaced."""
