"""The lines that a profile lacks, each with the rules and cells that it would add, the most first."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.results.report.view import plural
from conformance.results.verdict import Gain, Run

TITLE = "Not provoked, and what would change that"


def gained(gain: Gain) -> str:
    """Return how many rules and cells a line would add."""
    counts = [plural(len(gain.rules), "rule"), plural(len(gain.cells), "cell")]
    return ", ".join(count for count in counts if not count.startswith("0 "))


def gain_lines(run: Run, most: int | None = None) -> Iterator[str]:
    """Yield the gains, the largest first."""
    shown = run.gains if most is None else run.gains[:most]
    yield from (f"{gain.line}: {gained(gain)}" for gain in shown)
    if left := len(run.gains) - len(shown):
        yield f"and {plural(left, 'more line')}"
