"""Contracts with resources that are declared alone: the labels, and others made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.agreement.labels import LABELS, add_labels

_KEPT = ("/labels", "/labels/{id}")


def add_resource(document: dict[str, Any], name: str, **said: Any) -> dict[str, Any]:
    """Add one more resource, called as the labels are but for its name, and return its schemas by what they are of."""
    text = json.dumps(LABELS).replace("label", name).replace("Label", name.capitalize())
    added = json.loads(text)
    document["paths"] |= added["paths"]
    for part in ("parameters", "responses"):
        document["components"][part] |= added["components"][part]
    schemas = added["components"]["schemas"]
    document["components"]["schemas"]["ErrorCode"]["enum"] += schemas.pop("ErrorCode")["enum"]
    document["components"]["schemas"] |= schemas
    document["x-resource-types"] |= {name: {**added["x-resource-types"][name], **said}}
    return {kind: schemas[f"{kind}{name.capitalize()}"]["properties"] for kind in ("", "Create", "Update")}


def add_fields(schemas: Mapping[str, dict[str, Any]], **fields: Mapping[str, Any]) -> None:
    """Let an object, its creation and its update have more fields."""
    for each in schemas.values():
        each |= fields


def badges_and_memos() -> dict[str, Any]:
    """The contract with labels, with badges that others see in part, and with memos that are of one person each."""
    document = add_labels()
    badge = add_resource(
        document,
        "badge",
        visible=["own", {"color": ["green"]}],
        owner_only=["description"],
        merged=["settings"],
        refers={"provider_id": {"to": "provider"}, "label_ids": {"to": "label"}},
    )
    settings = {"type": "object", "additionalProperties": {"type": "string", "nullable": True}}
    names = {"type": "array", "items": {"type": "string", "minLength": 1}}
    add_fields(badge, settings=settings, provider_id={"type": "string", "minLength": 1}, label_ids=names)
    memo = add_resource(
        document,
        "memo",
        personal={"field": "user_id", "all": "members:write"},
        unique=["user_id", "name"],
        switched_off={"subsystem": "secrets", "code": "secrets_disabled"},
        archive={"field": "archived_at"},
    )
    memo[""] |= {
        "user_id": {"type": "string", "minLength": 1},
        "archived_at": {"type": "string", "format": "date-time", "nullable": True},
    }
    document["components"]["schemas"]["Memo"]["required"].append("archived_at")
    one = document["paths"]["/memos/{id}"]
    one["delete"]["responses"] = {"204": {"description": "It is gone."}, **one["delete"]["responses"]}
    del one["delete"]["responses"]["200"]
    _add_archiving(document)
    _add_stamps(document)
    for path in ("/memos", "/memos/{id}"):
        for method in document["paths"][path].keys() - {"parameters"}:
            responses = document["paths"][path][method]["responses"]
            responses["503"] = {"$ref": "#/components/responses/SecretsDisabled"}
    document["paths"]["/memos"]["get"]["parameters"] = [
        {"$ref": "#/components/parameters/IncludeArchived"},
        {"name": "color", "in": "query", "schema": {"$ref": "#/components/schemas/MemoColor"}},
    ]
    document["paths"]["/memos"]["get"]["responses"]["400"] = {"$ref": "#/components/responses/ParameterRefused"}
    return document


def _add_stamps(document: dict[str, Any]) -> None:
    """Add stamps, which are below labels, and whose provider is refused with a code of its own."""
    refers = {"label_id": {"to": "label"}, "provider_id": {"to": "provider", "code": "provider_not_found"}}
    stamp = add_resource(document, "stamp", refers=refers, unique=["label_id", "name"])
    stamp[""]["label_id"] = {"type": "string", "minLength": 1}
    add_fields(stamp, provider_id={"type": "string", "minLength": 1})
    label = {**document["components"]["parameters"]["LabelId"], "name": "label_id"}
    absent = document["paths"]["/labels/{id}"]["get"]["responses"]["404"]
    for path in ("/stamps", "/stamps/{id}"):
        below = document["paths"][f"/labels/{{label_id}}{path}"] = document["paths"].pop(path)
        below["parameters"] = [label, *below.get("parameters", ())]
    document["paths"]["/labels/{label_id}/stamps"]["get"]["responses"]["404"] = absent
    creation, one = (document["paths"][f"/labels/{{label_id}}/stamps{end}"] for end in ("", "/{id}"))
    creation["post"]["responses"]["404"] = _refuse_with("label_not_found", "provider_not_found")
    one["patch"]["responses"]["404"] = _refuse_with("label_not_found", "provider_not_found", "stamp_not_found")
    for method in ("get", "delete"):
        one[method]["responses"]["404"] = _refuse_with("label_not_found", "stamp_not_found")


def _refuse_with(*codes: str) -> dict[str, Any]:
    code = {"type": "object", "properties": {"code": {"type": "string", "enum": [*codes]}}}
    error = {"type": "object", "properties": {"error": code}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Error"}, error]}
    return {"description": "What is named is not there.", "content": {"application/json": {"schema": schema}}}


def _add_archiving(document: dict[str, Any]) -> None:
    one = document["paths"]["/memos/{id}"]
    for name, answer in (("archive", "Archived"), ("unarchive", "Unarchived")):
        operation = {
            **{key: one["delete"][key] for key in ("tags", "x-permissions", "x-billing", "x-provenance")},
            "operationId": f"memos.{name}",
            "responses": {
                "200": {
                    "description": "Done.",
                    "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer}"}}},
                },
                **{status: each for status, each in one["delete"]["responses"].items() if status != "204"},
                "503": {"$ref": "#/components/responses/SecretsDisabled"},
            },
        }
        if name == "unarchive":
            operation["responses"]["409"] = {"$ref": "#/components/responses/NotArchived"}
        document["paths"][f"/memos/{{id}}/{name}"] = {"parameters": one["parameters"], "post": operation}
