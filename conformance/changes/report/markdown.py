"""The Markdown report of a comparison, for a pull request: at most 60 lines, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.changes.change import Change, Grade
from conformance.changes.outcome import DiffOutcome
from conformance.changes.report.words import asked, operations, recorded, sources, values
from conformance.results.report.markdown_text import as_code, as_text

MOST_LINES = 60
MOST_ROWS = 36
"""So many changes are told one by one."""
MOST_KINDS = 8
MOST_NOTES = 4


def render(outcome: DiffOutcome) -> str:
    """Return the summary; text of a contract is escaped."""
    return "".join(f"{line}\n" for line in _lines(outcome))


def _lines(outcome: DiffOutcome) -> Iterator[str]:
    yield f"## Contract: {as_text(outcome.headline)}"
    yield ""
    step = asked(outcome)
    yield f"From {as_text(sources(outcome))}{f'; {as_text(step)}' if step else ''}."
    shown, rest = outcome.changes[:MOST_ROWS], outcome.changes[MOST_ROWS:]
    if shown:
        yield from ("", "| Clients | Servers | Where | What | Operations |", "|---|---|---|---|---|")
        yield from map(_row, shown)
    if rest:
        yield from ("", f"And {len(rest)} more, none of them worse:", "")
        yield from _kinds(rest)
    if outcome.notes:
        yield ""
        yield from (f"- {as_text(note)}" for note in outcome.notes[:MOST_NOTES])


def _row(change: Change) -> str:
    told = "; ".join(filter(None, (change.text, values(change), recorded(change))))
    waived = f" (waived: {as_text(change.waived)})" if change.waived else ""
    grades = [f"**{grade}**" if grade is Grade.BREAKS else str(grade) for grade in change.grades]
    what = f"{as_text(told)}{waived} {as_code(change.fingerprint)}"
    return f"| {' | '.join((*grades, as_code(change.where), what, as_text(operations(change))))} |"


def _kinds(changes: tuple[Change, ...]) -> Iterator[str]:
    """Yield what the rest is, told by kinds."""
    counts = Counter((each.clients, each.servers, each.kind) for each in changes)
    kinds = sorted(counts.items(), key=lambda item: (-item[0][0], -item[0][1], -item[1], item[0][2]))
    for (clients, servers, kind), count in kinds[:MOST_KINDS]:
        yield f"- {count} {as_code(kind)}: clients {clients}, servers {servers}"
    if left := sum(count for _, count in kinds[MOST_KINDS:]):
        yield f"- and {left} of other kinds"
