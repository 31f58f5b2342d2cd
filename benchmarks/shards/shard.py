"""A shard: one of several parts of a run, each of which a machine of its own judges."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

_WRITTEN = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
Deal = tuple[tuple[str, int], ...]
"""All that is judged, in the order of the run, each with the number of its shard."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of a run is meant."""

    number: int
    """From 1."""
    of: int

    @staticmethod
    def parse(text: str) -> Shard:
        """Return the shard that is written so; ValueError where none is."""
        written = _WRITTEN.fullmatch(text)
        if written is None or not (shard := Shard(*map(int, written.groups()))).number <= shard.of:
            raise ValueError(f"{text} has to be I/N, such as 2/8: part I, from 1 to N, of N")
        return shard

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def dealt(ids: Sequence[str], seconds: Mapping[str, float], of: int) -> Deal:
    """Deal to so many shards, the longest first, each to the shard with the least so far.

    What nobody knows the seconds of is taken to be as long as the others in the mean.
    """
    known = [seconds[it] for it in ids if it in seconds]
    usual = fmean(known) if known else 1.0
    loads = [0.0] * of
    numbers: dict[str, int] = {}
    for it in sorted(ids, key=lambda it: -seconds.get(it, usual)):
        least = loads.index(min(loads))
        loads[least] += seconds.get(it, usual)
        numbers[it] = least + 1
    return tuple((it, numbers[it]) for it in ids)


def of_shard(deal: Deal, number: int) -> list[str]:
    """What one shard judges."""
    return [it for it, dealt_to in deal if dealt_to == number]
