"""Groups findings by root cause, across operations and rules.

Rules of two clauses make one group only where one of them is general: a rule that holds any answer to what the other
rules say. So one defect does not hide behind another. What the target does not serve is one group by all rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.contract.contract import Rule
from conformance.http.exchange import SAFE
from conformance.results.difference import STATUS
from conformance.results.finding import (
    Finding,
    Severity,
    Verdict,
    compute_fingerprint,
    drop_changing_values,
    explain_meaning,
    find_severity,
)

EFFECTS = ("EFFECT-EVERY-CALLER", "EFFECT-NOTHING-ELSE")
"""Rules by which whatever one write does wrong has one cause."""
REFUSED = "REFUSED-CHANGES-NOTHING"
"""A rule of every resource too, in the clause of the first."""
CRASHED = "CONTRACT-NO-SERVER-ERROR"
"""The rule that an undeclared answer of the 5xx class breaks, whatever else is wrong with it."""
CRASH = "crash"
"""The stand-in for a clause: rules of all clauses meet one crash, and each has something to say of its answer."""
GENERAL = ("effects", "contract")
"""Clauses of rules that hold of every resource; what breaks one mostly breaks a rule of its own clause too."""
DIRECTED = "directed"
ANSWER, FIELDS, SAID = "answer", "fields", "said"
Crash = tuple[str | None, int]
"""An operation, and the status of the 5xx class that it answered."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that differs: an answer as a whole, or what has these names."""

    kind: str
    names: frozenset[str]

    def meets(self, other: Subject) -> bool:
        """Return whether both are about the same."""
        return self.kind == other.kind and not self.names.isdisjoint(other.names)

    def __str__(self) -> str:
        return f"{self.kind} {', '.join(sorted(self.names))}"


UNSERVED = Subject("unserved", frozenset({"a path that is not served"}))
"""The difference where the target does not serve an operation, by whichever rule that is found."""


def find_subject(finding: Finding) -> Subject:
    """Return what differs in a finding, without values that differ in every run."""
    if finding.unserved:
        return UNSERVED
    exchange = finding.exchange
    names = finding.evidence.names
    if exchange is not None and (finding.got in (str(exchange), str(exchange.status)) or STATUS in names):
        return Subject(ANSWER, frozenset({"served" if exchange.has_succeeded else str(exchange)}))
    if names:
        return Subject(FIELDS, frozenset(names))
    return Subject(SAID, frozenset({drop_changing_values(f"{finding.expected}\0{finding.got}")}))


def find_cause(finding: Finding) -> str | None:
    """Return the operation of the last write before what was read, else that of the request itself."""
    exchange = finding.exchange
    if exchange is None or exchange.method not in SAFE:
        return finding.operation_id
    writes = [step for step in finding.steps if step.operation_id and step.method not in SAFE and step.has_succeeded]
    return writes[-1].operation_id if writes else finding.operation_id


def find_crash(finding: Finding) -> Crash | None:
    """Return the operation and status of an answer of the 5xx class; None for a finding of another answer."""
    exchange = finding.exchange
    crashed = exchange is not None and exchange.status >= 500 and not finding.unserved
    return (finding.operation_id, exchange.status) if exchange is not None and crashed else None


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one root cause."""

    fingerprint: str
    """The fingerprint, which is the same for the same defect in every run."""
    lead: Finding
    """The one that shows it best."""
    members: Mapping[str, tuple[Finding, ...]]
    """The findings by fingerprint, in the order in which they were given."""

    @property
    def verdict(self) -> Verdict:
        """The worst."""
        return max(finding.verdict for finding in self.findings)

    @property
    def severity(self) -> Severity:
        """The worst."""
        return max(map(find_severity, self.findings))

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for same in self.members.values() for finding in same)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are broken, that of the lead first."""
        return tuple(dict.fromkeys([self.lead.rule, *(finding.rule for finding in self.findings)]))

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that show it, that of the lead first."""
        named = [self.lead.operation_id, *(finding.operation_id for finding in self.findings)]
        return tuple(dict.fromkeys(each for each in named if each))

    @property
    def cases(self) -> int:
        """The number of cases that found it."""
        return len({finding.case for finding in self.findings})

    @property
    def unserved(self) -> bool:
        """Return whether the target does not serve the operations, or serves them no longer."""
        return self.lead.unserved

    @property
    def effects(self) -> tuple[str, ...]:
        """Return in words the effects on the owners of the data."""
        return tuple(dict.fromkeys(meaning for finding in self.findings if (meaning := explain_meaning(finding))))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A finding with what it is compared by."""

    finding: Finding
    subject: Subject
    cause: str | None
    crash: Crash | None
    """The crash of its answer; None where there was none."""

    @staticmethod
    def from_finding(finding: Finding, crashes: Collection[Crash]) -> _Seen:
        crash = find_crash(finding)
        return _Seen(finding, find_subject(finding), find_cause(finding), crash if crash in crashes else None)

    def is_alike(self, other: _Seen) -> bool:
        """Return whether this and another finding of its clause have one cause."""
        if self.crash is not None and self.crash == other.crash:
            return True
        meets = self.subject.meets(other.subject)
        if self.finding.rule == other.finding.rule:
            return meets or (self.finding.rule in EFFECTS and self.cause == other.cause)
        if self.subject == UNSERVED:
            return meets
        return meets and (
            self.subject.kind == FIELDS or (self.subject.kind == ANSWER and self.is_same_operation(other))
        )

    def tells_of(self, special: _Seen) -> bool:
        """Return whether this finding of a general rule tells of what one of a special rule does."""
        return self.subject.meets(special.subject) and (self.subject.kind != ANSWER or self.is_same_operation(special))

    def is_same_operation(self, other: _Seen) -> bool:
        return self.finding.operation_id == other.finding.operation_id


@dataclass(slots=True, eq=False)
class _Cluster:
    """Findings of one clause, or of all general ones, that have one cause."""

    clause: str
    seen: list[_Seen]
    attached: list[_Cluster] = field(default_factory=list)

    @property
    def is_general(self) -> bool:
        return self.clause in GENERAL

    def is_same_as(self, other: _Cluster) -> bool:
        """Return whether both have one cause."""
        if self.clause != other.clause and not (self.is_general and other.is_general):
            return False
        return any(mine.is_alike(theirs) for mine in self.seen for theirs in other.seen)

    def count_nearness(self, special: _Cluster) -> int:
        """Return how many findings of a part of another clause these tell of."""
        return sum(any(mine.tells_of(theirs) for mine in self.seen) for theirs in special.seen)


def group_findings(found: Mapping[str, Sequence[Finding]], rules: Mapping[str, Rule]) -> tuple[Group, ...]:
    """Return the groups of findings, which are given by fingerprint, the worst group first."""
    parts: list[_Cluster] = []
    firsts = [next((each for each in same if not each.unserved), same[0]) for same in found.values()]
    # A declared 502 that is right is no crash: there is one where a finding is about the answer as a whole.
    crashes = {crash for each in firsts if (crash := find_crash(each)) and find_subject(each).kind == ANSWER}
    for seen in (_Seen.from_finding(first, crashes) for first in firsts):
        _add(parts, _Cluster(_choose_clause(seen, rules), [seen]))
    special = [part for part in parts if not part.is_general]
    alone: list[_Cluster] = []
    for general in (part for part in parts if part.is_general):
        nearest = max(special, key=general.count_nearness, default=None)
        near = nearest is not None and general.count_nearness(nearest) > 0
        (nearest.attached if nearest is not None and near else alone).append(general)
    order = {rule: number for number, rule in enumerate(rules)}
    return tuple(sorted((_group(part, found, order) for part in (*special, *alone)), key=_weigh_group))


def _choose_clause(seen: _Seen, rules: Mapping[str, Rule]) -> str:
    """Return the clause within which a finding is compared with others."""
    if seen.finding.unserved:
        return UNSERVED.kind
    if seen.crash is not None:
        return CRASH
    rule = rules.get(seen.finding.rule)
    return GENERAL[0] if seen.finding.rule == REFUSED else rule.clause if rule else ""


def _add(parts: list[_Cluster], new: _Cluster) -> None:
    """Add a part, joined with those of the same cause."""
    joined = [part for part in parts if part.is_same_as(new)]
    if not joined:
        parts.append(new)
        return
    first, *rest = joined
    for part in (*rest, new):
        first.seen += part.seen
    parts[:] = [part for part in parts if part not in rest]


def _group(part: _Cluster, found: Mapping[str, Sequence[Finding]], order: Mapping[str, int]) -> Group:
    own = [seen.finding for seen in part.seen]
    every = [*own, *(seen.finding for general in part.attached for seen in general.seen)]
    names = {finding.fingerprint for finding in every}
    members = {name: tuple(same) for name, same in found.items() if name in names}
    lead = min(own, key=lambda finding: _rank_telling(finding, order))
    stable = min(part.seen, key=lambda seen: _rank_lasting(seen, order))
    by = "" if stable.subject == UNSERVED else stable.finding.rule
    return Group(compute_fingerprint(by, str(stable.subject)), lead, members)


def _rank_lasting(seen: _Seen, order: Mapping[str, int]) -> tuple[bool, bool, int]:
    """Return a key that is the less, the surer every run has it of the same defect."""
    finding = seen.finding
    return seen.crash is not None and finding.rule != CRASHED, finding.source != DIRECTED, order.get(finding.rule, 0)


def _rank_telling(finding: Finding, order: Mapping[str, int]) -> tuple[int, int, bool, bool, int, int]:
    """Return the less, the better a finding shows what its group is about."""
    return (
        -finding.verdict,
        -find_severity(finding),
        find_crash(finding) is not None and finding.rule != CRASHED,
        finding.source != DIRECTED,
        order.get(finding.rule, len(order)),
        len(finding.steps),
    )


def _weigh_group(group: Group) -> tuple[int, int, int, int]:
    """Return the less, the worse."""
    best = max(finding.provenance for finding in group.findings)
    return -group.verdict, -group.severity, -best, -len(group.members)
