"""A clock is a value: real with an offset, or frozen; moved by hand, and never beyond what it can show."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.clock import EARLIEST, LATEST, Clock, ClockError, freeze, parse_moment, read_real_time

REAL = datetime(2026, 5, 1, 12, tzinfo=UTC)
MOMENTS = st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None), timezones=st.just(UTC))


def test_a_new_clock_shows_the_real_time_in_utc() -> None:
    assert Clock().read(REAL) == REAL
    assert read_real_time().tzinfo is UTC


@given(st.integers(-(10**8), 10**8), st.integers(-(10**8), 10**8))
def test_a_real_clock_keeps_what_it_was_advanced_by(first: int, second: int) -> None:
    clock = Clock().advance(first, REAL).advance(second, REAL)
    later = REAL + timedelta(days=1)
    assert clock.read(later) == later + timedelta(seconds=first + second)


@given(MOMENTS)
def test_a_frozen_clock_stands(at: datetime) -> None:
    if at < LATEST:
        assert freeze(at).read(REAL) == at


def test_a_frozen_clock_that_is_advanced_stays_frozen() -> None:
    assert freeze(REAL).advance(1.5, REAL).read(LATEST) == REAL + timedelta(seconds=1.5)


@given(st.one_of(st.floats(), st.integers(-(10**400), 10**400)), st.booleans())
def test_a_clock_never_leaves_the_times_that_it_can_show(seconds: float, frozen_first: bool) -> None:
    clock = freeze(REAL) if frozen_first else Clock()
    try:
        moved = clock.advance(seconds, REAL)
    except ClockError:
        assert not abs(seconds) < 1_000_000_000
    else:
        assert EARLIEST <= moved.read(REAL) < LATEST


@pytest.mark.parametrize("at", [LATEST, EARLIEST - timedelta(microseconds=1)])
def test_no_clock_is_frozen_where_it_cannot_stand(at: datetime) -> None:
    with pytest.raises(ClockError):
        freeze(at)


def test_a_moment_is_read_into_utc() -> None:
    assert parse_moment("2026-05-01T14:00:00+02:00") == REAL
    assert parse_moment("2026-05-01T14:00:00+02:00").tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00", "noon", "2026-13-01T00:00:00Z"]
)
def test_what_names_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"range|format|month"):
        parse_moment(text)
