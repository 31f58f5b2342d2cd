"""What a run of the suite has come to, with its report as JSON."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Judged:
    """The exit code of a run, what it said, and its report."""

    code: int
    said: str
    report: dict[str, Any]

    @property
    def found(self) -> set[str]:
        """The rules that it has findings of."""
        return {finding["rule"] for finding in self.report["findings"]}
