"""What stops the start, and what the one sentence says."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from mock_server.errors import StartError
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests.mock_server.serving import DOCUMENT, written

Change = Callable[[dict[str, Any]], None]


def no_op(state: State, _request: Request) -> tuple[State, Reply]:
    return state, Reply(200)


def refused(settings: Settings, handlers: Mapping[str, Handler] | None = None) -> str:
    with pytest.raises(StartError) as caught:
        create_app(settings, handlers)
    text = str(caught.value)
    assert "\n" not in text
    return text


def patch_of(document: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/packs/{id}"]["patch"]
    return operation


def drop_session(document: dict[str, Any]) -> None:
    del document["paths"]["/me/session"]


def rename_operation(document: dict[str, Any]) -> None:
    patch_of(document)["operationId"] = "packs.rename"


def repeat_operation(document: dict[str, Any]) -> None:
    patch_of(document)["operationId"] = "packs.get"


def no_operation_id(document: dict[str, Any]) -> None:
    del patch_of(document)["operationId"]


def no_responses(document: dict[str, Any]) -> None:
    del patch_of(document)["responses"]


def newer_openapi(document: dict[str, Any]) -> None:
    document["openapi"] = "3.2.0"


def unknown_reference(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Pack"]["properties"]["visibility"] = {"$ref": "#/components/schemas/Visible"}


def own_reference(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Pack"]["properties"]["parent"] = {"$ref": "#/components/schemas/Pack"}


def broken_pattern(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["UpdatePackVisibility"]["properties"]["visibility"] = {
        "type": "string",
        "pattern": "(",
    }


def unknown_billing(document: dict[str, Any]) -> None:
    patch_of(document)["x-billing"] = "free"


def wrong_permissions(document: dict[str, Any]) -> None:
    patch_of(document)["x-permissions"] = ["caps:write"]


def wrong_limit(document: dict[str, Any]) -> None:
    patch_of(document)["x-max-body"] = "1 MiB"


def wrong_role(document: dict[str, Any]) -> None:
    patch_of(document)["x-role"] = ["owner"]


def undeclared_parameter(document: dict[str, Any]) -> None:
    document["paths"]["/packs/{id}"]["parameters"] = []


def cookie_parameter(document: dict[str, Any]) -> None:
    patch_of(document)["parameters"] = [{"name": "c", "in": "cookie", "schema": {"type": "string"}}]


def object_parameter(document: dict[str, Any]) -> None:
    patch_of(document)["parameters"] = [{"name": "q", "in": "query", "schema": {"type": "object"}}]


def other_security(document: dict[str, Any]) -> None:
    document["components"]["securitySchemes"]["bearer"] = {"type": "apiKey", "in": "header", "name": "X-Key"}


def text_body(document: dict[str, Any]) -> None:
    patch_of(document)["requestBody"]["content"] = {"text/plain": {"schema": {"type": "string"}}}


def same_path_twice(document: dict[str, Any]) -> None:
    parameter = {"name": "pack", "in": "path", "required": True, "schema": {"type": "string"}}
    item = {"parameters": [parameter], "get": document["paths"].pop("/me/session")["get"]}
    document["paths"]["/packs/{pack}"] = item


def no_error_schema(document: dict[str, Any]) -> None:
    renamed = json.loads(json.dumps(document).replace('schemas/Error"', 'schemas/Envelope"'))
    renamed["components"]["schemas"]["Envelope"] = renamed["components"]["schemas"].pop("Error")
    document.update(renamed)


PATCH = "PATCH /packs/{id}"
POINTER = "/paths/~1packs~1{id}/patch/"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (drop_session, "session.get"),
        (rename_operation, "has no operation packs.update_visibility, for which there is a function"),
        (repeat_operation, "packs.get"),
        (no_operation_id, PATCH),
        (no_responses, "paths./packs/{id}.patch"),
        (newer_openapi, "3.2.0"),
        (unknown_reference, "#/components/schemas/Visible"),
        (own_reference, "refers to itself"),
        (broken_pattern, PATCH),
        (unknown_billing, f"{POINTER}x-billing: "),
        (wrong_permissions, f"{POINTER}x-permissions: "),
        (wrong_limit, f"{POINTER}x-max-body: "),
        (wrong_role, f"{POINTER}x-role: "),
        (undeclared_parameter, "'id'"),
        (cookie_parameter, PATCH),
        (object_parameter, PATCH),
        (other_security, "'bearer'"),
        (text_body, PATCH),
        (same_path_twice, "/packs/{pack}"),
        (no_error_schema, "components.schemas.Error: is missing"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_contract_that_cannot_be_served_is_refused_at_its_place(change: Change, place: str, tmp_path: Path) -> None:
    document = deepcopy(dict(DOCUMENT))
    change(document)
    path = written(tmp_path, document)
    text = refused(Settings(contract=path))
    assert text.startswith(f"{path}: ")
    assert place in text


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "paths"),
        (b"[]", "paths"),
        (b"openapi: 3.0.3", "paths"),
        (b"openapi: 3.0.3\npaths: {a: [}", ":2:"),
        (b"\xff\xfe\x00", "YAML"),
        (b"openapi: 3.0.3\npaths: 3", "paths"),
        (b"openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {/a: 3}", "/a"),
        (b"openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {/a: {get: 3}}", "/a.get"),
        (b"a: " + b"[" * 100_000, "YAML"),
        (b"a: !!python/object/apply:os.system [ls]", "YAML"),
    ],
)
def test_a_file_that_is_no_contract_is_refused(content: bytes, place: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.write_bytes(content)
    text = refused(Settings(contract=path))
    assert text.startswith(str(path))
    assert place in text


def test_a_contract_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "nothing.yaml: cannot be read" in refused(Settings(contract=tmp_path / "nothing.yaml"))


def test_a_function_without_an_operation_is_refused() -> None:
    assert "packs.fly" in refused(Settings(), {"packs.fly": Handler(no_op)})


def test_an_unknown_deviation_is_refused() -> None:
    assert "no-such-defect" in refused(Settings(deviations=("no-such-defect",)))


def test_seed_data_that_is_not_valid_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orgs.yaml").write_text("orgs: [{id: org_acme}]\n", encoding="utf-8")
    text = refused(Settings(fixtures=(tmp_path,)))
    assert text.startswith(str(tmp_path / "orgs.yaml"))
