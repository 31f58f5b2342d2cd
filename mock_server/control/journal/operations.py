"""Control calls on the journal of a world."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mock_server.control import DELETED, ControlContext, Stream, control
from mock_server.control.errors import NotVerified
from mock_server.control.journal.criteria import Criteria, Search, search
from mock_server.control.journal.entries import EntryPresenter
from mock_server.control.journal.following import follow
from mock_server.resources.operation import Reply, Request
from mock_server.worlds.former_entries import FormerEntry
from mock_server.worlds.journal import Entry
from mock_server.worlds.worlds import World

_MOST_MISSES = 5


@control("journal.list")
async def list_(context: ControlContext, request: Request) -> Reply:
    """Return the entries that a query asks for, oldest first."""
    world, presenter = context.world(request), EntryPresenter(context.seed.personas)
    found = search(context, presenter, request.query).found(world, presenter)
    return Reply(200, {"entries": await _shown(world, presenter, found[-request.query.get("last", len(found)) :])})


@control("journal.count")
async def count(context: ControlContext, request: Request) -> Reply:
    """Return how many entries a query finds."""
    world, presenter = context.world(request), EntryPresenter(context.seed.personas)
    return Reply(200, {"count": len(search(context, presenter, request.query).found(world, presenter))})


@control("journal.clear")
async def clear(context: ControlContext, request: Request) -> Reply:
    """Delete all entries; ids go on."""
    context.world(request).journal.clear()
    return DELETED


@control("journal.stream")
async def stream(context: ControlContext, request: Request) -> Stream:
    """Send entries as they come, beginning after the last one that the client has received."""
    world = context.world(request)
    return Stream(
        follow(world, EntryPresenter(context.seed.personas), request.headers.get("Last-Event-ID")), "text/event-stream"
    )


@control("journal.verify")
async def verify(context: ControlContext, request: Request) -> Reply:
    """Return the entries that match; raises NotVerified, with the nearest misses, where they are too many or too few.

    Raises WorldUnknown where the world was never used: the requests probably went to another one.
    """
    world, presenter = context.known_world(request), EntryPresenter(context.seed.personas)
    least, most = _times(request.body.get("times", {}))
    sought = search(context, presenter, request.body)
    found = sought.found(world, presenter)
    if least <= len(found) and (most is None or len(found) <= most):
        return Reply(200, {"count": len(found), "entries": await _shown(world, presenter, found)})
    details: dict[str, Any] = {"count": len(found), "times": {"min": least, "max": most}}
    if len(found) < least:
        details["nearest"] = await _misses(world, presenter, sought)
    else:
        details["entries"] = await _shown(world, presenter, found)
    raise NotVerified(f"It happened {_often(len(found))}; expected: {_expected(least, most)}.", details=details)


def _times(asked: Mapping[str, Any]) -> tuple[int, int | None]:
    """The least and the most number of entries; one or more by default."""
    most = asked.get("max")
    least = int(asked.get("min", 1 if most is None else 0))
    if most is not None and most < least:
        raise NotVerified(f"It cannot happen {_expected(least, int(most))}: max is less than min.")
    return least, None if most is None else int(most)


async def _misses(world: World, presenter: EntryPresenter, sought: Search) -> list[dict[str, Any]]:
    """The nearest misses: those with the fewest differences first, then the latest."""
    criteria: Criteria = sought.criteria
    missed = [(criteria.differences(each, presenter.caller(each)), each) for each in sought.candidates(world)]
    missed = [(differences, each) for differences, each in missed if differences]
    missed.sort(key=lambda miss: (len(miss[0]), -miss[1].id))
    nearest = missed[:_MOST_MISSES]
    shown = await _shown(world, presenter, [each for _, each in nearest])
    return [{"differs": miss[0], "entry": entry} for miss, entry in zip(nearest, shown, strict=True)]


async def _shown(world: World, presenter: EntryPresenter, entries: list[Entry | FormerEntry]) -> list[dict[str, Any]]:
    undone = world.journal.undone()
    return await asyncio.to_thread(lambda: [presenter.show(entry, undone) for entry in entries])


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _expected(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {_often(least)}"
    if least == most:
        return _often(least)
    return f"at most {_often(most)}" if least == 0 else f"{least} to {_often(most)}"
