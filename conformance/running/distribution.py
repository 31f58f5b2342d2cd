"""Which tests of a run have to be done by one process, where several do it."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has annotations but does not say so

from conformance.running.selection import value_of


class TogetherByValue(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Hands out tests one by one, but those of one file that are spread over the same value together."""

    def _split_scope(self, nodeid: str) -> str:
        return value_of(nodeid)
