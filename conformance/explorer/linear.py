"""The search for an order in which overlapping operations could have happened one by one (Wing and Gong; Lowe)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)
O = TypeVar("O")  # noqa: E741 - an operation, as a state is an S


@dataclass(frozen=True, slots=True)
class CompletedOperation(Generic[O]):
    """An operation with its result, and when it was asked for and answered."""

    asked: float
    answered: float
    what: O


@dataclass(slots=True)
class _Event(Generic[O]):
    number: int  # of the operation
    what: O | None  # None: its answer
    before: _Event[O] | None = None
    after: _Event[O] | None = None
    answer: _Event[O] | None = None

    def leave(self) -> None:
        if self.before is not None:
            self.before.after = self.after
        if self.after is not None:
            self.after.before = self.before

    def come_back(self) -> None:
        if self.before is not None:
            self.before.after = self
        if self.after is not None:
            self.after.before = self


def find_impossible(
    history: Sequence[CompletedOperation[O]], first: S, step: Callable[[S, O], S | None]
) -> CompletedOperation[O] | None:
    """Return an operation that could not follow another in any order; None where the history has a possible order.

    An order may swap only what overlapped. `step`: the state after an operation; None where it could not have had its
    result in this state.
    """
    head = _link_events(history)
    state, taken = first, 0
    known: set[tuple[int, S]] = set()
    chosen: list[tuple[_Event[O], S]] = []
    furthest, stuck = -1, 0
    event = head.after
    while head.after is not None:
        assert event is not None  # noqa: S101 - an answer stands behind each operation that is left
        if event.what is None:
            if len(chosen) > furthest:
                furthest, stuck = len(chosen), event.number
            if not chosen:
                return history[stuck]
            event, state = chosen.pop()
            taken ^= 1 << event.number
            assert event.answer is not None  # noqa: S101
            event.answer.come_back()
            event.come_back()
            event = event.after
            continue
        after = step(state, event.what)
        key = (taken | 1 << event.number, after)
        if after is None or key in known:
            event = event.after
            continue
        known.add((key[0], after))
        chosen.append((event, state))
        state, taken = after, key[0]
        assert event.answer is not None  # noqa: S101
        event.leave()
        event.answer.leave()
        event = head.after
    return None


def _link_events(history: Sequence[CompletedOperation[O]]) -> _Event[O]:
    """Return all beginnings and answers in the order of time, behind a head of their own."""
    head: _Event[O] = _Event(-1, None)
    timed: list[tuple[float, int, _Event[O]]] = []
    for number, done in enumerate(history):
        answer: _Event[O] = _Event(number, None)
        timed.append((done.asked, 0, _Event(number, done.what, answer=answer)))
        timed.append((done.answered, 1, answer))  # what ends just when another begins overlaps it
    last = head
    for _, _, event in sorted(timed, key=lambda each: each[:2]):
        last.after, event.before = event, last
        last = event
    return head
