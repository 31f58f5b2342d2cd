"""Streams that send the wrong thing: their decorator."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from mock_server.deviations.planting.deviation import Planter
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call
from mock_server.worlds.listeners import Listener, Part
from mock_server.worlds.streams import EventStream


class PassingOn:
    """A listener that hands on all that it is sent; one that does not is made of it."""

    def __init__(self, right: Listener) -> None:
        self.right = right

    @property
    def is_full(self) -> bool:
        """Return whether what was handed on waits still."""
        return self.right.is_full

    def take(self, part: Part) -> bool:
        """Hand on a part."""
        return self.right.take(part)

    def end(self) -> None:
        """Hand on the end."""
        self.right.end()

    def drop(self) -> None:
        """Hand on the end of the connection."""
        self.right.drop()

    def give_up(self) -> None:
        """Hand on the end at once."""
        self.right.give_up()


class _Between:
    """A stream between which and its listener stands another."""

    def __init__(self, right: EventStream, wrong: Callable[[Listener], Listener]) -> None:
        self._right, self._wrong = right, wrong

    def begin(self, listener: Listener) -> None:
        self._right.begin(self._wrong(listener))

    def go_on(self) -> None:
        self._right.go_on()

    def close(self) -> None:
        self._right.close()


@Planter
def wrong_listener(hooks: Hooks, wrong: type[PassingOn]) -> Hooks:
    """Plant a listener between each stream and whoever listens to it."""

    def changed(_call: Call, answer: Answer) -> Answer:
        if answer.events is None:
            return answer
        return answer._replace(events=cast("EventStream", _Between(answer.events, wrong)))

    return hooks.with_answer(changed)
