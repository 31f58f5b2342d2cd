"""The limits of what a target bears."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_SETTLING = 60
STREAM_SECONDS, LONGEST_STREAM = 45, 3600
MOST_LASTING = 30
"""Objects that nobody can remove, of one run on a server that stays."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on what a run sends to the target."""

    read_only: bool = False
    requests_per_second: float | None = None
    max_requests: int | None = None
    max_creations: int | None = None
    """Objects that the run makes at most, those that states make among them."""
    max_lasting: int = MOST_LASTING
    """Objects that nobody can remove, and that the run makes and archives at most where it has no worlds."""
    settle_seconds: float = 0.0
    """The seconds that a list or read may take to show what was written before."""
    stream_seconds: float = STREAM_SECONDS
    """The seconds that a stream is read at most; above 310 it is judged whether it ends."""

    @property
    def life_seconds(self) -> float:
        """Return how long it may take what lives by itself to go on."""
        return self.settle_seconds or LONGEST_SETTLING

    @property
    def counted(self) -> bool:
        """Return whether the processes of a run have to count together."""
        return any((self.requests_per_second, self.max_requests, self.max_creations))
