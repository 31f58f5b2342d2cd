"""A target that shows a write a little later: what does not show it yet is read again for as long as the profile says.

Only what the test itself wrote is waited for: what others do, and what cannot be told, is taken as it is answered.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conformance.http.exchange import SAFE, Exchange
from conformance.http.gateways import draw_growing_pauses
from conformance.oracle.declaration.registry import find_resource, find_resource_of
from conformance.oracle.expect import expect
from conformance.oracle.facts import State
from conformance.oracle.judging import is_right
from conformance.oracle.showing import find_mismatches
from conformance.profile import Caller


@dataclass(slots=True)
class Settling:
    """The waiting of one test so far."""

    seconds: float
    _until: dict[tuple[str, str, int], float] = field(default_factory=dict)
    """The time until which it is waited that writes are shown, by caller, target, and the writes before."""
    was_late: bool = False
    """Whether a write was shown only when it was read again."""

    def settle(
        self, caller: Caller, exchange: Exchange, state: State, steps: Sequence[Exchange], again: Callable[[], Exchange]
    ) -> Exchange:
        """Return the first answer to the same request that shows what the test wrote; `again` sends it.

        The last, where the time is over.
        """
        if exchange.method not in SAFE:
            return exchange
        writes = [step for step in steps if step.method not in SAFE and step.has_succeeded]
        if not writes or _shows(state, caller, exchange, writes):
            return exchange
        key = (caller.name, exchange.request.target, len(writes))
        until, pauses = self._until.setdefault(key, time.monotonic() + self.seconds), draw_growing_pauses()
        while time.monotonic() < until:
            time.sleep(next(pauses))
            exchange = again()
            if _shows(state, caller, exchange, writes):
                self.was_late = True
                break
        return exchange


def _shows(state: State, caller: Caller, exchange: Exchange, writes: list[Exchange]) -> bool:
    """Return whether the answer shows the last write, as far as that is certain."""
    if exchange.failure is not None or exchange.status >= 500:
        return True
    if not is_right(exchange, expect(state, caller, exchange.request)):
        return False
    operation = state.contract.operations.get(exchange.operation_id or "")
    resource = find_resource_of(operation) if operation else None
    if resource is None or resource.within is None or not exchange.has_succeeded:
        return next(find_mismatches(state, caller, exchange), None) is None
    named, whole = exchange.request.path_values.values(), find_resource(resource.within)
    ids = {fact.id for fact in state.list_certainly_made(whole.name)} & {*named} if whole else set()
    last = next((step for step in reversed(writes) if ids & {*step.request.path_values.values()}), None)
    return last is None or last.path != exchange.path or last.request.content == exchange.body
