"""The way in which a draw is judged."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.budget import NORMAL


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that decide what is found."""

    server: str
    seed: int
    count: int
    without_worlds: bool = False
    budget: str = NORMAL.name
