"""What has been explored, as data: pairs of things that were met together, of how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

STATE, CALLER, VIEW, REPEATED = "move and state", "move and caller", "move and view", "move and times"
KINDS: Mapping[str, str] = {
    STATE: "what was done, and the state that its object was in",
    CALLER: "what was done, and by whom",
    VIEW: "what was done, and who looked at what after it",
    REPEATED: "what was done, and how many times in a row",
}
"""The kinds of pairs, in words."""

Pair = tuple[str, str, str]
"""The kind of the pair, the id of what was done, and what it was met with."""


@dataclass(slots=True)
class Explored:
    """The pairs that were met, and how often."""

    met: Counter[Pair] = field(default_factory=Counter)
    possible: set[Pair] = field(default_factory=set)
    """Those that there are, as far as they are known."""

    def note(self, pairs: Iterable[Pair]) -> None:
        """Count pairs that were met."""
        self.met.update(pairs)

    def count_new(self, pairs: Iterable[Pair]) -> int:
        """Return how many of the pairs were never met."""
        return sum(pair not in self.met for pair in pairs)

    def join(self, other: Explored) -> None:
        """Add what another one has."""
        self.met.update(other.met)
        self.possible |= other.possible

    def summarize(self) -> Mapping[str, tuple[int, int]]:
        """Return by kind how many pairs were met, and how many there are."""
        every = self.possible | self.met.keys()
        return {
            kind: (sum(pair[0] == kind for pair in self.met), sum(pair[0] == kind for pair in every)) for kind in KINDS
        }
