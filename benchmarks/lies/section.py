"""The lies' part of the page on judging power, beside the planted defects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks.lies.results import Results, Tally, Told, count_by, count_told, list_survivors
from conformance.budget import NORMAL

REASONS: dict[str, str] = {
    "list-first-left-out:packs.list:packs": (
        "The first item of every list of the mock is one and the same shared pack of its seed data, "
        "so no answer ever tells anybody that it is there."
    ),
    "list-first-left-out:credentials.list:credentials": (
        "The first item of every list of the mock is a credential of its seed data. Providers name it by its name "
        "alone, which they keep when there is no such credential any more."
    ),
}
"""The reason for which a lie survives, by its id, as far as it is known."""


def list_lines(
    results: Results, rules: Mapping[str, Mapping[str, str]], planted: Iterable[Sequence[str]]
) -> Iterator[str]:
    """Yield the section; planted: for each defect the rules that found it."""
    every = count_told(results.told)
    yield "## Lies"
    yield ""
    yield (
        "Nobody writes these defects: a proxy before the mock changes all its answers by one small lie, drawn by seed "
        f"from the {results.possible} that the contract gives and its promises forbid. "
        f"{_describe_found(results, every)} "
        'Where nothing is changed there is no finding. `make lies` tells others with `ARGS="--seed N"`.'
    )
    yield ""
    yield "By clause of the rule that found it first, beside the defects in whose findings the clause has a part:"
    yield ""
    width = None if results.has_generated else -1  # what was not judged has no column
    found = [[rules[rule]["clause"] for rule in names if rule in rules] for names in planted]
    yield from _list_heading(["clause", "planted defects", "lies", "lies by generated alone"][:width])
    for clause in dict.fromkeys(it["clause"] for it in rules.values()):
        first = sum(clause in _list_clauses(it.rules, rules) for it in results.told)
        alone = sum(clause in _list_clauses(it.generated or (), rules) for it in results.told)
        planted_ones = sum(clause in names for names in found)
        if planted_ones or first or alone:
            yield _format_row([clause, planted_ones, first, alone][:width])
    yield ""
    yield from _list_heading(["kind of lie", "told", "found by quick", "found", "by generated alone"][:width])
    for name, it in [*count_by(results.told, "kind").items(), ("all", every)]:
        yield _format_row([name, it.told, it.quick, it.found, it.generated][:width])
    yield ""
    yield from _list_survivor_lines(list_survivors(results.told))


def _describe_found(results: Results, every: Tally) -> str:
    """Return the sentences that say how many each budget found."""
    quick = f"{_format_share(every.quick, every.told)} are found by the quick budget alone"
    normal = f"**{_format_share(every.found, every.told)} by quick, then normal where that finds nothing**"
    alone = f" Generated requests and expeditions alone find {every.generated}." if results.has_generated else ""
    both = f"{quick}, {normal}" if results.budget == NORMAL.name else f"**{quick}**"
    return f"Of seed {results.seed}, {both}.{alone}"


def _format_share(found: int, of: int) -> str:
    return f"{found} of {of} ({found / max(of, 1):.1%})"


def _list_heading(names: Sequence[str]) -> Iterator[str]:
    yield _format_row(names)
    yield "|---" * len(names) + "|"


def _format_row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _list_clauses(names: Iterable[str], rules: Mapping[str, Mapping[str, str]]) -> set[str]:
    return {rules[it]["clause"] for it in names if it in rules}


def _list_survivor_lines(left: Sequence[Told]) -> Iterator[str]:
    if not left:
        yield "None survives."
        yield ""
        return
    yield "These survive:"
    yield ""
    for it in left:
        nothing = "" if it.acted else " No answer was one that it is about."
        reason = f" {REASONS[it.id]}" if it.id in REASONS else ""
        yield f"- `{it.id}`: {it.sentence}{nothing}{reason}"
    yield ""
