"""The memory of an expedition: what was shown last, by viewer and object, less what a write makes uncertain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.contract.contract import JsonObject
from conformance.oracle.law import ELSEWHERE

REFUSED = "REFUSED-CHANGES-NOTHING"


@dataclass(frozen=True, slots=True)
class Write:
    """The last thing that was done, for whoever looks afterwards."""

    object_id: str = ""
    """The object that it is about; empty where it was refused."""
    made: str = ""
    """The id of what it made beside the object."""

    @property
    def rule_of_others(self) -> str:
        """The rule by which all other objects stay as they were."""
        return ELSEWHERE if self.object_id else REFUSED


NOTHING = Write()


@dataclass(slots=True)
class ListSeen:
    """A list as a viewer was shown it, and what was written to since."""

    ids: set[str]
    creations: int
    """The number of states that had made objects by then."""
    touched: set[str] = field(default_factory=set)


@dataclass(slots=True)
class SeenObjects:
    """Answers that showed objects which nobody has written to since."""

    items: dict[tuple[str, str], JsonObject] = field(default_factory=dict)
    """The object by the viewer's name and the object's id."""
    lists: dict[tuple[str, str], ListSeen] = field(default_factory=dict)
    """The list by the viewer's name and the query."""
    parts: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """The content by the object's id and the name of a part."""
    right: set[tuple[str, str, str]] = field(default_factory=set)
    """The views that were answered right: the viewer's name, the view, and the object's id."""

    def touch(self, *object_ids: str) -> None:
        """Forget how objects look that were written to; their content stays, unless `forget_content` says so."""
        for object_id in filter(None, object_ids):
            for key in [key for key in self.items if key[1] == object_id]:
                del self.items[key]
            self.right = {each for each in self.right if each[2] != object_id}
            for seen in self.lists.values():
                seen.touched.add(object_id)

    def forget_content(self, object_id: str) -> None:
        """Forget the content of all parts of an object."""
        for key in [key for key in self.parts if key[0] == object_id]:
            del self.parts[key]

    def compare_list(self, viewer: str, query: str, ids: Iterable[str], creations: int) -> tuple[set[str], set[str]]:
        """Return which ids came into a list and which left it since it was seen, but for what was written to.

        None came where a state has made objects since: it need not name each. The list is remembered as it is now.
        """
        now = {*ids}
        before = self.lists.get((viewer, query))
        self.lists[viewer, query] = ListSeen(now, creations)
        if before is None:
            return set(), set()
        came = now - before.ids - before.touched if before.creations == creations else set()
        return came, before.ids - now - before.touched
