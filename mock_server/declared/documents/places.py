"""Places of the objects of a resource, as paths name them, and which objects a caller finds there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.declared.documents.kinds import Kind, make_key
from mock_server.declared.documents.ownership import Ownership
from mock_server.declared.documents.stored import StoredDocument
from mock_server.errors import ApiError, make_not_found
from mock_server.operation import Request
from mock_server.state.collection import Collection
from mock_server.state.state import State


class Place:
    """The place of the objects of a resource, as the path of a request names it."""

    def __init__(
        self,
        kind: Kind,
        collections: Mapping[str, Collection[Any]],
        kinds: Mapping[str, Kind],
        ownerships: Mapping[str, Ownership],
    ) -> None:
        self._kind, self._collection, self._names = kind, collections[kind.name], kind.parameters
        self._ownership = ownerships[kind.name]
        self._around = [(collections[each.name], each, ownerships[each.name]) for each in _list_around(kind, kinds)]

    def find_around(self, state: State, request: Request) -> str:
        """Return the key of what the objects of a request are in; the 404 where the caller finds no such."""
        for collection, kind, ownership in self._around:
            key = make_key(request.path, self._names[: len(kind.parameters)])
            value = state.tables[collection.name].objects.get(key)
            if value is None or not ownership.is_seen(value, request.caller):
                raise _make_missing(kind)
        return make_key(request.path, self._names[:-1])

    def find(self, state: State, request: Request) -> StoredDocument:
        """Return the object that the path of a request names; the 404 where the caller finds none."""
        self.find_around(state, request)
        return self.require(state, request, make_key(request.path, self._names))

    def require(self, state: State, request: Request, key: str) -> StoredDocument:
        """Return the object of a key; the 404 where the caller finds none."""
        value: StoredDocument | None = state.tables[self._collection.name].objects.get(key)
        if value is None or not self._ownership.is_seen(value, request.caller):
            raise _make_missing(self._kind)
        return value


def _list_around(kind: Kind, kinds: Mapping[str, Kind]) -> Iterator[Kind]:
    """List the resources that a resource lies within, the nearest first."""
    met = {kind.name}
    while kind.within is not None and kind.within in kinds and kind.within not in met:
        kind = kinds[kind.within]
        met.add(kind.name)
        yield kind


def _make_missing(kind: Kind) -> ApiError:
    return make_not_found(f"{kind.name}_not_found", f"There is no {kind.noun} of this {kind.key}.")
