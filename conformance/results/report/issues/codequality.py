"""The report for GitLab's Code Quality, which a merge request shows at the lines of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.results.finding import fingerprint
from conformance.results.report.issues.issue import Issue, IssueReport, Level
from conformance.results.report.json_text import as_json

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info"}
WAIVED = "info"
PROBLEM = "blocker"
_OF_THE_RUN = "run"


def render(report: IssueReport) -> str:
    """Return the report in ASCII; a problem of the run as a whole stands at the first line."""
    return as_json([*_problems(report), *(_entry(report, issue) for issue in report.every)])


def _problems(report: IssueReport) -> Iterator[dict[str, Any]]:
    for problem in report.problems:
        yield {
            "description": problem,
            "check_name": _OF_THE_RUN,
            "fingerprint": fingerprint(_OF_THE_RUN, problem),
            "severity": PROBLEM,
            "location": {"path": report.path, "lines": {"begin": 1}},
        }


def _entry(report: IssueReport, issue: Issue) -> dict[str, Any]:
    waived = f" (waived: {issue.waived})" if issue.waived else ""
    return {
        "description": f"{issue.title}: {issue.message}{waived}",
        "check_name": issue.kind,
        "fingerprint": issue.fingerprint,
        "severity": WAIVED if issue.waived else _SEVERITIES[issue.level],
        "location": {"path": report.path, "lines": {"begin": issue.line}},
    }
