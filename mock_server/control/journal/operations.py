"""The journal of a world: queried, counted, verified, cleared, followed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from mock_server.control import DELETED, Desk, Stream, control
from mock_server.control.errors import NotVerified
from mock_server.control.journal.criteria import Criteria, Search, search
from mock_server.control.journal.entries import Shower
from mock_server.control.journal.following import follow
from mock_server.resources.operation import Reply, Request
from mock_server.worlds.former_entries import Past
from mock_server.worlds.journal import Entry
from mock_server.worlds.worlds import World

_MOST_MISSES = 5


@control("journal.list")
async def list_(desk: Desk, request: Request) -> Reply:
    """Return the entries that a query asks for, oldest first."""
    world, shower = desk.world(request), Shower(desk.seed.personas)
    found = search(desk, shower, request.query).found(world, shower)
    return Reply(200, {"entries": await _shown(world, shower, found[-request.query.get("last", len(found)) :])})


@control("journal.count")
async def count(desk: Desk, request: Request) -> Reply:
    """Return how many entries a query finds."""
    world, shower = desk.world(request), Shower(desk.seed.personas)
    return Reply(200, {"count": len(search(desk, shower, request.query).found(world, shower))})


@control("journal.clear")
async def clear(desk: Desk, request: Request) -> Reply:
    """Drop all entries; ids go on."""
    desk.world(request).journal.clear()
    return DELETED


@control("journal.stream")
async def stream(desk: Desk, request: Request) -> Stream:
    """Send entries as they come, and first those after the last that the client has received."""
    world = desk.world(request)
    return Stream(follow(world, Shower(desk.seed.personas), request.headers.get("Last-Event-ID")), "text/event-stream")


@control("journal.verify")
async def verify(desk: Desk, request: Request) -> Reply:
    """Return what matches; NotVerified, with the nearest misses, where it is too often or too seldom.

    WorldUnknown where the world was not used before: what never happened in it was to happen elsewhere.
    """
    world, shower = desk.known_world(request), Shower(desk.seed.personas)
    least, most = _times(request.body.get("times", {}))
    sought = search(desk, shower, request.body)
    found = sought.found(world, shower)
    if least <= len(found) and (most is None or len(found) <= most):
        return Reply(200, {"count": len(found), "entries": await _shown(world, shower, found)})
    details: dict[str, Any] = {"count": len(found), "times": {"min": least, "max": most}}
    if len(found) < least:
        details["nearest"] = await _misses(world, shower, sought)
    else:
        details["entries"] = await _shown(world, shower, found)
    raise NotVerified(f"It happened {_often(len(found))}, and was to happen {_expected(least, most)}.", details=details)


def _times(asked: Mapping[str, Any]) -> tuple[int, int | None]:
    """At least and at most how often; once or more where nothing is said."""
    most = asked.get("max")
    least = int(asked.get("min", 1 if most is None else 0))
    if most is not None and most < least:
        raise NotVerified(f"It cannot happen {_expected(least, int(most))}: max is less than min.")
    return least, None if most is None else int(most)


async def _misses(world: World, shower: Shower, sought: Search) -> list[dict[str, Any]]:
    """What came nearest: the fewest differences first, then the latest."""
    criteria: Criteria = sought.criteria
    missed = [(criteria.differences(each, shower.caller(each)), each) for each in sought.candidates(world)]
    missed = [(differences, each) for differences, each in missed if differences]
    missed.sort(key=lambda miss: (len(miss[0]), -miss[1].id))
    nearest = missed[:_MOST_MISSES]
    shown = await _shown(world, shower, [each for _, each in nearest])
    return [{"differs": miss[0], "entry": entry} for miss, entry in zip(nearest, shown, strict=True)]


async def _shown(world: World, shower: Shower, entries: list[Entry | Past]) -> list[dict[str, Any]]:
    undone = world.journal.undone()
    return await asyncio.to_thread(lambda: [shower.show(entry, undone) for entry in entries])


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _expected(least: int, most: int | None) -> str:
    if most is None:
        return f"{_often(least)} at least"
    if least == most:
        return _often(least)
    return f"{_often(most)} at most" if least == 0 else f"{least} to {_often(most)}"
