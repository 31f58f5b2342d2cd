"""An object of a contract that is not ours, from its creation to its removal, by state that nobody declared."""

from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.mock_server.foreign.mocks import CONTRACTS, answer_of, asked, body_of, write_contract


class Life(NamedTuple):
    """The paths of a resource, what is sent of an object, and where bodies and answers have it."""

    contract: str
    every: str
    key: str
    new: dict[str, Any]
    method: str
    change: dict[str, Any]
    listed: str | None = None  # where its list is; None: there is none
    update_at: str | None = None  # where it is changed, if not at its own path
    wrapped: str | None = None  # the field of a body and an answer that has it

    def wrap(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return the fields as a body has them."""
        return fields if self.wrapped is None else {self.wrapped: fields}

    def read(self, answer: httpx.Response) -> dict[str, Any]:
        """Return the object that a success shows."""
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json() if self.wrapped is None else answer.json()[self.wrapped]
        return found

    def list(self, answer: httpx.Response) -> Any:
        """Return the objects of a list."""
        return answer.json() if self.wrapped is None else answer.json()[f"{self.wrapped}s"]


LIVES = {
    "to-do lists": Life(
        "todo.yaml", "/lists", "id", {"name": "Groceries", "color": "green"}, "PATCH", {"color": "red"}, "/lists"
    ),
    "to-dos": Life("todo.yaml", "/todos", "id", {"title": "Milk", "done": False}, "PATCH", {"done": True}, "/todos"),
    "pets": Life(
        "petstore.yaml",
        "/pet",
        "id",
        {"name": "Rex", "photoUrls": ["a"], "status": "sold", "tags": [{"id": 1, "name": "big"}]},
        "PUT",
        {"name": "Max", "photoUrls": [], "status": "sold"},
        "/pet/findByStatus?status=sold",
        update_at="/pet",
    ),
    "users": Life(
        "petstore.yaml",
        "/user",
        "username",
        {"username": "ada", "email": "ada@example.com"},
        "PUT",
        {"username": "ada", "email": "countess@example.com"},
    ),
    "articles": Life(
        "conduit.yaml",
        "/articles",
        "slug",
        {"title": "How to train", "description": "Slowly.", "body": "Begin.", "tagList": ["dragons"]},
        "PUT",
        {"body": "Begin again."},
        "/articles?tag=dragons",
        wrapped="article",
    ),
}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
@pytest.mark.parametrize("is_declared", [False, True], ids=["inferred", "declared"])
def test_what_was_written_is_read_listed_changed_and_gone(life: Life, *, is_declared: bool) -> None:
    overlay = (CONTRACTS / life.contract.replace(".yaml", ".overlay.yaml"),) if is_declared else ()
    with asked(CONTRACTS / life.contract, overlays=overlay) as client:
        client.headers["Authorization"] = "Token fake-token-of-alice"
        if life.contract == "petstore.yaml":
            client.headers["Authorization"] = "Bearer fake-token-of-alice"
        shown = life.read(client.post(life.every, json=life.wrap(life.new)))
        assert life.new.items() <= shown.items()
        one = f"{life.every}/{shown[life.key]}"
        assert life.read(client.get(one)) == shown
        if life.listed is not None:
            assert life.list(client.get(life.listed)) == [shown]
        sent = {**life.change, **({life.key: shown[life.key]} if life.update_at else {})}
        assert client.request(life.method, life.update_at or one, json=life.wrap(sent)).is_success
        assert life.change.items() <= life.read(client.get(one)).items()
        assert client.delete(one).is_success
        assert client.get(one).status_code == 404
        assert client.delete(one).status_code == 404
        if life.listed is not None:
            assert life.list(client.get(life.listed)) == []


NOTE = {
    "type": "object",
    "required": ["slug", "title", "author", "createdAt", "updatedAt", "likes"],
    "properties": {
        "slug": {"type": "string"},
        "title": {"type": "string"},
        "tagList": {"type": "array", "items": {"type": "string"}},
        "from": {"type": "string"},
        "@id": {"type": "integer"},
        "author": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "example": "Ada"}},
        },
        "likes": {"type": "integer"},
        "createdAt": {"type": "string", "format": "date-time"},
        "updatedAt": {"type": "string", "format": "date-time"},
    },
}
REMARK = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "text": {"type": "string"}}}
REFUSED = {"422": {"description": "Wrong.", "content": {"application/json": {"schema": {
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "object", "required": ["body"], "properties": {
        "body": {"type": "array", "items": {"type": "string"}}}}},
}}}}}  # fmt: skip


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A contract with wrapped bodies, slugs, and something within something; without operation ids and tags."""
    new = {"type": "object", "required": ["title"], "properties": {
        "title": {"type": "string"}, "tagList": NOTE["properties"]["tagList"], "from": {"type": "string"},
        "@id": {"type": "integer"}, "secret": {"type": "string"}}}  # fmt: skip
    one, remark = ({"type": "object", "required": [name], "properties": {name: schema}} for name, schema in (
        ("note", NOTE), ("remark", REMARK)))  # fmt: skip
    many = {"type": "object", "required": ["notes", "notesCount"], "properties": {
        "notes": {"type": "array", "items": NOTE}, "notesCount": {"type": "integer"}}}  # fmt: skip
    remarks = {"type": "object", "properties": {"remarks": {"type": "array", "items": REMARK}}}
    queries = [
        {"name": name, "in": "query", "schema": {"type": kind}}
        for name, kind in (("tag", "string"), ("limit", "integer"), ("offset", "integer"), ("mood", "string"))
    ]
    wrap = lambda name, schema: {"type": "object", "required": [name], "properties": {name: schema}}  # noqa: E731
    changes = {**new, "required": []}
    return write_contract(
        tmp_path,
        servers=[{"url": "https://notes.example/{stage}/v2", "variables": {"stage": {"default": "live"}}}],
        paths={
            "/notes": {
                "get": {"parameters": queries, "responses": answer_of(many)},
                "post": {"requestBody": body_of(wrap("note", new)), "responses": answer_of(one, "201") | REFUSED},
            },
            "/notes/{slug}": {
                "get": {"responses": answer_of(one) | REFUSED},
                "put": {"requestBody": body_of(wrap("note", changes)), "responses": answer_of(one) | REFUSED},
                "delete": {"responses": {"204": {"description": "Gone."}} | REFUSED},
            },
            "/notes/{slug}/remarks": {
                "get": {"responses": answer_of(remarks)},
                "post": {
                    "requestBody": body_of(
                        wrap("remark", {"type": "object", "properties": {"text": {"type": "string"}}})
                    ),
                    "responses": answer_of(remark),
                },
            },
            "/notes/{slug}/remarks/{id}": {"delete": {"responses": {"200": {"description": "Gone."}}}},
            "/notes/{slug}/like": {"post": {"responses": answer_of(one)}},
        },
    )


def test_wrapped_bodies_slugs_and_what_lies_within_an_object(notes: Path) -> None:
    with asked(notes) as client:
        assert client.base_url.path == "/live/v2/"
        sent = {"title": "Hello, Wörld!", "tagList": ["a", "b"], "from": "me", "@id": 7, "secret": "hidden"}
        first = client.post("/notes", json={"note": sent})
        assert first.status_code == 201
        note = first.json()["note"]
        assert note["slug"] == "hello-world"
        assert note["author"] == {"name": "Ada"}
        assert "secret" not in note
        assert client.post("/notes", json={"note": {"title": "Hello world"}}).json()["note"]["slug"] == "hello-world-2"
        assert client.get("/notes/hello-world").json() == {"note": note}
        assert client.get("/notes", params={"tag": "b"}).json() == {"notes": [note], "notesCount": 1}
        part = client.get("/notes", params={"limit": 1, "offset": 1}).json()
        assert [each["slug"] for each in part["notes"]] == ["hello-world-2"]
        assert part["notesCount"] == 2
        changed = client.put("/notes/hello-world", json={"note": {"title": "Bye"}}).json()["note"]
        assert (changed["title"], changed["slug"], changed["createdAt"]) == ("Bye", "hello-world", note["createdAt"])
        remark = client.post("/notes/hello-world/remarks", json={"remark": {"text": "Well."}}).json()["remark"]
        assert client.get("/notes/hello-world/remarks").json() == {"remarks": [remark]}
        assert client.get("/notes/hello-world-2/remarks").json() == {"remarks": []}
        assert client.delete("/notes/hello-world").status_code == 204
        gone = client.get("/notes/hello-world/remarks")
        assert (gone.status_code, gone.headers["X-Mock-Undeclared"]) == (404, "true")
        client.post("/notes", json={"note": {"title": "Hello world"}})
        assert client.get("/notes/hello-world/remarks").json() == {"remarks": []}


def test_a_refusal_has_the_status_and_the_form_that_the_contract_declares(notes: Path) -> None:
    with asked(notes) as client:
        refused = client.post("/notes", json={"note": {"title": 3}})
        assert refused.status_code == 422
        [text] = refused.json()["errors"]["body"]
        assert 'note.title: 3 is not of type "string"' in text
        assert "X-Mock-Undeclared" not in refused.headers


def test_what_does_not_follow_answers_an_example_and_is_listed(notes: Path) -> None:
    with asked(notes) as client:
        liked = client.post("/notes/hello/like")
        assert (liked.status_code, liked.headers["X-Mock-Stateless"]) == (200, "true")
        assert liked.json()["note"]["author"] == {"name": "Ada"}
        [listed] = client.get("http://localhost/_mock/health").json()["stateless"]
        assert listed["operation_id"] == "post_notes_slug_like"
        assert listed["reason"] == "it is about one note, and neither its path nor its method says what it does"


def test_a_function_of_a_module_serves_an_operation(notes: Path, tmp_path: Path) -> None:
    module = tmp_path / "my_ops.py"
    module.write_text(
        "from mock_server.declared.documents.stored import find_document\n"
        "from mock_server.operation import Reply, operation\n"
        "from mock_server.state.value import replace\n\n\n"
        "@operation('post_notes_slug_like')\n"
        "def like(state, request):\n"
        "    note = find_document(state, 'note', request.path['slug'])\n"
        "    liked = replace(note, content={**note.content, 'likes': note.content['likes'] + 1})\n"
        "    return state.put(state.collection('notes'), liked), Reply(200, {'note': liked.content})\n",
        encoding="utf-8",
    )
    with asked(notes, modules=(module,)) as client:
        client.post("/notes", json={"note": {"title": "Hello"}})
        assert client.post("/notes/hello/like").json()["note"]["likes"] == 1
        assert client.get("/notes/hello").json()["note"]["likes"] == 1
        assert client.post("/notes/nothing/like").status_code == 404
        assert "stateless" not in client.get("http://localhost/_mock/health").json()
