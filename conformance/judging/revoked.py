"""API keys that a recording shows being made and revoked: nobody is served who signs with one after that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_made, find_resource_of

REVOKED = "AUTH-REVOKED"


@dataclass(slots=True)
class RevokedKeys:
    """The keys of one place."""

    key_of: Callable[[str], str]
    """The function that tells the sender of a request by the credential."""
    settle_s: float = 0.0
    made: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """The caller who signs with what a creation showed, by resource and id."""
    revoked: dict[str, float] = field(default_factory=dict)
    """The time at which the revocation was answered, by sender."""

    def judge(self, seen: ObservedExchange, opinion: Opinion) -> None:
        """Say whether somebody is served who signs with a revoked key; learn what is made, and revoked."""
        opinion.add(self._check_served(seen))
        operation, resource = seen.operation, find_resource_of(seen.operation) if seen.operation else None
        if operation is None or resource is None or not seen.exchange.succeeded:
            return
        made = find_resource_made(operation)
        if made is not None and seen.answer_known and (once := made.list_once_shown(seen.json)):
            self.made[made.name, read_id(seen.json)] = tuple(map(self.key_of, once.values()))
        if operation.operation_id == resource.removed_by and seen.ended is not None:
            for named in seen.values.values():
                self.revoked |= dict.fromkeys(self.made.get((resource.name, named), ()), seen.ended)

    def _check_served(self, seen: ObservedExchange) -> Iterator[Breach]:
        since = self.revoked.get(seen.sender.key)
        after = since is not None and seen.started is not None and since + self.settle_s <= seen.started
        if after and seen.exchange.succeeded:
            yield Breach(REVOKED, "401 unauthenticated, for a key that was revoked", str(seen.exchange))
