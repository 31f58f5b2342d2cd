"""Handing journals over to the next process: entries as they are shown, and the changes back to their states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from math import inf

import orjson

from mock_server.control.journal.entries import EntryPresenter
from mock_server.server.reload.documents import Document, JournalDocument
from mock_server.state.clock import timestamp
from mock_server.state.rendered import exact
from mock_server.state.state import State, touched
from mock_server.worlds.former_entries import FormerEntry, FormerState
from mock_server.worlds.journal import Entry, Journal
from mock_server.worlds.reverse_changes import reverse_changes
from mock_server.worlds.world import World

_MESSAGES = ("request", "response")
_ADDED = {"request_id": None, "stateless": False}  # fields that entries of an earlier version do not have


def earliest_kept(worlds: Iterable[World], most: int) -> float:
    """Return the time after which the newest entries of all worlds ended, no more than so many."""
    times = nlargest(most + 1, (time for world in worlds for time in world.journal.times()))
    return times[most] if len(times) > most else -inf


class EntryWriter:
    """Writes entries as JSON, and knows those that it has written before."""

    def __init__(self, presenter: EntryPresenter) -> None:
        self._presenter = presenter
        self._written: dict[tuple[str, int], _WrittenEntry] = {}

    def journal(self, world: World, after: float) -> Document:
        """Return the journal of a world, as far as its entries ended after this time.

        Each way back begins at the next newer entry, the newest's at the world.
        """
        entries = [each.text for each in self._entries(world, after)]
        return {"last": world.journal.last, "head": world.journal.head, "entries": entries}

    def prepare(self, world: World, after: float) -> Iterator[None]:
        """Write the entries of a world beforehand: each step one, as far as it is new."""
        known = len(self._written)
        for each in self._entries(world, after):
            self._written[world.name, each.entry.id] = each
            if len(self._written) > known:
                known = len(self._written)
                yield

    def _entries(self, world: World, after: float) -> Iterator[_WrittenEntry]:
        newer: State | FormerState = world.state
        before: State | None = None  # what the newer state took the place of
        for entry in reversed([each for each in world.journal if each.ended > after]):
            written = self._written.get((world.name, entry.id))
            if written is None or written.entry is not entry or written.newer is not newer:
                ways = [orjson.Fragment(way) for way in _ways(newer, entry.after, before)]
                written = _WrittenEntry(entry, newer, orjson.Fragment(self._text(entry, ways)))
            yield written
            newer, before = entry.after, None if isinstance(entry, FormerEntry) else entry.before

    def _text(self, entry: Entry | FormerEntry, ways: list[orjson.Fragment]) -> bytes:
        return orjson.dumps(
            {
                "shown": self._presenter.show(entry),
                "now": timestamp(entry.now),
                "parent": entry.parent,
                "ended": entry.ended,
                "ways": ways,
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class _WrittenEntry:
    """An entry as JSON, with the way to it from the next newer state."""

    entry: Entry | FormerEntry
    newer: State | FormerState
    text: orjson.Fragment


def resume(journal: Journal, document: JournalDocument, state: State | None) -> None:
    """Let a journal go on where another one was left, in a world that stands at this state.

    None: what the world was cannot be read, so that its entries lead nowhere and stay behind.
    """
    kept = [] if state is None else list(_kept(document.entries, state))
    journal.resume(document.last, document.head, kept[::-1])


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
    for name, value in _ADDED.items():
        shown.setdefault(name, value)
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
        request_id=shown["request_id"],
        from_console=shown["from_console"],
        fields=exact(orjson.dumps(shown)),
        messages=exact(orjson.dumps(messages)) if whole else b"",
        after=after,
        way=way,
    )
