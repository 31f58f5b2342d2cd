"""The lines that a comparison prints, the worst change first."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.changes.change import Change
from conformance.changes.outcome import DiffOutcome
from conformance.changes.report.words import asked, operations, recorded, sources, values


def lines(outcome: DiffOutcome, *, quiet: bool) -> Iterator[str]:
    """Yield the lines; the headline alone where it is to be quiet."""
    if not quiet:
        yield sources(outcome)
        yield from (line for change in outcome.changes for line in _change(change))
    yield from outcome.notes
    step = asked(outcome)
    yield f"{outcome.headline}{f'; {step}' if step else ''}"


def _change(change: Change) -> Iterator[str]:
    waived = f" (waived: {change.waived})" if change.waived else ""
    yield f"{change.fingerprint} clients: {change.clients}, servers: {change.servers}  {change.kind}{waived}"
    yield f"    {change.where}: {change.text}"
    if told := values(change):
        yield f"    {told}"
    if change.operations:
        yield f"    in {operations(change)}"
    if told := recorded(change):
        yield f"    {told}"
