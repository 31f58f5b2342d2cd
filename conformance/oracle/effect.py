"""What a wrong answer does, apart from its status: data of a write is lost, or an org is shown what is another's."""

from __future__ import annotations

from enum import StrEnum

from conformance.contract.contract import Contract, Provenance
from conformance.oracle.law import ELSEWHERE, EVERY_CALLER


class DataEffect(StrEnum):
    """Effects that are judged at their own provenance, where that of the status or code is weaker."""

    LOST = "data is lost"
    LEAKED = "an org is shown what is another's"


_FORBIDDEN_BY = {
    DataEffect.LOST: (EVERY_CALLER, ELSEWHERE),
    DataEffect.LEAKED: ("OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-NOT-LISTED"),
}
"""The rules that forbid each."""


def provenance_of(contract: Contract, effect: DataEffect) -> Provenance:
    """How well founded it is that nothing may do so: as the best of the rules that forbid it."""
    rules = (contract.rules.get(rule) for rule in _FORBIDDEN_BY[effect])
    return max((rule.provenance for rule in rules if rule), default=Provenance.ASSUMED)
