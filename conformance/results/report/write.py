"""The kinds of reports, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from conformance.errors import SuiteError
from conformance.results.verdict import Run

KINDS = {"html": "html", "junit": "junit", "json": "json_", "markdown": "markdown"}
"""The kinds as the user names them, and the module of each, which has `render(run) -> str`."""
SHARD = "shard"
"""The kind that is no report: the results of a shard, for `merge`."""


class ReportError(SuiteError):
    """An error of a report: its option is wrong, or its file cannot be written."""


def parse(given: str, kinds: Iterable[str] = (*KINDS, SHARD)) -> tuple[str, Path]:
    """Return kind and path of KIND=PATH; raises ReportError where the kind is none of `kinds`."""
    known = tuple(kinds)
    kind, separator, path = given.partition("=")
    if not separator or not path or kind not in known:
        raise ReportError(f"--report {given}: has to be KIND=PATH, with a kind of {', '.join(known)}")
    return kind, Path(path)


def write(run: Run, reports: list[tuple[str, Path]], others: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write every report, and what else is asked for, whose content is in `others` by kind; raises ReportError."""
    for kind, path in reports:
        write_text(
            kind, path, others.get(kind) or import_module(f"conformance.results.report.{KINDS[kind]}").render(run)
        )


def write_text(kind: str, path: Path, text: str) -> None:
    """Write the text of a report of this kind; raises ReportError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ReportError(f"--report {kind}={path}: cannot be written ({error.strerror})") from None
