"""Real data in generated request bodies: names with the run's mark, and whatever a resource has of its own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Operation
from conformance.contract.schemas import schemas_of
from conformance.http.limiter import LimitReached
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import list_whole
from conformance.session.harness import Harness

KEEP_GENERATED = 4
"""One in so many of the requests that go to all callers keeps its generated id, path or reference."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One generated request, as far as its body is concerned."""

    number: int
    """Its place among those of its operation."""
    valid: bool
    """Whether it fits the schemas of its operation."""
    plain: bool
    """Whether nothing but what was generated may keep it from being served."""
    dealt: int
    """The number of requests so far that were dealt out to every caller and every object."""
    binary: frozenset[str]
    """The fields of the body that are bytes."""

    @property
    def takes_real(self) -> bool:
        """Whether a real reference replaces the generated one."""
        return self.plain or bool(self.dealt % KEEP_GENERATED)


class Bodies:
    """The data that one test session has for the bodies of a resource's operations."""

    def __init__(self, harness: Harness, resource: Resource) -> None:
        self.harness = harness
        self.resource = resource
        self._schemas = schemas_of(harness.contract)

    @property
    def left(self) -> int:
        """The number of prepared bodies that nobody has sent yet."""
        return 0

    def prepare(self, operation: Operation, caller: Caller) -> None:
        """Have the target have what the operation's bodies refer to, and know which names are taken."""
        if operation.operation_id in self.resource.made_by:
            with suppress(NotProvoked, LimitReached):
                list_whole(self.harness, self.resource, caller)

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        """The fields of a generated body with real data where they are valid.

        Where others are, whatever is named gets a name with the run's mark.
        """
        filled = dict(body)
        for name, declared in self.resource.fields.items() if turn.takes_real else ():
            wanted = name in filled if declared.stored else not self.harness.alone
            if wanted and self.fits(operation, name, filled.get(name)):
                with suppress(NotProvoked, LimitReached):
                    filled[name] = declared.value(self.harness, caller, fact)
        return filled if self.harness.alone or turn.takes_real else self._marked(operation, filled)

    def _marked(self, operation: Operation, body: dict[str, Any]) -> dict[str, Any]:
        """The body with the run's mark in each valid text that names something."""
        for name, declared in self.resource.fields.items():
            value = body.get(name)
            if isinstance(value, str) and self.fits(operation, name, value):
                marked = declared.marked(self.harness, value)
                if marked is not None and self.fits(operation, name, marked):
                    body[name] = marked
        return body

    def fits(self, operation: Operation, name: str, value: object) -> bool:
        """Whether the value fits the schema of the operation's field of that name."""
        schemas = operation.body.schemas.values() if operation.body else ()
        return any(
            name in schema.get("properties", {}) and self._schemas.fits(schema["properties"][name], value)
            for schema in schemas
        )


def bodies_of(harness: Harness, resource: Resource) -> Bodies:
    """The resource's own, else those that any resource has."""
    made: Bodies = (resource.generated or Bodies)(harness, resource)
    return made
