"""A resource with an owner, of a contract that is not ours: who sees its objects, and who changes them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.errors import StartError
from tests.mock_server.foreign.mocks import CONTRACTS, answer_of, asked, body_of, write_contract

FIELDS = {"title": {"type": "string"}, "audience": {"type": "string"}, "about": {"type": "string"}}
MADE = {"id": {"type": "string", "readOnly": True}, "made_by": {"type": "string", "readOnly": True}}
NOTE = {"type": "object", "required": ["id", "title", "made_by"], "properties": {**MADE, **FIELDS}}
NEW = {"type": "object", "required": ["title"], "properties": FIELDS}
TYPE = {"schema": "Note", "path": "/notes/{id}", "unique": "title", "refers": {"about": {"to": "note"}}}
REMARK = {"schema": "Note", "path": "/notes/{id}/remarks/{remark}", "within": "note"}
OWNED = {**TYPE, "owner": "made_by", "visible": ["own", {"audience": ["all"]}]}
BOB = {"Authorization": "Bearer fake-token-of-bob"}
SECURED = [{"person": []}]
REFUSED = {"403": {"description": "It is somebody else's."}}
GONE: Mapping[str, Any] = {"204": {"description": "It is gone."}, "404": {"description": "There is none."}}


def write_notes(
    directory: Path, note: Mapping[str, Any], shown: Mapping[str, Any] = NOTE, security: Sequence[Any] = SECURED
) -> Path:
    """Return a contract of notes on which anybody remarks, of which an update alone declares a 403."""
    one = {"$ref": "#/components/schemas/Note"}
    every = {"type": "array", "items": one}
    change = {"requestBody": body_of(NEW), "responses": answer_of(one) | REFUSED}
    create = {"requestBody": body_of(NEW), "responses": answer_of(one, "201")}
    return write_contract(
        directory,
        paths={
            "/notes": {"get": {"responses": answer_of(every)}, "post": create},
            "/notes/{id}": {"get": {"responses": answer_of(one)}, "put": change, "delete": {"responses": GONE}},
            "/notes/{id}/remarks": {"get": {"responses": answer_of(every)}, "post": create},
            "/notes/{id}/remarks/{remark}": {"get": {"responses": answer_of(one)}},
        },
        components={"schemas": {"Note": shown}, "securitySchemes": {"person": {"type": "http", "scheme": "bearer"}}},
        security=list(security),
        **{"x-resource-types": {"note": dict(note), "remark": REMARK}},
    )


@pytest.fixture
def alice(tmp_path: Path) -> Iterator[httpx.Client]:
    with asked(write_notes(tmp_path, OWNED)) as client:
        yield client


def make_note(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    made = client.post("/notes", json=fields)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def test_an_object_is_shown_to_its_maker_alone(alice: httpx.Client) -> None:
    made = make_note(alice, title="mine")
    assert made["made_by"] == "alice"
    path = f"/notes/{made['id']}"
    told = [
        alice.get(path, headers=BOB),
        alice.put(path, json={"title": "his"}, headers=BOB),
        alice.delete(path, headers=BOB),
        alice.get(f"{path}/remarks", headers=BOB),
    ]
    assert [each.status_code for each in told] == [404, 404, 404, 404]
    assert alice.get("/notes", headers=BOB).json() == []
    assert alice.get(path).json() == made
    assert alice.put(path, json={"title": "changed"}).json() == {**made, "title": "changed"}
    assert alice.delete(path).status_code == 204


def test_a_list_that_is_everybodys_shows_what_its_maker_alone_reads(tmp_path: Path) -> None:
    with asked(write_notes(tmp_path, {**OWNED, "listed": "all"})) as alice:
        made = make_note(alice, title="mine")
        assert alice.get("/notes", headers=BOB).json() == [made]
        assert alice.get(f"/notes/{made['id']}", headers=BOB).status_code == 404


def test_one_that_everybody_sees_is_changed_by_its_maker_alone(alice: httpx.Client) -> None:
    """The refusal is the 403 of the operation that declares one, and the 404 of the other."""
    made = make_note(alice, title="for all", audience="all")
    path = f"/notes/{made['id']}"
    assert alice.get(path, headers=BOB).json() == made
    assert alice.get("/notes", headers=BOB).json() == [made]
    assert alice.put(path, json={"title": "his"}, headers=BOB).status_code == 403
    assert alice.delete(path, headers=BOB).status_code == 404
    assert alice.get(path).json() == made
    assert alice.post(f"{path}/remarks", json={"title": "good"}, headers=BOB).status_code == 201


def test_another_owner_may_use_a_name_again_and_not_refer_to_what_is_hidden(alice: httpx.Client) -> None:
    made = make_note(alice, title="plans")
    assert alice.post("/notes", json={"title": "plans"}).status_code == 409
    assert alice.post("/notes", json={"title": "plans"}, headers=BOB).status_code == 201
    assert alice.post("/notes", json={"title": "more", "about": made["id"]}, headers=BOB).status_code == 400
    assert alice.post("/notes", json={"title": "more", "about": made["id"]}).status_code == 201


def test_whose_an_object_is_goes_with_a_state(alice: httpx.Client) -> None:
    made = make_note(alice, title="mine")
    exported = alice.get("http://localhost/_mock/worlds/default/state").json()
    assert alice.put("http://localhost/_mock/worlds/copy/state", json=exported).status_code == 200
    copy = {"X-Mock-World": "copy"}
    assert alice.get("/notes", headers=copy).json() == [made]
    assert alice.get("/notes", headers={**copy, **BOB}).json() == []


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ({"type": "string", "format": "uuid"}, "2bd806c9-7f0e-40af-9a1f-c3328fa763a9"),
        ({"type": "integer", "minimum": 1}, 2_873_351),
        ({"type": "object", "properties": {"username": {"type": "string"}}}, {"username": "alice"}),
        ({"type": "string", "maxLength": 2}, None),
    ],
    ids=str,
)
def test_who_made_it_is_told_as_its_field_can(tmp_path: Path, field: Mapping[str, Any], shown: Any) -> None:
    note = {"type": "object", "required": ["id", "title"], "properties": {**MADE, **FIELDS, "made_by": field}}
    with asked(write_notes(tmp_path, OWNED, note)) as client:
        made = make_note(client, title="mine")
        assert made.get("made_by") == shown
        assert client.get(f"/notes/{made['id']}", headers=BOB).status_code == 404


def test_everybody_reads_an_article_and_its_author_alone_changes_it() -> None:
    with asked(CONTRACTS / "conduit.yaml", overlays=(CONTRACTS / "conduit.overlay.yaml",)) as client:
        article = {"title": "Of plants", "description": "a", "body": "b"}
        made = client.post("/articles", json={"article": article}).json()["article"]
        assert made["author"]["username"] == "alice"
        assert client.get("/articles/of-plants", headers={"Authorization": ""}).json()["article"] == made
        assert client.get("/articles", params={"author": "alice"}).json()["articlesCount"] == 1
        body = {"article": {"title": "Of stones"}}
        assert client.put("/articles/of-plants", json=body, headers=BOB).status_code == 404
        assert client.delete("/articles/of-plants", headers=BOB).status_code == 404
        assert client.put("/articles/of-plants", json=body).json()["article"]["title"] == "Of stones"


@pytest.mark.parametrize(
    ("note", "security", "said"),
    [
        (OWNED, [], "/owner: post_notes changes them and asks for no credential"),
        ({**TYPE, "visible": ["own"]}, SECURED, "/visible: says who sees an object, and it has no owner; add owner"),
        ({**OWNED, "visible": [{"open": ["all"]}]}, SECURED, "/visible: 'open' is no field of the schema Note"),
    ],
    ids=["security", "visible alone", "field"],
)
def test_a_slip_in_it_stops_the_start(
    tmp_path: Path, note: Mapping[str, Any], security: Sequence[Any], said: str
) -> None:
    with pytest.raises(StartError) as caught:
        create_app(Settings(contract=write_notes(tmp_path, note, security=security)))
    assert f"/x-resource-types/note{said}" in str(caught.value)
