"""From a state to an earlier one: what stands otherwise there, and the document of what stood there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from mock_server.resources.packs.images import Image
from mock_server.resources.packs.registry import Held
from mock_server.state.changes import COLLECTIONS, different
from mock_server.state.portable import written
from mock_server.state.records import clock_record, content_record, image_record
from mock_server.state.state import Key, State
from mock_server.worlds.former_entries import WayBack

Place = tuple[tuple[Any, ...], Any]
"""The steps from the root of a state's document, and what stands there; None: nothing."""


def way_back(newer: State, older: State, touched: Iterable[Key] | None = None) -> bytes:
    """Return what is to be put into the newer state's document to get the older's; empty where nothing is.

    Only the objects that were touched are looked at, where that is known.
    """
    found = list(_places(newer, older, different(newer, older) if touched is None else touched))
    return orjson.dumps(found) if found else b""


def document_of(state: State | WayBack) -> dict[str, Any]:
    """Return the document of a state."""
    ways: list[bytes] = []
    while isinstance(state, WayBack):
        ways.append(state.places)
        state = state.newer
    document: dict[str, Any] = orjson.loads(written(state))
    for way in reversed(ways):
        for steps, value in orjson.loads(way):
            _put(document, steps, value)
    return document


def _places(newer: State, older: State, keys: Iterable[Key]) -> Iterator[Place]:
    if newer.clock != older.clock:
        yield ("clock",), clock_record(older.clock)
    if dict(newer.counters) != dict(older.counters):
        yield ("counters",), dict(older.counters)
    for collection, key in keys:
        if collection not in COLLECTIONS:  # told already
            continue
        of, record = COLLECTIONS[collection]
        value = of(older).get(key)
        steps = (collection, *key) if isinstance(key, tuple) else (collection, key)
        yield steps, None if value is None else record(value)
        known = list(_held(collection, of(newer).get(key)))
        for held in _held(collection, value):
            if held not in known:
                yield from _contents(held)


def _held(collection: str, value: Any) -> Iterable[Held]:
    """The images of a pack, or of a repository's tags."""
    if value is None or collection not in {"packs", "registry"}:
        return ()
    return (value.image,) if collection == "packs" else value.values()


def _contents(held: Held) -> Iterator[Place]:
    yield ("images", held.digest), image_record(held)
    if isinstance(held, Image):
        for content in held.files.values():
            yield ("contents", content.digest.hex()), content_record(content)


def _put(document: dict[str, Any], steps: list[str], value: Any) -> None:
    *around, name = steps
    holder = document
    for step in around:
        holder = holder.setdefault(step, {})
    if value is None:
        holder.pop(name, None)
        if not holder and len(steps) > 2:  # an org without members
            document[steps[0]].pop(steps[1])
    elif steps[0] != "images" or "files" in value or "files" not in holder.get(name, {}):
        # Of two images with one digest the one that is a pack stays, as in any document.
        holder[name] = value
