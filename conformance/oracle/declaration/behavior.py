"""The knowledge of one operation beyond its form, in one place: derived where it can be, else written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any, Literal

from conformance.http.exchange import Exchange
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import State
from conformance.oracle.law import AllowedChange

Refusal = Callable[[Call, Refusals], None]
"""The function that adds the refusals that an operation's own meaning makes right for a call whose body is valid."""


Effect = Callable[[Call, Exchange], State]
"""The function that gives the state after a call that succeeded, once what its answer shows is known."""


Part = Literal["list", "list within", "read", "create", "put", "update", "remove"]
"""The part that an operation plays for a resource: it lists its objects, shows, makes, or changes one."""


@dataclass(frozen=True, slots=True)
class Behavior:
    """One operation as a resource knows it."""

    operation_id: str
    _: KW_ONLY
    part: Part | None = None
    refuses: Refusal | None = None
    """The refusals by state, beside those that hold for all; None: its meaning is not known."""
    learns: Effect | None = None
    """The effect of a success that its answer does not show."""
    may_change: AllowedChange | None = None
    """The fields of its object that it may change."""
    applies: str | None = None
    """The rule by which its answer shows the fields that were sent."""
    read_back: str | None = None
    """The rule by which what it answered is read afterwards; None: that of all creations."""
    creator: str | None = None
    """The rule by which what it makes, and shows later, is the caller's."""
    beside: str | None = None
    """The field that has the id of the made object, where the operation answers with something else."""
    leaves_something: bool = False
    """Whether it puts something into an object that nobody can remove from it again."""
    filters: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """The field that a query parameter of a list filters by, the resource that the field names, and a rule.

    By the rule all that is listed is of an object that has the name which is asked for.
    """
    causes: Mapping[str, Any] = field(default_factory=dict)
    """The recipe that provokes an error code, or a status without one, here (`recipes.causes.Cause`)."""
    blames: Mapping[str, str] = field(default_factory=dict)
    """The rule that a refusal breaks where the request has to be served, by error code."""

    def override(self, derived: Behavior) -> Behavior:
        """Return this behavior with derived values in the place of all that is not written."""
        return Behavior(**{each.name: _override_value(self, derived, each.name) for each in fields(self) if each.init})

    def __str__(self) -> str:
        return self.operation_id


def _override_value(written: Behavior, derived: Behavior, name: str) -> Any:
    value, other = getattr(written, name), getattr(derived, name)
    return {**other, **value} if isinstance(other, Mapping) else value or other


def join(written: Iterable[Behavior], derived: Iterable[Behavior]) -> Iterator[Behavior]:
    """Yield each operation once: those that are written, completed by what is derived, then the others."""
    left = {each.operation_id: each for each in derived}
    for each in written:
        other = left.pop(each.operation_id, None)
        yield each if other is None else each.override(other)
    yield from left.values()


def refuse_nothing(_call: Call, _refusals: Refusals) -> None:
    """Add no refusal, since no state of others stands in the way."""
