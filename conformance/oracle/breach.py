"""One rule that an answer breaks, and its effect: data of a write is lost, or an org is shown what is another's."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.contract.contract import Contract, Provenance
from conformance.oracle.law import ELSEWHERE, EVERY_CALLER
from conformance.results.difference import NO_EVIDENCE, Evidence
from conformance.results.finding import DataEffect

__all__ = ["DataEffect", "find_effect_provenance"]


_FORBIDDEN_BY = {
    DataEffect.LOST: (EVERY_CALLER, ELSEWHERE),
    DataEffect.LEAKED: ("OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-NOT-LISTED"),
}
"""The rules that forbid each."""


def find_effect_provenance(contract: Contract, effect: DataEffect) -> Provenance:
    """Return how well founded it is that nothing may do so: as the best of the rules that forbid it."""
    rules = (contract.rules.get(rule) for rule in _FORBIDDEN_BY[effect])
    return max((rule.provenance for rule in rules if rule), default=Provenance.ASSUMED)


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that an answer breaks by itself."""

    rule: str
    expected: str
    got: str
    provenance: Provenance = Provenance.SEED  # weaker than the rule's own where the contract is
    effect: DataEffect | None = None
    evidence: Evidence = NO_EVIDENCE
