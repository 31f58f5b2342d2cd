"""The figures of a run in words: lines for a terminal, and the generated part of docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Results, Row
from benchmarks.judging import Judgement, Verdict, format_measured, judge_promises
from benchmarks.promises import PROMISES

BEGIN = "<!-- measured by `make bench`: begin -->"
END = "<!-- measured by `make bench`: end -->"
_TITLE = "# Performance\n"


def list_lines(results: Results) -> Iterator[str]:
    """Yield the run for a terminal: requests a second, then each promise of which something was measured."""
    for row in results.rows:
        for server, rates in row.rates.items():
            yield f"{row.call:<18}{server:<26}{median(rates):>10,.0f}/s   p99 {median(row.p99_ms[server]):.2f} ms"
    yield from results.left_out
    yield from (each.sentence for each in judge_promises(results) if each.figure is not None)


def list_shortfalls(judgements: Sequence[Judgement]) -> list[str]:
    """Return the sentences of the promises that this run did not see kept."""
    return [each.sentence for each in judgements if each.verdict is Verdict.SHORT]


def render_section(results: Results, plot: str) -> str:
    """Return the part of the page that is generated, without its markers; the plot stands at this address."""
    return "\n\n".join(
        [
            _describe_conditions(results.conditions),
            f"![Requests a second of each server]({plot})",
            _render_requests(results.rows),
            *results.left_out,
            _render_promises(judge_promises(results)),
            *_list_unpromised(results),
        ]
    )


def _describe_conditions(of: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in of["versions"].items())
    return (
        f"Measured {of['date']} on {of['cores']} cores with `{of['load']}`, {of['rounds']} rounds beside the peers and "
        f"{of['shorter']} of what else is compared, every server in turn in each. A figure is the median, in brackets "
        "the lowest and the highest round; a ratio is taken within its round. Rates are this machine's: compare, do "
        "not quote. A promise is kept by the median; that growth costs nothing is refuted only where every round says "
        "so. A mock with many packs is started with a --max-memory that holds them. "
        f"Load average before: {of['busy']:g}. {versions}."
    )


def _render_requests(rows: Sequence[Row]) -> str:
    cells = [
        (row.call, server, f"{median(rates):,.0f}", f"{median(row.p99_ms[server]):.2f}")
        for row in rows
        for server, rates in row.rates.items()
    ]
    return _render_table(("call", "server", "requests a second", "p99 ms"), cells)


def _render_promises(judgements: Sequence[Judgement]) -> str:
    cells = []
    for each in judgements:
        unit = "" if each.figure is None else each.figure.unit
        said = "-" if each.figure is None else f"{format_measured(each.figure)} {unit}"
        cells.append((each.promise.figure, f"{each.promise.words} {unit}".strip(), said, each.verdict.value))
    return _render_table(("figure", "promised", "measured", "verdict"), cells)


def _list_unpromised(results: Results) -> Iterator[str]:
    """Yield what was measured beside the promises; nothing where there is none of it."""
    promised = {promise.figure for promise in PROMISES}
    cells = [(it.name, f"{format_measured(it)} {it.unit}") for it in results.figures if it.name not in promised]
    if cells:
        yield "Measured too, and not promised:"
        yield _render_table(("figure", "measured"), cells)


def _render_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def put(page: Path, text: str) -> None:
    """Put the text between the page's markers; at its end where it has none."""
    content = page.read_text(encoding="utf-8") if page.exists() else _TITLE
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        before, after = f"{content.rstrip()}\n\n", "\n"
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
