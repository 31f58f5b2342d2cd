"""The search for what a contract says of its resources in two places that cannot both be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import ContractError, JsonObject, Operation, resolve
from conformance.contract.declarations import TYPES, is_declared_whole
from conformance.contract.resource_types import ResourceType

Slip = tuple[Iterable[str], str]
"""The steps to a place of the document, and what is wrong there."""
COUNTED = "cascaded_"
"""The beginning of the name of an answer's field that counts what was archived with an object."""
PARTS = ("list", "create", "read", "update", "put", "remove", "archive", "unarchive")
_JSON = "application/json"
_GRANTS = ("x-roles", "x-permission-sets")


@dataclass(frozen=True, slots=True, eq=False)
class TypeInPlace:
    """One type with what it is held against: its document, its operations, and the other types."""

    document: JsonObject
    operations: Mapping[str, Operation]
    types: Mapping[str, ResourceType]
    declared: ResourceType

    def find_slips(self) -> Iterator[Slip]:
        """Yield what contradicts the type, in the type itself and then in its operations."""
        own = (self._find_keys, self._find_persons, self._find_others)
        for find in (*own, self._find_lists, self._find_nulls, self._find_counts):
            for place, slip in find():
                yield (TYPES, self.declared.name, *place), slip
        yield from self._find_events()
        yield from self._find_taken()

    def find_played(self, *parts: str) -> Iterator[tuple[str, Operation]]:
        """Yield the operations that play these parts, each with its part."""
        for part in parts or PARTS:
            operation = self.operations.get(getattr(self.declared.parts, part) or "")
            if operation is not None:
                yield part, operation

    def _find_keys(self) -> Iterator[Slip]:
        key = self.declared.key
        if key is None:
            return
        if self.declared.owner is None:
            yield (), f"its owner names one by {key!r}, and it has no owner; add owner"
        for _, operation in self.find_played("read", "remove"):
            name = operation.path.rpartition("/")[2].strip("{}")
            if name != key and name in self._fields:
                yield ("key",), f"is {key!r}, and {operation} names one by {name!r}; write id in the place of key"

    def _find_persons(self) -> Iterator[Slip]:
        personal = self.declared.personal
        if personal is None:
            return
        if personal.field == self.declared.owner:
            yield ("personal", "field"), f"is {personal.field!r}, the owner; name the field that has the person"
        if personal.all.endswith(":own"):
            yield (
                ("personal", "all"),
                f"{personal.all!r} reaches no further than what is the caller's own; name the scope for all",
            )

    def _find_others(self) -> Iterator[Slip]:
        """Yield what two types say of one thing."""
        off, archive = self.declared.switched_off, self.declared.archive
        for other in self.types.values():
            said, above = other.switched_off, other.archive
            if off and said and off.subsystem == said.subsystem and off.code != said.code:
                text = f"without {off.subsystem} one is refused with {off.code}, and {other.name} with {said.code}"
                yield ("switched_off",), f"{text}; write one code, or another subsystem"
            if above and above.kept_by and archive and archive.kept_by and self.declared.name in above.cascades:
                one, two = archive.kept_by, above.kept_by
                if one.resource == two.resource and not set(one.statuses) >= set(two.statuses):
                    yield (
                        ("archive", "kept_by", "while"),
                        f"lacks what keeps {other.name}, with which one is archived; write the same in both",
                    )

    def _find_lists(self) -> Iterator[Slip]:
        schema = self.declared.schema
        for _, operation in self.find_played("list"):
            lists = [each for each in self._read_answer(operation).values() if each.get("type") == "array"]
            listed = [fields for each in lists if (fields := self._read_fields(each.get("items", {})).keys())]
            if listed and self._fields.keys() not in listed:
                yield ("schema",), f"the answer of {operation} lists no {schema}; let the items of its list be that"

    def _find_nulls(self) -> Iterator[Slip]:
        """Yield the fields that an object always shows, and that an update can clear."""
        required = self._shown.get("required", ())
        for _, operation in self.find_played("update"):
            body = operation.body.schemas.get(_JSON, {}) if operation.body else {}
            for name, each in self._read_fields(body).items():
                is_kept = name in required and not self._fields.get(name, {}).get("nullable")
                if each.get("nullable") and is_kept:
                    text = f"which {operation} lets a null clear; take nullable out there"
                    yield ("schema",), f"{self.declared.schema} requires {name!r}, {text}"

    def _find_counts(self) -> Iterator[Slip]:
        """Yield the counts of what is archived with an object, of which nothing is."""
        counts = {f"{COUNTED}{each}s" for each in (self.declared.archive.cascades if self.declared.archive else ())}
        for _, operation in self.find_played("archive") if self.declared.archive else ():
            for name in self._read_answer(operation):
                if name.startswith(COUNTED) and name not in counts:
                    text = "and nothing of that name is in cascades; add it, or take it out"
                    yield ("archive",), f"{operation} counts {name}, {text}"

    def _find_events(self) -> Iterator[Slip]:
        """Yield the events that name another resource, or that another operation writes."""
        archive = self.declared.archive
        told = {self.declared.name, *(archive.cascades if archive else ())}
        known: dict[str, str] = {}
        for part, operation in self.find_played():
            place = (*_locate(operation), "x-event")
            for event in operation.events:
                noun, dot, _ = event.partition(".")
                if dot and noun in self.types and noun not in told:
                    yield place, f"{event} tells of {noun}, and {operation} is about {self.declared.name}; name that"
                if event in known and noun == self.declared.name:
                    yield place, f"{event} is what {known[event]} writes, which does something else; name another"
                if part not in ("list", "read"):
                    known[event] = str(operation)

    def _find_taken(self) -> Iterator[Slip]:
        """Yield the code of a creation that is called after another resource, and refuses its creation."""
        for _, operation in self.find_played("create"):
            codes = operation.responses[409].codes if 409 in operation.responses else ()
            for other in self.types.values():
                creation = self.operations.get(other.parts.create or "")
                if creation is None or other is self.declared or 409 not in creation.responses:
                    continue
                for code in codes:
                    if code.startswith(f"{other.name}_") and code in creation.responses[409].codes:
                        yield (
                            (*_locate(operation), "responses", "409"),
                            f"{code} is the code of {other.name}, by which {creation} refuses; declare another",
                        )

    @property
    def _shown(self) -> JsonObject:
        found: JsonObject = self._resolve(self.document["components"]["schemas"].get(self.declared.schema, {}))
        return found

    @property
    def _fields(self) -> dict[str, JsonObject]:
        return self._read_fields(self._shown)

    def _read_answer(self, operation: Operation) -> dict[str, JsonObject]:
        """Return the fields of an answer of JSON that is a success."""
        for status, response in operation.responses.items():
            if 200 <= status < 300 and _JSON in response.schemas:
                return self._read_fields(response.schemas[_JSON])
        return {}

    def _read_fields(self, schema: Any) -> dict[str, JsonObject]:
        node, found = self._resolve(schema), dict[str, JsonObject]()
        for each in node.get("allOf", ()):
            found |= self._read_fields(each)
        return found | {name: self._resolve(each) for name, each in node.get("properties", {}).items()}

    def _resolve(self, schema: Any) -> Any:
        """Return a schema that a reference leads to; an empty one where it leads nowhere, which others tell."""
        try:
            return resolve(self.document, schema)
        except ContractError:
            return {}


def find_contradictions(
    document: JsonObject, operations: Mapping[str, Operation], types: Mapping[str, ResourceType]
) -> Iterator[Slip]:
    """Yield what contradicts the types of a contract in their order, then the scopes that nobody holds.

    Scopes are asked about where the declaration says all that an operation does.
    """
    for each in types.values():
        yield from TypeInPlace(document, operations, types, each).find_slips()
    held = {scope for root in _GRANTS for scopes in document.get(root, {}).values() for scope in scopes}
    for each in types.values():
        for _, operation in TypeInPlace(document, operations, types, each).find_played():
            for group in operation.permissions.groups if held and is_declared_whole(each, str(operation)) else ():
                if held.isdisjoint(group):
                    text = f"no role and no permission set holds {' or '.join(group)}; name another"
                    yield (*_locate(operation), "x-permissions"), text


def _locate(operation: Operation) -> tuple[str, ...]:
    return "paths", operation.path.replace("~", "~0").replace("/", "~1"), operation.method.lower()
