"""The conclusions from kills about the suite: by group, by part, by rule, and the rules blamed besides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.mutants.catalogue import Planted

MOST_BLAMED, MEAN_BLAMED = 2, 0.5
LEAST_GENERATED = 0.5


@dataclass(frozen=True, slots=True)
class Kill:
    """A defect, and what was found on a server that has it."""

    planted: Planted
    rules: frozenset[str]
    directed: frozenset[str]
    generated: frozenset[str]
    seconds: float

    @property
    def blamed(self) -> list[str]:
        """Rules with a finding that the defect does not declare."""
        return sorted(self.rules - set(self.planted.breaks))

    @property
    def is_named(self) -> bool:
        """Return whether a rule that it declares is among those found."""
        return not self.rules.isdisjoint(self.planted.breaks)


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of some among all."""

    planted: int
    killed: int
    named: int
    directed: int
    generated: int
    blamed: int


def count_kills(kills: Iterable[Kill]) -> Tally:
    """Return counts over some of the defects."""
    kills = list(kills)
    return Tally(
        planted=len(kills),
        killed=sum(bool(kill.rules) for kill in kills),
        named=sum(kill.is_named for kill in kills),
        directed=sum(bool(kill.directed) for kill in kills),
        generated=sum(bool(kill.generated) for kill in kills),
        blamed=sum(len(kill.blamed) for kill in kills),
    )


def count_by_group(kills: Sequence[Kill]) -> dict[str, Tally]:
    """Return the counts of each group, in the catalogue's order."""
    groups = dict.fromkeys(kill.planted.group for kill in kills)
    return {name: count_kills(kill for kill in kills if kill.planted.group == name) for name in groups}


def list_shortfalls(kills: Sequence[Kill]) -> list[str]:
    """Return what is not as promised, in words."""
    every = count_kills(kills)
    said = [f"{kill.planted.id} survives" for kill in kills if not kill.rules]
    said += [
        f"{kill.planted.id} is not blamed on {' or '.join(kill.planted.breaks)}"
        for kill in kills
        if kill.rules and not kill.is_named
    ]
    said += [
        f"{kill.planted.id} breaks {len(kill.blamed)} rules that it does not declare: {', '.join(kill.blamed)}"
        for kill in kills
        if len(kill.blamed) > MOST_BLAMED
    ]
    if every.blamed > MEAN_BLAMED * every.planted:
        said.append(f"{every.blamed / every.planted:.2f} undeclared rules a defect, more than {MEAN_BLAMED}")
    if every.generated < LEAST_GENERATED * every.planted:
        said.append(f"{every.generated} of {every.planted} killed by generated cases alone, less than half")
    return said


def find_weakened(kills: Sequence[Kill], rules: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return for each rule the defects that survive where it is switched off: those that nothing else finds."""
    return {rule: tuple(kill.planted.id for kill in kills if kill.rules == {rule}) for rule in rules}
