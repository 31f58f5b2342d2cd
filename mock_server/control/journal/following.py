"""A journal as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import orjson

from mock_server.control.journal.entries import EntryPresenter
from mock_server.worlds.journal import Journal
from mock_server.worlds.worlds import World

_SILENCE_S = 15  # after so long without an entry a comment is sent, so that no proxy closes the stream
_AT_ONCE = 50


async def follow(world: World, presenter: EntryPresenter, last_received: int | None) -> AsyncGenerator[bytes, None]:
    """Yield one event an entry after the last one received; entries dropped in between are one event `gap`.

    The stream ends with the world. An id that the journal has not reached is of an earlier journal: then every
    entry is sent.
    """
    journal = world.journal
    position = journal.last if last_received is None else last_received
    if position > journal.last:
        position = 0
    with journal.listening() as arrived:
        yield b": follows\n\n"
        while not journal.closed:
            arrived.clear()
            while position < journal.last:
                position, events = _next(journal, presenter, position)
                yield events
            try:
                async with asyncio.timeout(_SILENCE_S):
                    await arrived.wait()
            except TimeoutError:
                yield b": nothing new\n\n"


def _next(journal: Journal, presenter: EntryPresenter, position: int) -> tuple[int, bytes]:
    """The next events after a position, and the position after them."""
    entries = journal.after(position, most=_AT_ONCE)
    first = entries[0].id if entries else journal.last + 1
    if first > position + 1:
        gap = orjson.dumps({"from": position + 1, "to": first - 1})
        return first - 1, b"id: %d\nevent: gap\ndata: %b\n\n" % (first - 1, gap)
    shown = [(entry.id, orjson.dumps(presenter.show(entry))) for entry in entries]
    return entries[-1].id, b"".join(b"id: %d\ndata: %b\n\n" % each for each in shown)
