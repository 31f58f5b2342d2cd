"""The clock of a server, as far as its answers show that it has gone on."""

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

    def note(self, shown: JsonObject) -> None:
        """Learn the times that an object shows."""
        times = [time for name in (UPDATED, CREATED) if (time := _moment(shown.get(name))) is not None]
        self.latest = max([*times, *([self.latest] if self.latest else [])], default=None)

    def stamp_of(self, shown: JsonObject) -> str | None:
        """When an object was changed last, if a change from now on would show another time there; else None."""
        stamp = shown.get(UPDATED)
        time = _moment(stamp)
        slack = timedelta(seconds=1 + self.settle_s)
        past = time is not None and self.latest is not None and time + slack <= self.latest
        return stamp if past and isinstance(stamp, str) else None

    def is_earlier(self, one: JsonObject, other: JsonObject) -> bool:
        """Whether an object was changed last before it was by what another answer shows, for sure."""
        if one.get(UPDATED) == other.get(UPDATED):
            return False
        time, later = _moment(one.get(UPDATED)), _moment(other.get(UPDATED))
        return time is not None and later is not None and time + timedelta(seconds=self.settle_s) < later


def _moment(value: object) -> datetime | None:
    with suppress(NotProvoked):
        return instant(value)
    return None
