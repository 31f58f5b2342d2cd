"""What a case found, as data: verdicts, findings and cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.http.variables import veiled
from conformance.results.fingerprint import fingerprint

LONGEST_OF_A_STEP = 64 * 1024
"""There are two dozen of them: of a longer body the beginning is kept."""


class Verdict(IntEnum):
    """What is known about a rule; of several the highest wins."""

    UNTESTED = 0
    """No case of it was run."""
    NOT_PROVOKED = 1
    """The target could not be brought to its precondition."""
    WAIVED = 2
    PASSED = 3
    ADVISORY = 4
    """Deviates from what the contract only assumes or mentions."""
    FAILED = 5
    ERRORED = 6
    """We broke: says nothing about the target."""

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation with the request that proves it."""

    rule: str
    operation_id: str | None
    caller: str
    expected: str
    got: str
    provenance: Provenance
    """The weakest that it relies on."""
    exchange: Exchange | None
    steps: tuple[Exchange, ...] = ()
    """What was sent before it to get there, oldest first."""
    case: str = ""
    """The test that found it."""
    seed: int = 0
    source: str = "directed"
    """`directed`, or the phase of the generator."""
    waived: str = ""
    """Why it is accepted, and until when."""

    @property
    def verdict(self) -> Verdict:
        if self.waived:
            return Verdict.WAIVED
        return Verdict.FAILED if self.provenance.binding else Verdict.ADVISORY

    @property
    def fingerprint(self) -> str:
        """The same for the same defect in every run: what was promised, where, and how it was broken."""
        values = self.exchange.request.path_values if self.exchange else {}
        ids = [value for name, value in values.items() if name == "id" or name.endswith("_id")]
        return fingerprint(self.rule, self.operation_id or "", self.expected, self.got, values=ids)

    def kept(self) -> Finding:
        """The same with the long bodies of its exchanges cut."""
        exchange = self.exchange.kept() if self.exchange else None
        return replace(self, exchange=exchange, steps=tuple(step.kept(LONGEST_OF_A_STEP) for step in self.steps))

    def veiled(self, masks: Mapping[str, str]) -> Finding:
        """The same without the secrets that an answer repeats."""
        return replace(
            self,
            expected=veiled(self.expected, masks),
            got=veiled(self.got, masks),
            exchange=self.exchange.veiled(masks) if self.exchange else None,
            steps=tuple(step.veiled(masks) for step in self.steps),
        )

    def __str__(self) -> str:
        where = f" {self.operation_id}" if self.operation_id else ""
        return f"{self.rule}{where} as {self.caller}: expected {self.expected}, got {self.got}"

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "operation_id": self.operation_id,
            "caller": self.caller,
            "expected": self.expected,
            "got": self.got,
            "provenance": str(self.provenance),
            "exchange": self.exchange.to_json() if self.exchange else None,
            "steps": [step.to_json() for step in self.steps],
            "case": self.case,
            "seed": self.seed,
            "source": self.source,
            "waived": self.waived,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Finding:
        exchange = data["exchange"]
        return Finding(
            rule=data["rule"],
            operation_id=data["operation_id"],
            caller=data["caller"],
            expected=data["expected"],
            got=data["got"],
            provenance=Provenance[data["provenance"].upper()],
            exchange=Exchange.from_json(exchange) if exchange else None,
            steps=tuple(Exchange.from_json(step) for step in data["steps"]),
            case=data["case"],
            seed=data["seed"],
            source=data["source"],
            waived=data["waived"],
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One test that was run: a rule on one operation, for one caller, with one violation."""

    id: str
    rule: str
    operation_id: str | None
    verdict: Verdict
    """On the rule that it cites; a finding of another rule counts for that one."""
    reason: str = ""
    """Why it was not provoked, or what broke on our side."""
    duration_ms: float = 0.0
    findings: tuple[Finding, ...] = ()
    kind: str = "directed"
    """How it finds out: directed, or generated."""
    needs: tuple[str, ...] = ()
    """Lines of a profile, any of which might have had it provoked."""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "rule": self.rule,
            "operation_id": self.operation_id,
            "verdict": self.verdict.name,
            "reason": self.reason,
            "duration_ms": round(self.duration_ms, 3),
            "kind": self.kind,
            "needs": list(self.needs),
            "findings": [finding.to_json() for finding in self.findings],
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Case:
        return Case(
            id=data["id"],
            rule=data["rule"],
            operation_id=data["operation_id"],
            verdict=Verdict[data["verdict"]],
            reason=data["reason"],
            duration_ms=data["duration_ms"],
            kind=data["kind"],
            needs=tuple(data["needs"]),
            findings=tuple(Finding.from_json(finding) for finding in data["findings"]),
        )
