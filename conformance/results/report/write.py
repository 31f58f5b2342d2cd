"""Which reports there are, and how each gets into its file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from conformance.results.verdict import Run

KINDS = {"html": "html", "junit": "junit", "json": "json_", "markdown": "markdown"}
"""Kind as the user names it, and its module in this package: each has `render(run) -> str`."""


class ReportError(Exception):
    """A report cannot be asked for or written; the message says which and why."""


def parse(given: str) -> tuple[str, Path]:
    """Kind and path of KIND=PATH; ReportError where it is not that."""
    kind, separator, path = given.partition("=")
    if not separator or not path or kind not in KINDS:
        raise ReportError(f"--report {given}: has to be KIND=PATH, with a kind of {', '.join(KINDS)}")
    return kind, Path(path)


def write(run: Run, reports: list[tuple[str, Path]]) -> None:
    """Write every report; ReportError names the one that cannot be written."""
    for kind, path in reports:
        text = import_module(f"conformance.results.report.{KINDS[kind]}").render(run)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise ReportError(f"--report {kind}={path}: cannot be written ({error.strerror})") from None
