"""The results of judging traffic, gathered while it is judged, and made a run that every report can show."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conformance.budget import NONE
from conformance.contract.contract import Cell, Contract, Provenance
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.judging import build_finding, is_weak
from conformance.oracle.served import describe_answering, find_unserved_operation
from conformance.results.finding import RECORDED, Case, Finding, Verdict
from conformance.results.plain_text import escape_line
from conformance.results.unserved import GATES, NOT_SERVED, AnswerTail, find_tail, mark_findings
from conformance.results.verdict import MOST_CASES, Occurrences, ReachedCell, Run, Traffic
from conformance.results.waivers import Waivers
from conformance.traffic.exchanges import ObservedEntry
from conformance.traffic.privacy import Privacy

MOST_ALIKE = 10
"""Findings of one rule and operation that expect and got the same, of which each is kept with its exchange; of the
others only in which entry each is."""
OPEN = "undecided: no recorded exchange decides it"
NOTHING = "no exchange of the API's is in it; name its base URL with --base"


@dataclass(slots=True)
class _Alike:
    """Findings of one rule and operation that expect and got the same."""

    first: Finding
    count: int = 0
    cases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class GatheredFindings:
    """The findings so far."""

    contract: Contract
    judged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Exchanges that were not judged, by the reason."""
    findings: dict[str, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    """The findings by rule."""
    kept: Counter[str] = field(default_factory=Counter)
    left_open: Counter[str] = field(default_factory=Counter)
    reached: dict[Cell, ReachedCell] = field(default_factory=dict)
    callers: dict[str, None] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _otherwise: dict[str, str] = field(default_factory=dict)
    """The answer that contradicts the profile, by operation that is not served as the profile says."""
    _tails: list[tuple[int, AnswerTail]] = field(default_factory=list)
    """The number of the first exchange of each recording, and how its answers end so far."""
    _begins: bool = True
    _alike: dict[tuple[str, str | None, str, str], _Alike] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """Take note that another recording begins, which may be of another server."""
        self._begins = True

    def skip(self, seen: ObservedEntry, reason: str) -> None:
        """Count an exchange that was not judged, by the reason."""
        self.skipped[reason] += 1
        operation = find_unserved_operation(self.contract, seen.exchange.method, seen.exchange.path)
        if operation is not None and seen.exchange.status not in (*NOT_SERVED, *GATES):
            self._otherwise.setdefault(operation.operation_id, str(seen.exchange))

    def count(self, seen: ObservedEntry) -> None:
        """Count an exchange that was judged."""
        if self._begins:
            self._tails.append((seen.exchange.number, AnswerTail()))
            self._begins = False
        first, tail = self._tails[-1]
        self._tails[-1] = first, tail.join(find_tail([seen.exchange]))
        self.judged += 1
        self.callers[seen.sender.name] = None
        self._reach(seen)

    def add(self, seen: ObservedEntry, opinion: Opinion, *, of_client: bool = False) -> list[Finding]:
        """Add what was said of an exchange; the findings of it that are kept."""
        self.kept.update(opinion.kept)
        self.left_open.update(opinion.left_open)
        found = [_build_finding(self.contract, seen, breach, of_client=of_client) for breach in opinion.breaches]
        new = [each for each in found if self._is_worth_keeping(each)]
        for each in new:
            self.findings[each.rule].append(each)
        return new

    def _is_worth_keeping(self, found: Finding) -> bool:
        what = (found.rule, found.operation_id, found.expected, found.got)
        alike = self._alike.setdefault(what, _Alike(found))
        alike.count += 1
        if len(alike.cases) < MOST_CASES:
            alike.cases.append(found.case)
        return alike.count <= MOST_ALIKE

    def _reach(self, seen: ObservedEntry) -> None:
        """Count the answer; one whose code is not recorded only where there is no other."""
        exchange, operation = seen.exchange, seen.operation
        if operation is None:
            return
        code = None if exchange.status in operation.bodyless else exchange.code
        if not seen.is_answer_known or exchange.method == "HEAD":
            spec = operation.responses.get(exchange.status)
            if spec is None or len(spec.codes) > 1:
                return
            code = next(iter(spec.codes), None)
        cell = Cell(operation.operation_id, exchange.status, code)
        known = self.reached.get(cell, ReachedCell(0, seen.place))
        self.reached[cell] = ReachedCell(known.count + 1, known.by)

    def run(self, privacy: Privacy, about: TrafficInfo) -> Run:
        """Return the run, as reports show it."""
        total = self.judged + sum(self.skipped.values())
        return Run(
            target=about.name,
            named=about.name,
            base_url=", ".join(about.bases),
            seed=0,
            contract=self.contract,
            cases=tuple(filter(None, (self._build_case(rule, privacy, about) for rule in self.contract.rules))),
            reached=self.reached,
            requests=self.judged,
            duration_s=time.monotonic() - self._began,
            unusable=None if self.judged else NOTHING,
            notes=(*about.notes, *([describe_answering(self._otherwise.items())] if self._otherwise else ())),
            budget=NONE,
            is_strict=about.is_strict,
            require_coverage=about.require_coverage,
            traffic=Traffic(about.recordings, total, self.judged, dict(self.skipped), tuple(self.callers)),
            counted=self._count_occurrences(privacy),
            started=self.started,
        )

    def _is_late(self, found: Finding) -> bool:
        """Return whether the server of a recording had stopped serving before what is found in it."""
        number = found.exchange.number if found.exchange else 0
        return next((tail.is_before(found) for first, tail in reversed(self._tails) if first <= number), False)

    def _count_occurrences(self, privacy: Privacy) -> Mapping[str, Occurrences]:
        """Return how often each finding was made, by its fingerprint as reports have it."""
        found: dict[str, Occurrences] = {}
        for alike in self._alike.values():
            fingerprint, more = (
                privacy.hide_in_finding(alike.first).fingerprint,
                Occurrences(alike.count, tuple(alike.cases)),
            )
            found[fingerprint] = found[fingerprint] + more if fingerprint in found else more
        return found

    def _build_case(self, rule: str, privacy: Privacy, about: TrafficInfo) -> Case | None:
        """Return what the traffic says of a rule; None where it is not about it."""
        every = mark_findings(self.contract, self.findings.get(rule, ()), self.reached, self._is_late)
        found = tuple(about.waivers.apply_to(privacy.hide_in_finding(each)) for each in every)
        if found:
            return Case(f"traffic[{rule}]", rule, None, max(each.verdict for each in found), findings=found, kind=KIND)
        if self.kept[rule]:
            return Case(f"traffic[{rule}]", rule, None, Verdict.PASSED, kind=KIND)
        if not self.left_open[rule]:
            return None
        reason = f"{OPEN}, of {self.left_open[rule]} that are about it"
        return Case(f"traffic[{rule}]", rule, None, Verdict.NOT_PROVOKED, reason, kind=KIND)


KIND = "observed"


@dataclass(frozen=True, slots=True)
class TrafficInfo:
    """The part of a report that is about judged traffic."""

    name: str
    recordings: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_strict: bool = False
    require_coverage: float | None = None
    waivers: Waivers = field(default_factory=Waivers)


def _build_finding(contract: Contract, seen: ObservedEntry, breach: Breach, *, of_client: bool = False) -> Finding:
    """Return the finding of a breach in a recorded exchange; of the client's it says nothing who answered."""
    exchange, provenance = seen.exchange, None
    if of_client:
        provenance = min(contract.rules[breach.rule].provenance, breach.provenance)
    elif is_weak(contract, exchange):
        provenance, breach = Provenance.ASSUMED, replace(breach, effect=None)
    case = seen.entry.place if seen.entry.test is None else f"{seen.entry.place}, test {escape_line(seen.entry.test)}"
    return build_finding(contract, breach, exchange, provenance, case=case, source=RECORDED)
