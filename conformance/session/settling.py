"""A target that shows a write a little later: what does not show it yet is read again for as long as the profile says.

Only what the test itself wrote is waited for: what others do, and what cannot be told, is taken as it is answered.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.contract.contract import Provenance
from conformance.http.exchange import SAFE, Exchange
from conformance.http.throttling import draw_growing_pauses
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.registry import find_resource, find_resource_of
from conformance.oracle.expect import expect
from conformance.oracle.facts import State
from conformance.oracle.judging import is_right
from conformance.oracle.law import EVERY_CALLER
from conformance.oracle.showing import find_mismatches
from conformance.profile import Caller, Credential

if TYPE_CHECKING:
    from conformance.session.harness import Harness


@dataclass(slots=True)
class Settling:
    """The waiting of one test so far."""

    _until: dict[tuple[str, str, int], float] = field(default_factory=dict)
    """The time until which it is waited that writes are shown, by caller, target, and the writes before."""
    _noted: bool = False

    def settle(self, harness: Harness, caller: Caller | Credential, exchange: Exchange) -> Exchange:
        """Return the first answer to the same request that shows what the test wrote.

        The last, where the time is over.
        """
        seconds = harness.profile.limits.settle_seconds
        if not seconds or not isinstance(caller, Caller) or exchange.method not in SAFE:
            return exchange
        writes = [step for step in harness.told.steps if step.method not in SAFE and step.succeeded]
        if not writes or _shows(harness.state, caller, exchange, writes):
            return exchange
        key = (caller.name, exchange.request.target, len(writes))
        until, pauses = self._until.setdefault(key, time.monotonic() + seconds), draw_growing_pauses()
        while time.monotonic() < until:
            time.sleep(next(pauses))
            exchange = harness.client.send(exchange.request, caller.credential, harness.find_base_url(caller.org))
            if _shows(harness.state, caller, exchange, writes):
                self._note(harness, exchange)
                break
        return exchange

    def _note(self, harness: Harness, exchange: Exchange) -> None:
        """File once that it took a while: that a write is shown at once is assumed of a target that says otherwise."""
        if not self._noted:
            self._noted = True
            rule = EVERY_CALLER if EVERY_CALLER in harness.contract.rules else harness.rule.id
            said = ("a write shown by the first read after it", "only when it was read again, within settle_seconds")
            harness.findings.append(harness.build_finding(Breach(rule, *said, Provenance.ASSUMED), exchange))


def _shows(state: State, caller: Caller, exchange: Exchange, writes: list[Exchange]) -> bool:
    """Return whether the answer is as what was written says, as far as that is certain."""
    if exchange.failure is not None or exchange.status >= 500:
        return True
    if not is_right(exchange, expect(state, caller, exchange.request)):
        return False
    operation = state.contract.operations.get(exchange.operation_id or "")
    resource = find_resource_of(operation) if operation else None
    if resource is None or resource.within is None or not exchange.succeeded:
        return next(find_mismatches(state, caller, exchange), None) is None
    named, whole = exchange.request.path_values.values(), find_resource(resource.within)
    ids = {fact.id for fact in state.list_certainly_made(whole.name)} & {*named} if whole else set()
    last = next((step for step in reversed(writes) if ids & {*step.request.path_values.values()}), None)
    return last is None or last.path != exchange.path or last.request.content == exchange.body
