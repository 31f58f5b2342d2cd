"""The clock of a server, as far as its answers show that it has gone on, and what it sets by it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.contract.contract import JsonObject
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import instant

UPDATED, CREATED = "updated_at", "created_at"


@dataclass(slots=True)
class ServerClock:
    """The latest time that an answer has shown of something that had happened."""

    settle_s: float = 0.0
    """By how much clocks of the server may differ."""
    latest: datetime | None = None
    stamps_archiving: bool | None = None
    """Whether to archive an object sets its `updated_at`, which is free; None: no answer has shown it."""

    def note(self, shown: JsonObject, archived_at: object = None) -> None:
        """Learn the times that an object shows; `archived_at`: when it was archived, if it is."""
        updated, archived = _moment(shown.get(UPDATED)), _moment(archived_at)
        if updated is not None and archived is not None and updated <= archived:
            self.stamps_archiving = updated == archived and self.stamps_archiving is not False
        times = [time for name in (UPDATED, CREATED) if (time := _moment(shown.get(name))) is not None]
        self.latest = max([*times, *([self.latest] if self.latest else [])], default=None)

    def stamp_of(self, shown: JsonObject) -> str | None:
        """When an object was changed last, if a change from now on would show another time there; else None."""
        stamp = shown.get(UPDATED)
        time, slack = _moment(stamp), timedelta(seconds=1 + self.settle_s)
        past = time is not None and self.latest is not None and time + slack <= self.latest
        return stamp if past and isinstance(stamp, str) else None


def _moment(value: object) -> datetime | None:
    with suppress(NotProvoked):
        return instant(value)
    return None
