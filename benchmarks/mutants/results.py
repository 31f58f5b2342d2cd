"""The published figures as one JSON file: what the page is made of, and what is new since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from msgspec import convert

from benchmarks.mutants.catalogue import Planted
from benchmarks.mutants.power import Kill

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
NAME = "judging-power.json"
RESULTS = DOCS / NAME
OURS = "this suite"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The ids of the defects that runs of their own operations alone found, and of those that they missed."""

    found: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    """The defects that were missed when each was judged for the first time."""

    def with_kills(self, kills: Sequence[Kill]) -> Narrowed:
        """Return these with what later runs found in the place of what earlier ones did."""
        before = {**dict.fromkeys(self.found, True), **dict.fromkeys(self.missed, False)}
        new = {kill.planted.id: bool(kill.rules) for kill in kills}
        now = before | new
        found, missed = (tuple(sorted(it for it in now if now[it] is killed)) for killed in (True, False))
        first = {*self.first, *(it for it in new.keys() - before.keys() if not new[it])}
        return Narrowed(found, missed, tuple(sorted(first)))


@dataclass(frozen=True, slots=True)
class QuickRun:
    """The last run over the whole catalogue that stopped at the first finding of each defect."""

    seed: int
    judged: int
    unnamed: tuple[str, ...]
    """The ids that no rule found which the defect declares, though another did."""
    missed: tuple[str, ...]
    """The ids that nothing found."""


@dataclass(frozen=True, slots=True)
class Results:
    """The findings of a whole run, and those of runs on servers without a defect."""

    seed: int
    kills: tuple[Kill, ...]
    seconds: float
    clean: dict[str, int]
    """Findings on each server without a defect, over all its seeds."""
    seeds: int
    """The number of seeds that each of those was judged with."""
    first: list[str]
    """The ids that survived the first run ever over the catalogue, before the suite was changed for any of them."""
    others: dict[str, list[str]]
    """The ids that each other tool noticed, by its name."""
    run_seconds: dict[str, float]
    """The seconds that a run takes on the mock without a defect, by tool, OURS among them."""
    later: tuple[str, ...] = ()
    """The ids that were planted, and judged, since the last run over the whole catalogue."""
    narrowed: Narrowed = Narrowed()
    quick: QuickRun | None = None

    @property
    def whole(self) -> tuple[Kill, ...]:
        """Return what the last run over the whole catalogue found."""
        return tuple(kill for kill in self.kills if kill.planted.id not in self.later)


def write(results: Results, path: Path = RESULTS) -> None:
    """Write the results, one line a defect, so that a change shows."""
    data = asdict(results) | {"kills": [_write_kill(kill) for kill in results.kills]}
    path.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _write_kill(kill: Kill) -> dict[str, Any]:
    it = kill.planted
    return {
        "id": it.id,
        "group": it.group,
        "text": it.text,
        "breaks": it.breaks,
        "rules": sorted(kill.rules),
        "directed": sorted(kill.directed),
        "generated": sorted(kill.generated),
        "seconds": round(kill.seconds, 1),
    }


def read(path: Path = RESULTS) -> Results:
    """Return what was published last; FileNotFoundError where nothing was."""
    data = json.loads(path.read_text(encoding="utf-8"))
    kills = tuple(
        Kill(
            planted=Planted(it["id"], it["group"], it["text"], tuple(it["breaks"])),
            rules=frozenset(it["rules"]),
            directed=frozenset(it["directed"]),
            generated=frozenset(it["generated"]),
            seconds=it["seconds"],
        )
        for it in data["kills"]
    )
    narrowed = Narrowed(**{name: tuple(ids) for name, ids in data.get("narrowed", {}).items()})
    quick = convert(data.get("quick"), QuickRun | None)
    return Results(
        **data | {"kills": kills, "later": tuple(data.get("later", ())), "narrowed": narrowed, "quick": quick}
    )


def read_seconds(path: Path = RESULTS) -> dict[str, float]:
    """Return how long each defect took when the figures were published."""
    return {kill.planted.id: kill.seconds for kill in read(path).kills} if path.exists() else {}


def list_new(every: Sequence[Planted], path: Path = RESULTS) -> list[Planted]:
    """Return the defects that were not there, or not as they are now, when the figures were published."""
    return list_unjudged(every, read(path).kills if path.exists() else ())


def list_unjudged(every: Sequence[Planted], kills: Sequence[Kill]) -> list[Planted]:
    """Return the defects of which these verdicts have none, or none on what they are now."""
    known = {kill.planted for kill in kills}
    return [it for it in every if it not in known]
