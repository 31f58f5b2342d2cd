"""Gateways before a service: requests that they may answer themselves, and answers of a rate limit or a gateway.

Also the pauses before each new look at what takes a while.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime

from conformance.http.exchange import Exchange, Request

USUAL_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
LONG_TARGET = 2000
LONG_HEADERS = 8000
"""Bytes from which on some servers refuse a request by their defaults."""
_UNTIDY = re.compile(r"%2f|%5c|//|/$|/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
"""A path that has another form which some take it for: encoded slashes, empty and dot segments, a slash at its end."""
_CONTROL = re.compile(r"%(?:[01][0-9a-f]|7f)", re.IGNORECASE)


def is_untidy(request: Request) -> bool:
    """Return whether the path may be tidied, or redirected to its tidy form, before the service sees it."""
    return _UNTIDY.search(request.path) is not None


def is_unusual(request: Request, largest_body: int | None = None) -> bool:
    """Return whether the request may be refused before the service sees it.

    largest_body: the bytes that a body may have.
    """
    headers = sum(len(name) + len(value) for name, value in request.headers)
    return (
        request.method not in USUAL_METHODS
        or is_untidy(request)
        or _CONTROL.search(request.path + request.query) is not None
        or len(request.path) + len(request.query) > LONG_TARGET
        or headers > LONG_HEADERS
        or (largest_body is not None and len(request.content or b"") > largest_body)
    )


def is_by_another(exchange: Exchange, largest_body: int | None = None) -> bool:
    """Return whether the answer may be by what stands before the service, without an envelope, or to a tidied path."""
    if exchange.has_envelope or exchange.status in (0, 500):
        return False
    if exchange.has_succeeded:
        return is_untidy(exchange.request)
    return is_unusual(exchange.request, largest_body)


RETRY_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
"""The pauses between tries where the answer does not say how long to wait."""
FURTHER_PAUSES_S = (0.5,) * 4
"""The pauses before further tries, for a target that loses answers to whatever it is asked."""
GATEWAYS_OWN = (502, 503, 504)
LONGEST_WAIT_S = 30.0
"""The longest wait for one request, all pauses together."""
_FIRST_LOOK_S, _LONGEST_LOOK_S = 0.05, 0.4


def draw_growing_pauses() -> Iterator[float]:
    """Yield the seconds to pause before each new look at what will change: each twice the one before, to a bound."""
    pause = _FIRST_LOOK_S
    while True:
        yield pause
        pause = min(2 * pause, _LONGEST_LOOK_S)


def is_throttled(exchange: Exchange) -> bool:
    """Return whether a rate limit or a gateway answered in the target's place, which says nothing about the contract.

    That something is absent, or in the way, says nothing either where the request may have been done at its first try.
    """
    return exchange.status == 429 or is_by_gateway(exchange) or _is_undecided(exchange)


def explain_unjudged(exchange: Exchange) -> str | None:
    """Return the reason why the exchange says nothing about the contract; None where it does."""
    if exchange.failure is not None:
        return f"no answer came ({exchange.failure})"
    if _is_undecided(exchange) or may_have_been_done_twice(exchange):
        return f"{exchange} after a try that got no answer"
    return f"throttled: {exchange.status} after several tries" if is_throttled(exchange) else None


def may_have_been_done(exchange: Exchange) -> bool:
    """Return whether the target may have done what was asked although it did not say so."""
    unanswered = exchange.failure is not None or is_by_gateway(exchange)
    return unanswered or (exchange.is_repeated and not exchange.has_succeeded)


def may_have_been_done_twice(exchange: Exchange) -> bool:
    """Return whether the target may have made two of what was asked for once, since nobody heard of the first."""
    return exchange.is_repeated and exchange.has_succeeded and exchange.method == "POST"


def is_by_gateway(exchange: Exchange) -> bool:
    """Return whether a gateway says in the target's place that this does not answer."""
    return exchange.status in GATEWAYS_OWN and not (exchange.has_envelope or exchange.is_bodyless)


def _is_undecided(exchange: Exchange) -> bool:
    return exchange.is_repeated and (exchange.status in (404, 409) or exchange.status >= 500)


def send_until_answered(
    send: Callable[[], Exchange], *, harmless: bool, insists: bool = True, until: float = math.inf
) -> tuple[Exchange, int]:
    """Send until the target answers, a few times at most; with how often something else answered in its place.

    Where no answer came the request is sent again if nobody had heard it, or if it is `harmless`: done twice it does
    what it does once. It does not `insist` where it is known that no answer comes: then that is once. Nothing is sent
    again after `until`, on the monotonic clock.
    """
    waited, throttled, unheard, repeated = 0.0, 0, 0, False
    for sent, pause in enumerate((*RETRY_PAUSES_S, *FURTHER_PAUSES_S, None), 1):
        exchange = send()
        unheard += exchange.is_unheard
        tries = sent - unheard
        lost = exchange.is_unheard or (
            harmless and tries <= (exchange.repeats if insists else min(exchange.repeats, 1))
        )
        refused = sent <= len(RETRY_PAUSES_S) and is_throttled(exchange)
        if pause is None or not (lost or refused) or time.monotonic() > until:
            break
        throttled += not lost
        repeated = repeated or not (harmless or exchange.status == 429)
        # The target itself asks for the pause: there is no event to wait for.
        wait = 0.0 if lost and sent == 1 else min(read_retry_after(exchange, pause), LONGEST_WAIT_S - waited)
        time.sleep(wait)
        waited += wait
    return (replace(exchange, is_repeated=repeated, tries=tries) if sent > 1 else exchange), throttled


def read_retry_after(exchange: Exchange, otherwise: float) -> float:
    """Return the seconds to wait: as many as Retry-After says, in either form of RFC 9110, up to a bound."""
    given = (exchange.find_header("retry-after") or "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(given).timestamp() - time.time()
    except ValueError:
        return otherwise
    return min(max(until, 0.0), LONGEST_WAIT_S)
