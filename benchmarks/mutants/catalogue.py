"""The planted defects, as the mock lists them."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

import click

from benchmarks.servers import find_script

SAMPLE = 30
"""The number that are judged where not all can be."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A defect: where it belongs, what it does, the rule that it was written for, and all that it breaks."""

    id: str
    group: str
    text: str
    breaks: tuple[str, ...]
    operations: tuple[str, ...] = field(default=(), compare=False)
    """The operations at which it acts. They say where to look first, and no figure is of them."""

    @property
    def rule(self) -> str:
        """The rule that it was written for."""
        return self.breaks[0]


@cache
def list_catalogue() -> tuple[Planted, ...]:
    """Return every defect of the mock."""
    command = [str(find_script("evershell-mock")), "deviations", "--json"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["deviations"]
    return tuple(
        Planted(it["id"], it["group"], it["text"], tuple(it["breaks"]), tuple(it["operations"])) for it in listed
    )


def choose(every: Sequence[Planted], ids: Sequence[str], *, sample: bool) -> tuple[Planted, ...]:
    """Return the defects that were asked for; ClickException for an id that is none."""
    if unknown := set(ids) - {it.id for it in every}:
        raise click.ClickException(f"--id {min(unknown)}: there is none; `evershell-mock deviations` lists them")
    if ids:
        return tuple(it for it in every if it.id in ids)
    return draw_sample(every) if sample else tuple(every)


def draw_sample(every: Sequence[Planted]) -> tuple[Planted, ...]:
    """Return a sample of each group in proportion, always the same while the catalogue stays as it is."""
    random = Random(0)  # noqa: S311  # reproducible, not secret
    groups = dict.fromkeys(it.group for it in every)
    shuffled = {
        name: random.sample(members := [it for it in every if it.group == name], len(members)) for name in groups
    }
    taken = [it for name in groups for it in shuffled[name][: max(1, SAMPLE * len(shuffled[name]) // len(every))]]
    rest = [it for name in groups for it in shuffled[name] if it not in taken]
    return tuple((taken + rest)[:SAMPLE])
