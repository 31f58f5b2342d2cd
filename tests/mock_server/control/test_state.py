"""The state of a world as a document: exported, imported, and refused with the pointer of every fault."""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import Settings, create_app
from tests.mock_server.serving import DOCUMENT, Mock, refusal, served, written, wrong_fields

Document = dict[str, Any]
PACK = "pack_acme_pager"
FREE = "pack_acme_git_basics"
JSON = {"Content-Type": "application/json"}


def exported(mock: Mock) -> bytes:
    answer = mock.control("GET", "/state")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.content


def imported(mock: Mock, document: bytes | Document, world: str | None = None) -> Any:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    path = f"/_mock/worlds/{world or mock.world}/state"
    return mock.send("PUT", path, content=content, headers=JSON)


def test_an_export_holds_billing_files_images_clock_counters_and_credentials(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    params = {"org_id": "org_acme", "permission_set": "read_only"}
    body = {"action": "setup", "state": "credential is revoked", "params": params}
    token = mock.control("POST", "/states", json=body).json()["token"]
    document = json.loads(exported(mock))
    assert document["clock"] == {"mode": "frozen", "now": "2026-06-01T00:00:00Z"}
    assert document["orgs"]["org_acme"] == {"name": "Acme", "billing_status": "past_due"}
    assert document["counters"] == {"event": len(document["events"]), "key": 1}
    assert document["credentials"][sha256(token.encode()).hexdigest()]["revoked"] is True
    files = document["images"][document["packs"][PACK]["image_digest"]]["files"]
    served = mock.send("GET", f"/v1/packs/{PACK}/files/pack.yaml", "acme-owner").content
    assert base64.b64decode(document["contents"][files["pack.yaml"]]) == served
    assert document["registry"]["registry.example.com/team/slack"].keys() == {"1.2.0", "1.3.0", "renamed"}


def test_no_token_stands_in_an_export(mock: Mock) -> None:
    document = exported(mock)
    assert not [persona for persona, token in mock.tokens.items() if token.encode() in document]


def test_an_import_brings_everything_into_another_world(mock: Mock) -> None:
    other = f"{mock.world}-other"
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    made = mock.send("POST", "/v1/packs", "acme-owner", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
    mock.send("DELETE", f"/v1/packs/{FREE}", "acme-owner")
    document = exported(mock)
    answer = imported(mock, document, other)
    assert (answer.status_code, answer.json()) == (200, {"name": other})
    headers = {"X-Mock-World": other}
    assert mock.send("GET", f"/v1/packs/{made.json()['id']}", "acme-owner", headers=headers).json() == made.json()
    assert mock.send("GET", f"/v1/packs/{FREE}", "acme-owner", headers=headers).status_code == 404
    assert mock.send("GET", f"/_mock/worlds/{other}/state").content == document


def test_the_layout_of_a_document_does_not_matter(mock: Mock) -> None:
    document = exported(mock)
    turned = json.dumps(dict(reversed(json.loads(document).items())))
    assert imported(mock, turned.encode()).status_code == 200
    assert exported(mock) == document


STEPS: dict[str, Callable[[Mock], object]] = {
    "share": lambda mock: mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "community"}),
    "delete": lambda mock: mock.send("DELETE", f"/v1/packs/{FREE}", "acme-owner"),
    "create": lambda mock: mock.send(
        "POST", "/v1/packs", "acme-owner", json={"image_ref": "registry.example.com/team/pack:1.2.0"}
    ),
    "file": lambda mock: mock.send(
        "PUT",
        "/v1/packs/pack_acme_release_notes/files/behavior.md",
        "acme-owner",
        content=b"\x00\xff not text",
        headers={"Content-Type": "application/octet-stream"},
    ),
    "billing": lambda mock: mock.control("PUT", "/orgs/org_globex/billing", json={"posture": "trial_expired"}),
    "clock": lambda mock: mock.control("PUT", "/clock", json={"advance_seconds": 12.345678}),
    "frozen": lambda mock: mock.control("PUT", "/clock", json={"mode": "frozen"}),
    "key": lambda mock: mock.control(
        "POST",
        "/states",
        json={
            "action": "setup",
            "state": "credential is expired",
            "params": {"org_id": "org_acme", "permission_set": "full_access"},
        },
    ),
    "role": lambda mock: mock.control(
        "POST",
        "/states",
        json={
            "action": "setup",
            "state": "role references pack",
            "params": {"org_id": "org_globex", "pack_id": "pack_01HZ", "archived": True},
        },
    ),
    "dangling": lambda mock: mock.control(
        "POST",
        "/states",
        json={
            "action": "teardown",
            "state": "pack exists",
            "params": {"org_id": "org_acme"},
            "values": {"pack_id": "pack_01HZ"},
        },
    ),
    "snapshot": lambda mock: mock.control("POST", "/snapshots", json={"name": "s"}),
    "restore": lambda mock: mock.control("POST", "/snapshots/s/restore"),
    "rewind": lambda mock: mock.control("POST", "/rewind", json={"to": 1}),
}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=6))
def test_export_import_export_gives_equal_bytes_whatever_was_done(mock: Mock, steps: list[str]) -> None:
    mock.control("DELETE", "")
    for step in steps:
        STEPS[step](mock)
    document = exported(mock)
    for world in (mock.world, f"{mock.world}-again"):
        assert imported(mock, document, world).status_code == 200
        assert mock.send("GET", f"/_mock/worlds/{world}/state").content == document


def spoil(document: Document, *steps: str, value: Any) -> None:
    """Put a value at a place; ... removes what is there."""
    *way, last = steps
    for step in way:
        document = document[step]
    if value is ...:
        del document[last]
    else:
        document[last] = value


WRONG: dict[str, tuple[tuple[str, ...], Any, str]] = {
    "an enumeration": (("packs", PACK, "visibility"), "private", f"/packs/{PACK}/visibility"),
    "an unknown field": (("packs", PACK, "colour"), "red", f"/packs/{PACK}/colour"),
    "a field that is missing": (("packs", PACK, "image_ref"), ..., f"/packs/{PACK}/image_ref"),
    "a type": (("orgs", "org_acme", "name"), 7, "/orgs/org_acme/name"),
    "an empty name": (("orgs", ""), {}, "/orgs"),
    "a record": (("roles", "role_acme_oncall"), [], "/roles/role_acme_oncall"),
    "a collection": (("roles",), None, "/roles"),
    "an unknown collection": (("agents",), {}, "/agents"),
    "another format": (("format",), "evershell-mock-state/0", "/format"),
    "a time": (("packs", PACK, "created_at"), "yesterday", f"/packs/{PACK}/created_at"),
    "a time that cannot be": (("packs", PACK, "created_at"), "2016-12-31T23:59:60Z", f"/packs/{PACK}/created_at"),
    "an end that cannot be": (
        ("orgs", "org_hooli", "trial_ends_at"),
        "9999-12-31T23:59:59-23:00",
        "/orgs/org_hooli/trial_ends_at",
    ),
    "a frozen clock without a time": (("clock", "mode"), "frozen", "/clock/now"),
    "a real clock with a time": (("clock", "now"), "2026-06-01T00:00:00Z", "/clock/now"),
    "an offset without bounds": (("clock", "offset_seconds"), 1e300, "/clock/offset_seconds"),
    "a counter": (("counters", "pack"), -1, "/counters/pack"),
    "an org of a pack": (("packs", PACK, "org_id"), "org_nobody", f"/packs/{PACK}/org_id"),
    "an org of a role": (("roles", "role_acme_oncall", "org_id"), "org_nobody", "/roles/role_acme_oncall/org_id"),
    "an org of members": (("members", "org_nobody"), {}, "/members/org_nobody"),
    "a platform's tier": (("packs", PACK, "tier"), "verified", f"/packs/{PACK}/tier"),
    "a platform's org": (("packs", PACK, "org_id"), ..., f"/packs/{PACK}/tier"),
    "an image that is missing": (("packs", PACK, "image_digest"), "sha256:0", f"/packs/{PACK}/image_digest"),
    "a reference": (("packs", PACK, "image_ref"), "No Reference", f"/packs/{PACK}/image_ref"),
    "a repository": (("registry", "No/Repository"), {"1": "sha256:0"}, "/registry/No~1Repository/1"),
    "a tag without an image": (
        ("registry", "registry.example.com/team/slack", "9"),
        "sha256:0",
        "/registry/registry.example.com~1team~1slack/9",
    ),
    "a tag of tags": (
        ("registry", "registry.example.com/team/slack"),
        {"a:b": "sha256:0"},
        "/registry/registry.example.com~1team~1slack/a:b",
    ),
    "content that is no base64": (("contents", "00"), "?", "/contents/00"),
    "content of another digest": (("contents", "00"), "AAAA", "/contents/00"),
    "an image of two kinds": (("images", "sha256:0"), {"files": {}, "unusable": "so"}, "/images/sha256:0"),
    "an image without pack.yaml": (
        ("images", f"sha256:{sha256().hexdigest()}"),
        {"files": {}},
        f"/images/sha256:{sha256().hexdigest()}/files",
    ),
    "a file without content": (
        ("images", "sha256:0"),
        {"files": {"a~/b": "00"}},
        "/images/sha256:0/files/a~0~1b",
    ),
    "files of another digest": (("images", "sha256:0"), {"files": {}}, "/images/sha256:0"),
    "a credential": (("credentials", "00"), {"kind": "guess"}, "/credentials/00/kind"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_one_wrong_place_is_refused_by_its_pointer_and_changes_nothing(mock: Mock, wrong: str) -> None:
    steps, value, pointer = WRONG[wrong]
    before = exported(mock)
    document = json.loads(before)
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    changed = exported(mock)
    spoil(document, *steps, value=value)
    fields = wrong_fields(imported(mock, document))
    assert pointer in fields
    assert {each.split("/")[1] for each in fields} == {pointer.split("/")[1]}, "nothing else is blamed"
    assert exported(mock) == changed


def test_every_fault_is_told_at_once_and_nothing_changes(mock: Mock) -> None:
    before = exported(mock)
    document = json.loads(before)
    told = ["an enumeration", "an org of a role", "an offset without bounds", "a counter"]
    told += ["content that is no base64", "an image of two kinds", "an org of members", "a credential"]
    for wrong in told:
        spoil(document, *WRONG[wrong][0], value=WRONG[wrong][1])
    assert {WRONG[wrong][2] for wrong in told} <= wrong_fields(imported(mock, document)).keys()
    assert exported(mock) == before


def test_two_packs_of_an_org_have_no_name_in_common(mock: Mock) -> None:
    document = json.loads(exported(mock))
    document["packs"]["pack_twin"] = document["packs"][PACK]
    fields = wrong_fields(imported(mock, document))
    assert len(fields) == 1
    assert "pager" in fields.get("/packs/pack_twin", "") + fields.get(f"/packs/{PACK}", "")


def test_what_the_contract_does_not_allow_is_no_state(tmp_path: Path, tokens: dict[str, str]) -> None:
    document = deepcopy(dict(DOCUMENT))
    document["components"]["schemas"]["Pack"]["properties"]["id"]["pattern"] = "^pack_[A-Za-z0-9_]+$"
    with served(create_app(Settings(contract=written(tmp_path, document)))) as url:
        strict = Mock(url, "default", tokens)
        state = json.loads(exported(strict))
        state["packs"]["no id of a pack"] = state["packs"].pop(FREE)
        fields = wrong_fields(imported(strict, state))
    assert fields.keys() == {"/packs/no id of a pack"}
    assert "breaks the contract: id" in fields["/packs/no id of a pack"]


def test_content_that_nobody_uses_is_let_go(mock: Mock) -> None:
    document = json.loads(exported(mock))
    spare = deepcopy(document)
    spare["contents"][sha256(b"spare").hexdigest()] = base64.b64encode(b"spare").decode()
    assert imported(mock, spare).status_code == 200
    assert json.loads(exported(mock)) == document


@pytest.mark.parametrize(
    ("content", "media_type", "code"),
    [
        (b"", "application/json", "validation_error"),
        (b"[]", "application/json", "validation_error"),
        (b"{}", "application/json", "validation_error"),
        (b'{"format": ', "application/json", "validation_error"),
        (b'{"format": 1, "format": 1}', "application/json", "validation_error"),
        (b"\xff\xfe", "application/json", "validation_error"),
        (b"[" * 100_000, "application/json", "validation_error"),
        (b'{"orgs":' * 5_000 + b"1" + b"}" * 5_000, "application/json", "validation_error"),
        (b"{}", "text/plain", "unsupported_media_type"),
    ],
    ids=["empty", "a list", "nothing", "cut", "a key twice", "no UTF-8", "deep lists", "deep objects", "another type"],
)
def test_what_is_no_document_is_refused_in_the_envelope(mock: Mock, content: bytes, media_type: str, code: str) -> None:
    before = exported(mock)
    answer = mock.control("PUT", "/state", content=content, headers={"Content-Type": media_type})
    assert refusal(answer)[1] == code
    assert exported(mock) == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_in_a_place_the_answer_is_an_import_or_a_pointer(mock: Mock, data: st.DataObject) -> None:
    document = json.loads(exported(mock))
    place: Any = document
    way: list[str] = []
    while isinstance(place, dict) and place and (not way or data.draw(st.booleans())):
        way.append(data.draw(st.sampled_from(sorted(place))))
        place = place[way[-1]]
    value = data.draw(
        st.none()
        | st.booleans()
        | st.integers(-5, 2**70)
        | st.floats()
        | st.text()
        | st.just([])
        | st.just({})
        | st.sampled_from(["0001-01-01T00:00:00Z", "sha256:", "org_acme", "community"])
    )
    spoil(document, *way, value=value)
    try:
        content = json.dumps(document, allow_nan=False).encode()
    except ValueError:
        return
    answer = imported(mock, content)
    if answer.status_code == 200:
        again = exported(mock)
        assert imported(mock, again).status_code == 200
        assert exported(mock) == again
        mock.control("DELETE", "")
    else:
        assert wrong_fields(answer)
