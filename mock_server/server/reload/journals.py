"""Handing journals over to the next process: entries as they are shown, and the changes back to their states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import nlargest
from math import inf
from typing import Any

import orjson

from mock_server.control.journal.entries import EntryPresenter
from mock_server.state.clock import timestamp
from mock_server.state.rendered import exact
from mock_server.state.state import State, touched
from mock_server.worlds.former_entries import FormerEntry, FormerState
from mock_server.worlds.journal import Journal
from mock_server.worlds.reverse_changes import reverse_changes
from mock_server.worlds.world import World

Document = dict[str, Any]

_MESSAGES = ("request", "response")


def earliest_kept(worlds: Iterable[World], most: int) -> float:
    """Return the time after which the newest entries of all worlds ended, no more than so many."""
    times = nlargest(most + 1, (time for world in worlds for time in world.journal.times()))
    return times[most] if len(times) > most else -inf


def journal_document(world: World, presenter: EntryPresenter, after: float) -> Document:
    """Return the journal of a world, as far as its entries ended after this time.

    Each way back begins at the next newer entry, the newest's at the world.
    """
    entries: list[Document] = []
    newer: State | FormerState = world.state
    before: State | None = None  # what the newer state took the place of
    for entry in reversed([each for each in world.journal if each.ended > after]):
        entries.append(
            {
                "shown": presenter.show(entry),
                "now": timestamp(entry.now),
                "parent": entry.parent,
                "ended": entry.ended,
                "ways": [orjson.Fragment(way) for way in _ways(newer, entry.after, before)],
            }
        )
        newer, before = entry.after, None if isinstance(entry, FormerEntry) else entry.before
    return {"last": world.journal.last, "head": world.journal.head, "entries": entries}


def resume(journal: Journal, document: Document, state: State | None) -> None:
    """Let a journal go on where another one was left, in a world that stands at this state.

    None: what the world was cannot be read, so that its entries lead nowhere and stay behind.
    """
    kept = [] if state is None else list(_kept(document["entries"], state))
    journal.resume(document["last"], document["head"], kept[::-1])


def _ways(newer: State | FormerState, older: State | FormerState, before: State | None) -> list[bytes]:
    """The changes from a newer state back to an older one, step by step."""
    ways: list[bytes] = []
    while isinstance(older, FormerState) and older is not newer:
        ways.append(older.places)
        older = older.newer
    if newer is not older and isinstance(newer, State) and isinstance(older, State):
        known = touched(newer, older) if before is older else None
        if way := reverse_changes(newer, older, known):
            ways.append(way)
    return ways[::-1]


def _kept(entries: list[Document], state: State) -> Iterator[FormerEntry]:
    """The entries of a former process, newest first."""
    after: State | FormerState = state
    for entry in entries:
        ways = [exact(orjson.dumps(way)) for way in entry["ways"]]
        for way in ways:
            after = FormerState(after, way)
        yield _past(entry, after, sum(map(len, ways)))


def _past(entry: Document, after: State | FormerState, way: int) -> FormerEntry:
    shown = entry["shown"]
    messages = {name: shown.pop(name) for name in _MESSAGES}
    whole = any(message is not None for message in messages.values())
    return FormerEntry(
        id=shown["id"],
        parent=entry["parent"],
        now=datetime.fromisoformat(entry["now"]),
        ended=entry["ended"],
        operation_id=shown["operation_id"],
        status=shown["status"],
        code=shown["code"],
        caller=shown["caller"],
        fields=exact(orjson.dumps(shown)),
        messages=exact(orjson.dumps(messages)) if whole else b"",
        after=after,
        way=way,
    )
