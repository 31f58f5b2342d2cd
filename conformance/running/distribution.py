"""The adapter to pytest-xdist 3.8: tests that share generated requests go to one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no py.typed

from conformance.running.selection import find_value


class GroupedByParameter(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """The schedule by which tests of one file with the same parameter run on one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return find_value(nodeid)
