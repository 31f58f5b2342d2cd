"""Findings, or changes, as issues at lines of the contract: for GitHub, GitLab and SARIF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from conformance.contract.contract import Rule
from conformance.contract.lines import ContractLines, get_lines
from conformance.errors import CONFORMS, COVERAGE, VIOLATED
from conformance.results.fault_codes import find_tag
from conformance.results.finding import compute_fingerprint
from conformance.results.plain_text import as_json, count_noun, escape_line
from conformance.results.report import view
from conformance.results.verdict import Finding, Run, Verdict

MOST = 10
"""The number of errors, and of warnings, that GitHub shows of a step."""
WAIVED = "info"
PROBLEM = "blocker"
_OF_THE_RUN = "run"
VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
TOOL = "evershell-conformance"
_TO_THE_END = (CONFORMS, VIOLATED, COVERAGE)
"""Exit codes of what was judged to its end."""


class Level(StrEnum):
    """The severity of an issue, in the words of SARIF."""

    ERROR = "error"  # it fails the run
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class IssueKind:
    """A rule that issues break, or a kind of changes."""

    id: str
    text: str
    help: str
    """The explanation of how well founded it is, and what comes of a deviation."""
    provenance: str
    """Empty where nothing is said of that."""
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """A thing that was found, at a line of the contract."""

    kind: str
    """The id of its kind."""
    level: Level
    """The level of the issue, a waiver aside."""
    title: str
    message: str
    fingerprint: str
    line: int
    other_line: int | None = None
    """The line of its rule, if that is elsewhere."""
    place: str = ""
    """The operation, or the part of the contract, that it is about."""
    count: int = 1
    """The number of times that it was found."""
    waived: str = ""
    """The reason of its waiver, and the last day."""


@dataclass(frozen=True, slots=True)
class IssueReport:
    """The issues that were found, and what the reports say beside them."""

    path: str
    """The file of the contract, as its repository names it."""
    every: tuple[Issue, ...]
    """The findings, each once, the worst first."""
    causes: tuple[Issue, ...]
    """One for each root cause, the worst first."""
    kinds: tuple[IssueKind, ...]
    problems: tuple[str, ...]
    """The problems that keep the run as a whole from a verdict, or fail it."""
    headline: str
    exit_code: int
    version: str
    """The version of the suite."""
    about: str = ""
    """The description of what was judged."""


def build_issues(run: Run) -> IssueReport:
    """Return the issues of a run."""
    lines = get_lines(run.contract)
    return IssueReport(
        path=lines.path,
        every=tuple(_issue(run, lines, fingerprint, same) for fingerprint, same in run.distinct_findings.items()),
        causes=tuple(_build_cause(run, lines, view.ShownGroup(group)) for group in run.groups),
        kinds=tuple(map(_build_kind, run.contract.rules.values())),
        problems=tuple(map(escape_line, view.list_problems(run))),
        headline=escape_line(view.format_headline(run)),
        exit_code=run.exit_code,
        version=run.suite_version,
        about=escape_line(run.target),
    )


def _issue(run: Run, lines: ContractLines, fingerprint: str, same: Sequence[Finding]) -> Issue:
    finding = same[0]
    line, of_rule = lines.find_line(finding.operation_id, finding.rule), lines.find_line(finding.rule)
    return Issue(
        kind=finding.rule,
        level=_find_level(run, finding),
        title=f"{finding.rule} {finding.operation_id or ''}".rstrip(),
        message=_describe_finding(run, finding),
        fingerprint=fingerprint,
        line=line,
        other_line=of_rule if of_rule not in (1, line) else None,
        place=finding.operation_id or "",
        count=run.find_occurrences(fingerprint, same).count,
        waived=escape_line(finding.waived),
    )


def _build_cause(run: Run, lines: ContractLines, shown: view.ShownGroup) -> Issue:
    group, lead = shown.group, shown.group.lead
    same = _issue(run, lines, lead.fingerprint, group.members[lead.fingerprint])
    return Issue(
        kind=same.kind,
        level=Level.ERROR if any(map(run.is_failing, group.findings)) else Level.WARNING,
        title=same.title,
        message=f"{same.message}; {shown.extent}",
        fingerprint=lead.fingerprint,
        line=same.line,
        place=same.place,
        count=len(group.findings),
        waived="" if group.verdict is not Verdict.WAIVED else same.waived,
    )


def _find_level(run: Run, finding: Finding) -> Level:
    """Return what a finding would be without its waiver."""
    return Level.ERROR if finding.provenance.is_binding or run.is_strict else Level.WARNING


def _describe_finding(run: Run, finding: Finding) -> str:
    rule = run.contract.rules.get(finding.rule)
    sentence = f"{rule.text} " if rule else ""
    told = f"As {finding.caller} expected {view.shorten(finding.expected)}, got {view.shorten(finding.got)}"
    effect = f" ({finding.effect})" if finding.effect else ""
    return escape_line("; ".join((f"{sentence}{told}{effect}", *view.list_remarks(finding))))


def _build_kind(rule: Rule) -> IssueKind:
    weight = "a violation" if rule.provenance.is_binding else "an advisory"
    founded = f"Clause {rule.clause}, {rule.level}, {rule.provenance}: a deviation is {weight}."
    how = f"`evershell-conformance rules show {rule.id}` says how it is judged."
    tags = (rule.clause, rule.level, *filter(None, [find_tag(rule.id)]))
    return IssueKind(rule.id, rule.text, f"{founded} {how}", str(rule.provenance), tags)


_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning"}


def render_github(report: IssueReport) -> str:
    """Return the annotations of a job on GitHub, a line each; what is waived, and a note, is no annotation."""
    shown = [issue for issue in report.causes if not issue.waived]
    lines: list[str] = []
    for level, command in _COMMANDS.items():
        problems = report.problems if level is Level.ERROR else ()
        of_run = [_format_command(command, problem, {"title": "Conformance"}) for problem in problems]
        of_causes = [_format_annotation(report, issue, command) for issue in shown if issue.level is level]
        lines += _bound_commands([*of_run, *of_causes], command)
    return "".join(f"{line}\n" for line in lines)


def _bound_commands(commands: Sequence[str], command: str) -> Iterator[str]:
    """Yield as many as GitHub shows; the last of them counts those that are left out."""
    kept = commands if len(commands) <= MOST else commands[: MOST - 1]
    yield from kept
    if left := len(commands) - len(kept):
        more = f"and {count_noun(left, f'more {command}')}; the summary of the job and the other reports have them"
        yield _format_command(command, more, {"title": "Conformance"})


def _format_annotation(report: IssueReport, issue: Issue, command: str) -> str:
    at = {"file": report.path, "line": str(issue.line), "title": issue.title}
    return _format_command(command, f"{issue.message} [{issue.fingerprint}]", at)


def _format_command(name: str, message: str, properties: Mapping[str, str]) -> str:
    escaped = {key: _escape_text(value).replace(":", "%3A").replace(",", "%2C") for key, value in properties.items()}
    given = ",".join(f"{key}={value}" for key, value in escaped.items())
    return f"::{name} {given}::{_escape_text(message)}"


def _escape_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info"}


def render_codequality(report: IssueReport) -> str:
    """Return the report for GitLab's Code Quality, in ASCII; a problem of the run stands at the first line."""
    return as_json([*_build_problem_entries(report), *(_build_entry(report, issue) for issue in report.every)])


def _build_problem_entries(report: IssueReport) -> Iterator[dict[str, Any]]:
    for problem in report.problems:
        yield {
            "description": problem,
            "check_name": _OF_THE_RUN,
            "fingerprint": compute_fingerprint(_OF_THE_RUN, problem),
            "severity": PROBLEM,
            "location": {"path": report.path, "lines": {"begin": 1}},
        }


def _build_entry(report: IssueReport, issue: Issue) -> dict[str, Any]:
    waived = f" (waived: {issue.waived})" if issue.waived else ""
    return {
        "description": f"{issue.title}: {issue.message}{waived}",
        "check_name": issue.kind,
        "fingerprint": issue.fingerprint,
        "severity": WAIVED if issue.waived else _SEVERITIES[issue.level],
        "location": {"path": report.path, "lines": {"begin": issue.line}},
    }


def render_sarif(report: IssueReport) -> str:
    """Return the SARIF report (2.1.0), which code scanning and editors read, in ASCII."""
    return as_json({"$schema": SCHEMA, "version": VERSION, "runs": [_build_sarif_run(report)]})


def _build_sarif_run(report: IssueReport) -> dict[str, Any]:
    places = {kind.id: number for number, kind in enumerate(report.kinds)}
    rules = [_build_sarif_rule(kind) for kind in report.kinds]
    return {
        "tool": {"driver": {"name": TOOL, "version": report.version, "rules": rules}},
        "invocations": [_build_invocation(report)],
        "results": [_build_sarif_result(report, issue, places) for issue in report.every],
        "columnKind": "unicodeCodePoints",
        "properties": {"about": report.about, "headline": report.headline},
    }


def _build_invocation(report: IssueReport) -> dict[str, Any]:
    return {
        "executionSuccessful": report.exit_code in _TO_THE_END,
        "exitCode": report.exit_code,
        "exitCodeDescription": report.headline,
        "toolExecutionNotifications": [{"level": "error", "message": {"text": text}} for text in report.problems],
    }


def _build_sarif_rule(kind: IssueKind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "shortDescription": {"text": kind.text},
        "help": {"text": f"{kind.text} {kind.help}", "markdown": f"{kind.text}\n\n{kind.help}"},
        "properties": {"tags": list(kind.tags), **({"provenance": kind.provenance} if kind.provenance else {})},
    }


def _build_sarif_result(report: IssueReport, issue: Issue, places: dict[str, int]) -> dict[str, Any]:
    place = {"logicalLocations": [{"fullyQualifiedName": issue.place}]} if issue.place else {}
    related = [_build_sarif_location(report, issue.other_line, "the rule")] if issue.other_line else []
    suppressed = [{"kind": "external", "justification": issue.waived}] if issue.waived else []
    return {
        "ruleId": issue.kind,
        **({"ruleIndex": places[issue.kind]} if issue.kind in places else {}),
        "level": str(issue.level),
        "message": {"text": issue.message},
        "locations": [{**_build_sarif_location(report, issue.line), **place}],
        **({"relatedLocations": related} if related else {}),
        # By the first GitHub knows an alert again; it makes one of the line's text where there is none.
        "partialFingerprints": {"primaryLocationLineHash": issue.fingerprint, "evershell/v1": issue.fingerprint},
        "occurrenceCount": issue.count,
        "suppressions": suppressed,
    }


def _build_sarif_location(report: IssueReport, line: int, said: str = "") -> dict[str, Any]:
    file = {"uri": quote(report.path), "uriBaseId": "%SRCROOT%"}
    message = {"message": {"text": said}} if said else {}
    return {"physicalLocation": {"artifactLocation": file, "region": {"startLine": line}}, **message}


RENDERED: Mapping[str, Callable[[IssueReport], str]] = {
    "sarif": render_sarif,
    "codequality": render_codequality,
    "github": render_github,
}
"""The kinds of reports that show issues, as the user names them."""
