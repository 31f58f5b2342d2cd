"""Make up objects that nobody wrote: names, times and choices, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from mock_server.state.clock import write_timestamp
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value

T = TypeVar("T")
V = TypeVar("V", bound=Value)

_SUBJECTS = (
    *("access", "alert", "audit", "backup", "billing", "build", "calendar", "certificate", "change", "contract"),
    *("customer", "database", "deploy", "document", "expense", "feature", "forecast", "incident", "inventory"),
    *("invoice", "latency", "ledger", "license", "log", "mail", "metric", "migration", "network", "onboarding"),
    *("order", "payroll", "policy", "price", "quota", "refund", "release", "report", "risk", "schema", "search"),
    *("shipment", "support", "survey", "test", "ticket", "token", "traffic", "translation", "usage", "vendor"),
)
_PURPOSES = (
    *("archive", "assistant", "checks", "cleanup", "digest", "drafts", "export", "guide", "helper", "import"),
    *("insights", "lookup", "monitor", "notes", "planner", "review", "router", "rules", "search", "summary", "sync"),
    *("tracker", "triage", "updates", "watch"),
)
_PEOPLE = (
    *("ada", "aiko", "amir", "ana", "ben", "carla", "chen", "dana", "emil", "fatima", "grace", "hugo", "ines"),
    *("jonas", "kofi", "lena", "mara", "nadia", "omar", "petra", "ravi", "sofia", "tomas", "uma", "yusuf", "zoe"),
)
_FAMILIES = (
    *("abara", "berger", "costa", "dietz", "eriksen", "fontaine", "garcia", "haddad", "ito", "jansen", "kaya"),
    *("lindholm", "moreau", "novak", "okafor", "patel", "rossi", "sato", "tanaka", "ueda", "vogel", "weber"),
)
_FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
_MINUTES = 120 * 24 * 60
"""The minutes from the first time that is drawn to the last."""


class Inventor:
    """Makes up the objects of one collection for an org, one after the other.

    What they refer to is drawn from the state, which has all of that already; it grows by what they are made of.
    """

    def __init__(self, state: State, collection: Collection[Any], org_id: str) -> None:
        self.org_id = org_id
        self.state = state
        self.number = 0
        self._kind = collection.id_prefix or collection.noun
        self._random = Random(f"{state.seed} {collection.name}")  # noqa: S311 - believable, and no secret
        self._found: dict[str, Sequence[Any]] = {}

    def begin(self) -> None:
        """Go on to the next object."""
        self.number += 1

    def make_id(self, kind: str | None = None) -> str:
        """Return an id as a creation gives it out, of the collection's kind or of another; none comes twice."""
        self.state, new_id = self.state.assign_id_of_kind(kind or self._kind)
        return new_id

    def make_name(self) -> str:
        """Return a name in lower case that no other object of the collection has."""
        return f"{self.choose(_SUBJECTS)}-{self.choose(_PURPOSES)}-{self.number}"

    def make_address(self) -> str:
        """Return an e-mail address that nobody else has."""
        return f"{self.choose(_PEOPLE)}.{self.choose(_FAMILIES)}.{self.number}@{self.org_id[4:]}.example"

    def make_sentence(self) -> str:
        """Return a short sentence about some work."""
        verb = self.choose(("Check", "Collect", "Draft", "Review", "Sort", "Summarize", "Update"))
        return f"{verb} the {self.choose(_SUBJECTS)} {self.choose(_PURPOSES)} of week {self._random.randint(1, 52)}."

    def make_digits(self, count: int) -> str:
        """Return so many hexadecimal digits."""
        return f"{self._random.getrandbits(4 * count):0{count}x}"

    def draw_count(self, least: int, most: int) -> int:
        """Return a number between two others, both included."""
        return self._random.randint(least, most)

    def choose(self, options: Sequence[T]) -> T:
        """Return one of these; what stands there twice comes twice as often."""
        return self._random.choice(options)

    def make_times(self) -> tuple[str, str]:
        """Return the times of two things that happened, the earlier one first."""
        first, second = sorted(_FIRST + timedelta(minutes=self._random.randrange(_MINUTES)) for _ in range(2))
        return write_timestamp(first), write_timestamp(second)

    def complete(self, item: Mapping[str, Any], kind: type[Value]) -> Mapping[str, Any]:
        """Return an item with what every object has beside what was made up of it: its id, its org and its times."""
        lacking = [name for name in kind.__struct_fields__ if name not in item]
        usual: dict[str, Any] = dict(zip(("created_at", "updated_at"), self.make_times(), strict=True))
        usual |= {"org_id": self.org_id, **({"id": self.make_id()} if "id" in lacking else {})}
        return {**item, **{name: usual[name] for name in lacking if name in usual}}

    def choose_object(self, collection: Collection[V]) -> V:
        """Return an object of the org that is not archived; ValueError where there is none."""
        if collection.name not in self._found:
            found = [each for each in self.state.select(collection) if collection.find_owner(each) == self.org_id]
            self._found[collection.name] = [each for each in found if getattr(each, "archived_at", None) is None]
        if not self._found[collection.name]:
            raise ValueError(f"{self.org_id} has no {collection.noun} that it could refer to")
        one: V = self.choose(self._found[collection.name])
        return one
