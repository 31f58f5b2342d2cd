"""Operations on objects that are kept as they are sent, each made once at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from mock_server.contract.schema import Compiler
from mock_server.declared.derivation import CONFLICT, CannotDeriveError
from mock_server.declared.documents.answers import ListAnswer, ObjectAnswer, Success, find_list
from mock_server.declared.documents.content import ContentRules
from mock_server.declared.documents.fields import find_shape, read_at, read_fields, shows_alike
from mock_server.declared.documents.ids import make_free_id, make_id_maker
from mock_server.declared.documents.kinds import Kind, Schema, join_key
from mock_server.declared.documents.ownership import Ownership
from mock_server.declared.documents.places import Place
from mock_server.declared.documents.queries import find_field, make_selection, read_query, take_part
from mock_server.declared.documents.refusals import Require, make_others_requirement
from mock_server.declared.documents.stored import StoredDocument
from mock_server.errors import ValidationFailed, make_error
from mock_server.operation import Reply, Request, Transition
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import replace


@dataclass(frozen=True, eq=False)
class Work:
    """An operation to be made: what it is about, what it takes, and what it answers."""

    document: Mapping[str, Any]
    kind: Kind
    kinds: Mapping[str, Kind]
    collections: Mapping[str, Collection[Any]]
    ownerships: Mapping[str, Ownership]
    rules: ContentRules
    schemas: Compiler
    operation: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]
    body: Schema | None
    success: Success

    @property
    def collection(self) -> Collection[Any]:
        """The collection of the resource."""
        return self.collections[self.kind.name]

    @property
    def place(self) -> Place:
        """The place of its objects."""
        return Place(self.kind, self.collections, self.kinds, self.ownerships)

    @property
    def ownership(self) -> Ownership:
        """The rules for who sees and changes its objects."""
        return self.ownerships[self.kind.name]

    @property
    def require_others(self) -> Require:
        """The check that refuses an object for what others are there, or are not."""
        return make_others_requirement(self.kind, self.collections, self.kinds, self.ownerships)

    @property
    def answer(self) -> ObjectAnswer:
        """The answer about one object."""
        return ObjectAnswer(self.document, self.kind, self.success)

    @property
    def refuses_taken(self) -> bool:
        """Whether it declares what it answers where another object has the key already."""
        return str(CONFLICT) in self.operation.get("responses", {})


class Body:
    """The place of an object's fields in a body, and which fields these are."""

    def __init__(self, work: Work, *, several: bool = False) -> None:
        """Raises CannotDeriveError for a body that has none."""
        schema, fields = work.body, work.kind.fields
        if schema is None:
            raise CannotDeriveError("its body is no JSON")
        shape = find_shape(
            schema, lambda each: shows_alike(each, fields) or not read_fields(each), prefers_list=several
        )
        if shape is None or shape.is_list is not several:
            raise CannotDeriveError(f"its body has no field of {work.kind.schema_name}")
        self._at = shape.at
        self.fields = frozenset(read_fields(shape.one))

    def read(self, request: Request) -> Mapping[str, Any]:
        """Return the fields that a request has; ValidationFailed where it has no object."""
        found = read_at(request.body, self._at)
        if not isinstance(found, Mapping):
            raise ValidationFailed(fields={".".join(self._at) or "body": "It is no object."})
        return found

    def read_many(self, request: Request) -> list[Mapping[str, Any]]:
        """Return the fields of each object that a request has."""
        return [each for each in read_at(request.body, self._at) or () if isinstance(each, Mapping)]


def derive_list(work: Work) -> Transition:
    """Return the operation that lists the objects of one place, oldest first."""
    shape = find_list(work.kind, work.success)
    if shape is None:
        raise CannotDeriveError(f"it does not answer with a list of {work.kind.schema_name}")
    answer, place, collection = ListAnswer(work.document, work.success, shape), work.place, work.collection
    is_listed = work.ownership.is_listed
    query = read_query(work.kind, work.parameters)
    select, rank = make_selection(query), attrgetter("number")

    def list_objects(state: State, request: Request) -> tuple[State, Reply]:
        within = place.find_around(state, request)
        listed = (each for each in state.select(collection, within=within) if is_listed(each, request.caller))
        found = select(sorted(listed, key=rank), request.query)
        part = take_part(query, found, request.query)
        return state, answer.make_reply([each.content for each in part], len(found))

    return list_objects


def derive_read(work: Work) -> Transition:
    """Return the operation that answers with the object that the path names."""
    answer, place = work.answer, work.place
    if answer.shown is None:
        raise CannotDeriveError(f"it does not answer with {work.kind.schema_name}")

    def read_object(state: State, request: Request) -> tuple[State, Reply]:
        return state, answer.make_reply(place.find(state, request).content)

    return read_object


Make = Callable[[State, Request, str, Mapping[str, Any]], tuple[State, StoredDocument]]


def _make_maker(work: Work, taken_by_body: frozenset[str]) -> Make:
    """Return what makes an object of the fields that were sent, in the place of the caller's own of the same key."""
    kind, collection, rules = work.kind, work.collection, work.rules
    make_id = make_id_maker(kind, work.schemas) if kind.is_made_by_server else None
    is_shown, refuses = kind.key in kind.fields, work.refuses_taken
    ownership, require_others = work.ownership, work.require_others

    def make(state: State, request: Request, within: str, sent: Mapping[str, Any]) -> tuple[State, StoredDocument]:
        fields = rules.select(sent)
        own = fields.get(kind.key)
        if own is None and make_id is not None:
            taken = state.tables[collection.name].objects
            state, own = make_free_id(make_id, state, fields, lambda each: join_key(within, each) in taken)
        elif own is None or own == "":
            raise ValidationFailed(fields={kind.key: "It is required, since a path names the object by it."})
        key = join_key(within, own)
        former = state.tables[collection.name].objects.get(key)
        if former is not None and refuses:
            raise make_error("already_exists", CONFLICT, f"There is a {kind.noun} of this {kind.key} already.")
        if former is not None and not ownership.is_own(former, request.caller):
            raise ValidationFailed(fields={kind.key: f"It is that of a {kind.noun} of somebody else."})
        fields = {**ownership.describe_owner(request.caller), **fields}
        content = rules.begin(fields, request.now, taken_by_body)
        if is_shown:
            content[kind.key] = own
        content = rules.require_shown(content, sent)
        number = state.find_next_count(f"number of {kind.name}") if former is None else former.number
        if former is None:
            state, _ = state.assign_id_of_kind(f"number of {kind.name}")
        value = StoredDocument(key, within, number, content, ownership.find_owner(request.caller))
        require_others(state, value, request.caller)
        return state.put(collection, value), value

    return make


def derive_creation(work: Work) -> Transition:
    """Return the operation that makes an object of its body."""
    answer, place, body = work.answer, work.place, Body(work)
    make = _make_maker(work, body.fields)

    def create(state: State, request: Request) -> tuple[State, Reply]:
        within = place.find_around(state, request)
        state, value = make(state, request, within, body.read(request))
        return state, answer.make_reply(value.content)

    return create


def derive_many_creations(work: Work) -> Transition:
    """Return the operation that makes an object of each entry of its body."""
    answer, place, body = work.answer, work.place, Body(work, several=True)
    shape = find_list(work.kind, work.success)
    lists = None if shape is None else ListAnswer(work.document, work.success, shape)
    make = _make_maker(work, body.fields)

    def create_many(state: State, request: Request) -> tuple[State, Reply]:
        within = place.find_around(state, request)
        made = []
        for sent in body.read_many(request):
            state, value = make(state, request, within, sent)
            made.append(value.content)
        if lists is not None:
            return state, lists.make_reply(made, len(made))
        return state, answer.make_reply(made[-1] if made else {})

    if lists is None and answer.shown is not None and work.body is not None and not work.body.get("minItems"):
        return _require_one(create_many, body)
    return create_many


def _require_one(create_many: Transition, body: Body) -> Transition:
    """Return an operation that answers with an object, and so has nothing to answer where there is none."""

    def create_some(state: State, request: Request) -> tuple[State, Any]:
        if not body.read_many(request):
            raise ValidationFailed(fields={"body": "It has to have one entry at least."})
        return create_many(state, request)

    return create_some


def derive_update(work: Work) -> Transition:
    """Return the operation that changes the fields that are sent."""
    place, body = work.place, Body(work)
    change = _make_change(work, replaces=False, taken=body.fields)

    def update(state: State, request: Request) -> tuple[State, Reply]:
        return change(state, request, place.find(state, request), body.read(request))

    return update


def derive_replacement(work: Work) -> Transition:
    """Return the operation that replaces what was sent of an object, or makes one where its caller names it."""
    place, body = work.place, Body(work)
    change = _make_change(work, replaces=True, taken=body.fields)
    if work.kind.is_made_by_server or _has_creation(work):

        def replace_object(state: State, request: Request) -> tuple[State, Reply]:
            return change(state, request, place.find(state, request), body.read(request))

        return replace_object
    make, answer, collection = _make_maker(work, body.fields), work.answer, work.collection
    last, key_field = work.kind.parameters[-1], work.kind.key

    def set_object(state: State, request: Request) -> tuple[State, Reply]:
        within, own = place.find_around(state, request), request.path[last]
        before = state.get(collection, join_key(within, own))
        sent = {**body.read(request), key_field: own}
        if before is not None:
            return change(state, request, before, sent)
        state, value = make(state, request, within, sent)
        return state, answer.make_reply(value.content)

    return set_object


def _has_creation(work: Work) -> bool:
    return "post" in work.document["paths"].get(work.kind.place, {})


def derive_replacement_by_body(work: Work) -> Transition:
    """Return the operation that replaces the object whose key its body has."""
    kind, place, body = work.kind, work.place, Body(work)
    if kind.key not in body.fields:
        raise CannotDeriveError(f"neither its path nor its body has {kind.key}")
    change = _make_change(work, replaces=True, taken=body.fields)

    def replace_named(state: State, request: Request) -> tuple[State, Reply]:
        sent = body.read(request)
        if sent.get(kind.key) is None:
            raise ValidationFailed(fields={kind.key: "It is required: it says which one is meant."})
        within = place.find_around(state, request)
        return change(state, request, place.require(state, request, join_key(within, sent[kind.key])), sent)

    return replace_named


def derive_update_by_query(work: Work) -> Transition:
    """Return the operation that changes the fields that its query has."""
    names = [each["name"] for each in work.parameters if each.get("in") == "query"]
    found = {name: find_field(work.kind.fields, name) for name in names}
    if work.body is not None or not found or None in found.values():
        raise CannotDeriveError("nothing says what it does with the object")
    place, change = work.place, _make_change(work, replaces=False, taken=frozenset())

    def update(state: State, request: Request) -> tuple[State, Reply]:
        sent = {str(found[name]): value for name, value in request.query.items()}
        return change(state, request, place.find(state, request), sent)

    return update


Change = Callable[[State, Request, StoredDocument, Mapping[str, Any]], tuple[State, Reply]]


def _make_change(work: Work, *, replaces: bool, taken: frozenset[str]) -> Change:
    """Return what puts the fields that were sent into an object; `taken` that are not sent go, where it replaces."""
    kind, collection, rules, answer = work.kind, work.collection, work.rules, work.answer
    immutable = {kind.key, *kind.said.get("immutable", ())}
    require_others, ownership, operation = work.require_others, work.ownership, work.operation
    going = (taken - kind.required - immutable - {kind.owner}) if replaces else frozenset()

    def change(state: State, request: Request, before: StoredDocument, sent: Mapping[str, Any]) -> tuple[State, Reply]:
        if not ownership.is_own(before, request.caller):
            raise ownership.make_refusal(operation)
        fields = {name: value for name, value in rules.select(sent).items() if name not in immutable}
        left = {name: value for name, value in before.content.items() if name not in going or name in fields}
        content = rules.require_shown({**left, **fields}, sent)
        if content == before.content:
            return state, answer.make_reply(content)
        require_others(state, replace(before, content=content), request.caller)
        content = rules.touch(content, request.now)
        return state.put(collection, replace(before, content=content)), answer.make_reply(content)

    return change


def derive_removal(work: Work) -> Transition:
    """Return the operation that removes an object, with what lies within it."""
    place, answer, collection, kind = work.place, work.answer, work.collection, work.kind
    inside = [work.collections[each.name] for each in work.kinds.values() if _lies_within(each, kind, work.kinds)]
    ownership, operation = work.ownership, work.operation

    def remove(state: State, request: Request) -> tuple[State, Reply]:
        value = place.find(state, request)
        if not ownership.is_own(value, request.caller):
            raise ownership.make_refusal(operation)
        for other in inside:
            for key, each in list(state.all(other).items()):
                if f"{each.within}/".startswith(f"{value.key}/"):
                    state = state.drop(other, key)
        return state.drop(collection, value.key), answer.make_reply(value.content)

    return remove


def _lies_within(each: Kind, kind: Kind, kinds: Mapping[str, Kind]) -> bool:
    while each.within is not None and each.within in kinds:
        if each.within == kind.name:
            return True
        each = kinds[each.within]
    return False
