"""Requests that what stands before a service may answer itself: gateways, firewalls and servers refuse or tidy them."""

from __future__ import annotations

import re

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
    if exchange.enveloped or exchange.status in (0, 500):
        return False
    if exchange.succeeded:
        return is_untidy(exchange.request)
    return is_unusual(exchange.request, largest_body)
