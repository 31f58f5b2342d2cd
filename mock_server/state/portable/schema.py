"""The JSON Schema of the document of a state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mock_server.state.collection import Collection, Section

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The draft nearest to OpenAPI 3.0 of those that editors know."""
ID = "urn:evershell-mock-state:1"
"""The id of the schema wherever a mock serves it; the number is that of the format."""


def list_sections(collections: Iterable[Collection[Any]]) -> tuple[Section, ...]:
    """Return the sections in which what the collections share stands, each after what it is made of."""
    found: dict[Section, None] = {}

    def add(section: Section | None) -> None:
        if section is not None:
            add(section.below)
            found.setdefault(section)

    for each in collections:
        add(each.shares)
    return tuple(found)


def with_collections(outline: Mapping[str, Any], collections: Iterable[Collection[Any]]) -> dict[str, Any]:
    """Return the schema `State` of control.yaml, which has the rest, with what the collections declare.

    It uses only what OpenAPI 3.0 and draft 7 have in common.
    """
    told = [each for each in collections if not each.transient]
    parts = {each.name: _make_collection_schema(each) for each in told}
    parts |= {section.name: dict(section.schema) for section in list_sections(told)}
    return {
        **outline,
        "additionalProperties": False,
        "properties": {**outline["properties"], **parts},
    }


def _make_collection_schema(collection: Collection[Any]) -> dict[str, Any]:
    schema = collection.make_record_schema()
    for _ in collection.key:
        schema = {"type": "object", "additionalProperties": schema}
    return schema if collection.description is None else {**schema, "description": collection.description}


def make_json_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a state as a document of its own."""
    return {"$schema": DIALECT, "$id": ID, "title": "State of a world of the Evershell mock", **schema}
