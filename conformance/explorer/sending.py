"""Ways to send a request that change nothing of what is asked: in chunks, with headers of a browser, and others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from conformance.contract.contract import Operation
from conformance.hostile.addresses import ENCODED
from conformance.hostile.headers import HEADERS
from conformance.hostile.kind import HostileValue
from conformance.http.exchange import Request
from conformance.session.harness import Harness

WAYS: Mapping[str, HostileValue] = {each.name: each for each in (*HEADERS, ENCODED)}
USUAL = ""
ONE_IN = 3
"""The number of requests of which one is sent in another way."""


def draw_way(random: Random) -> str:
    """Return the name of a way to send a request, most times that of the usual one."""
    return random.choice([*WAYS]) if random.randrange(ONE_IN) == 0 else USUAL


def suits(way: str, operation: Operation) -> bool:
    """Return whether a request for the operation can be sent in this way, which is not the usual one."""
    return way in WAYS and WAYS[way].suits(operation)


def send_so(harness: Harness, request: Request, way: str) -> Request:
    """Return the request as it is sent in this way; as it is where that does not suit its operation."""
    operation = harness.contract.operations.get(request.operation_id or "")
    if operation is None or not suits(way, operation):
        return request
    sent = WAYS[way].spoil(harness, operation, request)
    return replace(sent, tried=f"{way} (hostile)") if sent is not None else request
