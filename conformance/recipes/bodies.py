"""Real data in generated request bodies: names with the run's mark, and whatever a resource has of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from conformance.contract.contract import Contract, Operation, resolve
from conformance.contract.schemas import get_schemas
from conformance.http.exchange import Request
from conformance.http.limiter import LimitReached
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.expect import expect
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import list_whole
from conformance.recipes.requests import JSON
from conformance.session.harness import Harness

KEEP_GENERATED = 4
"""One in so many of the requests that go to all callers keeps its generated id, path or reference."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One generated request, as far as its body is concerned."""

    number: int
    """The place among those of its operation."""
    is_valid: bool
    """Whether it fits the schemas of its operation."""
    is_plain: bool
    """Whether nothing but what was generated may keep it from being served."""
    dealt: int
    """The number of requests so far that were dealt out to every caller and every object."""
    binary: frozenset[str]
    """The fields of the body that are bytes."""

    @property
    def takes_real(self) -> bool:
        """Return whether a real reference replaces the generated one."""
        return self.is_plain or bool(self.dealt % KEEP_GENERATED)


class Bodies:
    """The data that one test session has for the bodies of a resource's operations."""

    def __init__(self, harness: Harness, resource: Resource) -> None:
        self.harness = harness
        self.resource = resource
        self._schemas = get_schemas(harness.contract)

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
        """Return the fields of a generated body with real data where they are valid.

        Where others are, whatever is named gets a name with the run's mark.
        """
        filled = dict(body)
        for name, declared in self.resource.fields.items() if turn.takes_real else ():
            wanted = name in filled if declared.is_stored else not self.harness.is_alone
            if wanted and self.fits(operation, name, filled.get(name)):
                with suppress(NotProvoked, LimitReached):
                    filled[name] = declared.value(self.harness, caller, fact)
        return filled if self.harness.is_alone or turn.takes_real else self._mark_names(operation, filled)

    def _mark_names(self, operation: Operation, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body with the run's mark in each valid text that names something."""
        for name, declared in self.resource.fields.items():
            value = body.get(name)
            if isinstance(value, str) and self.fits(operation, name, value):
                marked = declared.marked(self.harness, value)
                if marked is not None and self.fits(operation, name, marked):
                    body[name] = marked
        return body

    def fits(self, operation: Operation, name: str, value: object) -> bool:
        """Return whether the value fits the schema of the operation's field of that name."""
        schemas = operation.body.schemas.values() if operation.body else ()
        return any(
            name in schema.get("properties", {}) and self._schemas.fits(schema["properties"][name], value)
            for schema in schemas
        )


@cache
def find_members(contract: Contract, operation: Operation) -> Mapping[str, tuple[str, ...]]:
    """Return the fields of an operation's body that are one text of an enum, with what they can be."""
    schemas = operation.body.schemas.values() if operation.body else ()
    found = dict[str, tuple[str, ...]]()
    for schema in schemas:
        fields = resolve(contract.document, schema).get("properties", {})
        enums = {name: resolve(contract.document, each).get("enum", ()) for name, each in fields.items()}
        chosen = {name: tuple(each for each in enum if isinstance(each, str)) for name, enum in enums.items()}
        found |= {name: members for name, members in chosen.items() if members}
    return found


def with_members(harness: Harness, operation: Operation, caller: Caller, request: Request, choice: int) -> Request:
    """Return the request with members of enums, by a choice, in the fields that its JSON body has not.

    One choice more leaves a field out. What then may be answered otherwise is left as it was.
    """
    members = find_members(harness.contract, operation)
    if not members or request.media_type != JSON:
        return request
    sent = json.loads(request.content or b"{}")
    added = {
        name: each[(choice + place) % (len(each) + 1)]
        for place, (name, each) in enumerate(members.items())
        if name not in sent and (choice + place) % (len(each) + 1) < len(each)
    }
    more = replace(request, content=json.dumps({**sent, **added}).encode())
    alike = expect(harness.knowledge, caller, more) == expect(harness.knowledge, caller, request)
    return more if added and alike else request


def find_bodies(harness: Harness, resource: Resource) -> Bodies:
    """Return the resource's own, else those that any resource has."""
    made: Bodies = (resource.generated or Bodies)(harness, resource)
    return made
