"""Ways to send a request that change nothing of what is asked: in chunks, with headers of a browser, and others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from conformance.hostile.addresses import ENCODED
from conformance.hostile.headers import HEADERS
from conformance.hostile.kind import HostileValue
from conformance.http.exchange import Request
from conformance.session.harness import Harness

WAYS: Mapping[str, HostileValue] = {each.name: each for each in (*HEADERS, ENCODED)}
USUAL = ""
ONE_IN = 5
"""So many requests one is sent in another way."""


def draw_way(random: Random) -> str:
    """Return the name of a way to send a request, most times that of the usual one."""
    return random.choice([*WAYS]) if random.randrange(ONE_IN) == 0 else USUAL


def send_so(harness: Harness, request: Request, way: str) -> Request:
    """Return the request as it is sent in this way; as it is where that does not suit its operation."""
    kind, operation = WAYS.get(way), harness.contract.operations.get(request.operation_id or "")
    if kind is None or operation is None or not kind.suits(operation):
        return request
    sent = kind.spoil(harness, operation, request)
    return replace(sent, tried=f"{kind} (hostile)") if sent is not None else request
