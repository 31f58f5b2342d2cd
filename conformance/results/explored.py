"""The extent of an exploration, as data: pairs of things that were met together, of how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STATE, CALLER, VIEW, REPEATED, OVERLAP, VALUE = "state", "caller", "view", "repeated", "overlap", "value"
KINDS: Mapping[str, str] = {
    STATE: "what was done to an object, and the state that it was in",
    CALLER: "what was done, and by which class of caller",
    VIEW: "what was done, and what was looked at afterwards by whom",
    REPEATED: "what was done, and how many times in a row",
    OVERLAP: "two things that were under way at once",
    VALUE: "a field, and the kind of value that was written to it",
}
"""The kinds of pairs that are told, in words."""
FINER = "in a state"
"""The kind that tells callers and views apart by the state, too, by which the next move or look is chosen."""
CHOICE = "with a choice"
"""The kind that tells how a move was made, of the ways that there are, so that the next one is made in another."""

Pair = tuple[str, str, str]
"""The kind of the pair, what was done, and what it was met with."""
Data = list[list[str]]
"""Pairs as plain values, which another process can send: the three words of each, and whether it was met."""
MET, POSSIBLE = "met", "possible"


@dataclass(frozen=True, slots=True)
class Share:
    """The number of pairs of a kind that were met."""

    kind: str
    met: int
    of: int
    """The number that there are, as far as that is known; some of them cannot be."""

    def __str__(self) -> str:
        return f"{self.met} of {self.of} pairs by {self.kind}"


@dataclass(slots=True)
class ExploredPairs:
    """The pairs that were met, and how often."""

    met: Counter[Pair] = field(default_factory=Counter)
    possible: set[Pair] = field(default_factory=set)
    """The pairs that there are, as far as they are known."""

    def note(self, pairs: Iterable[Pair]) -> None:
        """Count pairs that were met."""
        self.met.update(pairs)

    def count_new(self, pairs: Iterable[Pair]) -> int:
        """Return how many of the pairs were never met."""
        return sum(pair not in self.met for pair in pairs)

    def to_data(self) -> Data:
        """Return the pairs as plain values, in the order of their words."""
        met = [[*pair, MET] for pair in sorted(self.met) if pair[0] in KINDS]
        return met + [[*pair, POSSIBLE] for pair in sorted(self.possible - self.met.keys())]

    def add_data(self, data: Data) -> None:
        """Add the pairs of another process."""
        for kind, done, other, found in data:
            pair = kind, done, other
            if found == MET:
                self.met[pair] += 1
            else:
                self.possible.add(pair)

    def summarise(self) -> tuple[Share, ...]:
        """Return how many pairs of each kind were met; of a kind of which there are none nothing."""
        met, every = Counter(pair[0] for pair in self.met), Counter(pair[0] for pair in self.possible | self.met.keys())
        return tuple(Share(kind, met[kind], every[kind]) for kind in KINDS if every[kind])
