"""What more a profile would have judged, in lines: each with how many rules and cells, the most first."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.results.verdict import Gain, Run

TITLE = "Not provoked, and what would change that"


def gained(gain: Gain) -> str:
    """How many rules and cells."""
    counts = [_plural(len(gain.rules), "rule"), _plural(len(gain.cells), "cell")]
    return ", ".join(count for count in counts if not count.startswith("0 "))


def told(run: Run, most: int | None = None) -> Iterator[str]:
    """The gains, those with most first."""
    shown = run.gains if most is None else run.gains[:most]
    yield from (f"{gain.line}: {gained(gain)}" for gain in shown)
    if left := len(run.gains) - len(shown):
        yield f"and {_plural(left, 'more line')}"


def _plural(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"
