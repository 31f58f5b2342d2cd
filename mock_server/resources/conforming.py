"""What a state holds, held against the contract's own schemas, as its owners would see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs
import orjson

from mock_server.contract.schema import Validator, faults, fits
from mock_server.errors import ContractError
from mock_server.resources.models import Pack
from mock_server.resources.view import pack_view
from mock_server.state.state import State


def _owned(pack: Pack) -> Mapping[str, Any]:
    view: Mapping[str, Any] = orjson.loads(pack_view(pack, pack.org_id or "").content)
    return view


Views = Callable[[State], Iterator[tuple[str, Mapping[str, Any]]]]

_VIEWS: Mapping[str, tuple[str, Views]] = {
    "Pack": ("packs", lambda state: ((pack.id, _owned(pack)) for pack in state.packs.values())),
}
"""A schema of the contract → the collection it is of, and the collection's objects as owners see them."""


class Conformity:
    """The schemas of a contract by which objects are judged; one that the contract lacks judges nothing.

    Raises ContractError for a schema that cannot be compiled.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        components = document.get("components", {})
        self._judged = [
            (collection, views, _validator(name, components))
            for name, (collection, views) in _VIEWS.items()
            if name in components.get("schemas", {})
        ]

    def breaches(self, state: State) -> Iterator[tuple[str, str, list[str], str]]:
        """Each place that does not fit: collection, object id, the path in the object, what is wrong."""
        for collection, views, validator in self._judged:
            for object_id, view in views(state):
                if not fits(validator, view):
                    for place, text in faults(validator, view):
                        yield collection, object_id, place, text


def _validator(name: str, components: Mapping[str, Any]) -> Validator:
    reference = {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "components": components}
    try:
        return jsonschema_rs.Draft7Validator(reference, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError) as problem:
        text = str(problem).splitlines()[0]
        raise ContractError(f"the contract's components.schemas.{name}: {text}") from problem
