"""New names for what a test makes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.mark import name_of
from conformance.oracle.judging import NotProvoked

if TYPE_CHECKING:
    from conformance.session.harness import Harness

NAMED = 12
"""The digits of a name behind the run's mark."""


@dataclass(slots=True)
class Names:
    """The names that one test has drawn so far."""

    _drawn: int = 0

    def make_fresh(self, harness: Harness, length: int | None) -> str:
        """Return a name with the run's mark that nothing known has.

        NotProvoked where one of this length has no place for it.

        In a world of the test's own it needs no mark. There all tests use the same names, so what is made of one is
        made once.
        """
        taken = {fact.name for facts in harness.state.objects.values() for fact in facts.values()}
        case, prefix = "" if harness.alone else harness.case, harness.prefix
        while True:
            self._drawn += 1
            digest = hashlib.sha256(f"{harness.seed}/{case}/{self._drawn}".encode()).hexdigest()
            name = name_of(prefix, digest, length or len(prefix) + NAMED)
            name = name or (name_of("", digest, length or 0) if harness.alone else None)
            if name is None:
                raise NotProvoked(f"a name of {length} characters has no place for the run's mark")
            if name not in taken:
                return name
