"""Verdicts, findings with their fingerprints and how bad they are, and cases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum, StrEnum
from typing import Any

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.http.variables import mask_cut_text
from conformance.results.difference import NO_EVIDENCE, Evidence
from conformance.values import read_fields

LONGEST_OF_A_STEP = 64 * 1024  # the most bytes of the body of a step that are kept; a finding has some two dozen steps

DIRECTED, RECORDED = "directed", "recorded"
"""The sources of findings that no seed draws."""
SHORTEST = 4
_VALUES = (
    # A pack's name, or the display name that is made of it.
    re.compile(r"conformance[- ][0-9a-z]{1,16}[- ][0-9a-f]{6,}", re.IGNORECASE),
    re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)?"),
    re.compile(r"\b(?:[a-z]+:)?(?=[0-9a-f]*[0-9])[0-9a-f]{8,}\b"),
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
)
"""The pattern of values that differ in every run."""
REFUSED = "401"
"""The status that refuses a credential."""
TAKEN = "a credential is taken that had to be refused"


class Verdict(IntEnum):
    """The verdict on a rule; of several verdicts the highest counts."""

    UNTESTED = 0  # no case of it was run
    NOT_PROVOKED = 1  # the precondition could not be made on the target
    WAIVED = 2
    PASSED = 3
    ADVISORY = 4  # the target deviates from a statement that is assumed or mentioned
    FAILED = 5
    ERRORED = 6  # the suite broke; nothing is known about the target

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Finding:
    """A deviation from a rule, with the exchange that proves it."""

    rule: str
    operation_id: str | None
    caller: str
    expected: str
    got: str
    provenance: Provenance  # the weakest that it relies on, or that of its effect
    exchange: Exchange | None
    steps: tuple[Exchange, ...] = ()  # the exchanges before it that led to it, oldest first
    case: str = ""  # the test that found it
    seed: int = 0
    source: str = DIRECTED  # `recorded`, or what drew its requests, where it is not directed
    waived: str = ""  # the reason of its waiver, and the last day
    effect: str = ""  # what the answer does to data of an org, in words; empty where nothing is known of that
    evidence: Evidence = NO_EVIDENCE
    unserved: bool = False  # whether its operation is answered as a path is that the target does not serve

    @property
    def verdict(self) -> Verdict:
        if self.waived:
            return Verdict.WAIVED
        return Verdict.FAILED if self.provenance.is_binding else Verdict.ADVISORY

    @property
    def is_drawn(self) -> bool:
        """Return whether it was found by requests that were drawn at random."""
        return self.source not in (DIRECTED, RECORDED)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that are equal for the same defect in every run."""
        values = self.exchange.request.path_values if self.exchange else {}
        ids = [value for name, value in values.items() if name == "id" or name.endswith("_id")]
        return compute_fingerprint(self.rule, self.operation_id or "", self.expected, self.got, values=ids)

    def cut_bodies(self) -> Finding:
        """Return the finding with long bodies cut."""
        exchange = self.exchange.truncate() if self.exchange else None
        return replace(self, exchange=exchange, steps=tuple(step.truncate(LONGEST_OF_A_STEP) for step in self.steps))

    def mask(self, masks: Mapping[str, str]) -> Finding:
        """Return the finding without secrets that answers repeat."""
        return replace(
            self,
            expected=mask_cut_text(self.expected, masks),
            got=mask_cut_text(self.got, masks),
            evidence=self.evidence.mask(masks),
            exchange=self.exchange.mask(masks) if self.exchange else None,
            steps=tuple(step.mask(masks) for step in self.steps),
        )

    def __str__(self) -> str:
        where = f" {self.operation_id}" if self.operation_id else ""
        return f"{self.rule}{where} as {self.caller}: expected {self.expected}, got {self.got}"

    def to_json(self) -> dict[str, Any]:
        return {
            **read_fields(self),
            "provenance": str(self.provenance),
            "exchange": self.exchange.to_json() if self.exchange else None,
            "steps": [step.to_json() for step in self.steps],
            "evidence": self.evidence.to_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Finding:
        parts = {
            "provenance": Provenance[data["provenance"].upper()],
            "exchange": Exchange.from_json(data["exchange"]) if data["exchange"] else None,
            "steps": tuple(map(Exchange.from_json, data["steps"])),
            "evidence": Evidence.from_json(data["evidence"]),
        }
        return Finding(**{each.name: parts.get(each.name, data[each.name]) for each in fields(Finding)})


@dataclass(frozen=True, slots=True)
class Case:
    """A test that was run: a rule on one operation, for one caller, with one violation."""

    id: str
    rule: str
    operation_id: str | None
    verdict: Verdict  # the verdict on the rule that it cites; a finding of another rule counts for that rule
    reason: str = ""  # why it was not provoked, or how the suite broke
    duration_ms: float = 0.0
    kind: str = "directed"  # how its requests are made: directed or generated
    needs: tuple[str, ...] = ()  # lines of a profile, any of which might have provoked it
    findings: tuple[Finding, ...] = ()
    judged: tuple[str, ...] = ()
    """The ids of the operations whose answers were held against the rule, as far as it holds answers one by one."""

    def to_json(self) -> dict[str, Any]:
        return {
            **read_fields(self),
            "verdict": self.verdict.name,
            "duration_ms": round(self.duration_ms, 3),
            "needs": list(self.needs),
            "judged": list(self.judged),
            "findings": [finding.to_json() for finding in self.findings],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Case:
        parts = {
            "verdict": Verdict[data["verdict"]],
            "needs": tuple(data["needs"]),
            "judged": tuple(data["judged"]),
            "findings": tuple(map(Finding.from_json, data["findings"])),
        }
        return Case(**{**data, **parts})


def compute_fingerprint(*parts: str, values: Iterable[str] = ()) -> str:
    """Return twelve hex digits of the parts, without these ids and other values that differ in every run."""
    text = drop_changing_values("\0".join(parts), values)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def drop_changing_values(text: str, values: Iterable[str] = ()) -> str:
    """Return the text without these ids and other values that differ in every run."""
    for value in sorted(values, key=len, reverse=True):
        # A shorter id may stand in any text by chance.
        text = text.replace(value, "*") if len(value) >= SHORTEST else text
    for pattern in _VALUES:
        text = pattern.sub("*", text)
    return text


class DataEffect(StrEnum):
    """Effects that are judged at their own provenance, where that of the status or code is weaker."""

    LOST = "data is lost"
    LEAKED = "an org is shown what is another's"


class Severity(IntEnum):
    """The meaning of a finding to those whose data it is, the worst last."""

    OTHER = 0
    LOST = 1
    EXPOSED = 2  # an org is shown what is another's, or a credential is taken that had to be refused


def find_severity(finding: Finding) -> Severity:
    """Return how bad a finding is."""
    if finding.effect == DataEffect.LEAKED or is_taken_wrongly(finding):
        return Severity.EXPOSED
    return Severity.LOST if finding.effect == DataEffect.LOST else Severity.OTHER


def explain_meaning(finding: Finding) -> str:
    """Return in words the effect of a finding on the owners of the data; empty where it is not known."""
    return finding.effect or (TAKEN if is_taken_wrongly(finding) else "")


def is_taken_wrongly(finding: Finding) -> bool:
    """Return whether a request was served whose credential had to be refused."""
    served = finding.exchange is not None and finding.exchange.has_succeeded
    return served and finding.expected.partition(" ")[0] == REFUSED
