"""The page of published figures, made of the JSON, and of what the catalogue has beside it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from benchmarks.lies import results as lies
from benchmarks.lies import section
from benchmarks.mutants.catalogue import Planted, list_catalogue
from benchmarks.mutants.power import MOST_BLAMED, Tally, count_by_group, count_kills, find_weakened
from benchmarks.mutants.results import DOCS, NAME, OURS, ROOT, Results, list_unjudged, read, write
from benchmarks.races import rates
from benchmarks.source_mutants import equivalent
from benchmarks.source_mutants import results as source_mutants
from benchmarks.source_mutants import section as section_of_mutants

PAGE = "judging-power.md"


def publish(results: Results, docs: Path = DOCS) -> None:
    """Write the figures, and the page that is made of them as they are read again."""
    write(results, docs / NAME)
    (docs / PAGE).write_text(render(read(docs / NAME), docs), encoding="utf-8")


def render(results: Results, docs: Path = DOCS) -> str:
    """Return the whole page; docs: the folder that has the figures of the lies."""
    every = list_catalogue()
    now = replace(results, kills=tuple(kill for kill in results.kills if kill.planted in every))
    return "\n".join(_list_page_lines(now, list_unjudged(every, now.kills), docs)) + "\n"


def _list_page_lines(results: Results, waiting: Sequence[Planted], docs: Path) -> Iterator[str]:
    yield "# Judging power"
    yield ""
    yield (
        "A green run means something only where a wrong server turns it red. Three ways to make a server wrong say "
        "how often it does: changes of source that nobody chose, defects that we planted, and lies about answers."
    )
    yield ""
    yield from section_of_mutants.list_lines(source_mutants.read(docs / source_mutants.NAME), equivalent.read())
    yield from _list_planted_lines(results, waiting)
    yield from _list_other_lines(results)
    yield from _list_group_lines(results)
    yield from _list_narrowed_lines(results)
    yield from _lies(results, lies.read(docs / lies.NAME))
    yield from _list_race_lines(docs)
    yield from _list_rule_lines(results)


def _list_planted_lines(results: Results, waiting: Sequence[Planted]) -> Iterator[str]:
    every = count_kills(results.kills)
    yield "## Planted defects"
    yield ""
    yield (
        f"{every.planted} defects are planted in the mock, one at a time, and the suite judges each: "
        f"**{every.killed} of {every.planted} are found**, {every.named} by a rule that the defect declares; "
        f"{every.generated} by generated requests and expeditions alone. "
        f"{every.blamed / max(every.planted, 1):.2f} rules a defect are blamed that it does not declare, "
        f"at most {max((len(kill.blamed) for kill in results.kills), default=0)} (allowed: {MOST_BLAMED})."
    )
    yield ""
    if missed := [kill.planted for kill in results.kills if not kill.rules]:
        yield "These are not found:"
        yield ""
        yield from (f"- `{each.id}`: {each.text}" for each in missed)
        yield ""
    if results.later or waiting:
        yield (
            f"Of these {len(results.later)} were judged after the last run over the whole catalogue. {len(waiting)} "
            "defects are planted and not among these figures yet: `make mutants-quick` demands of each that a rule "
            'which it declares finds it, and `make mutants ARGS="--new --publish"` judges them. '
            "`evershell-mock deviations` says what each defect does."
        )
        yield ""
    if whole := len(results.whole):
        survived = sum(kill.planted.id in results.first for kill in results.whole)
        yield f"Before the suite was changed for any of them it found {whole - survived} of the first {whole}."
        yield ""
    yield from _list_quick_lines(results)
    alarms = ", ".join(f"{count} on {name}" for name, count in results.clean.items())
    yield f"Servers without a defect, {results.seeds} seeds each, gave these findings: {alarms}."
    yield ""
    yield "`make mutants` makes the figures, and this page with `ARGS=--publish`."
    yield ""


def _list_quick_lines(results: Results) -> Iterator[str]:
    if (quick := results.quick) is None:
        return
    found = quick.judged - len(quick.missed)
    missed = f" Not found: {', '.join(f'`{each}`' for each in quick.missed)}." if quick.missed else ""
    yield (
        "The last run over the whole catalogue that stopped at the first finding (`make mutants-quick`, seed "
        f"{quick.seed}) found **{found} of {quick.judged}**, {found - len(quick.unnamed)} by a rule that the defect "
        f"declares.{missed}"
    )
    yield ""


def _list_group_lines(results: Results) -> Iterator[str]:
    yield "## By group"
    yield ""
    yield "| group | planted | found | by a declared rule | by directed cases | by generated alone | blamed besides |"
    yield "|---|---|---|---|---|---|---|"
    for name, it in [*count_by_group(results.kills).items(), ("all", count_kills(results.kills))]:
        yield _format_row(name, it)
    yield ""


def _format_row(name: str, it: Tally) -> str:
    return f"| {name} | {it.planted} | {it.killed} | {it.named} | {it.directed} | {it.generated} | {it.blamed} |"


def _list_other_lines(results: Results) -> Iterator[str]:
    if not results.others:
        return
    yield "## Beside other tools"
    yield ""
    yield (
        "The same defects, each tool as its documentation starts it: `make mutants-compare`. A tool notices a defect "
        "where it says what it does not say of the mock without one. The seconds are of a run on that mock, with "
        "nothing beside it."
    )
    yield ""
    yield "| tool | noticed | seconds a run |"
    yield "|---|---|---|"
    noticed = {OURS: count_kills(results.whole).killed, **{name: len(ids) for name, ids in results.others.items()}}
    for name, count in noticed.items():
        seconds = results.run_seconds.get(name)
        yield f"| {name} | {count} of {len(results.whole)} | {'' if seconds is None else f'{seconds:.1f}'} |"
    yield ""


def _list_narrowed_lines(results: Results) -> Iterator[str]:
    found, missed = results.narrowed.found, results.narrowed.missed
    if not (found or missed):
        return
    yield "## Narrowed to its operations"
    yield ""
    yield (
        "Each row above is of whole runs. Of the defects that a run was narrowed to the operations of, `--operation` "
        f'by `--operation` (`make mutants ARGS="--narrowed --publish"`), **{len(found)} of {len(found) + len(missed)} '
        f"are found**, of {len(list_catalogue())} that are planted."
    )
    if missed:
        yield ""
        yield f"These are not: {', '.join(f'`{each}`' for each in missed)}."
    if first := results.narrowed.first:
        yield ""
        yield f"When each was judged so for the first time, {len(first)} were missed."
    yield ""


def _lies(results: Results, told: lies.Results | None) -> Iterator[str]:
    if told:
        rules = yaml.load((ROOT / "openapi.yaml").read_bytes(), yaml.CSafeLoader)["x-rules"]
        yield from section.list_lines(told, rules, [sorted(kill.rules) for kill in results.kills])


def _list_race_lines(docs: Path) -> Iterator[str]:
    found = rates.read(docs / rates.NAME)
    if not found:
        return
    yield "## Races"
    yield ""
    yield (
        "Defects that show only where requests overlap, with a wait between what is read and what is written, which "
        f"widens the window. Each is judged by the clause parallel alone, with {found[0].seeds} seeds, by "
        "`.venv/bin/python -m benchmarks.races`. So narrowed a run takes every pair of operations; a whole one takes "
        "those that its seed deals, and three successive seeds take all."
    )
    yield ""
    yield from rates.list_lines(found)
    yield ""


def _list_rule_lines(results: Results) -> Iterator[str]:
    rules = yaml.load((ROOT / "openapi.yaml").read_bytes(), yaml.CSafeLoader)["x-rules"]
    found = Counter(rule for kill in results.kills for rule in kill.rules)
    yield "## What each rule finds"
    yield ""
    yield (
        "The defects that a rule finds alone survive where it is not judged. The rules that are not here have found "
        "none of these defects."
    )
    yield ""
    yield "| rule | finds | of these alone |"
    yield "|---|---|---|"
    for rule, alone in find_weakened(results.kills, rules).items():
        if found[rule]:
            yield f"| {rule} | {found[rule]} | {', '.join(f'`{name}`' for name in alone)} |"
