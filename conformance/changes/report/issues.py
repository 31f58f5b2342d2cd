"""The changes of a contract as issues at its lines."""

from __future__ import annotations

from dataclasses import replace

from conformance.changes.change import Change, ChangeKind, Grade
from conformance.changes.outcome import DiffOutcome
from conformance.changes.report.words import asked, operations, recorded, sources, values
from conformance.changes.table import KINDS
from conformance.contract.lines import ContractLines, lines_of
from conformance.results.plain_text import plain_line
from conformance.results.report.issues.issue import Issue, IssueKind, IssueReport, Level
from conformance.results.verdict import suite_version

_RULE = "rule "
"""What a change of a rule says before its id."""


def issues_of(outcome: DiffOutcome) -> IssueReport:
    """Return the issues of a comparison, at lines of the new contract."""
    lines = lines_of(outcome.diff.new)
    every = tuple(_issue(outcome, lines, change) for change in outcome.changes)
    return IssueReport(
        path=lines.path,
        every=every,
        causes=every,
        kinds=tuple(map(_kind, KINDS.values())),
        problems=tuple(filter(None, [plain_line(outcome.nothing_compared)])),
        headline=plain_line("; ".join(filter(None, (outcome.headline, asked(outcome))))),
        exit_code=outcome.exit_code,
        version=suite_version(),
        about=plain_line(sources(outcome)),
    )


def _issue(outcome: DiffOutcome, lines: ContractLines, change: Change) -> Issue:
    told = (change.text, values(change), operations(change) and f"in {operations(change)}", recorded(change))
    grades = f"clients: {change.clients}, servers: {change.servers}"
    return Issue(
        kind=change.kind,
        level=_level(outcome, change),
        title=plain_line(f"{change.kind} {change.where}"),
        message=plain_line("; ".join(filter(None, (*told, grades)))),
        fingerprint=change.fingerprint,
        line=lines.of(_part(change), *change.operations),
        place=plain_line(change.where),
        waived=plain_line(change.waived),
    )


def _part(change: Change) -> str:
    """The rule or the schema that a change is of, where it is of one."""
    if change.where.startswith(_RULE):
        return change.where.removeprefix(_RULE)
    return change.where.partition(".")[0].partition("[")[0]


def _level(outcome: DiffOutcome, change: Change) -> Level:
    """What a change would be without its waiver."""
    if outcome.fails(replace(change, waived="")):
        return Level.ERROR
    return Level.WARNING if max(change.grades) > Grade.NO else Level.NOTE


def _kind(kind: ChangeKind) -> IssueKind:
    grades = f"By itself it does this to clients: {kind.clients}; to servers: {kind.servers}."
    return IssueKind(kind.id, kind.meaning, grades, "", ("contract",))
