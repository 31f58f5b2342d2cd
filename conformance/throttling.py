"""Answers that ask for patience: how they are known, and how long to wait."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from conformance.exchange import Exchange

PATIENCE = (0.2, 0.5, 1.0, 2.0)
"""Seconds between tries where the target or a gateway asks for patience without saying how long."""
LONGEST_WAIT_S = 30.0
"""For one request, in all."""


def is_throttled(exchange: Exchange) -> bool:
    """A limit or a gateway answered in the target's place: says nothing about the contract."""
    gateway = exchange.status in (502, 503, 504) and exchange.media_type != "application/json"
    return gateway or exchange.status == 429


def retry_after(exchange: Exchange, otherwise: float) -> float:
    """Seconds to wait: as many as the answer says, up to a bound, in either form that RFC 9110 has."""
    given = (exchange.header("retry-after") or "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(given).timestamp() - time.time()
    except ValueError:
        return otherwise
    return min(max(until, 0.0), LONGEST_WAIT_S)


def silence(exchange: Exchange) -> str | None:
    """Why nothing came that can be judged, however patiently it was waited for."""
    return exchange.failure or (f"a limit or a gateway answers {exchange.status}" if is_throttled(exchange) else None)


def size_of(exchange: Exchange) -> int:
    """What an answer takes to be held, about: each header some hundred bytes beside its own."""
    return len(exchange.body) + sum(len(name) + len(value) + 200 for name, value in exchange.headers)
