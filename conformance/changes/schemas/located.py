"""A node of a document with its place, and the schema that stands there, written out without references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.changes.change import Change, Pointer, change
from conformance.changes.schemas.containment import CYCLE, normal_form
from conformance.contract.contract import ContractError, JsonObject, lost_reference, resolve

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
class Located:
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

    def at(self, key: str, place: str) -> Located:
        """Return the node below a key, an empty one where there is none."""
        return located(self.document, self.node.get(key, _NOTHING_SAID), place, (*self.pointer, key))

    def field(self, name: str) -> Located:
        """Return the schema of a field, of whichever parts of the schema declare it."""
        return self._below("properties", name, f".{name}")

    def items(self) -> Located:
        """Return the schema of the items of an array."""
        return self._below("items", None, "[]")

    def others(self) -> Located:
        """Return the schema of fields that are not declared."""
        return self._below("additionalProperties", None, ".*")

    def parts(self) -> Iterator[Located]:
        """Yield this schema and those that it is composed of."""
        yield self
        for keyword in ("allOf", "anyOf", "oneOf"):
            for number, part in enumerate(self.node.get(keyword, ())):
                yield from located(
                    self.document, part, self.place, (*self.pointer, keyword, number), self.former
                ).parts()

    def flag(self, name: str) -> bool:
        """Return whether the schema, or a part of it, has a keyword that is true."""
        return any(part.node.get(name) is True for part in self.parts())

    @property
    def schema(self) -> JsonObject:
        """The schema without references and annotations, as draft 4 writes it."""
        written: JsonObject = _written(self.document, self.node, ())
        return written

    def normal_form(self) -> JsonObject:
        """Return the schema in its normal form; raises DocumentProblem."""
        try:
            return normal_form(self.schema)
        except DocumentProblem:
            raise
        except ContractError as error:
            raise DocumentProblem(self.document, f"{self.place}: {error}") from None

    def requiring(self, name: str) -> Located:
        """Return the part of an object's schema that requires a field, or the schema where none does."""
        return next((part for part in self.parts() if name in part.node.get("required", ())), self)

    def _below(self, keyword: str, name: str | None, suffix: str) -> Located:
        """Return what the parts of the schema say below a keyword: together, where several say something."""
        found = []
        for part in self.parts():
            below = part.node.get(keyword)
            if name is not None:
                below = below.get(name) if isinstance(below, Mapping) else None
            if isinstance(below, Mapping):
                found.append((part, below))
        key = (keyword,) if name is None else (keyword, name)
        if len(found) == 1:
            part, below = found[0]
            return located(self.document, below, part.place + suffix, (*part.pointer, *key), part.former + suffix)
        node = {"allOf": [below for _, below in found]} if found else {}
        pointer = (*self.pointer, *key)
        return Located(self.document, node, self.place + suffix, pointer, former=self.former + suffix)


def located(document: JsonObject, node: Any, place: str, pointer: Pointer = (), former: str = "") -> Located:
    """Return a node, or what a reference in its place leads to; raises ContractError."""
    used, used_at, component, former = place, pointer, "", former or place
    for _ in range(32):
        if not isinstance(node, Mapping):
            raise DocumentProblem(document, f"{place}: is not an object")
        if "$ref" not in node:
            by = (used, used_at) if component else ("", ())
            return Located(document, node, place, pointer, *by, component, former)
        reference = str(node["$ref"])
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        if name and "/" not in name:  # a component; a longer reference leads into one
            place = former = _LABELS.get(kind, "") + name
            component = f"{kind}/{name}"
        node, pointer = _followed(document, reference), tuple(_steps(reference))
    raise DocumentProblem(document, f"{place}: references lead round in a circle")


def aligned(old: Located, new: Located) -> tuple[Located, Located]:
    """Return both at the place where they are used, unless one component, renamed or not, is in both documents.

    What refers to another component than before has changed itself, and that other component has not.
    """
    if old.place == new.place or (old.component and new.component and _is_renamed(old, new)):
        return old, new
    return replace(old, place=old.own, component=""), replace(new, place=new.own, component="")


def _is_renamed(old: Located, new: Located) -> bool:
    return not _has(old.document, new.component) and not _has(new.document, old.component)


def _has(document: JsonObject, component: str) -> bool:
    kind, _, name = component.partition("/")
    return name in document.get("components", {}).get(kind, {})


def changed(kind: str, old: Located, new: Located, text: str, **more: str) -> Change:
    """Return the change of a node that is in both documents, at its component or else where it is used."""
    shown = aligned(old, new)[1]
    one, other = (each.pointer if shown.component else each.own_pointer for each in (old, new))
    return known_as(shown.former, change(kind, shown.place, text, pointers=(one, other), **more))


def removed(kind: str, old: Located, **more: str) -> Change:
    """Return the change of a node that is in the old document alone, at the place where it was used."""
    return known_as(old.former, change(kind, old.own, "is removed", pointers=(old.own_pointer, None), **more))


def added(kind: str, new: Located, text: str = "is added", **more: str) -> Change:
    """Return the change of a node that is in the new document alone, at the place where it is used."""
    return known_as(new.former, change(kind, new.own, text, pointers=(None, new.own_pointer), **more))


def known_as(former: str, found: Change) -> Change:
    """Return a change with the place by which older waivers know it."""
    return found if former == found.where else replace(found, former=(replace(found, where=former),))


def _steps(reference: str) -> Iterator[str]:
    """Yield the keys that a reference within the document names."""
    return (each.replace("~1", "/").replace("~0", "~") for each in reference.removeprefix("#/").split("/"))


def _followed(document: JsonObject, reference: str) -> Any:
    """Return what one reference leads to, which may be a reference itself."""
    holder, _, _ = reference.rpartition("/")
    *_, name = _steps(reference)
    node = document if holder == "#" else resolve(document, {"$ref": holder})
    if not isinstance(node, Mapping) or name not in node:
        raise DocumentProblem(document, lost_reference(document, reference))
    return node[name]


def _written(document: JsonObject, node: Any, around: tuple[str, ...]) -> Any:
    if isinstance(node, list | tuple):
        return [_written(document, each, around) for each in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in around:
            # By how far it leads back, so that another name is no other schema.
            return {"enum": [f"{CYCLE}{len(around) - around.index(reference)}"]}
        return _written(document, _followed(document, reference), (*around, reference))
    return _dialect(document, node, around)


def _dialect(document: JsonObject, node: JsonObject, around: tuple[str, ...]) -> JsonObject:
    """Return a schema of OpenAPI 3.0 as draft 4 writes it, without what says nothing of its values."""
    schema = {
        key: _keyword(document, key, value, around)
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


def _keyword(document: JsonObject, key: str, value: Any, around: tuple[str, ...]) -> Any:
    if key in ("enum", "required") and isinstance(value, list | tuple):
        return list(value)
    if key in ("properties", "patternProperties") and isinstance(value, Mapping):
        return {name: _written(document, each, around) for name, each in value.items()}
    return _written(document, value, around)
