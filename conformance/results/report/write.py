"""The kinds of reports, and how they are written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from conformance.errors import SuiteError
from conformance.results.report.issues import RENDERED, IssueReport, build_issues
from conformance.results.verdict import Run

KINDS = {"html": "html", "junit": "junit", "json": "json_", "markdown": "markdown", "arazzo": "arazzo"}
"""The kinds as the user names them, and the module of each, which has `render(run) -> str`."""
ISSUES = tuple(RENDERED)
"""The kinds that show issues at lines of the contract."""
GITHUB = "github"
"""The kind that is printed and has no path; the Markdown report goes to the summary of the job."""
SUMMARY = "GITHUB_STEP_SUMMARY"
SHARD = "shard"
"""The kind that is no report: the results of a shard, for `merge`."""


class ReportError(SuiteError):
    """An error of a report: its option is wrong, or its file cannot be written."""


@dataclass(frozen=True, slots=True)
class WantedReport:
    """A report that is asked for: its kind, and where it goes."""

    kind: str
    path: Path
    """The path to write to; it has no meaning for what is printed."""

    def __str__(self) -> str:
        return self.kind if self.kind == GITHUB else f"{self.kind}={self.path}"


def parse(given: str, kinds: Iterable[str] = (*KINDS, *ISSUES, SHARD)) -> WantedReport:
    """Return what KIND=PATH asks for, or `github`; raises ReportError where the kind is none of `kinds`."""
    known = [kind for kind in kinds if kind != GITHUB]
    kind, separator, path = given.partition("=")
    if given == GITHUB:
        return WantedReport(GITHUB, Path())
    if not separator or not path or kind not in known:
        raise ReportError(f"--report {given}: has to be {GITHUB}, or KIND=PATH with a kind of {', '.join(known)}")
    return WantedReport(kind, Path(path))


def write(run: Run, reports: Iterable[WantedReport], others: Mapping[str, str] = MappingProxyType({})) -> str:
    """Write every report, and the files of `others` by kind; raises ReportError.

    Returns what is to be printed.
    """

    def find_writer(kind: str) -> str:
        return others.get(kind) or str(import_module(f"conformance.results.report.{KINDS[kind]}").render(run))

    return write_all(reports, find_writer, partial(build_issues, run))


def write_all(
    reports: Iterable[WantedReport], of_kind: Callable[[str], str], issues_of: Callable[[], IssueReport]
) -> str:
    """Write the reports that are asked for; return what is to be printed of them. Raises ReportError.

    `find_writer` makes the text of a kind that is no issues'.
    """
    printed, issues = "", None
    for asked in reports:
        if asked.kind not in ISSUES:
            write_text(asked, of_kind(asked.kind))
            continue
        issues = issues or issues_of()
        text = RENDERED[asked.kind](issues)
        if asked.kind != GITHUB:
            write_text(asked, text)
            continue
        printed += text
        if summary := os.environ.get(SUMMARY):
            _append(Path(summary), of_kind("markdown"))
    return printed


def write_text(asked: WantedReport, text: str) -> None:
    """Write the text of a report; raises ReportError."""
    try:
        asked.path.parent.mkdir(parents=True, exist_ok=True)
        asked.path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ReportError(f"--report {asked}: cannot be written ({error.strerror})") from None


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise ReportError(f"--report {GITHUB}: {SUMMARY}={path} cannot be written ({error.strerror})") from None
