"""Changes of what is sent: parameters, bodies and their fields."""

from __future__ import annotations

import pytest

from tests.conformance.changes.edits import Row, add, drop, judged_as_its_row, operation, put, remove, row, schema

BREAKS = "breaks breaks"
WIDENS = "no breaks"
LIMIT = ("components", "parameters", "EventLimit")
PATCH = operation("patch", "/packs/{id}")
PARAMETERS = operation("get", "/providers", "parameters")
PAGE = {"name": "page", "in": "query", "schema": {"type": "integer"}}
ARCHIVE = operation("post", "/packs/upload", "requestBody", "content", "multipart/form-data", "encoding", "archive")
TASK_BODY = operation("post", "/tasks", "requestBody")
FORM = schema("SubmitTaskForm")

ROWS = [
    row("operation removed", "operation-removed", BREAKS, drop(*operation("get", "/workspaces"))),
    row(
        "path removed",
        "operation-removed",
        BREAKS,
        drop("paths", "/me/session"),
        before=(drop("x-features", "session"),),
    ),
    row(
        "operation added",
        "operation-added",
        WIDENS,
        lambda d: d["paths"]["/packs"].update(put={**d["paths"]["/packs"]["get"], "operationId": "packs.put"}),
    ),
    row("optional parameter removed", "parameter-removed", BREAKS, drop(*PARAMETERS, 0)),
    row(
        "header parameter removed",
        "header-parameter-removed",
        "may no",
        drop(*operation("get", "/activity/stream", "parameters", 0)),
    ),
    row("optional parameter added", "parameter-added", WIDENS, add(*PARAMETERS, PAGE)),
    row(
        "parameter of a path added",
        "parameter-added",
        WIDENS,
        lambda d: d["paths"]["/packs/{id}"]["parameters"].append(PAGE),
    ),
    row("required parameter added", "required-parameter-added", BREAKS, add(*PARAMETERS, {**PAGE, "required": True})),
    row("parameter required", "parameter-required", BREAKS, put(*LIMIT, "required", True)),
    row("limit lowered", "request-narrowed", BREAKS, put(*LIMIT, "schema", "maximum", 1000)),
    row("limit raised", "request-widened", WIDENS, put(*LIMIT, "schema", "maximum", 100000)),
    row("lower bound raised", "request-narrowed", BREAKS, put(*LIMIT, "schema", "minimum", 2)),
    row("bound removed", "request-widened", WIDENS, drop(*LIMIT, "schema", "maximum")),
    row(
        "range moved",
        "request-changed",
        BREAKS,
        put(*LIMIT, "schema", "minimum", 10),
        put(*LIMIT, "schema", "maximum", 20000),
    ),
    row("type of a parameter", "request-changed", BREAKS, put(*LIMIT, "schema", {"type": "boolean", "default": 100})),
    row(
        "reserved characters bare",
        "request-widened",
        WIDENS,
        put("components", "parameters", "EventCursor", "allowReserved", True),
    ),
    row("default changed", "default-changed", "may breaks", put(*LIMIT, "schema", "default", 50)),
    row(
        "default of a field of a body",
        "default-added",
        "no may",
        put(*schema("CreateRole", "properties", "model"), "default", "any"),
    ),
    row("default removed", "default-removed", "may no", drop(*LIMIT, "schema", "default")),
    row(
        "default added",
        "default-added",
        "no may",
        put("components", "parameters", "EventOrder", "schema", "default", "desc"),
    ),
    row(
        "value of a parameter removed",
        "request-narrowed",
        BREAKS,
        remove("components", "parameters", "EventTimeBucket", "schema", "enum", "5m"),
    ),
    row(
        "value of a parameter added",
        "request-widened",
        WIDENS,
        add("components", "parameters", "EventTimeBucket", "schema", "enum", "2d"),
    ),
    row(
        "items of a parameter",
        "request-narrowed",
        BREAKS,
        put("components", "parameters", "EventFilter", "schema", "maxItems", 5),
    ),
    row(
        "pattern of a text of any kind",
        "request-narrowed",
        BREAKS,
        put("components", "parameters", "EventCursor", "schema", "pattern", "^[A-Z]+$"),
    ),
    row(
        "pattern that nothing decides",
        "request-unclear",
        "may may",
        put("components", "parameters", "SecretName", "schema", "pattern", "^[A-Za-z][A-Za-z0-9_-]{0,40}$"),
    ),
    row(
        "file paths lose their slashes",
        "request-narrowed",
        BREAKS,
        drop("components", "parameters", "FilePath", "schema", "format"),
    ),
    row(
        "lists are written with commas",
        "parameter-style",
        BREAKS,
        put("components", "parameters", "EventFilter", "explode", False),
    ),
    row("media type removed", "request-type-removed", BREAKS, drop(*TASK_BODY, "content", "multipart/form-data")),
    row(
        "media type added",
        "request-type-added",
        WIDENS,
        put(*PATCH, "requestBody", "content", "application/x-yaml", {"schema": {"type": "object"}}),
    ),
    row("body optional", "body-optional", WIDENS, put(*TASK_BODY, "required", False)),
    row(
        "optional body added",
        "body-added",
        WIDENS,
        put(
            *operation("post", "/workspaces/{id}/stop"),
            "requestBody",
            {"content": {"application/json": {"schema": {"type": "object"}}}},
        ),
    ),
    row(
        "required body added",
        "body-required",
        BREAKS,
        put(
            *operation("post", "/workspaces/{id}/stop"),
            "requestBody",
            {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        ),
    ),
    row("body removed", "body-removed", BREAKS, drop(*operation("post", "/workspaces/{id}/fork"), "requestBody")),
    row("part of a form of any media type", "request-widened", WIDENS, drop(*ARCHIVE, "contentType")),
    row("part of a form of another type", "request-changed", BREAKS, put(*ARCHIVE, "contentType", "application/zip")),
    row(
        "part of a form of one more media type",
        "request-widened",
        WIDENS,
        put(*ARCHIVE, "contentType", "application/zip, application/gzip"),
    ),
    row("part of a form encoded otherwise", "encoding", "may may", put(*ARCHIVE, "style", "pipeDelimited")),
    row("field required", "request-field-required", BREAKS, add(*schema("CreateRole", "required"), "display_name")),
    row("field optional", "request-field-optional", WIDENS, remove(*schema("CreateRole", "required"), "name")),
    row("field removed", "request-field-removed", BREAKS, drop(*schema("CreateRole", "properties"), "model")),
    row("field of a form removed", "request-field-ignored", "may may", drop(*FORM, "properties", "thinking_effort")),
    row(
        "optional field added",
        "request-field-added",
        WIDENS,
        put(*schema("CreateRole", "properties"), "icon", {"type": "string"}),
    ),
    row(
        "optional field of a form added",
        "request-field-added",
        WIDENS,
        put(*FORM, "properties", "icon", {"type": "string"}),
    ),
    row(
        "required field added",
        "required-request-field-added",
        BREAKS,
        put(*schema("CreateRole", "properties"), "icon", {"type": "string"}),
        add(*schema("CreateRole", "required"), "icon"),
    ),
    row("text shorter", "request-narrowed", BREAKS, put(*schema("CreateRole", "properties", "model"), "maxLength", 64)),
    row("text longer", "request-widened", WIDENS, put(*schema("CreateRole", "properties", "model"), "maxLength", 256)),
    row(
        "empty text refused",
        "request-narrowed",
        BREAKS,
        put(*schema("CreateRole", "properties", "capabilities"), "minLength", 1),
    ),
    row("null refused", "request-narrowed", BREAKS, drop(*schema("UpdateRole", "properties", "model"), "nullable")),
    row(
        "null taken", "request-widened", WIDENS, put(*schema("CreateRole", "properties", "pool_size"), "nullable", True)
    ),
    row(
        "list shorter", "request-narrowed", BREAKS, put(*schema("CreateRole", "properties", "pack_ids"), "maxItems", 8)
    ),
    row(
        "list may hold one twice",
        "request-widened",
        WIDENS,
        drop(*schema("CreateRole", "properties", "pack_ids"), "uniqueItems"),
    ),
    row(
        "items of a list",
        "request-narrowed",
        BREAKS,
        put(*schema("CreateRole", "properties", "pack_ids", "items"), "minLength", 5),
    ),
    row("undeclared fields taken", "request-opened", WIDENS, drop(*schema("CreateRole"), "additionalProperties")),
    row("undeclared fields refused", "request-closed", BREAKS, put(*FORM, "additionalProperties", False)),
    row(
        "values of a map",
        "request-narrowed",
        BREAKS,
        put(*schema("CreateProvider", "properties", "config", "additionalProperties"), "maxLength", 16),
    ),
    row(
        "whole numbers only",
        "request-narrowed",
        BREAKS,
        put(*schema("SubmitTask", "properties", "budget"), "type", "integer"),
        before=(put(*schema("SubmitTask", "properties"), "budget", {"type": "number"}),),
    ),
    row(
        "a choice of two is one",
        "request-narrowed",
        BREAKS,
        put(*schema("CreateWorkspace", "properties"), "environment", {"type": "string"}),
        before=(
            put(
                *schema("CreateWorkspace", "properties"),
                "environment",
                {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            ),
        ),
    ),
    row(
        "parameter optional",
        "parameter-optional",
        WIDENS,
        put(*PARAMETERS, 0, PAGE),
        before=(put(*PARAMETERS, 0, {**PAGE, "required": True}),),
    ),
    row(
        "body required",
        "body-required",
        BREAKS,
        put(*TASK_BODY, "required", True),
        before=(put(*TASK_BODY, "required", False),),
    ),
]


@pytest.mark.parametrize("case", ROWS, ids=str)
def test_a_change_of_requests_has_the_grades_of_its_row(case: Row) -> None:
    judged_as_its_row(case)
