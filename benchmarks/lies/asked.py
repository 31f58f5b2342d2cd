"""The way in which a draw of lies is judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that decide what is found."""

    seed: int
    count: int
    generated: bool
