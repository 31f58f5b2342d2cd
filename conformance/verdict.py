"""What a run found, as data: verdicts, findings, cases and the matrix. Reports are views of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, TypeVar

from conformance.budget import NORMAL, Budget
from conformance.contract import Cell, Contract, Provenance, Rule
from conformance.exchange import Exchange
from conformance.fingerprint import fingerprint
from conformance.variables import veiled

T = TypeVar("T")
LONGEST_OF_A_STEP = 64 * 1024
"""There are a dozen of them: of a longer body the beginning is kept."""


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


@dataclass(frozen=True, slots=True)
class Reached:
    """How often a cell was met, and a source that met it: the id of the test, the first by name."""

    count: int
    by: str


@dataclass(frozen=True, slots=True)
class Gain:
    """One line that a profile lacks, and what was not judged for want of it."""

    line: str
    rules: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule, and the worst of what was seen of it."""

    rule: Rule
    verdict: Verdict
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(case.reason for case in self.cases if case.reason))


@dataclass(frozen=True, slots=True)
class Run:
    """All of one run, in the order in which it happened. Everything a report shows stands here."""

    target: str
    base_url: str
    seed: int
    contract: Contract
    cases: tuple[Case, ...]
    reached: Mapping[Cell, Reached]
    """Declared and undeclared answers alike; Contract.cells says which are declared."""
    requests: int
    duration_s: float
    unusable: str | None = None
    """Why nothing could be judged."""
    throttled: int = 0
    """Answers of a limit or a gateway in front of the target, backed off from."""
    left_behind: tuple[str, ...] = ()
    """What the run made and could not remove."""
    notes: tuple[str, ...] = field(default=())
    interrupted: bool = False
    errors: tuple[str, ...] = ()
    """What broke on our side outside of any case."""
    cut_short: str = ""
    """Why it ended before its last case."""
    named: str = ""
    """What --target was, so that the run can be repeated."""
    budget: Budget = NORMAL
    """How much was made up."""
    gains: tuple[Gain, ...] = ()
    """What more would be judged with what the profile lacks, the most first."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for case in self.cases for finding in case.findings)

    @property
    def distinct_findings(self) -> Mapping[str, tuple[Finding, ...]]:
        """By fingerprint, worst first, then in the order of their finding."""
        found: dict[str, list[Finding]] = {}
        for finding in sorted(self.findings, key=lambda f: -f.verdict):
            found.setdefault(finding.fingerprint, []).append(finding)
        return {fingerprint: tuple(same) for fingerprint, same in found.items()}

    @property
    def rules(self) -> tuple[RuleVerdict, ...]:
        """Every rule of the contract, in its order, with the worst of what its cases and findings say."""
        cases = _by_rule((case.rule, case) for case in self.cases)
        findings = _by_rule((finding.rule, finding) for finding in self.findings)
        return tuple(
            _judge(rule, tuple(cases.get(rule.id, ())), tuple(findings.get(rule.id, ())))
            for rule in self.contract.rules.values()
        )

    @property
    def covered(self) -> tuple[int, int]:
        """Reached and declared cells."""
        declared = self.contract.cells
        return sum(cell in self.reached for cell in declared), len(declared)

    @property
    def coverage(self) -> float:
        """Reached of all declared cells, in per cent."""
        reached, declared = self.covered
        return 100.0 * reached / declared if declared else 0.0

    @property
    def judged(self) -> tuple[int, int]:
        """Rules of which something is known, and all."""
        verdicts = [each.verdict for each in self.rules]
        unknown = (Verdict.UNTESTED, Verdict.NOT_PROVOKED, Verdict.ERRORED)
        return sum(verdict not in unknown for verdict in verdicts), len(verdicts)

    @property
    def worst(self) -> Verdict:
        """Of all cases and of all findings, those of another rule than the case's own included."""
        verdicts = [*(case.verdict for case in self.cases), *(found.verdict for found in self.findings)]
        return max(verdicts, default=Verdict.UNTESTED)

    def count(self, verdict: Verdict) -> int:
        return sum(case.verdict is verdict for case in self.cases)


def _judge(rule: Rule, cases: tuple[Case, ...], findings: tuple[Finding, ...]) -> RuleVerdict:
    """A finding counts for the rule it names, a case's own verdict for the rule it cites."""
    verdicts = [*(finding.verdict for finding in findings), *(case.verdict for case in cases)]
    return RuleVerdict(rule, max(verdicts, default=Verdict.UNTESTED), cases, findings)


def _by_rule(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for rule, value in pairs:
        grouped.setdefault(rule, []).append(value)
    return grouped
