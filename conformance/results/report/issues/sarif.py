"""The SARIF report (2.1.0), which code scanning and editors read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from conformance.errors import CONFORMS, COVERAGE, VIOLATED
from conformance.results.report.issues.issue import Issue, IssueKind, IssueReport
from conformance.results.report.json_text import as_json

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
TOOL = "evershell-conformance"
_TO_THE_END = (CONFORMS, VIOLATED, COVERAGE)
"""Exit codes of what was judged to its end."""


def render(report: IssueReport) -> str:
    """Return the report in ASCII."""
    return as_json({"$schema": SCHEMA, "version": VERSION, "runs": [_run(report)]})


def _run(report: IssueReport) -> dict[str, Any]:
    places = {kind.id: number for number, kind in enumerate(report.kinds)}
    rules = [_rule(kind) for kind in report.kinds]
    return {
        "tool": {"driver": {"name": TOOL, "version": report.version, "rules": rules}},
        "invocations": [_invocation(report)],
        "results": [_result(report, issue, places) for issue in report.every],
        "columnKind": "unicodeCodePoints",
        "properties": {"about": report.about, "headline": report.headline},
    }


def _invocation(report: IssueReport) -> dict[str, Any]:
    return {
        "executionSuccessful": report.exit_code in _TO_THE_END,
        "exitCode": report.exit_code,
        "exitCodeDescription": report.headline,
        "toolExecutionNotifications": [{"level": "error", "message": {"text": text}} for text in report.problems],
    }


def _rule(kind: IssueKind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "shortDescription": {"text": kind.text},
        "help": {"text": f"{kind.text} {kind.help}", "markdown": f"{kind.text}\n\n{kind.help}"},
        "properties": {"tags": list(kind.tags), **({"provenance": kind.provenance} if kind.provenance else {})},
    }


def _result(report: IssueReport, issue: Issue, places: dict[str, int]) -> dict[str, Any]:
    place = {"logicalLocations": [{"fullyQualifiedName": issue.place}]} if issue.place else {}
    related = [_location(report, issue.other_line, "the rule")] if issue.other_line else []
    suppressed = [{"kind": "external", "justification": issue.waived}] if issue.waived else []
    return {
        "ruleId": issue.kind,
        **({"ruleIndex": places[issue.kind]} if issue.kind in places else {}),
        "level": str(issue.level),
        "message": {"text": issue.message},
        "locations": [{**_location(report, issue.line), **place}],
        **({"relatedLocations": related} if related else {}),
        # By the first GitHub knows an alert again; it makes one of the line's text where there is none.
        "partialFingerprints": {"primaryLocationLineHash": issue.fingerprint, "evershell/v1": issue.fingerprint},
        "occurrenceCount": issue.count,
        "suppressions": suppressed,
    }


def _location(report: IssueReport, line: int, said: str = "") -> dict[str, Any]:
    file = {"uri": quote(report.path), "uriBaseId": "%SRCROOT%"}
    message = {"message": {"text": said}} if said else {}
    return {"physicalLocation": {"artifactLocation": file, "region": {"startLine": line}}, **message}
