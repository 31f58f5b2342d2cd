"""Which tests of a run have to be done by one process, where several do it."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has annotations but does not say so


class TogetherByValue(LoadScopeScheduling):  # type: ignore[misc]  # as above
    """Hands out tests one by one, but those of one file that are spread over the same value together.

    What one of them had made for the value, as the requests that are generated for an operation, is there for the
    others in the same process alone: another one would send all of them again.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        _, spread, value = name.partition("[")
        return f"{file}::[{value}" if spread else nodeid
