"""The billing posture of each org, as far as a recording tells."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.judging.observed import ObservedExchange
from conformance.judging.sender import World
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.facts import INACTIVE, find_posture


@dataclass(slots=True)
class RecordedPostures:
    """The postures of orgs that sessions and refusals show, by place, in the order of a recording."""

    _told: dict[tuple[World, str], list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def from_exchanges(contract: Contract, exchanges: Iterable[ObservedExchange]) -> RecordedPostures:
        """Return what these exchanges say."""
        postures = RecordedPostures()
        for each in exchanges:
            caller, exchange = each.sender.caller, each.exchange
            if caller is None:
                continue
            told = None
            if exchange.code is not None and exchange.code == contract.features.billing:
                told = INACTIVE[0]  # which of them no refusal says, and all are refused alike
            elif (
                contract.does_tell_caller(exchange.operation_id)
                and exchange.succeeded
                and isinstance(exchange.json, dict)
            ):
                told = find_posture(exchange.json, caller.org, find_org_field())
            if told is not None:
                postures._told[each.world, caller.org].append((exchange.number, told))
        return postures

    def find_posture(self, place: World, org: str, number: int) -> str | None:
        """Return the posture at an exchange: what was told last, unless another one was told next."""
        told = self._told.get((place, org), [])
        index = bisect_left(told, (number, ""))
        before, after = told[max(index - 1, 0) : index], told[index : index + 1]
        same = before and (not after or (after[0][1] in INACTIVE) is (before[0][1] in INACTIVE))
        return before[0][1] if same else None
