"""What one process leaves of its worlds for the next, as it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from mock_server.state.portable import Difference
from mock_server.worlds.faults import Fault
from mock_server.worlds.world import Resumed

Document = dict[str, Any]


class JournalDocument(Struct):
    """The journal of a world, as far as it is kept: the newest entry first."""

    last: int
    head: int
    entries: list[Document]


class SnapshotDocument(Struct):
    """A snapshot of a world."""

    name: str
    taken_at: datetime
    state: Difference


class WorldDocument(Struct):
    """A world; without a state where it still is as the seed data."""

    name: str
    state: Difference | None
    highest: dict[str, int]
    transient: Document
    faults: list[Fault]
    last_fault: int
    requests: int
    journal: JournalDocument
    met: list[tuple[str, int, str | None, int]]
    met_by_console: list[tuple[str, int, str | None, int]]
    snapshots: list[SnapshotDocument]
    began: datetime
    resumed: Resumed | None = None
    reads_by_console: int = 0


class HandedOver(Struct):
    """All worlds, and the seed data that they began with; their digest is of the contract, too."""

    digest: str
    seed: Document
    worlds: list[WorldDocument]
