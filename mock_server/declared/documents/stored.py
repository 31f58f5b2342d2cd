"""An object as it is kept: the content of JSON that was sent, with what the server has set in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mock_server.declared.documents.kinds import Kind, write_key
from mock_server.errors import make_not_found
from mock_server.state.collection import Collection
from mock_server.state.state import State
from mock_server.state.value import Value


class StoredDocument(Value):
    """One object: its key, the key of what it is in (empty where it is in nothing), its number, and its content.

    `owner`: who made it, where its resource has an owner; empty where it is everybody's.
    """

    key: str
    within: str
    number: int
    content: Mapping[str, Any]
    owner: str = ""


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
    raise make_not_found(f"{resource}_not_found", f"There is no {noun} {', '.join(map(str, names))}.")
