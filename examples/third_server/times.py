"""Read and show moments, which the database keeps in milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from examples.third_server.errors import refuse_field

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS_OF_FOUR_YEARS = 1461


def show_time(moment: int) -> str:
    """Show a moment in UTC with milliseconds."""
    shown = datetime.fromtimestamp(moment // 1000, UTC)
    return f"{shown:%Y-%m-%dT%H:%M:%S}.{moment % 1000:03d}Z"


def show_second(moment: int) -> str:
    """Show the start of a second in UTC."""
    return f"{datetime.fromtimestamp(moment // 1000, UTC):%Y-%m-%dT%H:%M:%S}Z"


def parse_time(name: str, text: str) -> int:
    """Parse a date-time of RFC 3339 into nanoseconds since 1970."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise refuse_field(name, "It must be a date and time with an offset, as in RFC 3339.")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        if year == 0:
            days = date(4, month, day).toordinal() - _DAYS_OF_FOUR_YEARS
        else:
            days = date(year, month, day).toordinal()
    except ValueError:
        raise refuse_field(name, "There is no such day.") from None
    zone = found.group(8)
    offset = 0
    if zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            raise refuse_field(name, "There is no such offset.")
        offset = (hours * 60 + minutes) * (-60 if zone[0] == "-" else 60)
    if hour > 23 or minute > 59 or second > 60:
        raise refuse_field(name, "There is no such time of day.")
    seconds = (days - _EPOCH) * 86400 + hour * 3600 + minute * 60 + second - offset
    fraction = (found.group(7) or "0")[:9].ljust(9, "0")
    return seconds * 1_000_000_000 + int(fraction)
