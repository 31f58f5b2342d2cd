"""The common parts of reports: the verdict line, the groups of findings, the matrix, and the gains."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.contract.contract import Cell
from conformance.http.exchange import IN_QUERY, Exchange, TruncatedBody
from conformance.results.difference import LONGEST
from conformance.results.finding import RECORDED, Finding
from conformance.results.grouping import Group
from conformance.results.plain_text import count_noun
from conformance.results.report.curl import format_curl, with_variables
from conformance.results.verdict import (
    DISTRIBUTION,
    MOST_CASES,
    Gain,
    Occurrences,
    Run,
    RunVerdict,
    Verdict,
)
from conformance.results.waivers import format_waiver

MOST_NAMED = 5
MAX_BODY = 8 * 1024  # the longest body that is shown whole; the JSON report has more
GAINS = "Not provoked, and what would change that"
MOST_GROUPS = 10
"""The number of groups that are shown with all that is said of one."""
MOST_OPERATIONS = 3


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A code of a status of an operation, with how often it was met."""

    code: str | None
    is_declared: bool
    count: int
    by: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix of operations and statuses, undeclared answers included."""

    statuses: tuple[int, ...]
    rows: Mapping[str, Mapping[int, Sequence[MatrixCell]]]
    """The cells by operation and status."""


def build_matrix(run: Run) -> Matrix:
    """Return the matrix of a run, in the order of the contract; of a narrowed one the rows that it has asked for."""
    declared, asked = frozenset(run.cells), frozenset(_list_rows(run))
    answers = {cell: reached for cell, reached in run.answers.items() if cell.operation_id in asked}
    statuses = sorted({cell.status for cell in answers})
    rows: dict[str, dict[int, list[MatrixCell]]]
    rows = {
        operation_id: {status: [] for status in statuses} for operation_id in run.operations if operation_id in asked
    }
    for cell, reached in answers.items():
        is_declared = cell in declared or run.contract.is_declared_by_range(cell)
        shown = MatrixCell(cell.code, is_declared, reached.count, reached.by)
        rows[cell.operation_id][cell.status].append(shown)
    return Matrix(tuple(statuses), rows)


def _list_rows(run: Run) -> Iterator[str]:
    if not run.is_narrowed:
        yield from run.operations
    yield from (case.operation_id for case in run.cases if case.operation_id)
    yield from (cell.operation_id for cell, reached in run.answers.items() if reached.count)


def list_unreached(run: Run) -> tuple[Cell, ...]:
    """Return the declared cells that were not reached."""
    return tuple(cell for cell in run.cells if cell not in run.reached)


@dataclass(frozen=True, slots=True)
class OpenRules:
    """Rules that did not pass, all for one reason."""

    verdict: Verdict
    why: str
    rules: tuple[str, ...]


def open_rules(run: Run) -> tuple[OpenRules, ...]:
    """Return the rules that did not pass by verdict and first reason, the worst first, then those of the most rules."""
    found: dict[tuple[Verdict, str], list[str]] = {}
    for it in sorted(run.rules, key=lambda rule: -rule.verdict):
        if it.findings:
            found.setdefault((it.verdict, "found above"), []).append(f"{it.rule.id} ({len(it.findings)})")
        elif it.verdict is not Verdict.PASSED:
            found.setdefault((it.verdict, next(iter(it.reasons), "")), []).append(it.rule.id)
    every = (OpenRules(verdict, why, tuple(rules)) for (verdict, why), rules in found.items())
    return tuple(sorted(every, key=lambda it: (-it.verdict, -len(it.rules))))


def group_by_reason(run: Run) -> Mapping[str, tuple[str, ...]]:
    """Return the reasons for which several rules were not judged, with these rules."""
    found: dict[str, list[str]] = {}
    for it in run.rules:
        for reason in it.reasons:
            found.setdefault(reason, []).append(it.rule.id)
    return {reason: tuple(rules) for reason, rules in found.items() if len(rules) > 1}


@dataclass(frozen=True, slots=True)
class Defect:
    """The findings of one fingerprint: the first one, and how often it was made."""

    fingerprint: str
    finding: Finding
    occurrences: Occurrences
    variables: Mapping[str, str]
    """The profile's own, by what stands for each credential."""

    @property
    def found_by(self) -> str:
        """The cases, or places of a recording, that show it."""
        return describe_found_by(self.occurrences)

    @property
    def verdict(self) -> Verdict:
        """FAILED, ADVISORY or WAIVED."""
        return self.finding.verdict

    @property
    def curl(self) -> str:
        """The command that sends its request; empty where it is about none."""
        return format_curl(self.finding.exchange, self.variables) if self.finding.exchange else ""

    @property
    def replay(self) -> str:
        """The command that runs its case again; empty where it has none: what was recorded cannot be asked again."""
        again = self.finding.case and self.finding.source != RECORDED
        return f"evershell-conformance replay REPORT.json {self.fingerprint}" if again else ""


def list_defects(run: Run) -> tuple[Defect, ...]:
    """Return the distinct findings, violations before advisories."""
    return tuple(
        Defect(fingerprint, same[0], run.find_occurrences(fingerprint, same), run.variables)
        for fingerprint, same in run.distinct_findings.items()
    )


def describe_found_by(occurrences: Occurrences) -> str:
    """Return the first cases, or places of a recording, that show the same, and the number of the others."""
    named = occurrences.cases
    every = occurrences.count if len(named) == MOST_CASES else len(named)
    more = f" and {every - MOST_NAMED} more" if every > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more


def format_headline(run: Run) -> str:
    """Return the verdict line: how the run ended, what it found, how much it reached."""
    parts = [_describe_verdict(run, verdict) for verdict in run.verdicts]
    # What a load got no answer to lies between the rest of it, and not behind.
    if run.verdict is not RunVerdict.UNUSABLE or (run.load is not None and run.reached):
        return f"{', '.join(parts)}: {_format_counts(run)}"
    not_judged = f"not judged: {run.unusable}"
    return f"{not_judged}; before that {_format_counts(run)}" if run.judged[0] else not_judged


def _describe_verdict(run: Run, verdict: RunVerdict) -> str:
    says = "says" if run.broken == 1 else "say"
    return {
        RunVerdict.INTERRUPTED: "interrupted",
        RunVerdict.FAILED: "does not conform",
        RunVerdict.UNUSABLE: f"not judged to the end ({run.unusable})",
        RunVerdict.CUT_SHORT: f"cut short ({run.cut_short})",
        RunVerdict.ERRORED: f"{count_noun(run.broken, 'error')} of the suite, which {says} nothing about the target",
        RunVerdict.UNJUDGED: f"judged by no case: {'; '.join(run.unjudged)}",
        RunVerdict.LOW_COVERAGE: " and ".join(_list_shortfalls(run)),
        RunVerdict.PASSED: "no violation found",
    }[verdict]


def _list_shortfalls(run: Run) -> Iterator[str]:
    """Yield what is less than an option asks for."""
    if run.require_coverage is not None and run.coverage < run.require_coverage:
        yield f"fewer cells reached than the {run.require_coverage} % asked for"
    if run.require_rules is not None and run.judged_share < run.require_rules:
        yield f"fewer rules judged than the {run.require_rules} % asked for"


def list_problems(run: Run) -> tuple[str, ...]:
    """Return what keeps a run from a verdict on the target, or fails it as a whole."""
    broken = (f"{case.id}: {case.reason or 'the suite broke'}" for case in run.cases if case.verdict is Verdict.ERRORED)
    return (*(problem for _, problem in list_problems_by_verdict(run)), *run.errors, *broken)


def list_problems_by_verdict(run: Run) -> Iterator[tuple[RunVerdict, str]]:
    """Yield the problems of a run as a whole, errors of the suite aside."""
    reasons = {
        RunVerdict.INTERRUPTED: "interrupted",
        RunVerdict.UNUSABLE: f"target not usable: {run.unusable}",
        RunVerdict.CUT_SHORT: f"cut short: {run.cut_short}",
        RunVerdict.UNJUDGED: f"judged by no case: {'; '.join(run.unjudged)}",
        RunVerdict.LOW_COVERAGE: f"coverage: {run.coverage:.1f} % of the declared cells reached and "
        f"{run.judged_share:.1f} % of the rules judged: {' and '.join(_list_shortfalls(run))}",
    }
    yield from ((verdict, reasons[verdict]) for verdict in run.verdicts if verdict in reasons)


def _format_counts(run: Run) -> str:
    found = list_defects(run)
    violations = sum(defect.verdict is Verdict.FAILED for defect in found)
    waived = sum(defect.verdict is Verdict.WAIVED for defect in found)
    counts = [
        count_noun(violations, "violation"),
        count_noun(len(found) - violations - waived, "advisory", "advisories"),
    ]
    counts += [f"{waived} waived"] if waived else []
    if run.load is not None:
        return f"{', '.join(counts)}; {run.load}"
    (reached, declared), (judged, rules) = run.covered, run.judged
    return (
        f"{', '.join(counts)}; {describe_operations(run)}{reached} of {declared} cells reached ({run.coverage:.0f} %), "
        f"{judged} of {rules} rules judged ({100 * judged / max(rules, 1):.0f} %)"
    )


def describe_operations(run: Run) -> str:
    """Return how many of the declared operations were asked for; empty where all were."""
    asked, declared = run.served
    return f"{asked} of {declared} operations, " if asked < declared else ""


def describe_explored(run: Run) -> str:
    """Return how many of the pairs of each kind the explorer met; empty where it met nothing."""
    return f"explored: {', '.join(map(str, run.explored))}" if run.explored else ""


def describe_run(run: Run) -> str:
    """Return the run id, the start, and the versions of suite and contract."""
    suite = f"{DISTRIBUTION} {run.suite_version}"
    return f"run id {run.run_id}, started {run.started_at}, {suite}, contract {describe_contract(run)}"


def describe_contract(run: Run) -> str:
    """Return the version of the contract, and that it is owned where that makes each of its statements bind."""
    return f"{run.contract_version}, owned: each statement binds" if run.contract.is_owned else run.contract_version


def format_body(content: bytes | None) -> str:
    """Return a body for people: JSON indented, text as it is, of bytes their number."""
    if isinstance(content, TruncatedBody):
        return f"({content.length} bytes, not kept)"
    if not content:
        return ""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"({len(content)} bytes, not text)"
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    if len(text) > MAX_BODY:
        text = f"{text[:MAX_BODY]}\n({len(content)} bytes, cut here)"
    # JSON can hold surrogates, UTF-8 cannot.
    return text.encode("utf-8", "backslashreplace").decode()


def request_lines(exchange: Exchange, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield the request line and headers, with a placeholder for the credential: the profile's own where it has one."""
    is_in_query = exchange.authorized_by == IN_QUERY
    query = with_variables(exchange.url.partition("?")[2], variables) if is_in_query else exchange.request.query
    yield f"{exchange.method} {exchange.path}" + (f"?{query}" if query else "")
    if exchange.authorization is not None and not is_in_query:
        yield f"{exchange.authorized_by}: {with_variables(exchange.authorization, variables)}"
    yield from _format_headers(exchange.request.headers)


def format_response(exchange: Exchange) -> Iterator[str]:
    """Yield the status and headers of the answer, or why there is none."""
    if exchange.failure:
        yield f"no answer: {exchange.failure}"
        return
    yield str(exchange.status)
    yield from _format_headers(exchange.headers)


def _format_headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers)


def describe_gain(gain: Gain) -> str:
    """Return how many rules and cells a line of the profile would add."""
    counts = [count_noun(len(gain.rules), "rule"), count_noun(len(gain.cells), "cell")]
    return ", ".join(count for count in counts if not count.startswith("0 "))


def list_gain_lines(run: Run, most: int | None = None) -> Iterator[str]:
    """Yield the lines that the profile lacks, those that would add the most first."""
    shown = run.gains if most is None else run.gains[:most]
    yield from (f"{gain.line}: {describe_gain(gain)}" for gain in shown)
    if left := len(run.gains) - len(shown):
        yield f"and {count_noun(left, 'more line')}"


def shorten(text: str) -> str:
    """Return the beginning of a text that may be as long as the target likes."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def list_remarks(finding: Finding) -> tuple[str, ...]:
    """Return which value the request tried, and the target's own words on the fields that it refuses."""
    exchange = finding.exchange
    if exchange is None:
        return ()
    said = "; ".join(f"{name}: {words}" for name, words in exchange.refused_fields.items())
    tried = exchange.request.tried
    return (
        *((f"the request has {shorten(tried)}",) if tried else ()),
        *((f"the target says {shorten(said)}",) if said else ()),
    )


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group in words."""

    group: Group

    @property
    def title(self) -> str:
        """Return where it shows, and what came in place of what."""
        lead = self.group.lead
        if self.group.unserved:
            return f"{self.where}: not served, or no longer: {lead.exchange}"
        return f"{self.where}: {shorten(lead.got)} in place of {shorten(lead.expected)}"

    @property
    def where(self) -> str:
        """The first operations that show it, and the number of the others."""
        named = self.group.operations
        more = len(named) - MOST_OPERATIONS
        shown = ", ".join(named[:MOST_OPERATIONS]) or "no operation of the contract"
        return f"{shown} and {more} more" if more > 0 else shown

    @property
    def before(self) -> str:
        """Return what differs, as it was or should be."""
        return self.group.lead.evidence.before or self.group.lead.expected

    @property
    def after(self) -> str:
        """Return what differs, as it is."""
        return self.group.lead.evidence.after or self.group.lead.got

    @property
    def effect(self) -> str:
        """Return the effect on the owners of the data; empty where it is not known."""
        return ", ".join(self.group.effects)

    @property
    def extent(self) -> str:
        """Return how much of the run shows it."""
        group = self.group
        found = count_noun(len(group.members), "finding")
        return f"{found} by {count_noun(len(group.rules), 'rule')} in {count_noun(group.cases, 'case')}"

    @property
    def waiver(self) -> str:
        """Return what to write into a file of waivers to accept it, but for the reason and the last day."""
        return "\n".join(format_waiver(self.group))


def split_groups(run: Run) -> tuple[Sequence[ShownGroup], Sequence[ShownGroup]]:
    """Return the worst groups, which are shown whole, and the rest, of which there is an index."""
    every = [ShownGroup(group) for group in run.groups]
    return every[:MOST_GROUPS], every[MOST_GROUPS:]
