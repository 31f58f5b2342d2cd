"""An object as it is kept: the content of JSON that was sent, with what the server has set in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mock_server.declared.documents.kinds import Kind, make_key, write_key
from mock_server.errors import missing
from mock_server.operation import Request
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value


class StoredDocument(Value):
    """One object: its key, the key of what it is in (empty where it is in nothing), its number, and its content."""

    key: str
    within: str
    number: int
    content: Mapping[str, Any]


def make_document_collection(kind: Kind) -> Collection[StoredDocument]:
    """Return the collection of a resource whose objects are kept as they are sent."""
    return Collection(
        StoredDocument,
        f"{kind.name}s",
        key=("key",),
        noun=kind.name,
        indexes=("within",),
        schema=kind.schema_name,
        view=lambda value, _org_id: value.content,
        description=f"By {kind.key}, after what each lies within.",
    )


def find_document(state: State, resource: str, *names: Any) -> StoredDocument:
    """Return the object of a resource that the parameters of its path name, in their order; the 404 without one.

    For functions that a module has for operations of such a contract.
    """
    key = "/".join(quote(write_key(each), safe="") for each in names)
    for table in state.tables.values():
        if table.collection.noun == resource and key in table.objects:
            found: StoredDocument = table.objects[key]
            return found
    noun = resource.replace("_", " ")
    raise missing(f"{resource}_not_found", f"There is no {noun} {', '.join(map(str, names))}.")


class Place:
    """Where the objects of a resource are, as the path of a request names it."""

    def __init__(self, kind: Kind, collections: Mapping[str, Collection[Any]], parents: Mapping[str, Kind]) -> None:
        self._kind, self._collection = kind, collections[kind.name]
        self._names = kind.parameters
        parent = parents.get(kind.within or "")
        self._around = None if parent is None else (collections[parent.name], parent, len(parent.parameters))

    def find_around(self, state: State, request: Request) -> str:
        """Return the key of what the objects of a request are in; the 404 where that is not there."""
        if self._around is not None:
            collection, parent, depth = self._around
            key = make_key(request.path, self._names[:depth])
            if key not in state.tables[collection.name].objects:
                raise missing(f"{parent.name}_not_found", f"There is no {parent.noun} of this {parent.key}.")
        return make_key(request.path, self._names[:-1])

    def find(self, state: State, request: Request) -> StoredDocument:
        """Return the object that the path of a request names; the 404 where there is none."""
        self.find_around(state, request)
        return self.require(state, make_key(request.path, self._names))

    def require(self, state: State, key: str) -> StoredDocument:
        """Return the object of a key; the 404 where there is none."""
        value: StoredDocument | None = state.tables[self._collection.name].objects.get(key)
        if value is None:
            kind = self._kind
            raise missing(f"{kind.name}_not_found", f"There is no {kind.noun} of this {kind.key}.")
        return value
