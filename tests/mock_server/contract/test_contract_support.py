"""What a contract asks: the mock does it, or says at the start where it cannot and what to write instead."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.errors import StartError
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import (
    DOCUMENT,
    contract_with,
    json_response,
    refusal,
    refusals,
    served,
    written,
    wrong_fields,
)

Change = Callable[[dict[str, Any]], None]
KEY = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
PLACE = "POST /made-up/{id}: "
ASKED = frozenset(scope for scopes in DOCUMENT["x-roles"].values() for scope in scopes)
TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
ARCHIVE = DOCUMENT["components"]["schemas"]["UploadPack"]["properties"]["archive"]["x-archive"]
FORMS = [{"type": "object", "properties": {"kind": TEXT}}, {"type": "object", "properties": {"kind": TEXT}}]


def operation(**parts: Any) -> dict[str, Any]:
    made = {
        "operationId": "made.up",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
        "responses": {"200": json_response({}), **refusals("403", "413", "415", "423")},
    }
    more = parts.pop("parameters", [])
    made.update(parts)
    made["parameters"] = [*made["parameters"], *more]
    return made


def echo(state: State, request: Request) -> tuple[State, Reply]:
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    values = {"query": dict(request.query), "headers": dict(request.headers), "body": body}
    return state, Reply(200, {**values, "path": dict(request.path)})


def document_of(**parts: Any) -> dict[str, Any]:
    document = deepcopy(dict(DOCUMENT))
    document["paths"]["/made-up/{id}"] = {"post": operation(**parts)}
    return document


def app_of(directory: Path, handler: Any = echo, **parts: Any) -> Any:
    contract = written(directory, document_of(**parts))
    return create_app(Settings(contract=contract), {"made.up": Handler(handler)})


def answered(app: Any, target: str = "/made-up/x", **options: Any) -> httpx.Response:
    with served(app) as url:
        return plain.post(f"{url}/v1{target}", headers={**KEY, **options.pop("headers", {})}, **options)


def query(**declared: Any) -> dict[str, Any]:
    return {"parameters": [{"name": "q", "in": "query", "schema": TEXT, **declared}]}


def header(**declared: Any) -> dict[str, Any]:
    return {"parameters": [{"name": "X-Q", "in": "header", "schema": TEXT, **declared}]}


def in_path(**declared: Any) -> dict[str, Any]:
    return {"parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT, **declared}]}


def body(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def answer(schema: Any, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    made = {"description": "An answer.", "content": {media_type: {"schema": schema}}, **more}
    return {"responses": {"200": made, **refusals("403", "413", "415", "423")}}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"security": [], "x-billing": "create"}, ("x-billing: create", "security")),
        ({"security": [], "x-permissions": {"any": ["caps:write"]}}, ("x-permissions", "security")),
        ({"security": [], "x-role": "owner"}, ("x-role", "security")),
        ({"security": [{}, {"bearer": []}]}, ("left out", "decide")),
        ({"security": [{"bearer": ["caps:write"]}]}, ("'bearer'", "x-permissions")),
        ({"security": [{"bearer": [], "second": []}]}, ("bearer and second at once",)),
        ({"security": [{"key": []}]}, ("'key'", "http bearer")),
        ({"security": [{"oidc": []}]}, ("'oidc'", "http bearer")),
        (query(style="deepObject"), ("'q'", "deepObject", "use form")),
        (query(style="deepObject", schema={"type": "object"}), ("'q'", "object")),
        (query(style="spaceDelimited", explode=True, schema=LIST), ("'q'", "explode", "use form")),
        (query(schema={"type": "object", "additionalProperties": TEXT}), ("'q'", "object")),
        (query(schema={"properties": {"a": TEXT}}), ("'q'", "object")),
        (query(schema={"type": "array", "items": {"type": "object"}}), ("'q'", "object")),
        (query(schema={"type": "array", "items": LIST}), ("'q'", "array of arrays")),
        (query(schema={"oneOf": [TEXT, {"type": "integer"}]}), ("'q'", "integer or string", "one")),
        (query(schema={"enum": ["all", 1]}), ("'q'", "integer or string")),
        (query(allowReserved=True), ("'q'", "allowReserved", "percent-encoded")),
        (query(allowEmptyValue=True, schema={"type": "boolean"}), ("'q'", "allowEmptyValue", "schema")),
        (query(allowEmptyValue=True, schema={**TEXT, "minLength": 1}), ("'q'", "allowEmptyValue")),
        ({"parameters": [{"name": "q", "in": "query", "content": {"application/json": {}}}]}, ("'q'", "content")),
        ({"parameters": [{"name": "c", "in": "cookie", "schema": TEXT}]}, ("'c'", "cookie")),
        (header(schema={"type": "object"}), ("'X-Q'", "object")),
        (body({**FORMS[0], "discriminator": {"propertyName": "kind"}}), ("discriminator kind", "oneOf")),
        (body({"oneOf": FORMS, "discriminator": {"propertyName": "kind"}}), ("discriminator kind", "enum")),
        (answer({"oneOf": FORMS, "discriminator": {"propertyName": "kind"}}), ("discriminator kind", "enum")),
        (body({"properties": {"files": LIST}}, "multipart/form-data"), ("'files'", "array")),
        (body({"properties": {"meta": {"type": "object"}}}, "multipart/form-data"), ("'meta'", "object")),
        (body({"allOf": [{"properties": {"a": TEXT}}]}, "multipart/form-data"), ("form", "allOf")),
        (body({"type": "object"}, "application/x-www-form-urlencoded"), ("application/x-www-form-urlencoded",)),
        (body({"type": "object"}, "application/xml"), ("application/xml",)),
        (answer({"type": "object"}, "application/xml"), ("application/xml", "binary")),
        (answer({**TEXT, "maxLength": 3}, "text/plain"), ("text/plain", "binary")),
        (answer({}, headers={"X-A": {"schema": {"type": "object"}}}), ("header 'x-a'", "object")),
        (answer({}, headers={"X-A": {"content": {"application/json": {}}}}), ("header 'x-a'", "content")),
    ],
    ids=str,
)
def test_what_cannot_be_done_stops_the_start(parts: dict[str, Any], told: tuple[str, ...], tmp_path: Path) -> None:
    document = document_of(**parts)
    document["components"]["securitySchemes"].update(
        {
            "second": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/"},
        }
    )
    with pytest.raises(StartError) as caught:
        create_app(Settings(contract=written(tmp_path, document)), {"made.up": Handler(echo)})
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'openapi.yaml'}: {PLACE}")
    assert "\n" not in text
    for part in told:
        assert part in text


@pytest.mark.parametrize(
    ("operations", "told"),
    [
        ("packs.list", "/x-rules/AUTH-FORGED/operations: is "),
        (["packs.*", "pack.*"], "/x-rules/AUTH-FORGED/operations/1: no operation is 'pack.*'"),
        ([7], "/x-rules/AUTH-FORGED/operations/0: is 7"),
    ],
    ids=str,
)
def test_a_rule_about_no_operation_stops_the_start(operations: Any, told: str, tmp_path: Path) -> None:
    document = deepcopy(dict(DOCUMENT))
    document["x-rules"]["AUTH-FORGED"]["operations"] = operations
    path = written(tmp_path, document)
    with pytest.raises(StartError) as caught:
        create_app(Settings(contract=path))
    assert str(caught.value).startswith(f"{path}: {told}")


@pytest.mark.parametrize(
    ("keyword", "value", "told"),
    [
        ("x-roles", ["owner"], ("/x-roles: ", "scopes of each role")),
        ("x-roles", {"owner": "caps:write"}, ("/x-roles/owner: ", "list of scopes", "caps:write")),
        (
            "x-permission-sets",
            {"read_only": ["audit:read", 1]},
            ("/x-permission-sets/read_only/1: ", "name of a scope"),
        ),
        ("x-roles", {"owner": sorted(ASKED)}, ("members.yaml", "x-roles", "does not have operator", "owner")),
        ("x-permission-sets", {}, ("api_keys.yaml", "x-permission-sets", "full_access", "none")),
    ],
)
def test_grants_that_cannot_be_read_stop_the_start(
    keyword: str, value: Any, told: tuple[str, ...], tmp_path: Path
) -> None:
    document = {**DOCUMENT, keyword: value}
    with pytest.raises(StartError) as caught:
        create_app(Settings(contract=written(tmp_path, document)))
    assert all(part in str(caught.value) for part in told), str(caught.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], "/components/schemas/ProviderKind/x-kinds: is []"),
        ({"vertex": {"settings": "project"}}, '/components/schemas/ProviderKind/x-kinds/vertex/settings: is "project"'),
        ({"vertex": {"secret": 1}}, "/components/schemas/ProviderKind/x-kinds/vertex/secret: is 1"),
    ],
)
def test_kinds_that_cannot_be_read_stop_the_start(said: Any, told: str, tmp_path: Path) -> None:
    document = deepcopy(dict(DOCUMENT))
    document["components"]["schemas"]["ProviderKind"]["x-kinds"] = said
    with pytest.raises(StartError) as caught:
        create_app(Settings(contract=written(tmp_path, document)))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (None, "no part of a form has x-archive"),
        ({}, "/x-archive: lacks max_unpacked"),
        ({**ARCHIVE, "max_file": "8 MiB"}, '/x-archive/max_file: is "8 MiB"'),
        ({**ARCHIVE, "files": "pack.yaml"}, '/x-archive/files: is "pack.yaml"'),
    ],
)
def test_limits_of_an_archive_that_cannot_be_read_stop_the_start(said: Any, told: str, tmp_path: Path) -> None:
    document = deepcopy(dict(DOCUMENT))
    part = document["components"]["schemas"]["UploadPack"]["properties"]["archive"]
    del part["x-archive"]
    if said is not None:
        part["x-archive"] = said
    with pytest.raises(StartError) as caught:
        create_app(Settings(contract=written(tmp_path, document)))
    assert told in str(caught.value)


@pytest.mark.parametrize("style", ["label", "matrix"])
@pytest.mark.parametrize("schema", [TEXT, LIST], ids=["text", "list"])
def test_a_path_is_written_plainly(style: str, schema: Any, tmp_path: Path) -> None:
    document = document_of()
    document["paths"]["/made-up/{id}"]["post"]["parameters"][0].update(style=style, schema=schema)
    with pytest.raises(StartError, match=f"'id' has the style {style}, .* use simple"):
        create_app(Settings(contract=written(tmp_path, document)), {"made.up": Handler(echo)})


def test_a_path_by_reference_stops_the_start(tmp_path: Path) -> None:
    document = document_of()
    document["components"]["x-paths"] = {"MadeUp": document["paths"]["/made-up/{id}"]}
    document["paths"]["/made-up/{id}"] = {"$ref": "#/components/x-paths/MadeUp"}
    with pytest.raises(StartError, match=r"paths\./made-up/\{id\}\.\$ref: .* write it out"):
        create_app(Settings(contract=written(tmp_path, document)), {"made.up": Handler(echo)})


@pytest.mark.parametrize("path", ["/made-up/{id}/raw", "/made-up/{id}/{id}"])
def test_a_path_that_cannot_be_told_apart_stops_the_start(path: str, tmp_path: Path) -> None:
    document = document_of()
    item = document["paths"].pop("/made-up/{id}")
    item["post"]["parameters"][0]["schema"] = {**TEXT, "format": "slashes"}
    document["paths"][path] = item
    with pytest.raises(StartError, match=r"last segment|stands there twice"):
        create_app(Settings(contract=written(tmp_path, document)), {"made.up": Handler(echo)})


def test_the_command_line_says_it_in_one_sentence(tmp_path: Path) -> None:
    document = deepcopy(dict(DOCUMENT))
    document["paths"]["/packs"]["post"]["security"] = []
    path = written(tmp_path, document)
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--contract", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"evershell-mock: {path}: POST /packs: x-permissions ")
    assert done.stderr.count("\n") == 1


NUMBERS = {"type": "array", "items": {"type": "integer"}, "maxItems": 3}


STYLES = [
    ({"schema": NUMBERS}, "q=1&q=2", [1, 2]),
    ({"schema": NUMBERS, "explode": False}, "q=1,2", [1, 2]),
    ({"schema": NUMBERS, "explode": False}, "q=1%2C2", [1, 2]),
    ({"schema": NUMBERS, "explode": False}, "q=1", [1]),
    ({"schema": NUMBERS, "style": "form", "explode": True}, "q=1&q=2", [1, 2]),
    ({"schema": NUMBERS, "style": "spaceDelimited", "explode": False}, "q=1%202", [1, 2]),
    ({"schema": NUMBERS, "style": "spaceDelimited"}, "q=1+2", [1, 2]),
    ({"schema": NUMBERS, "style": "pipeDelimited", "explode": False}, "q=1|2", [1, 2]),
    ({"schema": NUMBERS, "style": "pipeDelimited"}, "q=1%7C2", [1, 2]),
    ({"schema": {"allOf": [NUMBERS]}, "explode": False}, "q=1,2", [1, 2]),
    ({"schema": {"allOf": [{"type": "integer"}], "minimum": 2}}, "q=2", 2),
    ({"schema": {"oneOf": [{"type": "integer", "maximum": 1}, {"type": "integer", "minimum": 5}]}}, "q=5", 5),
    ({"schema": {"enum": [1, 2]}}, "q=2", 2),
    ({"schema": TEXT, "explode": False}, "q=1,2", "1,2"),
    ({"schema": TEXT, "allowEmptyValue": True}, "q=", ""),
]
WRONG_LISTS = ("q=1,x", "q=1&q=2", "q=1,2,3,4", "q=", "q=1,")
A_LIST_IN_ONE_TEXT = 1
"""The place of such a parameter among the styles."""


@pytest.fixture(scope="module")
def styles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an operation with a parameter of each style, which are numbered."""
    declared = [{"name": f"q{n}", "in": "query", **each} for n, (each, _, _) in enumerate(STYLES)]
    with served(app_of(tmp_path_factory.mktemp("styles"), parameters=declared)) as url:
        yield f"{url}/v1/made-up/x"


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_a_query_is_read_in_its_style(styles: str, number: int) -> None:
    _, sent, value = STYLES[number]
    found = plain.post(f"{styles}?{sent.replace('q=', f'q{number}=')}", headers=KEY)
    read = {name: each for name, each in found.json()["query"].items() if each is not None}
    assert (found.status_code, read) == (200, {f"q{number}": value})


@pytest.mark.parametrize("sent", WRONG_LISTS)
def test_a_list_in_one_text_that_is_wrong_is_named(styles: str, sent: str) -> None:
    name = f"q{A_LIST_IN_ONE_TEXT}"
    assert wrong_fields(plain.post(f"{styles}?{sent.replace('q=', f'{name}=')}", headers=KEY)).keys() == {name}


@pytest.mark.parametrize("explode", [True, False])
def test_lists_in_headers_and_paths_have_commas(explode: bool, tmp_path: Path) -> None:
    document = document_of(**header(schema=NUMBERS, explode=explode))
    document["paths"]["/made-up/{id}"]["post"]["parameters"][0].update(schema=NUMBERS, explode=explode)
    app = create_app(Settings(contract=written(tmp_path, document)), {"made.up": Handler(echo)})
    found = answered(app, "/made-up/1,2", headers={"X-Q": "3, 4,5"}).json()
    assert (found["path"], found["headers"]) == ({"id": [1, 2]}, {"X-Q": [3, 4, 5]})


def test_a_parameter_that_is_not_sent_has_its_default(tmp_path: Path) -> None:
    parameters = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20, "maximum": 100}},
        {"name": "archived", "in": "query", "schema": {"type": "boolean", "default": False}},
        {"name": "tier", "in": "query", "schema": {**LIST, "default": ["a", "b"]}},
        {"name": "sort", "in": "query", "schema": {"allOf": [{**TEXT, "enum": ["up", "down"]}], "default": "up"}},
        {"name": "must", "in": "query", "required": True, "schema": {**TEXT, "default": "x"}},
        {"name": "none", "in": "query", "schema": TEXT},
        {"name": "X-Depth", "in": "header", "schema": {"type": "integer", "default": 3}},
        {"name": "X-None", "in": "header", "schema": TEXT},
    ]
    with served(app_of(tmp_path, parameters=parameters)) as url:
        at = f"{url}/v1/made-up/x"
        found = plain.post(f"{at}?must=1", headers=KEY).json()
        assert found["query"] == {"limit": 20, "archived": False, "tier": ["a", "b"], "sort": "up", "must": "1"}
        assert found["headers"] == {"X-Depth": 3, "X-None": None}
        sent = plain.post(f"{at}?must=1&limit=5&archived=true&tier=c&sort=down", headers={**KEY, "X-Depth": "1"}).json()
        assert sent["query"] == {"limit": 5, "archived": True, "tier": ["c"], "sort": "down", "must": "1"}
        assert sent["headers"]["X-Depth"] == 1
        assert wrong_fields(plain.post(at, headers=KEY)).keys() == {"must"}
        assert wrong_fields(plain.post(f"{at}?must=1&limit=101", headers=KEY)).keys() == {"limit"}
        entries = plain.get(f"{url}/_mock/worlds/default/journal").json()["entries"]
    assert "must=1" in str(entries[0]["request"])
    assert "limit" not in str(entries[0]["request"])


@pytest.mark.parametrize("names", [("Accept", "Content-Type", "Authorization"), ("authorization",)], ids=str)
def test_a_header_that_openapi_ignores_is_ignored(names: tuple[str, ...], tmp_path: Path) -> None:
    ignored = {"in": "header", "required": True, "schema": {"type": "integer"}}
    with served(app_of(tmp_path, parameters=[{"name": name, **ignored} for name in names])) as url:
        assert refusal(plain.post(f"{url}/v1/made-up/x")) == (401, "unauthenticated")
        assert plain.post(f"{url}/v1/made-up/x", headers=KEY).status_code == 200


SHARED = {
    "type": "object",
    "required": ["id", "name", "secret"],
    "properties": {"id": {**TEXT, "readOnly": True}, "name": TEXT, "secret": {**TEXT, "writeOnly": True}},
}


@pytest.mark.parametrize("schema", [SHARED, {"allOf": [{"properties": SHARED["properties"]}, {"required": ["id"]}]}])
def test_one_schema_serves_both_ways(schema: dict[str, Any], tmp_path: Path) -> None:
    """What only an answer has is not required of a request, nor what only a request has of an answer."""

    def store(state: State, request: Request) -> tuple[State, Reply]:
        return state, Reply(200, {"id": "1", "name": request.body["name"]})

    app = app_of(tmp_path, store, **body(schema), **answer(schema))
    assert answered(app, json={"name": "a", "secret": "b"}).status_code == 200


def test_each_side_is_still_held_to_its_own(tmp_path: Path) -> None:
    def store(state: State, request: Request) -> tuple[State, Reply]:
        return state, Reply(200, {"name": request.body["name"]})

    app = app_of(tmp_path, store, **body(SHARED), **answer(SHARED))
    with served(app) as url:
        wrong = plain.post(f"{url}/v1/made-up/x", json={"id": "1", "secret": "b"}, headers=KEY)
        assert wrong_fields(wrong).keys() == {"name"}
        breach = plain.post(f"{url}/v1/made-up/x", json={"name": "a", "secret": "b"}, headers=KEY)
        assert refusal(breach) == (500, "contract_breach")


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("*/*", {"image/png": 200, None: 200}),
        ("image/*", {"image/PNG; q=1": 200, "text/plain": 415}),
        ("application/octet-stream; x=1", {"application/octet-stream": 200}),
    ],
    ids=str,
)
def test_a_body_may_be_of_a_range(declared: str, sent: dict[str | None, int], tmp_path: Path) -> None:
    with served(app_of(tmp_path, **body({**TEXT, "format": "binary"}, declared))) as url:
        for media_type, status in sent.items():
            headers = KEY if media_type is None else {**KEY, "Content-Type": media_type}
            assert plain.post(f"{url}/v1/made-up/x", content=b"bytes", headers=headers).status_code == status


def test_parameters_of_a_declared_media_type_mean_nothing(tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["a"]}
    utf_8 = "Application/JSON; charset=utf-8"
    app = app_of(
        tmp_path,
        lambda state, request: (state, Reply(200, request.body)),
        **body(schema, utf_8),
        **answer(schema, utf_8),
    )
    with served(app) as url:
        assert plain.post(f"{url}/v1/made-up/x", json={"a": 1}, headers=KEY).json() == {"a": 1}
        assert refusal(plain.post(f"{url}/v1/made-up/x", json={}, headers=KEY)) == (400, "validation_error")


@pytest.mark.parametrize(
    ("schema", "declared", "sent", "status"),
    [
        (TEXT, "text/plain", "text/plain; charset=utf-8", 200),
        ({}, "text/csv", "text/csv", 200),
        (TEXT, "*/*", "text/html", 200),
        ({"type": "object"}, "*/*", "text/html", 500),
    ],
)
def test_an_answer_may_be_text(schema: Any, declared: str, sent: str, status: int, tmp_path: Path) -> None:
    app = app_of(tmp_path, lambda state, _: (state, Reply(200, b"a,b\n", sent)), **answer(schema, declared))
    assert answered(app).status_code == status


def test_a_header_of_an_answer_may_be_a_list(tmp_path: Path) -> None:
    def reply(state: State, request: Request) -> tuple[State, Reply]:
        return state, Reply(200, {}, headers=(("X-A", request.path["id"]),))

    declared = {"X-A": {"required": True, "schema": NUMBERS}, "Content-Type": {"schema": {"type": "integer"}}}
    with served(app_of(tmp_path, reply, **answer({}, headers=declared))) as url:
        statuses = [plain.post(f"{url}/v1/made-up/{value}", headers=KEY).status_code for value in ("1, 2", "1,x")]
    assert statuses == [200, 500]


@pytest.mark.parametrize("name", ["2XX", "default"])
def test_an_answer_may_be_declared_for_many_statuses(name: str, tmp_path: Path) -> None:
    responses = {name: json_response({"type": "object"}), **refusals("403", "413", "415", "423")}
    assert answered(app_of(tmp_path, responses=responses)).status_code == 200


def test_forms_that_tell_themselves_apart_may_have_a_discriminator(tmp_path: Path) -> None:
    forms = [
        {"type": "object", "required": ["kind", name], "properties": {"kind": {**TEXT, "enum": [name]}, name: TEXT}}
        for name in ("cat", "dog")
    ]
    with served(app_of(tmp_path, **body({"oneOf": forms, "discriminator": {"propertyName": "kind"}}))) as url:
        assert plain.post(f"{url}/v1/made-up/x", json={"kind": "cat", "cat": "a"}, headers=KEY).status_code == 200
        assert wrong_fields(plain.post(f"{url}/v1/made-up/x", json={"kind": "dog", "cat": "a"}, headers=KEY))


def test_an_object_of_anything_is_one(tmp_path: Path) -> None:
    app = app_of(tmp_path, **body({"type": "object", "additionalProperties": {}}))
    assert answered(app, json={"a": 1}).json()["body"] == {"a": 1}


def test_what_changes_no_answer_is_served(tmp_path: Path) -> None:
    parts = {
        "callbacks": {"done": {"{$request.body#/url}": {"post": {"responses": {"200": {"description": "x"}}}}}},
        "servers": [{"url": "https://uploads.example/v1"}],
        "deprecated": True,
        "externalDocs": {"url": "https://a.example"},
        "security": [],
        "x-billing": "read",
    }
    assert answered(app_of(tmp_path, **parts)).status_code == 200


def test_an_extension_among_the_paths_is_none(tmp_path: Path) -> None:
    path = contract_with(tmp_path, {"x-notes": "Nothing of ours.", "x-more": {"get": {"a": 1}}})
    create_app(Settings(contract=path))
