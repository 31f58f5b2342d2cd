"""The page of published figures, made of the JSON, and of what the catalogue has beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from benchmarks.lies import results as lies
from benchmarks.lies import section
from benchmarks.mutants.catalogue import Planted, catalogue
from benchmarks.mutants.power import MOST_BLAMED, Tally, by_group, covered_by, tally, weakened
from benchmarks.mutants.results import DOCS, NAME, OURS, ROOT, Results, read, unjudged, write
from benchmarks.races import rates
from benchmarks.source_mutants import equivalent
from benchmarks.source_mutants import results as source_mutants
from benchmarks.source_mutants import section as section_of_mutants

PAGE = "judging-power.md"


def publish(results: Results, docs: Path = DOCS) -> None:
    """Write the figures, and the page that is made of them as they are read again."""
    write(results, docs / NAME)
    (docs / PAGE).write_text(rendered(read(docs / NAME), docs), encoding="utf-8")


def rendered(results: Results, docs: Path = DOCS) -> str:
    """The whole page; docs: the folder that has the figures of the lies."""
    every = catalogue()
    now = replace(results, kills=tuple(kill for kill in results.kills if kill.planted in every))
    return "\n".join(_page(now, unjudged(every, now.kills), docs)) + "\n"


def _page(results: Results, waiting: Sequence[Planted], docs: Path) -> Iterator[str]:
    yield "# Judging power"
    yield ""
    yield (
        "A green run means something only where a wrong server turns it red. Three ways to make a server wrong say "
        "how often it does: changes of source that nobody chose, defects that we planted, and lies about answers."
    )
    yield ""
    yield from section_of_mutants.lines(source_mutants.read(docs / source_mutants.NAME), equivalent.read())
    yield from _planted(results, waiting)
    yield from _others(results)
    yield from _groups(results)
    yield from _narrowed(results)
    yield from _lies(results, lies.read(docs / lies.NAME))
    yield from _races(docs)
    yield from _first(results)
    yield from _rules(results, waiting)
    yield from _defects(results)
    yield from _apart(results, waiting)


def _planted(results: Results, waiting: Sequence[Planted]) -> Iterator[str]:
    every = tally(results.kills)
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
    if results.later or waiting:
        yield (
            f"Of these {len(results.later)} were judged apart; {len(waiting)} defects that were planted since are not "
            "among these figures: [which](#judged-apart-and-not-judged-yet)."
        )
        yield ""
    alarms = ", ".join(f"{count} on {name}" for name, count in results.clean.items())
    yield f"Servers without a defect, {results.seeds} seeds each, gave these findings: {alarms}."
    yield ""
    yield "`make mutants` makes the figures, and this page with `ARGS=--publish`."
    yield ""


def _groups(results: Results) -> Iterator[str]:
    yield "## By group"
    yield ""
    yield "| group | planted | found | by a declared rule | by directed cases | by generated alone | blamed besides |"
    yield "|---|---|---|---|---|---|---|"
    for name, it in [*by_group(results.kills).items(), ("all", tally(results.kills))]:
        yield _row(name, it)
    yield ""


def _row(name: str, it: Tally) -> str:
    return f"| {name} | {it.planted} | {it.killed} | {it.named} | {it.directed} | {it.generated} | {it.blamed} |"


def _others(results: Results) -> Iterator[str]:
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
    noticed = {OURS: tally(results.whole).killed, **{name: len(ids) for name, ids in results.others.items()}}
    for name, count in noticed.items():
        seconds = results.run_seconds.get(name)
        yield f"| {name} | {count} of {len(results.whole)} | {'' if seconds is None else f'{seconds:.1f}'} |"
    yield ""


def _narrowed(results: Results) -> Iterator[str]:
    found, missed = results.narrowed.found, results.narrowed.missed
    if not (found or missed):
        return
    yield "## Narrowed to its operations"
    yield ""
    yield (
        "Each row above is of whole runs. Of the defects that a run was narrowed to the operations of, `--operation` "
        f'by `--operation` (`make mutants ARGS="--narrowed --publish"`), **{len(found)} of {len(found) + len(missed)} '
        f"are found**, of {len(catalogue())} that are planted."
    )
    if missed:
        yield ""
        yield f"These are not: {', '.join(f'`{each}`' for each in missed)}."
    if first := results.narrowed.first:
        names = ", ".join(f"`{each}`" for each in first)
        yield ""
        yield f"When each was judged so for the first time, {len(first)} were missed: {names}."
    yield ""


def _lies(results: Results, told: lies.Results | None) -> Iterator[str]:
    if told:
        rules = yaml.load((ROOT / "openapi.yaml").read_bytes(), yaml.CSafeLoader)["x-rules"]
        yield from section.lines(told, rules, [sorted(kill.rules) for kill in results.kills])


def _races(docs: Path) -> Iterator[str]:
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
    yield from rates.lines(found)
    yield ""


def _first(results: Results) -> Iterator[str]:
    groups = {kill.planted.id: kill.planted.group for kill in results.whole}
    survived = [name for name in results.first if name in groups]
    yield "## The first run"
    yield ""
    killed = len(groups) - len(survived)
    yield f"Before the suite was changed for any of them it found {killed} of {len(groups)}. These survived:"
    yield ""
    for group in dict.fromkeys(groups[name] for name in survived):
        yield f"- {group}: " + ", ".join(f"`{name}`" for name in survived if groups[name] == group)
    yield ""


def _rules(results: Results, waiting: Sequence[Planted]) -> Iterator[str]:
    rules = yaml.load((ROOT / "openapi.yaml").read_bytes(), yaml.CSafeLoader)["x-rules"]
    alone = weakened(results.kills, rules)
    later = {rule for it in waiting for rule in it.breaks}
    yield "## A rule switched off"
    yield ""
    yield (
        "Each row names the defects that survive where one rule is not judged. "
        "Where none does, it names the rules that find the same."
    )
    yield ""
    yield "| rule | survives without it | else found by |"
    yield "|---|---|---|"
    for rule, survivors in alone.items():
        named = ", ".join(f"`{name}`" for name in survivors)
        none = "not measured yet" if rule in later else "nothing: no defect breaks it"
        others = "" if survivors else ", ".join(covered_by(results.kills, rule)) or none
        yield f"| {rule} | {named} | {others} |"
    yield ""


def _apart(results: Results, waiting: Sequence[Planted]) -> Iterator[str]:
    if results.later or waiting:
        yield ""
        yield "## Judged apart, and not judged yet"
    if results.later:
        listed = ", ".join(f"`{each}`" for each in results.later)
        yield ""
        yield f"Judged apart, since they were planted after the last run over the whole catalogue: {listed}."
    if waiting:
        listed = ", ".join(f"`{each.id}`" for each in waiting)
        yield ""
        yield (
            f"Planted since, and not among these figures yet: {len(waiting)} defects. `make mutants-quick` demands of "
            f"each that a rule which it declares finds it; how much else is blamed is not measured: {listed}."
        )


def _defects(results: Results) -> Iterator[str]:
    yield "## Every defect"
    yield ""
    yield "| defect | what it does | found by |"
    yield "|---|---|---|"
    for kill in results.kills:
        found = ", ".join(sorted(kill.rules)) or "**nothing**"
        yield f"| `{kill.planted.id}` | {kill.planted.text} | {found} |"
