"""The breaches that a new contract has in a recorded exchange, and the old one had not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.contract.contract import OWN_ORG, Contract
from conformance.contract.routing import find_route
from conformance.judging.lawful import find_known_breaches
from conformance.judging.laws import ResponseInvariants
from conformance.oracle.breach import Breach
from conformance.oracle.call import Refusals
from conformance.oracle.expect import add_gates
from conformance.oracle.facts import State
from conformance.traffic.client.requests import check_request
from conformance.traffic.observed import ObservedEntry, observe_entry
from conformance.traffic.recording.selection import SelectedEntry

SCOPE, ORG, BILLING = "SCOPE-REQUIRED", "OWNERSHIP-ORG-PATH", "BILLING-CREATE-REFUSED"


@dataclass(frozen=True, slots=True)
class NewBreaches:
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
        self._laws = ResponseInvariants(old), ResponseInvariants(new)

    def compare(self, seen: ObservedEntry, credentials: Iterable[str], posture: str | None) -> NewBreaches:
        """Return what the new contract has against an exchange, which is read by the old one.

        `posture`: that of the caller's org when it was sent, where it is known.
        """
        now = observe_entry(
            self._new, SelectedEntry(seen.entry, seen.base), seen.sender, seen.world, seen.exchange.number
        )
        request: tuple[Breach, ...] = ()
        if seen.exchange.succeeded:
            met = tuple(credentials)
            request = _filter_new(
                _check_refusal(self._old, seen, met, posture), _check_refusal(self._new, now, met, posture)
            )
        sides = zip((self._old, self._new), self._laws, (seen, now), strict=True)
        found = ([*find_known_breaches(laws, each), *_check_billing(contract, each)] for contract, laws, each in sides)
        return NewBreaches(request, _filter_new(*found))


def _filter_new(before: Iterable[Breach], after: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return the breaches after which were not there before, whatever else the contract asks for in the same place."""
    known = {(each.rule, each.got, each.evidence.names) for each in before}
    return tuple(each for each in after if (each.rule, each.got, each.evidence.names) not in known)


def _check_billing(contract: Contract, seen: ObservedEntry) -> Iterator[Breach]:
    """Yield a refusal for billing by an operation that is never refused for it."""
    unpaid, operation = contract.features.billing, seen.operation
    if operation is not None and operation.billing != "create" and unpaid is not None and seen.exchange.code == unpaid:
        yield Breach(BILLING, f"no {unpaid}, since it is {operation.billing}-class", "one")


def _check_refusal(
    contract: Contract, seen: ObservedEntry, credentials: tuple[str, ...], posture: str | None
) -> Iterator[Breach]:
    """Yield why a contract refuses a request, as far as that is recorded and who sent it is known."""
    yield from check_request(contract, seen, credentials)
    caller, operation = seen.sender.caller, seen.operation
    if caller is None or operation is None:
        return
    refusals = Refusals()
    postures = {caller.org: posture} if posture else {}
    add_gates(State(contract=contract, recorded=True, postures=postures), caller, operation, refusals)
    for each in refusals.certain:
        yield Breach(each.rule, "a caller who may", f"{each} for {seen.sender.name}", each.provenance)
    values = find_route(contract, seen.exchange.method, seen.exchange.path).values
    if any(p.own_org and values[p.name] not in (OWN_ORG, caller.org) for p in operation.path_parameters):
        yield Breach(ORG, "the caller's own org in the path", "another one")
