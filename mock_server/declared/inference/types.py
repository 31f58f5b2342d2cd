"""The resource types that a contract would declare: from its paths, and from what `x-aep-resource` says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mock_server.contract.document import follow, resolve
from mock_server.declared.documents.fields import read_fields, read_required
from mock_server.declared.documents.kinds import PARAMETER
from mock_server.declared.documents.shapes import find_shape, shows_alike
from mock_server.declared.documents.words import flatten
from mock_server.declared.inference.answers import Shown, find_shown, read_body, read_success
from mock_server.declared.inference.names import find_key, is_like_an_id, name_resource

Document = Mapping[str, Any]

AEP = "x-aep-resource"
_TITLES = ("title", "name", "headline", "subject", "label")
_NOT_SNAKE = re.compile(r"[^a-z]+")


class Inferred(NamedTuple):
    """The missing declarations of a document: its types by their names, and schemas that have no name of their own."""

    types: dict[str, dict[str, Any]]
    schemas: dict[str, Any]


def infer_types(document: Document) -> Inferred:
    """Return the types of the resources whose paths, methods and schemas show what one is and how it is made."""
    found = Inferred({}, {})
    paths = sorted((path for path in document["paths"] if path.endswith("}")), key=lambda path: path.count("/"))
    named = dict(_read_aep_names(document))
    for path in paths:
        place, _, last = path.rpartition("/")
        segment = next((each for each in reversed(place.split("/")) if each and not PARAMETER.fullmatch(each)), "")
        parameter = PARAMETER.findall(last)[0]
        within = _find_around(place, found.types)
        shown = _find_resource(document, path, place, parameter, segment)
        if shown is None or not segment:
            continue
        key = _describe_key(document, path, place, shown)
        if key is None:
            continue
        name = named.get(PARAMETER.sub("{}", path)) or name_resource(segment, found.types, within)
        schema = shown.name or _name_schema(document, name, found.schemas, shown)
        found.types[name] = {"schema": schema, "path": path, **key, **({"within": within} if within else {})}
    return found


def _find_resource(document: Document, path: str, place: str, parameter: str, segment: str) -> Shown | None:
    """The object that the operations on one and on all show."""
    item, every = document["paths"][path], document["paths"].get(place, {})
    for operations, methods in ((item, ("get",)), (every, ("get", "post")), (item, ("put", "patch", "delete"))):
        for method in methods:
            if method in operations and (schema := read_success(document, operations[method])) is not None:
                shown = find_shown(document, schema, lambda fields: find_key(parameter, segment, fields))
                if shown is not None:
                    return shown
    for operations, method in ((every, "post"), (item, "put")):
        schema = read_body(document, operations[method]) if method in operations else None
        if schema is not None and "get" in item and read_success(document, item["get"]) is None:
            return find_shown(document, schema, lambda fields: find_key(parameter, segment, fields))
    return None


def _describe_key(document: Document, path: str, place: str, shown: Shown) -> dict[str, Any] | None:
    """Return the key of an object: a field that the caller gives, or an id that the server makes; None without one."""
    item, every = document["paths"][path], document["paths"].get(place, {})
    whole = resolve(document, shown.schema)
    field = read_fields(whole)[shown.key]
    if "post" not in every:
        return {"key": shown.key} if "put" in item else None
    body = _read_body_of(document, every["post"], whole)
    given = {name: each for name, each in read_fields(body).items() if not each.get("readOnly")}
    is_sent = shown.key in given and not field.get("readOnly")
    if is_sent and (shown.key in read_required(body) or not is_like_an_id(shown.key)):
        return {"key": shown.key}
    titles = [name for name in _TITLES if given.get(name, {}).get("type") == "string"]
    if flatten(shown.key).endswith("slug") and titles:
        return {"id": {"field": shown.key, "is": "slug", "of": titles[0]}}
    return {"id": {"field": shown.key, "is": _tell_form(field)}}


def _read_body_of(document: Document, operation: Document, whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of an object in the body of an operation; empty where it has none."""
    said = read_body(document, operation)
    if said is None:
        return {}
    fields = read_fields(whole)
    shape = find_shape(resolve(document, said), lambda schema: shows_alike(schema, fields))
    return {} if shape is None else shape.one


def _tell_form(field: Mapping[str, Any]) -> str:
    if field.get("type") in {"integer", "number"}:
        return "integer"
    return "uuid" if field.get("format") == "uuid" else "text"


def _find_around(place: str, types: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The resource in whose path another path lies, the nearest one."""
    around = [name for name, said in types.items() if place.startswith(f"{said['path']}/")]
    return max(around, key=lambda name: len(types[name]["path"]), default=None)


def _name_schema(document: Document, name: str, new: dict[str, Any], shown: Shown) -> str:
    """A name for a schema that has none, under which it is to stand among the others."""
    known = {*document.get("components", {}).get("schemas", {}), *new}
    title = "".join(word.capitalize() for word in name.split("_"))
    while title in known:
        title += "Shown"
    new[title] = shown.schema
    return title


def _read_aep_names(document: Document) -> Iterator[tuple[str, str]]:
    """The names that schemas give their resources, by the paths that they say, each parameter left out."""
    for schema in document.get("components", {}).get("schemas", {}).values():
        said = follow(document, schema).get(AEP)
        if isinstance(said, Mapping) and isinstance(said.get("singular"), str):
            name = _NOT_SNAKE.sub("_", said["singular"].lower()).strip("_")
            for pattern in said.get("patterns", ()):
                yield PARAMETER.sub("{}", f"/{str(pattern).lstrip('/')}"), name
