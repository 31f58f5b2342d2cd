"""The operations of a contract that is not ours that follow from its resources, and why others do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mock_server.contract.document import METHODS, find_parameters, follow, resolve
from mock_server.contract.schema import Compiler
from mock_server.declared.derivation import CannotDeriveError
from mock_server.declared.documents.answers import ObjectAnswer, Part, read_answer
from mock_server.declared.documents.content import ContentRules
from mock_server.declared.documents.kinds import Kind, read_kinds
from mock_server.declared.documents.ownership import Ownership
from mock_server.declared.documents.plain_operations import (
    Work,
    derive_creation,
    derive_list,
    derive_many_creations,
    derive_read,
    derive_removal,
    derive_replacement,
    derive_replacement_by_body,
    derive_update,
    derive_update_by_query,
)
from mock_server.declared.documents.queries import read_query
from mock_server.declared.documents.stored import make_document_collection
from mock_server.operation import Handler, Transition
from mock_server.state.collection import Collection

_UNKNOWN = "neither its path nor its method says what it does"


class OperationRole(NamedTuple):
    """The part that an operation plays for a resource, and what makes it."""

    part: Part
    derive: Callable[[Work], Transition]


_ON_ONE: Mapping[str, OperationRole] = {
    "get": OperationRole("read", derive_read),
    "patch": OperationRole("update", derive_update),
    "put": OperationRole("update", derive_replacement),
    "post": OperationRole("update", derive_update_by_query),
    "delete": OperationRole("remove", derive_removal),
}
_ON_ALL: Mapping[str, OperationRole] = {
    "get": OperationRole("list", derive_list),
    "post": OperationRole("create", derive_creation),
    "put": OperationRole("update", derive_replacement_by_body),
}
_BESIDE_ONE: Mapping[str, OperationRole] = {
    "get": OperationRole("list", derive_list),
    "post": OperationRole("create many", derive_many_creations),
}


@dataclass(frozen=True, eq=False)
class DerivedDocuments:
    """The resources of a contract, the operations that follow, why others do not, and what of some has no effect."""

    kinds: Mapping[str, Kind]
    collections: tuple[Collection[Any], ...]
    handlers: Mapping[str, Handler]
    roles: Mapping[str, tuple[str, str]]
    """The part of each operation and the name of its resource, by the operation's id."""
    reasons: Mapping[str, str]
    ignored: Mapping[str, tuple[str, ...]]
    """The parameters that each list does not understand, by its operation's id."""


def derive_documents(document: Mapping[str, Any], types: Mapping[str, Any]) -> DerivedDocuments:
    """Return the operations that follow from resource types with paths."""
    kinds = read_kinds(document, types)
    found = {place: each for place in _list_places(document) if (each := _find_role(place, kinds)) is not None}
    workshop = _Workshop(document, kinds, found)
    handlers: dict[str, Handler] = {}
    roles: dict[str, tuple[str, str]] = {}
    reasons: dict[str, str] = {}
    ignored: dict[str, tuple[str, ...]] = {}
    for path, method in _list_places(document):
        name = str(document["paths"][path][method]["operationId"])
        if (path, method) not in found:
            reasons[name] = _explain_unknown(path, kinds)
            continue
        kind, role = found[path, method]
        if name in kind.said.get("code", ()):
            reasons[name] = "its resource says that it needs a function"
            continue
        work = workshop.prepare(path, method, kind, role)
        try:
            handlers[name] = Handler(role.derive(work))
        except CannotDeriveError as reason:
            reasons[name] = str(reason)
            continue
        roles[name] = role.part, kind.name
        if role.part == "list" and (unknown := read_query(kind, work.parameters).unknown):
            ignored[name] = unknown
    return DerivedDocuments(kinds, tuple(workshop.collections.values()), handlers, roles, reasons, ignored)


def _list_places(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for path, item in document["paths"].items():
        yield from ((path, method) for method in item if method in METHODS)


def _find_role(place: tuple[str, str], kinds: Mapping[str, Kind]) -> tuple[Kind, OperationRole] | None:
    """Return the resource of an operation, and what it does; None where its path and method do not say so."""
    path, method = place
    above = path.rpartition("/")[0]
    for kind in kinds.values():
        if path == kind.path and method in _ON_ONE:
            return kind, _ON_ONE[method]
        if path == kind.place and method in _ON_ALL:
            return kind, _ON_ALL[method]
        if above == kind.place and not path.endswith("}") and method in _BESIDE_ONE:
            return kind, _BESIDE_ONE[method]
    return None


def _explain_unknown(path: str, kinds: Mapping[str, Kind]) -> str:
    """Explain why an operation has no role, and which object it is about where its path names one."""
    around = [kind for kind in kinds.values() if path.startswith(f"{kind.path}/")]
    if not around:
        return _UNKNOWN
    return f"it is about one {max(around, key=lambda kind: len(kind.path)).noun}, and {_UNKNOWN}"


class _Workshop:
    """The tools with which all operations of a contract are made."""

    def __init__(
        self,
        document: Mapping[str, Any],
        kinds: Mapping[str, Kind],
        found: Mapping[tuple[str, str], tuple[Kind, OperationRole]],
    ) -> None:
        self._document, self._kinds, self._found = document, kinds, found
        self._schemas = Compiler(lenient=True)
        self.collections = {each.name: make_document_collection(each) for each in kinds.values()}
        self._ownerships = {each.name: Ownership(document, each, self._schemas) for each in kinds.values()}
        self._rules = {each.name: self._make_rules(each) for each in kinds.values()}

    def _make_rules(self, kind: Kind) -> ContentRules:
        """Return the rules for the content of a resource: every answer that shows an object has to be able to."""
        shown = []
        for (path, method), (of, role) in self._found.items():
            if of is kind:
                success = read_answer(self._document, self._document["paths"][path][method], role.part)
                shape = ObjectAnswer(self._document, kind, success).shape
                if shape is not None and shape.one != kind.shown:
                    shown.append({key: each for key, each in shape.one.items() if key != "additionalProperties"})
        return ContentRules(self._document, kind, shown, self._schemas)

    def prepare(self, path: str, method: str, kind: Kind, role: OperationRole) -> Work:
        """Return an operation to be made."""
        document = self._document
        operation = document["paths"][path][method]
        content = resolve(document, follow(document, operation.get("requestBody", {}))).get("content", {})
        bodies = [said.get("schema", {}) for name, said in content.items() if "json" in name or "*/*" in name]
        return Work(
            document,
            kind,
            self._kinds,
            self.collections,
            self._ownerships,
            self._rules[kind.name],
            self._schemas,
            operation,
            tuple(find_parameters(document, path, method)),
            bodies[0] if bodies else None,
            read_answer(document, operation, role.part),
        )
