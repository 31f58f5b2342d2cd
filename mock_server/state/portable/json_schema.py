"""The JSON Schema of the document of a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DIALECT = "http://json-schema.org/draft-07/schema#"
"""Of the drafts that editors know, the nearest to OpenAPI 3.0."""
ID = "urn:evershell-mock-state:1"
"""The same wherever a mock serves it; the number is that of the format."""


def json_schema(components: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema `State` of control.yaml as a document of its own.

    `State` refers to no other schema and uses only what OpenAPI 3.0 and draft 7 have in common, so it stays as
    it is.
    """
    return {
        "$schema": DIALECT,
        "$id": ID,
        "title": "State of a world of the Evershell mock",
        **components["schemas"]["State"],
    }
