"""A target that is full: it refuses whatever it would have to keep, which says nothing about the contract."""

from __future__ import annotations

from typing import Any

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange

STATUS, CODE = 413, "payload_too_large"
OF_STATES = (STATUS, 503, 507)  # how the target's own side may say it of a state that is asked for


def limit_of(contract: Contract, exchange: Exchange) -> int | None:
    """Return how many bytes the target keeps at most, where the answer refuses for that; else None.

    It is believed of a declared 413 alone, to a request that could add to what is kept and whose body is no
    longer than the operation takes. A limit below the body's own length is one of bodies, and is judged.
    """
    if exchange.status != STATUS or exchange.code != CODE:
        return None
    operation = find_route(contract, exchange.method, exchange.path).operation
    if operation is None or operation.safe or operation.body is None:
        return None
    declared, length = operation.responses.get(STATUS), len(exchange.request.content or b"")
    if declared is None or CODE not in declared.codes or length > (operation.max_body or length):
        return None
    limit = limit_in(exchange.json)
    return None if limit is None or limit < length else limit


def limit_in(envelope: Any) -> int | None:
    """Return the `details.limit` of an error's envelope, where it is a number of bytes."""
    found = envelope
    for key in ("error", "details", "limit"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if type(found) is int and found > 0 else None
