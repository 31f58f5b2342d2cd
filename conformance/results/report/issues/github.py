"""Annotations of a job on GitHub: workflow commands, one for each root cause, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conformance.results.plural import plural
from conformance.results.report.issues.issue import Issue, IssueReport, Level

MOST = 10
"""So many errors, and so many warnings, GitHub shows of a step."""
_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning"}


def render(report: IssueReport) -> str:
    """Return the commands, a line each; what is waived, and a note, is no annotation."""
    shown = [issue for issue in report.causes if not issue.waived]
    lines: list[str] = []
    for level, command in _COMMANDS.items():
        problems = report.problems if level is Level.ERROR else ()
        of_run = [_command(command, problem, {"title": "Conformance"}) for problem in problems]
        of_causes = [_annotation(report, issue, command) for issue in shown if issue.level is level]
        lines += _bounded([*of_run, *of_causes], command)
    return "".join(f"{line}\n" for line in lines)


def _bounded(commands: Sequence[str], command: str) -> Iterator[str]:
    """Yield as many as GitHub shows; the last of them counts those that are left out."""
    kept = commands if len(commands) <= MOST else commands[: MOST - 1]
    yield from kept
    if left := len(commands) - len(kept):
        more = f"and {plural(left, f'more {command}')}; the summary of the job and the other reports have them"
        yield _command(command, more, {"title": "Conformance"})


def _annotation(report: IssueReport, issue: Issue, command: str) -> str:
    at = {"file": report.path, "line": str(issue.line), "title": issue.title}
    return _command(command, f"{issue.message} [{issue.fingerprint}]", at)


def _command(name: str, message: str, properties: Mapping[str, str]) -> str:
    given = ",".join(f"{key}={_escaped_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_escaped(message)}"


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
