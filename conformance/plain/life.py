"""The life of an object, by a plain document: made, read, listed, changed and removed in the session of one test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.contract.resource_types import ResourceShape
from conformance.contract.shapes import JSON
from conformance.custody.ledger import MadeObject
from conformance.declared.plain_resources import (
    PlainResource,
    find_marked_field,
    find_sent_fields,
    read_key,
    read_list,
    read_object,
)
from conformance.http.exchange import Exchange, Request
from conformance.needs import CALLER, Need
from conformance.oracle.declaration.registry import find_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.plain.sample import Samples
from conformance.profile import Caller
from conformance.recipes.requests import build
from conformance.session.harness import Harness

SECOND_CALLER = Need("[callers.NAME] of a second org", "a second caller")


@dataclass(frozen=True, slots=True)
class OwnObject:
    """An object that the test made."""

    resource: PlainResource
    key: str
    caller: Caller
    sent: JsonObject
    """The object that was sent."""
    answer: Exchange
    """The answer to its creation."""
    above: Mapping[str, str] = field(default_factory=dict)
    """The keys of what it is within, by resource."""

    @property
    def shape(self) -> ResourceShape:
        return self.resource.shape

    @property
    def keys(self) -> Mapping[str, str]:
        """Return the keys that a path about it has, by resource."""
        return {**self.above, self.resource.name: self.key}


class Lives:
    """The objects of one test, by the session that it has with the target."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.contract = harness.contract
        self.samples = Samples(harness.contract)

    # Who asks

    def list_callers_for(self, operation: Operation) -> list[Caller]:
        """Return the callers whom the document lets do the operation."""
        return [each for each in self.harness.callers() if self._may(each, operation)]

    def caller_for(self, *operations: Operation) -> Caller:
        """Return a caller whom the document lets do all of these; NotProvoked where the profile has none."""
        for each in self.harness.callers():
            if all(self._may(each, operation) for operation in operations):
                return each
        raise NotProvoked("the profile has no caller with the credential that it asks for", CALLER)

    def find_other_caller(self, caller: Caller, operation: Operation) -> Caller:
        """Return a caller of another org who may do the operation; NotProvoked where there is none."""
        found = (each for each in self.list_callers_for(operation) if each.org != caller.org)
        if (other := next(found, None)) is None:
            raise NotProvoked("the profile has no second caller, of another org", SECOND_CALLER)
        return other

    def _may(self, caller: Caller, operation: Operation) -> bool:
        if operation.is_secured and not caller.token:
            return False
        return caller.scopes is None or operation.permissions.are_held_by(caller.scopes)

    # Requests

    def operation(self, operation_id: str | None) -> Operation:
        """Return the operation of this id; NotProvoked where there is none."""
        if operation_id is None:
            raise NotProvoked("the document has no such operation for the resource")
        return self.contract.operations[operation_id]

    def request(
        self, operation: Operation, keys: Mapping[str, str] | None = None, body: JsonObject | None = None
    ) -> Request:
        """Return a request about the objects of these keys, by resource, with what the operation requires beside them.

        NotProvoked where its path names something else.
        """
        named = {each.name: each.resource.name if each.resource else "" for each in operation.path_parameters}
        if unknown := [name for name, of in named.items() if of not in (keys or {})]:
            raise NotProvoked(f"nothing is known of what {{{unknown[0]}}} in its path names")
        values = {name: (keys or {})[of] for name, of in named.items()}
        required = [each for each in operation.parameters if each.is_required and each.location in ("query", "header")]
        given = [(each, _to_text(self.samples.draw_value(each.schema, 0, each.name))) for each in required]
        query = urlencode({p.name: text for p, text in given if p.location == "query"})
        headers = tuple((p.name, text) for p, text in given if p.location == "header")
        content = None if body is None else json.dumps(body).encode()
        request = build(operation, values, content=content, media_type=JSON if body is not None else None, query=query)
        return replace(request, headers=(*request.headers, *headers))

    def wrap_fields(self, shape: ResourceShape, operation_id: str, fields: JsonObject) -> JsonObject:
        """Return the body that sends an object to an operation."""
        wrapper = shape.sent_in.get(operation_id)
        return {wrapper: fields} if wrapper else fields

    def make_keys(self, operation: Operation, resource: PlainResource | None) -> Mapping[str, str]:
        """Return the keys of objects that are made for what the path of an operation names, by resource."""
        named = {each.name for each in operation.resources}
        if not operation.path_parameters or resource is None:
            return {}
        caller = self.caller_for(*map(self.operation, self._list_needed(resource.shape)))
        return self.create(resource, caller).keys if resource.name in named else self.make_above(resource, caller)

    def make_right_body(self, operation: Operation, resource: PlainResource | None) -> JsonObject | None:
        """Return a right body for an operation, None where it takes none; NotProvoked where no such body is known."""
        if operation.body is None:
            return None
        if resource is None or operation.operation_id not in (resource.shape.create, resource.shape.update):
            raise NotProvoked("no right body is known for it")
        created = operation.operation_id == resource.shape.create
        fields = next(self.draw_bodies(resource)) if created else self.draw_fields(resource, operation, 0)
        return self.wrap_fields(resource.shape, operation.operation_id, fields)

    # A life

    def create(self, resource: PlainResource, caller: Caller | None = None) -> OwnObject:
        """Create an object with the first body that is accepted, and its parents before it; else NotProvoked."""
        shape = resource.shape
        operation = self.operation(shape.create)
        caller = caller or self.caller_for(*map(self.operation, self._list_needed(shape)))
        above = self.make_above(resource, caller)
        refused: Exchange | None = None
        for sent in self.draw_bodies(resource):
            answer = self.send_creation(resource, operation, caller, sent, above)
            if answer.has_succeeded:
                return self.keep_made(resource, caller, sent, answer, above)
            refused = answer
        raise NotProvoked(f"no {resource.name} could be made: {operation} answered {refused}")

    def make_above(self, resource: PlainResource, caller: Caller) -> Mapping[str, str]:
        """Return the keys of what a new object is within, which is made for it, by resource."""
        if resource.shape.within is None:
            return {}
        holder = find_resource(resource.shape.within)
        if not isinstance(holder, PlainResource):
            raise NotProvoked(f"the document declares no resource {resource.shape.within}")
        return self.create(holder, caller).keys

    def _list_needed(self, shape: ResourceShape) -> Iterator[str]:
        """Yield the operations that one caller has to be able to do: to make an object, to look at it, to remove it."""
        yield from filter(None, (shape.create, shape.read, shape.remove))

    def send_creation(
        self,
        resource: PlainResource,
        operation: Operation,
        caller: Caller,
        fields: JsonObject,
        above: Mapping[str, str],
    ) -> Exchange:
        """Return the answer to a creation with these fields."""
        body = self.wrap_fields(resource.shape, operation.operation_id, fields)
        return self.harness.send(caller, self.request(operation, above, body))

    def keep_made(
        self,
        resource: PlainResource,
        caller: Caller,
        sent: JsonObject,
        answer: Exchange,
        above: Mapping[str, str],
    ) -> OwnObject:
        """Return what a creation made, in the custody of the test; NotProvoked where nothing shows its key."""
        shape = resource.shape
        key = read_key(shape, read_object(shape, answer.operation_id, answer.json)) or self._read_location(answer)
        key = key or self._find_in_list(resource, caller, sent, above)
        if not key:
            raise NotProvoked(f"{answer.operation_id} answered {answer}, and shows no {shape.key} of what it made")
        self.keep(resource, key, caller, answer)
        return OwnObject(resource, key, caller, sent, answer, above)

    def keep(self, resource: PlainResource, key: str, caller: Caller, answer: Exchange) -> None:
        """Take an object into custody."""
        harness, held = self.harness, resource.to_custody(key)
        if harness.guard.was_there(held):
            raise NotProvoked(f"{answer.operation_id} answered with the {resource.name} {key}, which was there before")
        if resource.shape.within:
            harness.guard.allow_made(held)
        elif not harness.guard.may_change(held):
            harness.made.take_again(held, MadeObject(resource.name, caller.org))
        fact = Fact(resource=resource.name, id=key, owner=caller.org, made=True, since=answer.number)
        harness.knowledge = harness.knowledge.with_fact(fact)

    def _read_location(self, answer: Exchange) -> str:
        """Return the key in the header that says where the new object is."""
        where = urlsplit(answer.find_header("location") or "").path.rstrip("/")
        return unquote(where.rpartition("/")[2])

    def _find_in_list(self, resource: PlainResource, caller: Caller, sent: JsonObject, above: Mapping[str, str]) -> str:
        shape, field = resource.shape, resource.named_in
        if shape.list is None or not sent.get(field):
            return ""
        answer = self.harness.send(caller, self.request(self.operation(shape.list), above))
        found = (each for each in read_list(shape, answer.json) if each.get(field) == sent[field])
        return read_key(shape, next(found, {}))

    def read(self, made: OwnObject, caller: Caller | None = None) -> Exchange:
        """Return the answer to a read of an object."""
        return self.harness.send(caller or made.caller, self.request(self.operation(made.shape.read), made.keys))

    def read_shown(self, made: OwnObject) -> tuple[Exchange, JsonObject]:
        """Return the answer to a read of an object that is there, and what it shows.

        NotProvoked where it shows nothing.
        """
        answer = self.read(made)
        if not answer.has_succeeded:
            raise NotProvoked(f"what was made cannot be read: {answer.operation_id} answered {answer}")
        return answer, read_object(made.shape, made.shape.read, answer.json)

    def read_list(self, made: OwnObject, caller: Caller | None = None) -> tuple[Exchange, bool, bool]:
        """Return the answer to the list, whether it holds the object, and whether it is all that there is."""
        operation = self.operation(made.shape.list)
        answer = self.harness.send(caller or made.caller, self.request(operation, made.above))
        if not answer.has_succeeded:
            raise NotProvoked(f"the list is not served: {operation} answered {answer}")
        objects = read_list(made.shape, answer.json)
        holds = any(read_key(made.shape, each) == made.key for each in objects)
        return answer, holds, is_whole(operation, len(objects))

    def update(self, made: OwnObject, fields: JsonObject, caller: Caller | None = None) -> Exchange:
        """Return the answer to an update of an object by these fields; `apply_update` says what the object is then."""
        operation = self.operation(made.shape.update)
        body = self.wrap_fields(made.shape, operation.operation_id, fields)
        return self.harness.send(caller or made.caller, self.request(operation, made.keys, body))

    def apply_update(self, made: OwnObject, fields: JsonObject, answer: Exchange) -> OwnObject:
        """Return the object after an update by these fields: under the key that it has now.

        The answer shows that, else the list where nothing is read by the former one any more.
        """
        updated = replace(made, sent={**made.sent, **fields})
        now = read_key(made.shape, read_object(made.shape, answer.operation_id, answer.json))
        if not now and made.shape.read and not self.read(made).has_succeeded:
            now = self._find_in_list(made.resource, made.caller, updated.sent, made.above)
        if not now or now == made.key:
            return updated
        self.keep(made.resource, now, made.caller, answer)
        return replace(updated, key=now)

    def remove(self, made: OwnObject, caller: Caller | None = None) -> Exchange:
        """Return the answer to the removal of an object."""
        return self.harness.send(caller or made.caller, self.request(self.operation(made.shape.remove), made.keys))

    # Bodies

    def draw_bodies(self, resource: PlainResource) -> Iterator[JsonObject]:
        """Yield right objects for a creation: with all plain fields, with those of an example, with those required."""
        operation = self.operation(resource.shape.create)
        every = self.draw_fields(resource, operation, 0)
        yield every
        for example in self._list_examples(resource, operation):
            yield {**example, **{name: every[name] for name in self._list_own_fields(resource) if name in every}}
        required = self.list_required_fields(resource, operation)
        if least := {name: value for name, value in every.items() if name in required}:
            yield least

    def draw_fields(self, resource: PlainResource, operation: Operation, turn: int) -> dict[str, Any]:
        """Return the plain fields of an object that an operation takes, with a value each."""
        schemas = find_sent_fields(self.contract, resource.shape, operation.operation_id)
        required, own = self.list_required_fields(resource, operation), self._list_own_fields(resource)
        found: dict[str, Any] = {}
        for name, schema in schemas.items():
            left_out = name == resource.shape.key and not resource.shape.is_named_by_caller
            if name in required or not (left_out or _is_name_of_another(name)):
                unique = self.harness.make_fresh_name() if name in own or _is_address(name, schema) else ""
                value = self.samples.draw_value(schema, turn, name, unique)
                if name == resource.shape.key and isinstance(value, int):
                    value = self.harness.random.randrange(10**8, 2**31 - 1)
                found |= {name: value} if value is not None else {}
        return found

    def _list_own_fields(self, resource: PlainResource) -> frozenset[str]:
        """Return the fields of which no two objects may have the same, and the one that a mark has its place in."""
        shape = resource.shape
        marked = find_marked_field(self.contract, shape)
        return frozenset({shape.key, *shape.unique, *((marked,) if marked else ())})

    def list_required_fields(self, resource: PlainResource, operation: Operation) -> frozenset[str]:
        """Return the fields of an object that an operation requires."""
        schema: Any = operation.body.schemas.get(JSON, {}) if operation.body else {}
        wrapper = resource.shape.sent_in.get(operation.operation_id)
        return find_required(self.contract, schema, wrapper)

    def _list_examples(self, resource: PlainResource, operation: Operation) -> Iterator[dict[str, Any]]:
        wrapper = resource.shape.sent_in.get(operation.operation_id)
        for each in operation.body.examples.get(JSON, ()) if operation.body else ():
            inner = each.get(wrapper) if wrapper and isinstance(each, Mapping) else each
            if isinstance(inner, Mapping):
                yield dict(inner)


def find_required(contract: Contract, schema: Any, wrapper: str | None) -> frozenset[str]:
    """Return the fields that a schema requires, of what it has in one field where it is wrapped in that."""
    node = resolve(contract.document, schema)
    if not isinstance(node, Mapping):
        return frozenset()
    if wrapper:
        return find_required(contract, node.get("properties", {}).get(wrapper, {}), None)
    parts = (find_required(contract, part, None) for part in node.get("allOf", ()))
    return frozenset(node.get("required", ())).union(*parts)


PAGING = ("limit", "offset", "page", "size", "skip", "cursor", "after", "before", "start", "first", "count", "token")


def is_whole(operation: Operation, count: int) -> bool:
    """Return whether a list of so many objects is all that there is, as far as the operation tells of pages."""
    paging = [p for p in operation.parameters if p.location == "query" and any(w in p.name.lower() for w in PAGING)]
    sizes = [p.schema.get("default") for p in paging]
    return not paging or any(isinstance(size, int) and count < size for size in sizes if size)


def are_same(shown: object, sent: object) -> bool:
    """Return whether a value is shown as it was sent: numbers by what they are, times by when, lists in any order."""
    if isinstance(shown, list) and isinstance(sent, list):
        return sorted(map(repr, shown)) == sorted(map(repr, sent))
    if isinstance(shown, Mapping) and isinstance(sent, Mapping):
        return all(name in shown and are_same(shown[name], value) for name, value in sent.items())
    if isinstance(shown, str) and isinstance(sent, str):
        return shown == sent or _as_time(shown) == _as_time(sent) is not None
    return shown == sent and isinstance(shown, bool) is isinstance(sent, bool)


def differing_fields(shown: JsonObject, sent: JsonObject, names: Sequence[str]) -> list[str]:
    """Return the fields of these that are shown with another value than was sent; those not shown are left open."""
    return [name for name in names if name in sent and name in shown and not are_same(shown[name], sent[name])]


def _as_time(text: str) -> object:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_name_of_another(name: str) -> bool:
    """Return whether a field seems to name another object, which nobody knows."""
    return name.lower().endswith(("_id", "_ids", "_key", "_slug")) or (name.endswith(("Id", "Ids")) and len(name) > 2)


def _is_address(name: str, schema: JsonObject) -> bool:
    """Return whether a field is an address or a name of somebody, of which others may have no second."""
    return schema.get("format") == "email" or name.lower() in ("email", "username", "login", "slug")


def _to_text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float | list | dict) else str(value or "")
