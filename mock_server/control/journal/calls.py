"""Control calls on the journal of a world."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson

from mock_server.control import DELETED, ControlContext, Stream, control
from mock_server.control.errors import NotVerified
from mock_server.control.journal.entries import EntryPresenter
from mock_server.control.journal.har import make_archive
from mock_server.control.journal.search import Search, make_search
from mock_server.operation import Reply, Request
from mock_server.state.clock import write_timestamp
from mock_server.worlds.journal import Entry, Journal
from mock_server.worlds.world import World

_MOST_MISSES = 5
_SILENCE_S = 15  # after so long without an entry a comment is sent, so that no proxy closes the stream
_AT_ONCE = 50


@control("journal.list")
async def list_(context: ControlContext, request: Request) -> Reply:
    """Return the entries that a query asks for, oldest first."""
    entries = await _find_asked(context, request)
    return Reply(200, {"began": write_timestamp(context.find_world(request).journal_began), "entries": entries})


@control("journal.har")
async def list_as_har(context: ControlContext, request: Request) -> Reply:
    """Return the entries that a query asks for as an HTTP archive."""
    return Reply(200, make_archive(await _find_asked(context, request)))


@control("journal.count")
async def count(context: ControlContext, request: Request) -> Reply:
    """Return how many entries a query finds."""
    world = context.find_world(request)
    return Reply(200, {"count": len(make_search(context, request.query).find(world))})


@control("journal.clear")
async def clear(context: ControlContext, request: Request) -> Reply:
    """Delete all entries; ids go on."""
    context.find_world(request).journal.clear()
    return DELETED


@control("journal.stream")
async def open_stream(context: ControlContext, request: Request) -> Stream:
    """Send entries as they come, beginning after the last one that the client has received."""
    return Stream(_write_events(context, context.find_world(request), request), "text/event-stream")


@control("journal.verify")
async def verify(context: ControlContext, request: Request) -> Reply:
    """Return the entries that match; raises NotVerified, with the nearest misses, where they are too many or too few.

    Raises WorldUnknown where the world was never used: the requests probably went to another one.
    """
    world = context.require_world(request)
    least, most = _read_times(request.body.get("times", {}))
    sought = make_search(context, request.body)
    found = sought.find(world)
    if least <= len(found) and (most is None or len(found) <= most):
        return Reply(200, {"count": len(found), "entries": await _show(context, world, found)})
    details: dict[str, Any] = {"count": len(found), "times": {"min": least, "max": most}}
    if len(found) < least:
        details["nearest"] = await _list_misses(context, world, sought)
    else:
        details["entries"] = await _show(context, world, found)
    happened = f"It happened {_describe_times(len(found))}{say_beginning(world)}"
    raise NotVerified(f"{happened}; expected: {_describe_expected(least, most)}.", details=details)


def say_beginning(world: World) -> str:
    """Return since when there is a journal, as the end of a sentence, where another process had one before."""
    if world.resumed is None:
        return ""
    since = write_timestamp(world.journal_began)
    return f" since {since}, when this process went on with the world, with an empty journal"


def _read_times(asked: Mapping[str, Any]) -> tuple[int, int | None]:
    """Return the least and the most number of entries; one or more by default."""
    most = asked.get("max")
    least = int(asked.get("min", 1 if most is None else 0))
    if most is not None and most < least:
        raise NotVerified(f"It cannot happen {_describe_expected(least, int(most))}: max is less than min.")
    return least, None if most is None else int(most)


async def _list_misses(context: ControlContext, world: World, sought: Search) -> list[dict[str, Any]]:
    """Return the nearest misses: those with the fewest differences first, then the latest."""
    compared = [(sought.find_differences(entry), entry) for entry in sought.list_candidates(world)]
    missed = sorted((miss for miss in compared if miss[0]), key=lambda miss: (len(miss[0]), -miss[1].id))
    nearest = missed[:_MOST_MISSES]
    shown = await _show(context, world, [entry for _, entry in nearest])
    return [{"differs": miss[0], "entry": entry} for miss, entry in zip(nearest, shown, strict=True)]


async def _find_asked(context: ControlContext, request: Request) -> list[dict[str, Any]]:
    """Return the entries that a query asks for, the last of them where it says how many."""
    world = context.find_world(request)
    found = make_search(context, request.query).find(world)
    return await _show(context, world, found[-request.query.get("last", len(found)) :])


async def _show(context: ControlContext, world: World, entries: list[Entry]) -> list[dict[str, Any]]:
    undone = world.journal.find_undone()
    return await asyncio.to_thread(lambda: [context.presenter.show(entry, undone) for entry in entries])


def _describe_times(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _describe_expected(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {_describe_times(least)}"
    if least == most:
        return _describe_times(least)
    return f"at most {_describe_times(most)}" if least == 0 else f"{least} to {_describe_times(most)}"


async def _write_events(context: ControlContext, world: World, request: Request) -> AsyncGenerator[bytes, None]:
    """Yield one event an entry after the last one received; entries dropped in between are one event `gap`.

    The stream ends with the world, or with the process, after all that has come. An id that the journal has not reached
    is of an earlier journal: then every entry is sent.
    """
    journal = world.journal
    last_received = request.headers.get("Last-Event-ID")
    with_console, with_health = request.query.get("with_console", False), request.query.get("with_health", False)
    position = journal.last if last_received is None else last_received
    if position > journal.last:
        position = 0
    health: Mapping[str, Any] | None = None
    with journal.listen() as arrived:
        yield b": follows\n\n"
        while True:
            arrived.clear()
            is_last = journal.closed
            if with_health and health != (health := context.get_health()):
                yield b"event: health\ndata: %b\n\n" % orjson.dumps(health)
            while position < journal.last:
                position, events = _write_next_events(journal, context.presenter, position, with_console=with_console)
                if events:
                    yield events
            if is_last:
                return
            try:
                async with asyncio.timeout(_SILENCE_S):
                    await arrived.wait()
            except TimeoutError:
                yield b": nothing new\n\n"


def _write_next_events(
    journal: Journal, presenter: EntryPresenter, position: int, *, with_console: bool
) -> tuple[int, bytes]:
    """Return the next events after a position, and the position after them."""
    if position < journal.gone:
        gap = orjson.dumps({"from": position + 1, "to": journal.gone})
        return journal.gone, b"id: %d\nevent: gap\ndata: %b\n\n" % (journal.gone, gap)
    entries = journal.list_after(position, most=_AT_ONCE, with_console=with_console)
    if not entries:  # there is nothing but what the console read
        return journal.last, b""
    shown = [(entry.id, orjson.dumps(presenter.show(entry))) for entry in entries]
    return entries[-1].id, b"".join(b"id: %d\ndata: %b\n\n" % each for each in shown)
