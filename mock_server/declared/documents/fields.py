"""The fields of a schema that may be one of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_FORMS = ("oneOf", "anyOf")


def read_fields(schema: Schema) -> dict[str, Schema]:
    """Return the fields of a schema without references, of its parts and of each of its forms; none never shown."""
    found: dict[str, Schema] = {}
    for part in (*schema.get("allOf", ()), *(form for key in _FORMS for form in schema.get(key, ()))):
        found = read_fields(part) | found
    own = {name: each for name, each in schema.get("properties", {}).items() if not each.get("writeOnly")}
    return found | own


def read_required(schema: Schema) -> frozenset[str]:
    """Return the fields that a schema without references requires, with those of its parts and of all of its forms."""
    required = frozenset(schema.get("required", ())).union(*map(read_required, schema.get("allOf", ())))
    for key in _FORMS:
        forms = [read_required(form) for form in schema.get(key, ())]
        required |= frozenset.intersection(*forms) if forms else frozenset()
    return required
