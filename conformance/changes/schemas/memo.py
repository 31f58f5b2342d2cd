"""Comparisons that were made once: most answers share their components, and each is compared for many operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.changes.change import Change
from conformance.changes.schemas.located import Located


class Memo:
    """What came of comparing two nodes of two documents, which both live as long as this does."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, int, int, str, str], tuple[Change, ...]] = {}

    def once(
        self, what: str, old: Located, new: Located, compare: Callable[[Located, Located], Iterator[Change]]
    ) -> tuple[Change, ...]:
        """Return what a comparison of this name yields for two nodes in their places."""
        key = (what, id(old.node), id(new.node), old.place, new.place)
        if key not in self._told:
            self._told[key] = tuple(compare(old, new))
        return self._told[key]
