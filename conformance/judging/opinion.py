"""The opinion on one exchange: rules that it breaks, shows to be kept, or leaves open; ids that several laws cite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.oracle.breach import Breach

HIDDEN, LISTED, NOT_LISTED = "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-LISTED", "OWNERSHIP-NOT-LISTED"
GONE, ARCHIVED = "DELETE-GONE", "LIST-ARCHIVED"
RIGHT = "CONTRACT-RIGHT-ANSWER"
TOGETHER = "PARALLEL-WRITES"


@dataclass(slots=True)
class Opinion:
    """The opinion on one exchange."""

    breaches: list[Breach] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    """Rules that the answer could have broken, and did not."""
    left_open: set[str] = field(default_factory=set)
    """Rules that the exchange is about and does not decide."""
    tells_breaches_alone: bool = False
    """Whether nobody asks for the others: the tests of a run say themselves which rules they judge."""

    def add(self, breaches: Iterable[Breach], kept: Iterable[str] = (), left_open: Iterable[str] = ()) -> None:
        """Say more of it."""
        self.breaches += breaches
        if not self.tells_breaches_alone:
            self.kept.update(kept)
            self.left_open.update(left_open)

    def settle(self, contract: Contract) -> None:
        """Drop what is no rule of the contract, and what is said twice."""
        if self.tells_breaches_alone and not self.breaches:
            return
        self.breaches = list({(each.rule, each.expected, each.got): each for each in self.breaches}.values())
        self.breaches = [each for each in self.breaches if each.rule in contract.rules]
        broken = {each.rule for each in self.breaches}
        self.kept = (self.kept & contract.rules.keys()) - broken
        self.left_open = (self.left_open & contract.rules.keys()) - broken - self.kept
