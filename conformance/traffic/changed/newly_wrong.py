"""The breaches that a new contract has in a recorded exchange, and the old one had not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.contract.contract import OWN_ORG, Contract
from conformance.contract.routing import route
from conformance.judging.lawful import known_breaches
from conformance.judging.laws import Laws
from conformance.oracle.breach import Breach
from conformance.oracle.call import Refusals
from conformance.oracle.expect import gates
from conformance.oracle.facts import State
from conformance.traffic.client.requests import wrong_request
from conformance.traffic.observed import ObservedEntry, observed
from conformance.traffic.recording.selection import Selected

SCOPE, ORG, BILLING = "SCOPE-REQUIRED", "OWNERSHIP-ORG-PATH", "BILLING-CREATE-REFUSED"


@dataclass(frozen=True, slots=True)
class NewlyWrong:
    """The breaches that are new in one exchange."""

    request: tuple[Breach, ...]
    """The reasons for which a request that was served is refused; none where it is not."""
    answer: tuple[Breach, ...]
    """The reasons for which the answer is ruled out."""

    def __bool__(self) -> bool:
        return bool(self.request or self.answer)


class ExchangeComparison:
    """The comparison of recorded exchanges with two contracts, one after the other, as they come."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._old, self._new = old, new
        self._laws = Laws(old), Laws(new)

    def compare(self, seen: ObservedEntry, credentials: Iterable[str], posture: str | None) -> NewlyWrong:
        """Return what the new contract has against an exchange, which is read by the old one.

        `posture`: that of the caller's org when it was sent, where it is known.
        """
        now = observed(self._new, Selected(seen.entry, seen.base), seen.sender, seen.world, seen.exchange.number)
        request: tuple[Breach, ...] = ()
        if seen.exchange.succeeded:
            met = tuple(credentials)
            request = _new(_refused(self._old, seen, met, posture), _refused(self._new, now, met, posture))
        sides = zip((self._old, self._new), self._laws, (seen, now), strict=True)
        found = ([*known_breaches(laws, each), *_billed(contract, each)] for contract, laws, each in sides)
        return NewlyWrong(request, _new(*found))


def _new(before: Iterable[Breach], after: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return the breaches after which were not there before, whatever else the contract asks for in the same place."""
    known = {(each.rule, each.got, each.evidence.names) for each in before}
    return tuple(each for each in after if (each.rule, each.got, each.evidence.names) not in known)


def _billed(contract: Contract, seen: ObservedEntry) -> Iterator[Breach]:
    """Yield a refusal for billing by an operation that is never refused for it."""
    unpaid, operation = contract.features.billing, seen.operation
    if operation is not None and operation.billing != "create" and unpaid is not None and seen.exchange.code == unpaid:
        yield Breach(BILLING, f"no {unpaid}, since it is {operation.billing}-class", "one")


def _refused(
    contract: Contract, seen: ObservedEntry, credentials: tuple[str, ...], posture: str | None
) -> Iterator[Breach]:
    """Yield why a contract refuses a request, as far as that is recorded and who sent it is known."""
    yield from wrong_request(contract, seen, credentials)
    caller, operation = seen.sender.caller, seen.operation
    if caller is None or operation is None:
        return
    refusals = Refusals()
    postures = {caller.org: posture} if posture else {}
    gates(State(contract=contract, recorded=True, postures=postures), caller, operation, refusals)
    for each in refusals.certain:
        yield Breach(each.rule, "a caller who may", f"{each} for {seen.sender.name}", each.provenance)
    values = route(contract, seen.exchange.method, seen.exchange.path).values
    if any(p.own_org and values[p.name] not in (OWN_ORG, caller.org) for p in operation.path_parameters):
        yield Breach(ORG, "the caller's own org in the path", "another one")
