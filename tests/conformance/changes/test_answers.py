"""Changes of what is answered: statuses, codes, headers and fields."""

from __future__ import annotations

import pytest

from tests.conformance.changes.edits import (
    Document,
    Edit,
    Row,
    add,
    at,
    drop,
    judged_as_its_row,
    operation,
    put,
    remove,
    row,
    schema,
)

WIDENED = "breaks no"
NARROWED = "no breaks"
PACK = schema("Pack", "properties")
GET = operation("get", "/packs/{id}", "responses")
OK = (*GET, "200")
CODE = ("allOf", 1, "properties", "error", "properties", "code", "enum")
JSON_PACK, ANY_PACK = (
    {media: {"schema": {"$ref": "#/components/schemas/Pack"}}} for media in ("application/json", "*/*")
)
HEADER = {"description": "How long.", "schema": {"type": "integer"}}
DOWNLOAD = operation("get", "/workspaces/{id}/sandbox/download/{path}", "responses", "200")


def replace_code(name: str, old: str, new: str) -> tuple[Edit, ...]:
    def edit(document: Document) -> None:
        codes = at(document, *schema("ErrorCode", "enum"))
        codes[codes.index(old)] = new
        narrowed = at(document, *schema(name, *CODE))
        narrowed[narrowed.index(old)] = new

    return (edit,)


ROWS = [
    row("required field optional", "answer-field-optional", WIDENED, remove(*schema("Pack", "required"), "version")),
    row(
        "required field of an item optional",
        "answer-field-optional",
        WIDENED,
        remove(*schema("PackFile", "required"), "size"),
    ),
    row("optional field required", "answer-field-required", NARROWED, add(*schema("Pack", "required"), "created_at")),
    row("optional field removed", "answer-field-removed", "may no", drop(*PACK, "category")),
    row(
        "required field removed",
        "required-answer-field-removed",
        WIDENED,
        drop(*PACK, "owned"),
        remove(*schema("Pack", "required"), "owned"),
    ),
    row("optional field added", "answer-field-added", "no no", put(*PACK, "icon", {"type": "string"})),
    row(
        "required field added",
        "required-answer-field-added",
        NARROWED,
        put(*PACK, "icon", {"type": "string"}),
        add(*schema("Pack", "required"), "icon"),
    ),
    row(
        "field added where none was allowed",
        "closed-answer-field-added",
        "may no",
        put(*schema("ErrorBody", "properties"), "hint", {"type": "string"}),
    ),
    row("undeclared fields come", "answer-opened", "may no", drop(*schema("ErrorBody"), "additionalProperties")),
    row("no undeclared field comes", "answer-closed", NARROWED, put(*schema("Pack"), "additionalProperties", False)),
    row("value added", "answer-widened", WIDENED, add(*PACK, "image_origin", "enum", "import")),
    row("value of a shared schema added", "answer-widened", WIDENED, add(*schema("WorkspaceStatus", "enum"), "paused")),
    row("value removed", "answer-narrowed", NARROWED, remove(*PACK, "tier", "enum", "verified")),
    row(
        "value renamed",
        "answer-changed",
        "breaks breaks",
        put(*PACK, "tier", "enum", ["recommended", "sure", "community"]),
    ),
    row("null comes", "answer-widened", WIDENED, put(*PACK, "category", "nullable", True)),
    row(
        "null comes in the place of an object",
        "answer-widened",
        WIDENED,
        put(*schema("Event", "properties", "debits"), "nullable", True),
    ),
    row(
        "null comes no longer",
        "answer-narrowed",
        NARROWED,
        drop(*schema("Workspace", "properties", "archived_at"), "nullable"),
    ),
    row("type", "answer-changed", "breaks breaks", put(*PACK, "size_bytes", {"type": "string"})),
    row("fractions come", "answer-widened", WIDENED, put(*PACK, "size_bytes", {"type": "number", "minimum": 0})),
    row("empty text comes", "answer-widened", WIDENED, drop(*PACK, "display_name", "minLength")),
    row("no empty text comes", "answer-narrowed", NARROWED, put(*PACK, "category", "minLength", 1)),
    row("longer text comes", "answer-widened", WIDENED, put(*PACK, "description", "maxLength", 8192)),
    row(
        "no text of another form comes", "answer-narrowed", NARROWED, put(*PACK, "capabilities", "format", "date-time")
    ),
    row("no text but of a form comes", "answer-narrowed", NARROWED, put(*PACK, "capabilities", "format", "uuid")),
    row("text of any form comes", "answer-widened", WIDENED, drop(*PACK, "created_at", "format")),
    row("negative numbers come", "answer-widened", WIDENED, drop(*PACK, "size_bytes", "minimum")),
    row(
        "a pattern that nothing decides",
        "answer-unclear",
        "may may",
        put(*PACK, "image_digest", "pattern", "^sha(256|512):[0-9a-f]{64,128}$"),
    ),
    row(
        "items of a list",
        "answer-widened",
        WIDENED,
        put(*schema("Session", "properties", "permissions"), "items", {"type": "string"}),
    ),
    row(
        "values of a map",
        "answer-widened",
        WIDENED,
        put(*schema("Event", "properties", "debits"), "additionalProperties", {"type": "number", "nullable": True}),
    ),
    row(
        "list instead of one",
        "answer-changed",
        "breaks breaks",
        put(*schema("OAuthStart", "properties"), "auth_url", {"type": "array", "items": {"type": "string"}}),
    ),
    row(
        "another schema altogether",
        "answer-changed",
        "breaks breaks",
        put(*OK, "content", "application/json", "schema", {"type": "string"}),
    ),
    row("status added", "status-added", "may no", put(*GET, "503", {"$ref": "#/components/responses/SecretsDisabled"})),
    row("status without a body added", "status-added", "may no", put(*GET, "304", {"description": "As before."})),
    row("status removed", "status-removed", NARROWED, drop(*GET, "404")),
    row(
        "another success",
        "success-replaced",
        "breaks breaks",
        lambda d: at(d, *GET).update({"203": at(d, *GET).pop("200")}),
    ),
    row("a second success", "status-added", "may no", put(*GET, "206", {"description": "A part."})),
    row(
        "code added",
        "code-added",
        "may no",
        add(*schema("ErrorCode", "enum"), "pack_archived"),
        add(*schema("PackInUseError", *CODE), "pack_archived"),
    ),
    row("known code added", "code-added", "may no", add(*schema("PackInUseError", *CODE), "pack_exists")),
    row("code that no answer has", "values-declared", "no no", add(*schema("ErrorCode", "enum"), "pack_archived")),
    row("code removed", "code-removed", NARROWED, remove(*schema("PackOrFileNotFoundError", *CODE), "file_not_found")),
    row(
        "code of a conflict replaced",
        "code-replaced",
        "breaks breaks",
        *replace_code("PackInUseError", "pack_in_use", "pack_busy"),
    ),
    row(
        "code of a 404 replaced",
        "code-replaced",
        "breaks breaks",
        *replace_code("MembershipNotFoundError", "membership_not_found", "no_such_membership"),
    ),
    row("optional header added", "header-added", "no no", put(*OK, "headers", "Age", HEADER)),
    row(
        "required header added",
        "required-header-added",
        NARROWED,
        put(*OK, "headers", "Age", {**HEADER, "required": True}),
    ),
    row("optional header removed", "header-removed", "may no", drop(*OK, "headers", "X-Request-Id")),
    row(
        "required header removed", "required-header-removed", WIDENED, drop(*DOWNLOAD, "headers", "Content-Disposition")
    ),
    row("header required", "header-required", NARROWED, put("components", "headers", "RequestId", "required", True)),
    row("header optional", "header-optional", WIDENED, put("components", "headers", "Challenge", "required", False)),
    row(
        "header of another form",
        "answer-widened",
        WIDENED,
        drop("components", "headers", "Attachment", "schema", "pattern"),
    ),
    row(
        "media type of an answer added",
        "answer-type-added",
        "may no",
        put(*OK, "content", "application/x-yaml", {"schema": {"type": "string"}}),
    ),
    row(
        "media type of an answer removed",
        "answer-type-removed",
        "breaks breaks",
        drop(*OK, "content", "application/json"),
        before=(put(*OK, "content", "application/x-yaml", {"schema": {"type": "string"}}),),
    ),
    row(
        "media range of an answer narrowed",
        "answer-type-narrowed",
        "no may",
        put(*OK, "content", JSON_PACK),
        before=(put(*OK, "content", ANY_PACK),),
    ),
    row("media type of an answer widened", "answer-type-widened", "may no", put(*OK, "content", ANY_PACK)),
    row("body of an answer removed", "answer-body-removed", "breaks breaks", drop(*OK, "content")),
    row(
        "body of an answer added",
        "answer-body-added",
        NARROWED,
        put(*GET, "404", "content", {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}),
        before=(drop("x-resource-types"), put(*GET, "404", {"description": "There is none."})),
    ),
    row(
        "body may be left out",
        "answer-body-optional",
        "breaks no",
        put(*operation("post", "/packs"), "responses", "201", "x-body-optional", True),
    ),
    row(
        "body may be left out no longer",
        "answer-body-required",
        "no breaks",
        drop(*operation("post", "/workspaces/{id}/task/cancel"), "responses", "202", "x-body-optional"),
    ),
    row(
        "field for answers only",
        "one-way-field",
        "may may",
        put(*schema("CreateRole", "properties", "model"), "readOnly", True),
    ),
    row(
        "what is meant where an answer leaves a field out",
        "answer-default",
        "may may",
        put(*PACK, "category", "default", "none"),
    ),
    row(
        "link removed",
        "link-removed",
        "may no",
        drop(*operation("post", "/packs", "responses", "201", "links"), "ReadFile"),
    ),
    row(
        "link added",
        "link-added",
        "no may",
        put(
            *operation("post", "/tasks", "responses", "202", "links"),
            "Provider",
            {"operationId": "providers.get", "parameters": {"id": "$response.body#/id"}},
        ),
    ),
]


@pytest.mark.parametrize("case", ROWS, ids=str)
def test_a_change_of_answers_has_the_grades_of_its_row(case: Row) -> None:
    judged_as_its_row(case)
