"""The search for declarations that contradict the rest of their contract, or its examples, each with a JSON pointer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import ContractError, JsonObject, Operation, is_named, resolve
from conformance.contract.contradictions import Slip, find_contradictions
from conformance.contract.declarations import FEATURES, TYPES, is_declared_whole
from conformance.contract.resource_types import Features, ResourceType

_JSON = "application/json"


def find_example_slips(
    document: JsonObject, operations: Mapping[str, Operation], types: Mapping[str, ResourceType]
) -> Iterator[Slip]:
    """Yield what types say that an object in an example of their lists and reads shows otherwise."""
    for name, declared in types.items():
        for part in (declared.parts.list, declared.parts.read):
            operation = operations.get(part or "")
            for answer in _read_examples(document, operation) if operation else ():
                shown = list(_find_objects(answer))
                for keyword, slip in _find_in_answer(declared, str(operation), shown):
                    yield (TYPES, name, keyword), slip
                for field, slip in _find_wrong_ids(declared, types, str(operation), shown):
                    yield (TYPES, name, "refers", field), slip


def _find_objects(answer: JsonObject) -> Iterator[JsonObject]:
    """Yield the objects of an answer: those of its lists, and the answer itself."""
    lists = (each for each in answer.values() if isinstance(each, Sequence) and not isinstance(each, str))
    yield from (each for found in (*lists, [answer]) for each in found if isinstance(each, Mapping))


def _find_wrong_ids(
    declared: ResourceType, types: Mapping[str, ResourceType], operation: str, shown: list[JsonObject]
) -> Iterator[tuple[str, str]]:
    """Yield what a field that names others by their ids has in an example, and is no id of theirs."""
    for name, reference in declared.refers.items():
        target = types.get(reference.to)
        for value in (each[name] for each in shown if name in each):
            prefix = target.prefix if target and reference.by is None else None
            if prefix and isinstance(value, str) and not value.startswith(prefix):
                text = f"an example of {operation} has {value!r}, and ids of {reference.to} begin with {prefix}"
                yield name, f"{text}; write by, the field that names one"


def _find_in_answer(declared: ResourceType, operation: str, shown: list[JsonObject]) -> Iterator[tuple[str, str]]:
    """Yield what the objects of one answer contradict, the keyword first."""
    known = set[tuple[Any, ...]]()
    for each in shown if declared.unique else ():
        same = tuple(str(each.get(name)) for name in (declared.owner, *declared.unique) if name)
        if declared.unique[-1] in each and same in known:
            said = " and ".join(declared.unique)
            yield "unique", f"an example of {operation} has two of the same {said}; add what tells them apart"
        known.add(same)
    key = declared.key or "id"
    for each in shown if declared.owner in declared.owner_only else ():
        if declared.owner in each or key not in each:
            continue
        text = f"an example of {operation} shows somebody else's {each[key]}"
        for name in sorted(declared.owner_only & each.keys()):
            yield "owner_only", f"{text} with {name}; take it out of one of them"
        if declared.visible and not any(each.get(name) in values for name, values in declared.visible):
            yield "visible", f"{text}, which none of these lets others see; add what does"


def _read_examples(document: JsonObject, operation: Operation) -> Iterator[JsonObject]:
    """Yield the examples of an operation's success that are objects."""
    responses = document["paths"][operation.path][operation.method.lower()]["responses"]
    for status, response in responses.items():
        media = resolve(document, response).get("content", {}).get(_JSON, {}) if str(status)[0] == "2" else {}
        named = (resolve(document, each).get("value") for each in media.get("examples", {}).values())
        yield from (each for each in (media.get("example"), *named) if isinstance(each, Mapping))


JSON = "application/json"
SET_BY_SERVER = frozenset({"id", "created_at", "updated_at"})
"""Fields that a server gives every object that has them."""


@dataclass(frozen=True, slots=True, eq=False)
class Declarations:
    """The declarations of a contract, and what they are held against."""

    document: JsonObject
    operations: Mapping[str, Operation]
    features: Features
    types: Mapping[str, ResourceType]
    codes: frozenset[str]
    """The codes of the closed enum."""

    def check(self) -> None:
        """Raise ContractError for the first slip, which says where it stands, what is wrong, and what to write."""
        for place, slip in self._find_slips():
            raise ContractError(f"/{'/'.join(place)}: {slip}")

    def _find_slips(self) -> Iterator[tuple[Iterable[str], str]]:
        yield from self._check_features()
        for name, declared in self.types.items():
            for place, slip in self._check_type(declared):
                yield (TYPES, name, *place), slip
        yield from self._check_prefixes()
        yield from self._check_absences()
        yield from find_contradictions(self.document, self.operations, self.types)
        yield from find_example_slips(self.document, self.operations, self.types)

    def _check_features(self) -> Iterator[tuple[Iterable[str], str]]:
        session, refusal = self.features.session, self.features.billing
        if session is not None and session not in self.operations:
            yield (FEATURES, "session", "operation"), f"{session!r} is the id of no operation"
        if refusal is not None and refusal not in self.codes:
            yield (FEATURES, "billing", "refusal"), f"{refusal!r} is no code of ErrorCode"

    def _check_type(self, declared: ResourceType) -> Iterator[tuple[Iterable[str], str]]:
        schemas = self.document.get("components", {}).get("schemas", {})
        if declared.schema not in schemas:
            yield ("schema",), f"{declared.schema!r} is no schema of components.schemas"
            return
        if declared.name not in self._named:
            yield (), "no path has a parameter whose x-resource has this name"
            return
        for at, pattern in enumerate(declared.code):
            if not any(is_named(each, (pattern,)) for each in self.operations):
                yield ("code", str(at)), f"{pattern!r} is the id of no operation, and no pattern of one"
        shown = frozenset(self._list_properties(schemas[declared.schema]))
        for place, name in _list_named_fields(declared):
            if name not in shown:
                yield place, f"{declared.schema} has no field {name!r}"
        yield from self._check_references(declared, schemas)
        yield from self._check_archive(declared)
        yield from self._check_creation(declared, schemas[declared.schema])

    def _check_references(self, declared: ResourceType, schemas: JsonObject) -> Iterator[tuple[Iterable[str], str]]:
        for name, each in declared.refers.items():
            if each.to not in self._known:
                yield ("refers", name, "to"), f"{each.to!r} is no resource of this contract"
            target = self.types.get(each.to)
            shown = self._list_properties(schemas.get(target.schema, {})) if target else ()
            if target and each.by is not None and each.by not in shown:
                yield ("refers", name, "by"), f"{target.schema} has no field {each.by!r}"
            for keyword, code in (("code", each.code), ("archived", each.archived)):
                if code is not None and code not in self.codes:
                    yield ("refers", name, keyword), f"{code!r} is no code of ErrorCode"
        if declared.switched_off and declared.switched_off.code not in self.codes:
            yield ("switched_off", "code"), f"{declared.switched_off.code!r} is no code of ErrorCode"

    def _check_archive(self, declared: ResourceType) -> Iterator[tuple[Iterable[str], str]]:
        archive = declared.archive
        if archive is None:
            return
        if declared.parts.archive is None or declared.parts.unarchive is None:
            yield (
                ("archive",),
                "no operations archive one and take it into use again; add POST .../archive and /unarchive",
            )
        for name in archive.cascades:
            if name not in self._known:
                yield ("archive", "cascades", name), f"{name!r} is no resource of this contract"
        kept = archive.kept_by
        if kept is not None and kept.resource not in self._known:
            yield ("archive", "kept_by", "resource"), f"{kept.resource!r} is no resource of this contract"
        if kept is not None and kept.code not in self.codes:
            yield ("archive", "kept_by", "code"), f"{kept.code!r} is no code of ErrorCode"

    def _check_creation(self, declared: ResourceType, schema: JsonObject) -> Iterator[tuple[Iterable[str], str]]:
        """Yield what a creation does not fit, where the declaration says all that it does."""
        creation = self.operations.get(declared.parts.create or "")
        if creation is None or creation.body is None or not is_declared_whole(declared, str(creation)):
            return
        sent = frozenset(name for each in creation.body.schemas.values() for name in self._list_properties(each))
        named = {code for each in declared.refers.values() for code in each.codes}
        taken = (
            [code for code in creation.responses[409].codes if code not in named] if 409 in creation.responses else []
        )
        if taken and not declared.unique:
            yield (), f"{creation} declares a 409 {taken[0]}, and nothing is unique; add unique, or name it in code"
        if declared.unique and not taken:
            yield ("unique",), f"{creation} declares no 409 for a second one of the same; declare one"
        held = {declared.personal.field} if declared.personal else set()
        if lacking := [name for name in declared.unique if name not in sent | held]:
            yield ("unique",), f"the body of {creation} has no field {lacking[0]!r}, so nobody gives it"
        owned = {declared.owner, declared.key, self.features.tenancy} | held
        made = sent | SET_BY_SERVER | {each for each in owned if each}
        if unmade := [name for name in schema.get("required", ()) if name not in made]:
            place = ("schema",)
            yield place, f"{declared.schema} requires {unmade[0]!r}, which no body gives; name {creation} in code"

    def _check_prefixes(self) -> Iterator[tuple[Iterable[str], str]]:
        found: dict[str, str] = {}
        for name, declared in self.types.items():
            for prefix, other in found.items() if declared.prefix else ():
                if declared.prefix and (prefix.startswith(declared.prefix) or declared.prefix.startswith(prefix)):
                    yield (TYPES, name, "id", "prefix"), f"{declared.prefix!r} begins as the ids of {other} do"
            if declared.prefix:
                found[declared.prefix] = name

    def _check_absences(self) -> Iterator[tuple[Iterable[str], str]]:
        """Yield the operations on declared types whose 404 is of nothing that their paths name."""
        for declared in self.types.values():
            for operation in self.operations.values():
                response = operation.responses.get(404)
                if response and _has_part(declared, operation) and is_declared_whole(declared, str(operation)):
                    named = {each.not_found for each in operation.resources}
                    named |= {code for each in declared.refers.values() for code in each.codes}
                    for code in (each for each in response.codes if each not in named):
                        path = operation.path.replace("~", "~0").replace("/", "~1")
                        place = ("paths", path, operation.method.lower(), "responses", "404")
                        yield place, f"{code} is of no resource that the path names; give a parameter its x-resource"

    @property
    def _named(self) -> frozenset[str]:
        """The resources that paths name."""
        return frozenset(named.name for each in self.operations.values() for named in each.resources)

    @property
    def _known(self) -> frozenset[str]:
        return self._named | self.types.keys()

    def _list_properties(self, schema: Any) -> Iterator[str]:
        """Yield the names of the fields of a schema, those of what it is made of too."""
        node = resolve(self.document, schema)
        yield from node.get("properties", {})
        for each in node.get("allOf", ()):
            yield from self._list_properties(each)


def _has_part(declared: ResourceType, operation: Operation) -> bool:
    parts = declared.parts
    return str(operation) in (parts.list, parts.create, parts.read, parts.update, parts.remove, parts.archive)


def _list_named_fields(declared: ResourceType) -> Iterator[tuple[Iterable[str], str]]:
    """Yield each field that a type names, and where. That an answer shows the owner is not asked for."""
    for keyword, names in (
        ("key", [declared.key] if declared.key else []),
        ("unique", declared.unique),
        ("immutable", sorted(declared.immutable)),
        ("merged", sorted(declared.merged)),
        ("owner_only", sorted(declared.owner_only)),
    ):
        yield from (((keyword,), name) for name in names)
    yield from ((("refers", name), name) for name in declared.refers)
    yield from ((("visible",), name) for name, _ in declared.visible)
    if declared.personal:
        yield ("personal", "field"), declared.personal.field
    if declared.archive:
        yield ("archive", "field"), declared.archive.stamp
