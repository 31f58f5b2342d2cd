"""One rule that an answer breaks."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.contract.contract import Provenance
from conformance.oracle.effect import DataEffect
from conformance.results.difference import NO_EVIDENCE, Evidence


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that an answer breaks by itself."""

    rule: str
    expected: str
    got: str
    provenance: Provenance = Provenance.SEED  # weaker than the rule's own where the contract is
    effect: DataEffect | None = None
    evidence: Evidence = NO_EVIDENCE
