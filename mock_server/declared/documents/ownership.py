"""Rules for who sees and changes the objects of a resource: their maker, and who else may look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from mock_server.access.callers import Caller
from mock_server.contract.made_values import make_value
from mock_server.contract.schema import Compiler, fits
from mock_server.contract.vocabulary import find_credential_places
from mock_server.declared.documents.fields import read_fields
from mock_server.declared.documents.kinds import Kind, Schema
from mock_server.declared.documents.stored import StoredDocument
from mock_server.errors import ApiError, PermissionDenied, make_not_found

_REFUSED = "403"
_CHANGES = {"post", "put", "patch", "delete"}
_NAMES = ("username", "login", "name", "id")
"""The fields that tell who somebody is, where a schema shows a person as an object."""


class Ownership:
    """Tells whose an object is. Where a resource has no owner, its objects are everybody's."""

    def __init__(self, document: Mapping[str, Any], kind: Kind, schemas: Compiler) -> None:
        self._document, self._kind, self._schemas = document, kind, schemas
        self._shared = tuple(_list_shared(kind.said.get("visible", ())))
        read = document["paths"].get(kind.path, {}).get("get")
        self._is_listed_to_all = kind.said.get("listed") == "all"
        self._is_public = kind.owner is None or read is None or not asks_for_credential(document, read)

    def find_owner(self, caller: Caller) -> str:
        """Return whose an object is that a caller makes; empty where it is everybody's."""
        return "" if self._kind.owner is None else caller.user_id

    def describe_owner(self, caller: Caller) -> dict[str, Any]:
        """Return the field that shows who made an object; none where the schema has none, or takes no such name."""
        name = self._kind.owner
        schema = self._kind.fields.get(name or "")
        if name is None or schema is None or not caller.user_id:
            return {}
        validator = self._schemas.compile(schema, side="response")
        described = (_describe_person(self._document, schema, each) for each in _list_names(schema, caller))
        found = next((each for each in described if fits(validator, each)), None)
        return {} if found is None else {name: found}

    def is_own(self, value: StoredDocument, caller: Caller) -> bool:
        """Whether a caller may change an object: its own, or one that is nobody's."""
        return not value.owner or self._kind.owner is None or value.owner == caller.user_id

    def is_seen(self, value: StoredDocument, caller: Caller) -> bool:
        """Whether a caller is shown an object."""
        return (
            self._is_public
            or self.is_own(value, caller)
            or any(value.content.get(name) in values for name, values in self._shared)
        )

    def is_listed(self, value: StoredDocument, caller: Caller) -> bool:
        """Whether a caller finds an object in the list: one that it is shown, or any where the list is everybody's."""
        return self._is_listed_to_all or self.is_seen(value, caller)

    def make_refusal(self, operation: Mapping[str, Any]) -> ApiError:
        """Return the refusal of a change to somebody else's object: the 403, where the operation declares it."""
        kind = self._kind
        if _REFUSED in operation.get("responses", {}):
            return PermissionDenied(f"This {kind.noun} is somebody else's.")
        return make_not_found(f"{kind.name}_not_found", f"There is no {kind.noun} of this {kind.key} that is yours.")


def _list_shared(visible: Any) -> Iterator[tuple[str, list[Any]]]:
    """The fields, and their values, with which everybody sees an object."""
    for each in visible:
        for name, values in each.items() if isinstance(each, Mapping) else ():
            yield name, values if isinstance(values, list) else [values]


def _list_names(schema: Schema, caller: Caller) -> tuple[str | int, ...]:
    """Return the values by which a field may name somebody: that of its format, or a name, a UUID and a number."""
    digest = sha256(caller.user_id.encode()).digest()
    uuid = str(UUID(bytes=digest[:16], version=4))
    by_format = {"uuid": uuid, "email": caller.email}
    if (wanted := schema.get("format")) in by_format:
        return (by_format[wanted],)
    return caller.user_id, uuid, int.from_bytes(digest[:3]) + 1


def _describe_person(document: Mapping[str, Any], schema: Schema, name: Any) -> Any:
    """Somebody as a schema shows them: by the name alone, or by an object that has it in a field."""
    fields = read_fields(schema)
    field = next((each for each in _NAMES if each in fields), None)
    if not fields:
        return name
    made = make_value(document, schema)
    return {**made, field: name} if field is not None and isinstance(made, dict) else None


def asks_for_credential(document: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    """Whether an operation of a contract that is not ours can be called with a credential alone."""
    return bool(find_credential_places(operation.get("security", document.get("security")), {}))


def find_owner_slips(document: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    """Yield what is wrong with the owner of a resource, each with the place below its declaration."""
    if kind.owner is None:
        if "visible" in kind.said:
            yield "/visible: says who sees an object, and it has no owner; add owner"
        return
    for name in _list_open_changes(document, kind):
        text = "changes them and asks for no credential, so nobody is known by it"
        yield f"/owner: {name} {text}; give it security, or take owner out"
    for name, _ in _list_shared(kind.said.get("visible", ())):
        if name not in kind.fields:
            yield f"/visible: {name!r} is no field of the schema {kind.schema_name}"


def _list_open_changes(document: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    """The ids of the operations that change an object, or make one, and that can be called without a credential."""
    for path in (kind.place, kind.path):
        for method, operation in document["paths"].get(path, {}).items():
            if method in _CHANGES and not asks_for_credential(document, operation):
                yield str(operation["operationId"])
