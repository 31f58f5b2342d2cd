"""What of contracts that are not ours is served: credentials, circles, what nobody named, and the control API."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from mock_server import Settings, create_app, in_process
from mock_server.errors import StartError
from mock_server.state.blobs import count_bytes
from tests.mock_server.foreign.mocks import CONTRACTS, answer_of, asked, body_of, write_contract
from tests.mock_server.serving import written

TREE = {
    "type": "object",
    "required": ["name"],
    "discriminator": {"propertyName": "name"},
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{24}$", "readOnly": True},
        "name": {"type": "string", "maxLength": 20},
        "above": {"$ref": "#/components/schemas/Tree"},
    },
}
TREES = {
    "type": "object",
    "required": ["data", "meta"],
    "properties": {
        "data": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "meta": {
            "type": "object",
            "properties": {"total": {"type": "integer"}, "next": {"type": "string", "nullable": True}},
        },
    },
}
PROBLEM = {
    "description": "Wrong.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["status", "title", "code"],
                "properties": {
                    "status": {"type": "integer"},
                    "title": {"type": "string"},
                    "code": {"type": "string", "enum": ["BAD_INPUT", "NOT_FOUND", "UNAUTHORIZED"]},
                },
            }
        }
    },
}
ONE = {"$ref": "#/components/schemas/Tree"}
JSON = "application/json"
SCHEMES = {
    "person": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "asked": {"type": "apiKey", "in": "query", "name": "api_key"},
}


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    """A contract in which a schema holds itself, with the constructs that the mock passes over."""
    strange = [
        {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {}}},
        {"name": "theme", "in": "cookie", "schema": {"type": "string"}},
    ]
    ways = [{"person": []}, {"key": []}, {"session": []}, {"asked": []}]
    return write_contract(
        tmp_path,
        paths={
            "/trees": {
                "get": {"parameters": strange, "responses": answer_of(TREES)},
                "post": {
                    "security": ways,
                    "requestBody": body_of(ONE),
                    "responses": answer_of(ONE, "201") | {"400": PROBLEM, "401": PROBLEM},
                },
            },
            "/trees/{treeId}": {
                "get": {"responses": answer_of(ONE) | {"404": PROBLEM}},
                "delete": {"responses": {"404": PROBLEM}},
            },
            "/reports/{name}.{kind}": {"get": {"responses": answer_of({})}},
            "/report": {"get": {"responses": {"200": {"description": "Text.", "content": {"text/csv": {}}}}}},
        },
        components={"schemas": {"Tree": TREE}, "securitySchemes": SCHEMES},
    )


@pytest.fixture
def client(trees: Path) -> Iterator[httpx.Client]:
    with asked(trees) as found:
        del found.headers["Authorization"], found.headers["api_key"]
        yield found


PRESENTED: Mapping[str, Mapping[str, Any]] = {
    "basic": {"auth": ("ada", "any password")},
    "a key in a header": {"headers": {"X-Api-Key": "whatever"}},
    "a cookie": {"headers": {"Cookie": "sid=whatever"}},
    "a key in the query": {"params": {"api_key": "whatever"}},
}


@pytest.mark.parametrize("presented", PRESENTED.values(), ids=PRESENTED)
def test_any_credential_of_the_form_that_is_asked_for_is_taken(
    client: httpx.Client, presented: Mapping[str, Any]
) -> None:
    made = client.post("/trees", json={"name": "oak"}, **presented)
    assert made.status_code == 201
    assert client.get(f"/trees/{made.json()['id']}").json() == made.json()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer whatever"},
        {"Authorization": "Basic not-base64!"},
        {"Authorization": f"Basic {base64.b64encode(b'no colon').decode()}"},
        {"X-Api-Key": ""},
    ],
    ids=str,
)
def test_without_one_a_request_is_refused_in_the_form_of_the_contract(
    client: httpx.Client, headers: Mapping[str, str]
) -> None:
    refused = client.post("/trees", json={"name": "oak"}, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert refused.json()["code"] == "UNAUTHORIZED"
    assert "the header X-Api-Key" in refused.json()["title"]
    assert refused.headers["WWW-Authenticate"] == 'Basic realm="mock"'


def test_a_token_that_was_revoked_is_refused_in_its_world_alone(client: httpx.Client) -> None:
    issued = client.post("http://localhost/_mock/worlds/one/tokens", json={"persona": "alice", "state": "revoked"})
    key = {"X-Api-Key": issued.json()["token"]}
    refused = client.post("/trees", json={"name": "oak"}, headers={**key, "X-Mock-World": "one"})
    assert refused.status_code == 401
    assert client.post("/trees", json={"name": "oak"}, headers=key).status_code == 201


def test_circles_strange_parameters_and_missing_ids_do_not_stop_the_start(client: httpx.Client, trees: Path) -> None:
    made = client.post("/trees", json={"name": "oak", "above": {"name": "wood"}}, headers={"X-Api-Key": "k"}).json()
    assert made["above"] == {"name": "wood"}
    listed = client.get("/trees", params={"filter[name]": "oak"}).json()
    assert listed == {"data": [made], "meta": {"total": 1, "next": None}}
    told = create_app(Settings(contract=trees)).context.api.told
    assert "#/components/schemas/Tree holds itself; inside of it anything is taken" in told
    assert "/reports/{name}.{kind} is not served: a parameter has to fill its whole segment" in told
    assert "get_trees passes over its parameters filter: nothing says what they do" in told
    assert "answered by an example, without state, and marked X-Mock-Stateless: get_report" in told


def test_a_success_that_is_not_declared_is_marked(client: httpx.Client) -> None:
    made = client.post("/trees", json={"name": "oak"}, headers={"X-Api-Key": "k"}).json()
    removed = client.delete(f"/trees/{made['id']}")
    assert (removed.status_code, removed.headers["X-Mock-Undeclared"]) == (204, "true")
    gone = client.get(f"/trees/{made['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "NOT_FOUND")


def test_worlds_snapshots_journal_and_preferences_work_as_ever(client: httpx.Client) -> None:
    control = "http://localhost/_mock/worlds/mine"
    mine = {"X-Mock-World": "mine", "X-Api-Key": "k"}
    client.put(f"{control}/clock", json={"mode": "frozen", "now": "2026-05-04T03:02:01Z"})
    client.post("/trees", json={"name": "oak"}, headers=mine)
    assert client.post(f"{control}/snapshots", json={"name": "one"}).status_code == 201
    client.post("/trees", json={"name": "elm"}, headers=mine)
    assert client.get("/trees", headers=mine).json()["meta"]["total"] == 2
    assert client.get("/trees").json()["meta"]["total"] == 0
    changes = client.get(f"{control}/journal").json()["entries"][1]["changes"]
    assert any(each["object"].startswith("trees/") for each in changes)
    assert client.post(f"{control}/snapshots/one/restore").status_code == 200
    assert client.get("/trees", headers=mine).json()["meta"]["total"] == 1
    exported = client.get(f"{control}/state").json()
    assert client.put("http://localhost/_mock/worlds/copy/state", json=exported).status_code == 200
    assert client.get("/trees", headers={"X-Mock-World": "copy"}).json()["meta"]["total"] == 1
    client.post(f"{control}/faults", json={"operation_id": "get_trees", "status": 503, "times": 1, "undeclared": True})
    assert client.get("/trees", headers=mine).status_code == 503
    preferred = client.get("/trees/1", headers={**mine, "Prefer": "code=404"})
    assert (preferred.status_code, preferred.json()["code"]) == (404, "NOT_FOUND")
    assert client.get("/_worlds/mine/trees").json()["meta"]["total"] == 1


def test_what_is_about_our_own_data_says_so_in_one_line(client: httpx.Client, trees: Path) -> None:
    control = "http://localhost/_mock/worlds/default"
    packs = client.get(f"{control}/packs", params={"viewer": "org_anybody"})
    assert (packs.status_code, packs.json()["error"]["code"]) == (404, "collection_unknown")
    assert "the contract of another API, which has no packs" in packs.json()["error"]["message"]
    assert client.get(f"{control}/states").json() == {"states": [], "life_cycles": []}
    for settings in ({"fixtures": (trees.parent,)}, {"deviations": ("no-auth",)}, {"scale": (("packs", 3),)}):
        with pytest.raises(StartError, match="is about the data of our own API"):
            create_app(Settings(contract=trees, **settings))  # type: ignore[arg-type]


def test_a_declaration_may_say_that_a_list_is_everybodys(tmp_path: Path) -> None:
    document = yaml.safe_load((CONTRACTS / "todo.yaml").read_text(encoding="utf-8"))
    todo = {"schema": "Todo", "path": "/todos/{todoId}", "id": {"field": "id", "is": "uuid"}, "listed": "all"}
    assert create_app(Settings(contract=written(tmp_path, document | {"x-resource-types": {"todo": todo}})))


def test_declared_types_are_held_against_the_contract(tmp_path: Path) -> None:
    def said(**todo: Any) -> str:
        types = {"todo": {"schema": "Todo", "path": "/todos/{todoId}", "id": {"field": "id", "is": "uuid"}} | todo}
        overlay = tmp_path / "overlay.yaml"
        update = {"x-resource-types": types}
        text = f"overlay: 1.0.0\ninfo: {{title: a, version: '1'}}\nactions: [{{target: $, update: {update}}}]\n"
        overlay.write_text(text, encoding="utf-8")
        with pytest.raises(StartError) as caught:
            create_app(Settings(contract=CONTRACTS / "todo.yaml", overlays=(overlay,)))
        return str(caught.value)

    place = "/x-resource-types/todo"
    assert f"{place}/schema: 'Nothing' is no schema of components.schemas" in said(schema="Nothing")
    assert f"{place}/path: '/things/{{id}}' is no path of the contract" in said(path="/things/{id}")
    assert f"{place}/within: 'shelf' is no resource of this contract" in said(within="shelf")
    assert f"{place}: Todo has no field 'number', by which a path names one" in said(id={"field": "number"})
    assert f"{place}/merged: is not known beside a path" in said(merged=["tags"])


def test_what_is_unique_and_what_a_field_names_is_refused_with_the_codes_of_the_contract() -> None:
    overlay = CONTRACTS / "todo.overlay.yaml"
    with asked(CONTRACTS / "todo.yaml", overlays=(overlay,)) as client:
        made = client.post("/lists", json={"name": "Groceries"}).json()
        again = client.post("/lists", json={"name": "Groceries"})
        assert (again.status_code, again.json()["code"]) == (409, "name_taken")
        wrong = client.post("/todos", json={"title": "Milk", "list_id": "nothing"})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
        assert client.post("/todos", json={"title": "Milk", "list_id": made["id"]}).status_code == 201


def test_a_resource_is_called_as_an_aep_schema_says(tmp_path: Path) -> None:
    book = {
        "type": "object",
        "x-aep-resource": {"singular": "book", "plural": "books", "patterns": ["shelf/{publication_id}"]},
        "properties": {"id": {"type": "string"}, "title": {"type": "string"}},
    }
    path = write_contract(
        tmp_path,
        paths={
            "/shelf": {
                "post": {"requestBody": body_of(book), "responses": answer_of({"$ref": "#/components/schemas/B"})}
            },
            "/shelf/{publication_id}": {"get": {"responses": answer_of({"$ref": "#/components/schemas/B"})}},
        },
        components={"schemas": {"B": book}},
    )
    [resource] = create_app(Settings(contract=path)).context.api.summary["resources"]
    assert (resource["name"], resource["operations"]) == ("book", ["post_shelf", "get_shelf_publication_id"])


def test_a_whole_number_beyond_the_bits_of_its_format_is_refused_and_not_rounded() -> None:
    with asked(CONTRACTS / "petstore.yaml") as client:
        told = [
            client.post("/pet", json={"id": number, "name": "Rex", "photoUrls": []})
            for number in (-(2**63), -(2**63) - 1, 2**63 - 1, 2**63, 10**30)
        ]
    assert [each.status_code for each in told] == [200, 400, 200, 400, 400]
    assert (told[0].json()["id"], told[2].json()["id"]) == (-(2**63), 2**63 - 1)


def test_an_integer_is_kept_as_it_was_sent_or_refused() -> None:
    with asked(CONTRACTS / "petstore.yaml") as client:
        made = client.post("/user", content=b'{"username": "ada", "id": 7.0}', headers={"Content-Type": JSON})
        assert '"id":7' in made.text.replace("7.0", "wrong")
        refused = client.post(
            "/user", content=b'{"username": "bob", "id": -9223372036854775809}', headers={"Content-Type": JSON}
        )
        assert refused.status_code == 400
        assert client.get("/user/bob").status_code == 404


def test_worlds_of_a_program_are_of_the_contract_that_its_settings_name() -> None:
    settings = Settings(contract=CONTRACTS / "petstore.yaml", overlays=(CONTRACTS / "petstore.overlay.yaml",))
    with in_process(settings) as mock, mock.fresh_world("pets") as world:
        alice = world.client("alice")
        made = alice.post("/pet", json={"name": "Rex", "photoUrls": []})
        assert made.status_code == 200
        assert world.url.endswith("/api/v3")
        assert alice.get(f"/pet/{made.json()['id']}").json() == made.json()
        world.reset()
        assert alice.get(f"/pet/{made.json()['id']}").status_code == 404


def test_an_object_of_one_of_several_forms_is_kept(tmp_path: Path) -> None:
    def form(kind: str, **fields: Any) -> dict[str, Any]:
        properties = {"id": {"type": "integer"}, "kind": {"type": "string", "enum": [kind]}, **fields}
        return {"type": "object", "required": ["id", "kind"], "properties": properties}

    forms = [form("cat", lives={"type": "integer"}), form("dog", tricks={"type": "array", "items": {"type": "string"}})]
    shown = {"oneOf": forms, "discriminator": {"propertyName": "kind"}}
    fields = {"kind": {"type": "string"}, "lives": {"type": "integer"}, "tricks": {"type": "array", "items": {}}}
    sent = {"type": "object", "required": ["kind"], "properties": fields}
    path = write_contract(
        tmp_path,
        paths={
            "/animals": {"post": {"requestBody": body_of(sent), "responses": answer_of(shown, "201")}},
            "/animals/{id}": {"get": {"responses": answer_of(shown)}},
        },
    )
    with asked(path) as client:
        made = client.post("/animals", json={"kind": "dog", "tricks": ["sit"]}).json()
        assert made == {"id": 1, "kind": "dog", "tricks": ["sit"]}
        assert client.get("/animals/1").json() == made
        assert client.post("/animals", json={"kind": "fish"}).status_code == 400


def test_what_does_not_fit_into_the_memory_is_refused_in_the_form_of_the_contract() -> None:
    others = count_bytes()  # what other mocks of the process hold counts too
    with asked(CONTRACTS / "petstore.yaml", max_memory=others + 200_000) as client:
        statuses: list[int] = []
        while 400 not in statuses and len(statuses) < 1000:
            statuses.append(client.post("/pet", json={"name": "x" * 50_000, "photoUrls": []}).status_code)
        assert statuses == [200] * (len(statuses) - 1) + [400]
        assert len(statuses) > 1
        assert len(client.get("/pet/findByStatus").json()) < len(statuses)


def test_a_status_that_yaml_reads_as_a_number_is_found(tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(
        "openapi: 3.0.3\ninfo: {title: Numbers, version: '1'}\npaths:\n  /things:\n    get:\n      responses:\n"
        "        200: {$ref: '#/components/responses/200'}\ncomponents:\n  responses:\n"
        "    200: {description: Things., content: {application/json: {schema: {type: integer, example: 7}}}}\n",
        encoding="utf-8",
    )
    with asked(path) as client:
        assert client.get("/things").json() == 7
