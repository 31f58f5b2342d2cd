"""Answers of a rate limit or a gateway in the target's place: how long to wait, and what may have been done."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from conformance.http.exchange import Exchange

RETRY_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
"""Pauses between tries where the answer does not say how long to wait."""
LONGEST_WAIT_S = 30.0
"""The longest wait for one request, all pauses together."""


def is_throttled(exchange: Exchange) -> bool:
    """Whether a rate limit or a gateway answered in the target's place, which says nothing about the contract.

    A refusal says nothing either where the request may have been carried out at its first try.
    """
    return exchange.status == 429 or _by_gateway(exchange) or (exchange.repeated and not exchange.succeeded)


def may_have_been_done(exchange: Exchange) -> bool:
    """Whether the target may have done what was asked although it did not say so."""
    unanswered = exchange.failure is not None or _by_gateway(exchange)
    return unanswered or (exchange.repeated and not exchange.succeeded)


def _by_gateway(exchange: Exchange) -> bool:
    return exchange.status in (502, 503, 504) and exchange.media_type != "application/json"


def retry_after(exchange: Exchange, otherwise: float) -> float:
    """Return the seconds to wait: as many as Retry-After says, in either form of RFC 9110, up to a bound."""
    given = (exchange.header("retry-after") or "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(given).timestamp() - time.time()
    except ValueError:
        return otherwise
    return min(max(until, 0.0), LONGEST_WAIT_S)
