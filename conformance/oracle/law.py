"""Laws of a resource's writes, and the kinds of objects that they are tried on, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from conformance.oracle.facts import Fact

ELSEWHERE, EVERY_CALLER = "EFFECT-NOTHING-ELSE", "EFFECT-EVERY-CALLER"


@dataclass(frozen=True, slots=True)
class AllowedChange:
    """The fields that a successful write may change of the object that its path names; all else of it stays."""

    moves: frozenset[str] = frozenset()
    """Names of fields."""
    content: Literal["stays", "part", "whole"] = "stays"
    """Whether the parts of the object stay, only the one that the path names becomes the body, or all may change."""
    keeps: str = EVERY_CALLER
    """The rule that says so, where one of the other fields has changed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects of one resource, such as those that came in one way."""

    id: str
    make: Callable[[Any, str, Fact | None], Fact]
    """The function that makes a new object of an org that is as like another as may be.

    Raises NotProvoked where none can be had.
    """
    is_owned: bool = True
    """Whether it is an org's own, so that somebody may write to it."""

    def __str__(self) -> str:
        return self.id
