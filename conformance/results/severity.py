"""How bad a finding is, whatever it is well founded by: what is exposed comes first, then what is lost."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from conformance.results.finding import Finding

REFUSED = "401"
"""The status that refuses a credential."""
TAKEN = "a credential is taken that had to be refused"


class DataEffect(StrEnum):
    """Effects that are judged at their own provenance, where that of the status or code is weaker."""

    LOST = "data is lost"
    LEAKED = "an org is shown what is another's"


class Severity(IntEnum):
    """What a finding means to those whose data it is, the worst last."""

    OTHER = 0
    LOST = 1
    EXPOSED = 2  # an org is shown what is another's, or a credential is taken that had to be refused


def severity_of(finding: Finding) -> Severity:
    """Return how bad a finding is."""
    if finding.effect == DataEffect.LEAKED or is_taken_wrongly(finding):
        return Severity.EXPOSED
    return Severity.LOST if finding.effect == DataEffect.LOST else Severity.OTHER


def meaning_of(finding: Finding) -> str:
    """Return in words what a finding means to those whose data it is; empty where nothing is known of that."""
    return finding.effect or (TAKEN if is_taken_wrongly(finding) else "")


def is_taken_wrongly(finding: Finding) -> bool:
    """Whether a request was served whose credential had to be refused."""
    served = finding.exchange is not None and finding.exchange.succeeded
    return served and finding.expected.partition(" ")[0] == REFUSED
