"""A run with its verdict, its cases and the answers that it reached; reports are made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

from conformance.budget import NORMAL, Budget
from conformance.contract.contract import Cell, Contract, Rule, is_named
from conformance.errors import CONFORMS, COVERAGE, INTERRUPTED, OURS, UNUSABLE, VIOLATED
from conformance.results.explored import Share
from conformance.results.finding import Case, Finding, Verdict, find_severity
from conformance.results.grouping import Group, group_findings
from conformance.results.load import LoadFigures

__all__ = [
    "DISTRIBUTION",
    "Case",
    "Finding",
    "Gain",
    "Occurrences",
    "ReachedCell",
    "RuleVerdict",
    "Run",
    "RunVerdict",
    "Traffic",
    "Verdict",
]

DISTRIBUTION = "evershell-contract"
UNJUDGED = frozenset({Verdict.UNTESTED, Verdict.NOT_PROVOKED, Verdict.ERRORED})
"""Verdicts on a rule that say nothing of the target."""
SLOWEST = 10
"""The number of cases that a report names for the time that they took."""
MOST_CASES = 100
"""The number of cases that a report names for one finding."""


class RunVerdict(StrEnum):
    """Verdicts on a run, the weightiest first."""

    INTERRUPTED = "interrupted"
    FAILED = "failed"  # a violation was found, or with --strict an advisory
    UNUSABLE = "unusable"  # the target could not be judged, or not to the end
    CUT_SHORT = "cut short"  # an option ended the run before everything was judged, or the target was full
    ERRORED = "errored"  # the suite broke
    UNJUDGED = "unjudged"  # what was named, or everything, was judged by no case
    LOW_COVERAGE = "low coverage"  # fewer cells were reached, or fewer rules judged, than an option asks for
    PASSED = "passed"


_EXIT_CODES = {
    RunVerdict.INTERRUPTED: INTERRUPTED,
    RunVerdict.FAILED: VIOLATED,
    RunVerdict.UNUSABLE: UNUSABLE,
    RunVerdict.CUT_SHORT: UNUSABLE,
    RunVerdict.ERRORED: OURS,
    RunVerdict.UNJUDGED: COVERAGE,
    RunVerdict.LOW_COVERAGE: COVERAGE,
    RunVerdict.PASSED: CONFORMS,
}


def read_suite_version() -> str:
    """Return the version of the installed suite."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, slots=True)
class ReachedCell:
    """The number of times that a cell was met, and the first test by name that met it."""

    count: int
    by: str


@dataclass(frozen=True, slots=True)
class Gain:
    """A line that the profile lacks, and the rules and cells that it would add."""

    line: str
    rules: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The number of times that a finding was made, and where."""

    count: int
    cases: tuple[str, ...]
    """The first cases, or entries of a recording, that showed it: as many as a report names."""

    @staticmethod
    def from_findings(findings: Iterable[Finding]) -> Occurrences:
        """Return the occurrences of the findings of one fingerprint."""
        every = [each.case or each.source for each in findings]
        return Occurrences(len(every), tuple(dict.fromkeys(every))[:MOST_CASES])

    def __add__(self, other: Occurrences) -> Occurrences:
        cases = dict.fromkeys((*self.cases, *other.cases))
        return Occurrences(self.count + other.count, tuple(cases)[:MOST_CASES])


@dataclass(frozen=True, slots=True)
class Traffic:
    """The recordings that were read, where a run judged these."""

    recordings: tuple[str, ...]
    exchanges: int
    """The number of exchanges in the recordings."""
    judged: int
    skipped: Mapping[str, int]
    """The number of exchanges that were not judged, by the reason."""
    callers: tuple[str, ...]
    """The names of those who sent them."""


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """A rule with the findings that name it and the cases that cite it."""

    rule: Rule
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict."""
        of_findings = [finding.verdict for finding in self.findings]
        return max((*of_findings, *(case.verdict for case in self.cases)), default=Verdict.UNTESTED)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why cases were not judged."""
        said = (case.reason for case in self.cases if case.reason and case.verdict is not Verdict.PASSED)
        return tuple(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class Run:
    """A run: everything that a report shows, in the order in which it happened."""

    target: str
    base_url: str
    seed: int
    contract: Contract
    cases: tuple[Case, ...]
    reached: Mapping[Cell, ReachedCell]  # declared and undeclared answers alike; Contract.cells says which are declared
    requests: int
    duration_s: float
    unusable: str | None = None  # why nothing could be judged, or nothing from some test on
    throttled: int = 0  # answers of a rate limit or a gateway, after which the run waited
    left_behind: tuple[str, ...] = ()  # what the run made and could not remove
    notes: tuple[str, ...] = field(default=())
    is_interrupted: bool = False
    errors: tuple[str, ...] = ()  # errors of the suite outside of any case
    cut_short: str = ""  # the option that ended it before everything was judged
    named: str = ""  # the value of --target, by which the run can be repeated
    run_id: str = ""  # in the mark of all that the run made
    budget: Budget = NORMAL  # how much was judged
    is_strict: bool = False  # whether an advisory fails the run
    require_coverage: float | None = None  # the share of the declared cells, in per cent, that had to be reached
    is_narrowed: bool = False  # whether options chose some of the cases
    asked: tuple[str, ...] = ()  # the operations that options name, of which alone a report tells; none: all
    require_rules: float | None = None  # the share of the rules, in per cent, that had to be judged
    unjudged: tuple[str, ...] = ()  # what was named, or everything, with the reason why no case judged it
    gains: tuple[Gain, ...] = ()  # what the missing lines of the profile would add, the most first
    explored: tuple[Share, ...] = ()  # how much of what can be met together was met, by kind
    traffic: Traffic | None = None  # where recordings were judged, and nothing was sent
    load: LoadFigures | None = None  # where it was a load
    variables: Mapping[str, str] = field(default_factory=dict)  # the profile's own, by what stands for each credential
    counted: Mapping[str, Occurrences] = field(default_factory=dict)  # by fingerprint, where not all findings are kept
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    suite_version: str = field(default_factory=read_suite_version)

    @property
    def verdicts(self) -> tuple[RunVerdict, ...]:
        """All verdicts that hold, the weightiest first; PASSED where none does."""
        low = (self.coverage < (self.require_coverage or 0)) or (self.judged_share < (self.require_rules or 0))
        holding = (
            (RunVerdict.INTERRUPTED, self.is_interrupted),
            (RunVerdict.FAILED, any(map(self.is_failing, self.findings))),
            (RunVerdict.UNUSABLE, self.unusable),
            (RunVerdict.CUT_SHORT, self.cut_short),
            (RunVerdict.ERRORED, self.broken),
            (RunVerdict.UNJUDGED, self.unjudged),
            (RunVerdict.LOW_COVERAGE, low),
        )
        return tuple(verdict for verdict, holds in holding if holds) or (RunVerdict.PASSED,)

    @property
    def verdict(self) -> RunVerdict:
        """The verdict that decides the exit code."""
        return self.verdicts[0]

    @property
    def exit_code(self) -> int:
        """The exit code of a run that began; a usage error ends before."""
        return _EXIT_CODES[self.verdict]

    @property
    def broken(self) -> int:
        """The number of errors of the suite."""
        return self.count(Verdict.ERRORED) + len(self.errors)

    def is_failing(self, finding: Finding) -> bool:
        """Return whether a finding fails the run."""
        return finding.verdict is Verdict.FAILED or (self.is_strict and finding.verdict is Verdict.ADVISORY)

    @property
    def started_at(self) -> str:
        """The start in UTC (RFC 3339)."""
        return f"{self.started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    @property
    def contract_version(self) -> str:
        return str(self.contract.document.get("info", {}).get("version", ""))

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for case in self.cases for finding in case.findings)

    @property
    def slowest(self) -> tuple[Case, ...]:
        """The cases that took the longest, the longest first."""
        return tuple(sorted(self.cases, key=lambda case: -case.duration_ms)[:SLOWEST])

    @property
    def distinct_findings(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings by fingerprint, the worst first, then in the order in which they were found."""
        found = defaultdict(list)
        for finding in sorted(self.findings, key=lambda f: (-f.verdict, -find_severity(f))):
            found[finding.fingerprint].append(finding)
        return {fingerprint: tuple(same) for fingerprint, same in found.items()}

    def find_occurrences(self, fingerprint: str, same: Iterable[Finding]) -> Occurrences:
        """Return how often the finding of a fingerprint was made; `same` are those that are kept of it."""
        return self.counted.get(fingerprint) or Occurrences.from_findings(same)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The findings by root cause, the worst first."""
        return group_findings(self.distinct_findings, self.contract.rules)

    @property
    def rules(self) -> tuple[RuleVerdict, ...]:
        """Every rule about these operations, in the order of the contract, with its worst verdict."""
        cases, findings = defaultdict(list), defaultdict(list)
        for case in self.cases:
            cases[case.rule].append(case)
        for finding in self.findings:
            findings[finding.rule].append(finding)
        rules = (each for each in self.contract.rules.values() if self._is_about_asked(each))
        return tuple(RuleVerdict(rule, tuple(cases[rule.id]), tuple(findings[rule.id])) for rule in rules)

    def _is_about_asked(self, rule: Rule) -> bool:
        return not self.asked or any(is_named(each, rule.operations) for each in self.asked)

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of the operations that the target serves and that were asked for."""
        return tuple(each for each in self.contract.operations if not self.asked or each in self.asked)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The declared answers of these operations."""
        return tuple(cell for cell in self.contract.cells if not self.asked or cell.operation_id in self.asked)

    @property
    def answers(self) -> Mapping[Cell, ReachedCell]:
        """The declared cells, in the order of the contract, then the others that were reached."""
        declared, operations = dict.fromkeys(self.cells, ReachedCell(0, "")), frozenset(self.operations)
        reached = (pair for pair in self.reached.items() if pair[0].operation_id in operations)
        return declared | dict(sorted(reached, key=lambda pair: str(pair[0])))

    @property
    def covered(self) -> tuple[int, int]:
        """The numbers of reached and of declared cells."""
        declared = self.cells
        return sum(cell in self.reached for cell in declared), len(declared)

    @property
    def coverage(self) -> float:
        """The share of reached cells, in per cent."""
        reached, declared = self.covered
        return 100.0 * reached / declared if declared else 0.0

    @property
    def judged(self) -> tuple[int, int]:
        """The numbers of judged rules and of all rules."""
        verdicts = [each.verdict for each in self.rules]
        return sum(verdict not in UNJUDGED for verdict in verdicts), len(verdicts)

    @property
    def judged_share(self) -> float:
        """The share of judged rules, in per cent."""
        judged, rules = self.judged
        return 100.0 * judged / rules if rules else 0.0

    @property
    def served(self) -> tuple[int, int]:
        """The numbers of operations that were asked for and of those that the contract declares."""
        return len(self.operations), len(self.contract.whole.operations)

    def count(self, verdict: Verdict) -> int:
        return sum(case.verdict is verdict for case in self.cases)
