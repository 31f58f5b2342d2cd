"""The place of a run's results, and how it was made."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.figures import Results
from benchmarks.judging import judge_promises
from benchmarks.load import describe_load
from benchmarks.parts import Gathered, Size
from benchmarks.report import page, plot

ROOT = Path(__file__).parents[2]
FILE = Path("benchmarks/results.json")
PLOT = Path("docs/performance.svg")
PAGE = Path("docs/performance.md")
_PACKAGES = ("connexion", "starlette", "uvicorn", "uvloop", "httptools")


def build_results(gathered: Gathered, size: Size, busy: float) -> Results:
    """Return what was gathered, with the conditions of the run."""
    conditions: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "busy": round(busy, 2),
        "load": describe_load(size.seconds),
        "rounds": size.rounds,
        "shorter": size.shorter,
        "versions": {
            "Python": platform.python_version(),
            **{name: metadata.version(name) for name in _PACKAGES},
            **gathered.versions,
        },
    }
    return Results(conditions, gathered.left_out, gathered.rows, gathered.figures)


def write(measured: Results, root: Path) -> None:
    """Write results, plot and the generated part of the page to their places below this folder."""
    for place in (FILE, PLOT, PAGE):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / FILE).write_text(
        json.dumps(_read_measured(measured), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    render(Results.from_json(measured.as_json()), root)


def render(read: Results, root: Path) -> None:
    """Write plot and page of results that were read from their file, so that they can be written again from it."""
    if read.rows:
        (root / PLOT).write_text(plot.render_svg(read.rows), encoding="utf-8")
    page.put(root / PAGE, page.render_section(read, PLOT.name))


def _read_measured(measured: Results) -> Mapping[str, Any]:
    verdicts = {each.promise.figure: f"{each.promise.words}: {each.verdict.value}" for each in judge_promises(measured)}
    return measured.as_json() | {"promises": verdicts}


def read_committed(root: Path = ROOT) -> Results | None:
    """Return the results that stand in the repository; None where there are none."""
    if not (root / FILE).exists():
        return None
    return Results.from_json(json.loads((root / FILE).read_bytes()))
