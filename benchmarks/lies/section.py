"""The lies' part of the page on judging power, beside the planted defects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchmarks.lies.results import Results, Told, count_by, count_told, list_survivors

REASONS: dict[str, str] = {
    "list-first-left-out:packs.list:packs": (
        "The first item of every list of the mock is one and the same shared pack of its seed data, "
        "so no answer ever tells anybody that it is there."
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
        f"from the {results.possible} that the contract gives and its promises forbid. Of {every.told} of seed "
        f"{results.seed} **{every.found} are found** within the quick budget, {every.generated} by generated requests "
        "and expeditions alone. Where nothing is changed there is no finding. "
        '`make lies` tells others with `ARGS="--seed N"`.'
    )
    yield ""
    yield "By clause of the rule that found it first, beside the defects in whose findings the clause has a part:"
    yield ""
    yield "| clause | planted defects | lies | lies by generated alone |"
    yield "|---|---|---|---|"
    found = [[rules[rule]["clause"] for rule in names if rule in rules] for names in planted]
    for clause in dict.fromkeys(it["clause"] for it in rules.values()):
        first = sum(clause in _list_clauses(it.rules, rules) for it in results.told)
        alone = sum(clause in _list_clauses(it.generated or (), rules) for it in results.told)
        planted_ones = sum(clause in names for names in found)
        if planted_ones or first or alone:
            yield f"| {clause} | {planted_ones} | {first} | {alone} |"
    yield ""
    yield "| kind of lie | told | found | by generated alone |"
    yield "|---|---|---|---|"
    for name, it in [*count_by(results.told, "kind").items(), ("all", every)]:
        yield f"| {name} | {it.told} | {it.found} | {it.generated} |"
    yield ""
    yield from _list_survivor_lines(list_survivors(results.told))


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
