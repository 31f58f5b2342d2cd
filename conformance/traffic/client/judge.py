"""The judge of the sender of recorded requests, as they come."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.contract.contract import Contract, Provenance
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.traffic.client.requests import check_request, list_decidable
from conformance.traffic.client.rules import STORM
from conformance.traffic.observed import ObservedEntry

STORM_FROM = 3
"""Times from which on the same refused request is a storm."""


@dataclass(slots=True)
class ClientJudge:
    """The judge of the requests of one recording."""

    contract: Contract
    _refused: Counter[str] = field(default_factory=Counter)
    """The number of times that each request was refused since anything else was served to its sender."""

    def judge(self, seen: ObservedEntry, credentials: Iterable[str]) -> Opinion:
        """Return what a request shows of its sender. What was refused is an advisory."""
        opinion = Opinion()
        founded = Provenance.REFERENCE if seen.exchange.succeeded else Provenance.ASSUMED
        found = [replace(each, provenance=founded) for each in check_request(self.contract, seen, credentials)]
        opinion.add(found, list_decidable(self.contract, seen))
        opinion.add(self._check_storm(seen), [STORM] if 400 <= seen.exchange.status < 500 else [])
        opinion.settle(self.contract)
        return opinion

    def _check_storm(self, seen: ObservedEntry) -> list[Breach]:
        """Return the advisory of a request that is refused again and again, told once."""
        exchange = seen.exchange
        if not 400 <= exchange.status < 500 or exchange.status == 429 or not seen.request_known:
            return []
        parts = (seen.exchange.base_url, seen.sender.key or seen.sender.name, exchange.method, exchange.request.target)
        text = "\0".join(parts).encode("utf-8", "backslashreplace") + (exchange.request.content or b"")
        asked = hashlib.blake2b(text, digest_size=16).hexdigest()
        self._refused[asked] += 1
        if self._refused[asked] != STORM_FROM:
            return []
        got = f"the same refused request {STORM_FROM} times"
        return [Breach(STORM, f"fewer than {STORM_FROM} times", got, Provenance.ASSUMED)]
