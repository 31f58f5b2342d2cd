"""The findings of the suite on one mutant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MutantVerdict:
    """A mutant, and what was found of it."""

    id: str
    kind: str
    module: str
    diff: str
    is_broken: bool = False
    """Whether the server did not start, which finds the mutant without the suite."""
    rules: tuple[str, ...] = ()
    """The rules with a finding when the run stopped, which it does at the first."""
    operations: tuple[str, ...] = ()
    """The operations that the finding was about."""
    budget: str = ""
    """The budget of the run that found it."""
    seconds: float = 0.0
    unjudged: str = ""
    """The reason for which the suite gave no verdict; empty where it did."""

    @property
    def digest(self) -> str:
        """The last part of the id, which names the change."""
        return self.id.rpartition(":")[2]

    @property
    def is_found(self) -> bool:
        """Return whether the suite found it."""
        return bool(self.rules)

    @property
    def verdict(self) -> str:
        """Return what to say of it."""
        if self.is_broken:
            return "does not start"
        if self.is_found:
            return f"found by {', '.join(self.rules)} ({self.budget})"
        return f"UNDECIDED: {self.unjudged}" if self.unjudged else "SURVIVES"
