"""Answers of a limit or a gateway in a target's place: how long to wait, and what may have been done all the same."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from conformance.http.exchange import Exchange

PATIENCE = (0.2, 0.5, 1.0, 2.0)
"""Seconds between tries where the target or a gateway asks for patience without saying how long."""
LONGEST_WAIT_S = 30.0
"""For one request, in all."""


def is_throttled(exchange: Exchange) -> bool:
    """A limit or a gateway answered in the target's place: says nothing about the contract.

    Nor does the refusal of a request that may have been carried out at its first try.
    """
    return exchange.status == 429 or _by_gateway(exchange) or (exchange.repeated and not exchange.succeeded)


def may_have_been_done(exchange: Exchange) -> bool:
    """Whether the target may have done what was asked although it did not say so."""
    silent = exchange.failure is not None or _by_gateway(exchange)
    return silent or (exchange.repeated and not exchange.succeeded)


def _by_gateway(exchange: Exchange) -> bool:
    return exchange.status in (502, 503, 504) and exchange.media_type != "application/json"


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
