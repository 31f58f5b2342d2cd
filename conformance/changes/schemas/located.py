"""A node of a document with its place, and the schema that stands there, written out without references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.changes.change import Change, Pointer, change
from conformance.changes.schemas.containment import CYCLE, normalise
from conformance.contract.contract import ContractError, JsonObject, describe_lost_reference, resolve

_SAYS_NOTHING = frozenset(
    {
        *("description", "example", "examples", "title", "default", "externalDocs", "xml", "deprecated"),
        *("nullable", "readOnly", "writeOnly"),
    }
)
"""Keywords that say nothing of the values; null is said with the type."""
_HINTS = frozenset({"binary", "path", "password"})
"""Formats that say how a text is written or shown, and not which values it has."""
_NOTHING_SAID: JsonObject = {}
"""The value for a place that has none: one object, so that it can be recognised by its identity."""
_LABELS = {"responses": "response ", "headers": "header ", "requestBodies": "body ", "parameters": "parameter "}


class DocumentProblem(ContractError):
    """Raised where one of the documents that are compared is wrong."""

    def __init__(self, document: JsonObject, message: str) -> None:
        super().__init__(message)
        self.document = document


@dataclass(frozen=True, slots=True)
class LocatedNode:
    """A node, never a reference, and where it stands: in the component that it is part of, or where it is used."""

    document: JsonObject
    node: JsonObject
    place: str
    pointer: Pointer = ()
    """The keys on the way to it from the root of the document."""
    used: str = ""
    """The place of the reference that leads here; empty where none does."""
    used_at: Pointer = ()
    component: str = ""
    """The component that the reference leads to, with its kind; empty where none does."""
    former: str = ""
    """The place of the component even where another one is there now, by which older waivers know it."""

    @property
    def own(self) -> str:
        """The place where it is used, whatever stands there."""
        return self.used or self.place

    @property
    def own_pointer(self) -> Pointer:
        """The keys on the way to where it is used."""
        return self.used_at if self.used else self.pointer

    def locate_key(self, key: str, place: str) -> LocatedNode:
        """Return the node below a key, an empty one where there is none."""
        return locate(self.document, self.node.get(key, _NOTHING_SAID), place, (*self.pointer, key))

    def locate_field(self, name: str) -> LocatedNode:
        """Return the schema of a field, of whichever parts of the schema declare it."""
        return self._join_below("properties", name, f".{name}")

    def items(self) -> LocatedNode:
        """Return the schema of the items of an array."""
        return self._join_below("items", None, "[]")

    def locate_other_fields(self) -> LocatedNode:
        """Return the schema of fields that are not declared."""
        return self._join_below("additionalProperties", None, ".*")

    def list_parts(self) -> Iterator[LocatedNode]:
        """Yield this schema and those that it is composed of."""
        yield self
        for keyword in ("allOf", "anyOf", "oneOf"):
            for number, part in enumerate(self.node.get(keyword, ())):
                yield from locate(
                    self.document, part, self.place, (*self.pointer, keyword, number), self.former
                ).list_parts()

    def has_flag(self, name: str) -> bool:
        """Return whether the schema, or a part of it, has a keyword that is true."""
        return any(part.node.get(name) is True for part in self.list_parts())

    @property
    def schema(self) -> JsonObject:
        """The schema without references and annotations, as draft 4 writes it."""
        written: JsonObject = _translate_node(self.document, self.node, ())
        return written

    def normalise(self) -> JsonObject:
        """Return the schema in its normal form; raises DocumentProblem."""
        try:
            return normalise(self.schema)
        except DocumentProblem:
            raise
        except ContractError as error:
            raise DocumentProblem(self.document, f"{self.place}: {error}") from None

    def find_part_requiring(self, name: str) -> LocatedNode:
        """Return the part of an object's schema that requires a field, or the schema where none does."""
        return next((part for part in self.list_parts() if name in part.node.get("required", ())), self)

    def _join_below(self, keyword: str, name: str | None, suffix: str) -> LocatedNode:
        """Return what the parts of the schema say below a keyword: together, where several say something."""
        found = []
        for part in self.list_parts():
            below = part.node.get(keyword)
            if name is not None:
                below = below.get(name) if isinstance(below, Mapping) else None
            if isinstance(below, Mapping):
                found.append((part, below))
        key = (keyword,) if name is None else (keyword, name)
        if len(found) == 1:
            part, below = found[0]
            return locate(self.document, below, part.place + suffix, (*part.pointer, *key), part.former + suffix)
        node = {"allOf": [below for _, below in found]} if found else {}
        pointer = (*self.pointer, *key)
        return LocatedNode(self.document, node, self.place + suffix, pointer, former=self.former + suffix)


def locate(document: JsonObject, node: Any, place: str, pointer: Pointer = (), former: str = "") -> LocatedNode:
    """Return a node, or what a reference in its place leads to; raises ContractError."""
    used, used_at, component, former = place, pointer, "", former or place
    for _ in range(32):
        if not isinstance(node, Mapping):
            raise DocumentProblem(document, f"{place}: is not an object")
        if "$ref" not in node:
            by = (used, used_at) if component else ("", ())
            return LocatedNode(document, node, place, pointer, *by, component, former)
        reference = str(node["$ref"])
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        if name and "/" not in name:  # a component; a longer reference leads into one
            place = former = _LABELS.get(kind, "") + name
            component = f"{kind}/{name}"
        node, pointer = _follow_reference(document, reference), tuple(_split_reference(reference))
    raise DocumentProblem(document, f"{place}: references lead round in a circle")


def align(old: LocatedNode, new: LocatedNode) -> tuple[LocatedNode, LocatedNode]:
    """Return both at the place where they are used, unless one component, renamed or not, is in both documents.

    What refers to another component than before has changed itself, and that other component has not.
    """
    if old.place == new.place or (old.component and new.component and _is_renamed(old, new)):
        return old, new
    return replace(old, place=old.own, component=""), replace(new, place=new.own, component="")


def _is_renamed(old: LocatedNode, new: LocatedNode) -> bool:
    return not _has(old.document, new.component) and not _has(new.document, old.component)


def _has(document: JsonObject, component: str) -> bool:
    kind, _, name = component.partition("/")
    return name in document.get("components", {}).get(kind, {})


def make_change(kind: str, old: LocatedNode, new: LocatedNode, text: str, **more: str) -> Change:
    """Return the change of a node that is in both documents, at its component or else where it is used."""
    shown = align(old, new)[1]
    one, other = (each.pointer if shown.component else each.own_pointer for each in (old, new))
    return add_former_place(shown.former, change(kind, shown.place, text, pointers=(one, other), **more))


def make_removal(kind: str, old: LocatedNode, **more: str) -> Change:
    """Return the change of a node that is in the old document alone, at the place where it was used."""
    return add_former_place(old.former, change(kind, old.own, "is removed", pointers=(old.own_pointer, None), **more))


def make_addition(kind: str, new: LocatedNode, text: str = "is added", **more: str) -> Change:
    """Return the change of a node that is in the new document alone, at the place where it is used."""
    return add_former_place(new.former, change(kind, new.own, text, pointers=(None, new.own_pointer), **more))


def add_former_place(former: str, found: Change) -> Change:
    """Return a change with the place by which older waivers know it."""
    return found if former == found.where else replace(found, former=(replace(found, where=former),))


def _split_reference(reference: str) -> Iterator[str]:
    """Yield the keys that a reference within the document names."""
    return (each.replace("~1", "/").replace("~0", "~") for each in reference.removeprefix("#/").split("/"))


def _follow_reference(document: JsonObject, reference: str) -> Any:
    """Return what one reference leads to, which may be a reference itself."""
    holder, _, _ = reference.rpartition("/")
    *_, name = _split_reference(reference)
    node = document if holder == "#" else resolve(document, {"$ref": holder})
    if not isinstance(node, Mapping) or name not in node:
        raise DocumentProblem(document, describe_lost_reference(document, reference))
    return node[name]


def _translate_node(document: JsonObject, node: Any, around: tuple[str, ...]) -> Any:
    if isinstance(node, list | tuple):
        return [_translate_node(document, each, around) for each in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in around:
            # By how far it leads back, so that another name is no other schema.
            return {"enum": [f"{CYCLE}{len(around) - around.index(reference)}"]}
        return _translate_node(document, _follow_reference(document, reference), (*around, reference))
    return _translate_schema(document, node, around)


def _translate_schema(document: JsonObject, node: JsonObject, around: tuple[str, ...]) -> JsonObject:
    """Return a schema of OpenAPI 3.0 as draft 4 writes it, without what says nothing of its values."""
    schema = {
        key: _translate_keyword(document, key, value, around)
        for key, value in node.items()
        if not key.startswith("x-") and key not in _SAYS_NOTHING and not (key == "format" and value in _HINTS)
    }
    if not schema.get("required", True):  # draft 4 has no empty list
        del schema["required"]
    if node.get("nullable") is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _translate_keyword(document: JsonObject, key: str, value: Any, around: tuple[str, ...]) -> Any:
    if key in ("enum", "required") and isinstance(value, list | tuple):
        return list(value)
    if key in ("properties", "patternProperties") and isinstance(value, Mapping):
        return {name: _translate_node(document, each, around) for name, each in value.items()}
    return _translate_node(document, value, around)
