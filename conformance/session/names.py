"""New names for what a test makes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from conformance.mark import name_of
from conformance.oracle.facts import State
from conformance.oracle.judging import NotProvoked

NAMED = 12
"""The digits of a name behind the run's mark."""


@dataclass(slots=True)
class Names:
    """The names that one test draws.

    In a world of the test's own a name needs no mark. There all tests use the same names, so what is made of one is
    made once.
    """

    prefix: str
    """The beginning of the names of all that the run makes."""
    seed: int
    case: str
    own_world: bool
    _drawn: int = 0

    def make_fresh(self, state: State, length: int | None) -> str:
        """Return a name with the run's mark that nothing known has.

        NotProvoked where one of this length has no place for it.
        """
        taken = {fact.name for facts in state.objects.values() for fact in facts.values()}
        case = "" if self.own_world else self.case
        while True:
            self._drawn += 1
            digest = hashlib.sha256(f"{self.seed}/{case}/{self._drawn}".encode()).hexdigest()
            name = name_of(self.prefix, digest, length or len(self.prefix) + NAMED)
            name = name or (name_of("", digest, length or 0) if self.own_world else None)
            if name is None:
                raise NotProvoked(f"a name of {length} characters has no place for the run's mark")
            if name not in taken:
                return name
