"""The rules that any document is judged by which has none of its own: each with what it asks of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from conformance.contract.contract import Operation, Provenance, Rule
from conformance.contract.conventions import make_convention
from conformance.contract.resource_types import ResourceShape


@dataclass(frozen=True, slots=True)
class LibraryRule:
    """One rule of the library."""

    clause: str
    text: str
    lacking: str
    """The reason, in what the document lacks, for which it does not apply."""
    holds: Callable[[Operation], bool] | None = None
    """The test whether it is about an operation, or one that plays such a part."""
    parts: Callable[[ResourceShape], tuple[str | None, ...]] | None = None
    """The operations of a resource that it is about; None where it does not apply to that."""
    provenance: Provenance = Provenance.SEED
    is_convention: bool = False
    """Whether no document states it, so that it binds nobody."""


def _holds_always(_operation: Operation) -> bool:
    return True


def _is_secured(operation: Operation) -> bool:
    return operation.is_secured


def _takes_json(operation: Operation) -> bool:
    return operation.body is not None and any("json" in media for media in operation.body.schemas)


def _is_put(operation: Operation) -> bool:
    return operation.method == "PUT"


def _ask_for_all_parts(*names: str) -> Callable[[ResourceShape], tuple[str | None, ...]]:
    """Return the operations of these parts, of a resource that has them all."""

    def list_parts(shape: ResourceShape) -> tuple[str | None, ...]:
        found = tuple(getattr(shape, name) for name in names)
        return found if all(found) else ()

    return list_parts


def _ask_where(
    holds: Callable[[ResourceShape], bool], *names: str
) -> Callable[[ResourceShape], tuple[str | None, ...]]:
    """Return the operations that play one of these parts, of a resource of which something holds."""
    return lambda shape: tuple(getattr(shape, name) for name in names) if holds(shape) and shape.create else ()


def _is_owned(shape: ResourceShape) -> bool:
    return shape.is_owned


def _is_private(shape: ResourceShape) -> bool:
    return shape.is_private


def _is_listed_to_its_owner(shape: ResourceShape) -> bool:
    return shape.is_private and not shape.is_listed_to_all


def _is_unique(shape: ResourceShape) -> bool:
    return bool(shape.unique)


RESOURCES, ACCESS, ANSWERS, OWNERS = "resources", "access", "contract", "ownership"
_NO_RESOURCE = "no resource that is made, shown and changed so"
_NO_PUT = "no resource that a PUT changes"


def _make_put_convention(text: str) -> LibraryRule:
    """Return a rule of what HTTP says of a PUT, about resources that are made, read and put."""
    parts = _ask_for_all_parts("create", "read", "update")
    return LibraryRule(RESOURCES, text, _NO_PUT, holds=_is_put, parts=parts, is_convention=True)


_LAWS: Mapping[str, LibraryRule] = {
    "CONTRACT-NO-SERVER-ERROR": LibraryRule(
        ANSWERS, "No request is answered by a 5xx that the operation does not declare.", "no operation", _holds_always
    ),
    "CONTRACT-STATUS-DECLARED": LibraryRule(
        ANSWERS, "An answer has a status that its operation declares.", "no operation", _holds_always
    ),
    "CONTRACT-CONTENT-TYPE": LibraryRule(
        ANSWERS, "An answer has a media type that its response declares.", "no operation", _holds_always
    ),
    "CONTRACT-HEADERS": LibraryRule(
        ANSWERS, "An answer has the headers that its response requires, and they fit.", "no operation", _holds_always
    ),
    "CONTRACT-BODY-SCHEMA": LibraryRule(
        ANSWERS, "The body of an answer fits the schema of its response.", "no operation", _holds_always
    ),
    "CONTRACT-INVALID-REFUSED": LibraryRule(
        ANSWERS,
        "A body that does not fit its schema is refused.",
        "no operation with a JSON body",
        _takes_json,
        provenance=Provenance.MENTIONED,
    ),
    "CONTRACT-NOTHING-HIDDEN": LibraryRule(
        ANSWERS,
        "No path and no GET is served that the document does not declare.",
        "no operation",
        _holds_always,
        is_convention=True,
    ),
    "AUTH-REQUIRED": LibraryRule(
        ACCESS, "What asks for a credential is not served without one.", "no security", _is_secured
    ),
    "AUTH-INVALID": LibraryRule(
        ACCESS, "What asks for a credential is not served to a wrong one.", "no security", _is_secured
    ),
    "SCOPE-REQUIRED": LibraryRule(
        ACCESS,
        "Who lacks a scope that an operation asks for is refused.",
        "no operation that asks for a scope",
        lambda operation: bool(operation.permissions),
    ),
    "CREATE-READABLE": LibraryRule(
        RESOURCES, "What was created can be read.", _NO_RESOURCE, parts=_ask_for_all_parts("create", "read")
    ),
    "CREATE-APPLIES": LibraryRule(
        RESOURCES,
        "What was created has the values that were sent.",
        _NO_RESOURCE,
        parts=_ask_for_all_parts("create", "read"),
    ),
    "CREATE-LISTED": LibraryRule(
        RESOURCES, "What was created is listed.", _NO_RESOURCE, parts=_ask_for_all_parts("create", "list")
    ),
    "CREATE-KEYS-DIFFER": LibraryRule(
        RESOURCES, "No two objects have the same key.", _NO_RESOURCE, parts=_ask_for_all_parts("create", "read")
    ),
    "CREATE-UNIQUE": LibraryRule(
        RESOURCES,
        "A second object with the same unique fields is refused.",
        "no resource with unique fields (unique in x-resource-types)",
        parts=_ask_where(_is_unique, "create"),
    ),
    "UPDATE-APPLIES": LibraryRule(
        RESOURCES,
        "After an update the object has the values that were sent.",
        _NO_RESOURCE,
        parts=_ask_for_all_parts("create", "read", "update"),
    ),
    "UPDATE-REST": LibraryRule(
        RESOURCES,
        "An update leaves what was not sent as it was, and what may not be changed.",
        _NO_RESOURCE,
        parts=_ask_for_all_parts("create", "read", "update"),
    ),
    "PUT-NOT-CREATED": _make_put_convention("A PUT of an object that is there does not answer that it was created."),
    "PUT-REPLACES": _make_put_convention(
        "A PUT replaces the whole object: a field that it leaves out does not keep its value."
    ),
    "PUT-REPEATED": _make_put_convention("The same PUT twice leaves an object as it was after the first."),
    "DELETE-GONE": LibraryRule(
        RESOURCES,
        "What was removed is neither shown nor listed.",
        _NO_RESOURCE,
        parts=_ask_where(lambda shape: bool(shape.remove and (shape.read or shape.list)), "read", "list", "remove"),
    ),
    "DELETE-NOTHING-ELSE": LibraryRule(
        RESOURCES,
        "When one object is changed or removed, the others stay as they were.",
        _NO_RESOURCE,
        parts=_ask_for_all_parts("create", "read", "remove"),
    ),
    "REFUSED-CHANGES-NOTHING": LibraryRule(
        RESOURCES,
        "A request that is refused changes nothing.",
        "no resource with an update or a removal that asks for a credential",
        _is_secured,
        parts=_ask_where(lambda shape: shape.update is not None or shape.remove is not None, "update", "remove"),
    ),
    "OWNERSHIP-PRIVATE-HIDDEN": LibraryRule(
        OWNERS,
        "Nobody but its owner is shown an object.",
        "no resource with an owner that alone sees it (owner in x-resource-types)",
        parts=_ask_where(_is_private, "read"),
    ),
    "OWNERSHIP-NOT-LISTED": LibraryRule(
        OWNERS,
        "The list of somebody else does not hold it.",
        "no resource with an owner that alone sees it (owner in x-resource-types)",
        parts=_ask_where(_is_listed_to_its_owner, "list"),
    ),
    "OWNERSHIP-OWN-CHANGED": LibraryRule(
        OWNERS,
        "Nobody but its owner changes or removes an object.",
        "no resource with an owner (owner in x-resource-types)",
        parts=_ask_where(_is_owned, "update", "remove"),
    ),
}


def find_plain_rules(
    operations: Mapping[str, Operation], shapes: Mapping[str, ResourceShape]
) -> tuple[dict[str, Rule], dict[str, tuple[str, ...]]]:
    """Return the rules of a document by id, and by the id of each that does not apply what it lacks.

    What is only inferred of resources is no promise of the document: such rules are assumed.
    """
    rules: dict[str, Rule] = {}
    lacking: dict[str, tuple[str, ...]] = {}
    weakest = Provenance.SEED if all(each.is_declared for each in shapes.values()) else Provenance.ASSUMED
    for name, law in _LAWS.items():
        about = tuple(dict.fromkeys(_find_operations_about(law, operations, shapes)))
        if not about:
            lacking[name] = (law.lacking.removeprefix("no "),)
            continue
        if law.is_convention:
            rules[name] = make_convention(name, law.clause, law.text, about)
            continue
        provenance = min(law.provenance, weakest) if law.parts else law.provenance
        rules[name] = Rule(name, law.clause, "must", provenance, law.text, about)
    return rules, lacking


def _find_operations_about(
    law: LibraryRule, operations: Mapping[str, Operation], shapes: Mapping[str, ResourceShape]
) -> Iterator[str]:
    """Yield the ids of the operations that a law is about."""
    parts, holds = law.parts, law.holds or _holds_always
    named = operations if parts is None else [name for shape in shapes.values() for name in parts(shape) if name]
    yield from (name for name in named if holds(operations[name]))
