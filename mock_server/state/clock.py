"""A world's clock, as a value: the real time, moved by an offset, or a moment at which it stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mock_server.state.value import Value

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Between these a clock may stand: a token that never expires still does not, and no date overflows."""


class ClockError(ValueError):
    """The clock would stand at a time that no clock here can show."""


def read_real_time() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


class Clock(Value):
    """Frozen at a moment, or else the real time with an offset."""

    frozen_at: datetime | None = None
    offset: timedelta = timedelta(0)

    def read(self, real: datetime) -> datetime:
        """Return what the clock shows when it really is `real`."""
        if self.frozen_at is not None:
            return self.frozen_at
        return real + self.offset if self.offset else real

    def advance(self, seconds: float, real: datetime) -> Clock:
        """Return the clock moved by so many seconds, which may be negative.

        A frozen clock stays frozen, a real one keeps the offset. Raises ClockError where it would leave
        the times that a clock can show.
        """
        try:
            step = timedelta(seconds=seconds)
            moved = (
                Clock(_require_possible(self.frozen_at + step)) if self.frozen_at else Clock(offset=self.offset + step)
            )
            _require_possible(moved.read(real))
        except (OverflowError, ValueError) as error:
            raise ClockError(_POSSIBLE) from error
        return moved

    def move_to(self, at: datetime, real: datetime) -> Clock:
        """Return the clock that shows this moment when it really is `real`, frozen or not as it was.

        Raises ClockError where no clock can show it.
        """
        moved = _require_possible(at)
        return Clock(moved) if self.frozen_at else Clock(offset=moved - real)


def freeze(at: datetime) -> Clock:
    """Return a clock that stands at this moment; ClockError where none can."""
    return Clock(_require_possible(at))


def parse_moment(text: str) -> datetime:
    """Return the moment that an RFC 3339 date-time names, in UTC; ValueError where it names none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} is out of range") from error


def write_timestamp(moment: datetime) -> str:
    """Return the moment as an RFC 3339 date-time in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_POSSIBLE = f"A clock can stand at a time from {EARLIEST.year} to before {LATEST.year}."


def _require_possible(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ClockError(_POSSIBLE)
    return moment
