"""The journal of a world: what happened, who asked, what refused and why, and what it changed."""

import base64
import json
import socket
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import Settings, create_app
from tests import plain
from tests.mock_server.server.raw import connected
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

PACK = "pack_acme_pager"
NOW = "2026-06-01T00:00:00Z"


def entries(mock: Mock, **query: Any) -> list[dict[str, Any]]:
    answer = mock.control("GET", "/journal", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["entries"]
    assert mock.control("GET", "/journal/count", params=query).json() == {"count": len(found)}
    return found


def ask(mock: Mock, *, visibility: str = "community", persona: str | None = "acme-owner") -> httpx.Response:
    return mock.send("PATCH", f"/v1/packs/{PACK}", persona, json={"visibility": visibility})


def test_an_entry_says_what_came_what_left_and_what_changed(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": NOW})
    answer = ask(mock)
    [entry] = entries(mock)
    assert entry.pop("duration_ms") >= 0
    request, response = entry.pop("request"), entry.pop("response")
    assert entry == {
        "id": 1,
        "time": NOW,
        "operation_id": "packs.update_visibility",
        "method": "PATCH",
        "path": f"/v1/packs/{PACK}",
        "caller": "acme-owner",
        "request_id": answer.headers["x-request-id"],
        "from_console": False,
        "credential": "valid",
        "status": 200,
        "code": None,
        "gate": None,
        "reason": None,
        "undeclared": False,
        "stateless": False,
        "faults": [],
        "fault_effect": None,
        "changes": [
            {
                "object": f"packs/{PACK}",
                "field": "updated_at",
                "before": "2026-04-17T08:00:00Z",
                "after": NOW,
            },
            {"object": f"packs/{PACK}", "field": "visibility", "before": "org", "after": "community"},
        ],
        "undone": False,
    }
    assert json.loads(request["body"]) == {"visibility": "community"}
    assert response["body"] == answer.text
    assert response["headers"]["x-request-id"] == answer.headers["x-request-id"]
    assert (request["encoding"], request["cut"], request["bytes"]) == ("utf-8", False, len(request["body"]))


def test_an_entry_has_the_headers_of_its_own_request(mock: Mock) -> None:
    sent = [("community", "1"), ("org", "1"), ("community", "2"), ("community", "1"), ("org", "1")]
    for visibility, note in sent:
        body = {"visibility": visibility}
        mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json=body, headers={"X-Note": note})
    headers = [entry["request"]["headers"] for entry in entries(mock)]
    assert [each["x-note"] for each in headers] == [note for _, note in sent]
    assert [int(each["content-length"]) for each in headers] == [entry["request"]["bytes"] for entry in entries(mock)]


def change(mock: Mock, step: str) -> None:
    """One request that may change something."""
    body = {"image_ref": "registry.example.com/team/pack:1.2.0"}
    file = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    binary = {"Content-Type": "application/octet-stream"}
    match step:
        case "create":
            mock.send("POST", "/v1/packs", "acme-owner", json=body)
        case "delete":
            mock.send("DELETE", "/v1/packs/pack_acme_git_basics", "acme-owner")
        case "read":
            mock.send("GET", "/v1/packs", "acme-owner")
        case "community" | "org":
            ask(mock, visibility=step)
        case _:
            mock.send("PUT", file, "acme-owner", content=step.encode(), headers=binary)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["create", "delete", "read", "community", "org", "one", "two"]), max_size=5))
def test_what_an_entry_changed_is_what_lies_between_the_states_around_it(mock: Mock, steps: list[str]) -> None:
    mock.control("DELETE", "")
    for number, step in enumerate(steps):
        mock.control("POST", "/snapshots", json={"name": f"s{number}"})
        change(mock, step)
        diff = mock.control("GET", f"/snapshots/s{number}/diff").json()["changes"]
        assert entries(mock)[-1]["changes"] == diff


def test_ids_grow_by_one_and_the_oldest_comes_first(mock: Mock) -> None:
    for _ in range(3):
        ask(mock)
    assert [entry["id"] for entry in entries(mock)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("method", "path", "persona", "options", "refused"),
    [
        ("GET", "/v1/nothing", None, {}, ("routing", "not_found")),
        ("PUT", "/v1/packs", None, {}, ("routing", "method_not_allowed")),
        ("PATCH", f"/v1/packs/{PACK}", None, {"json": {}}, ("credential", "unauthenticated")),
        ("PATCH", f"/v1/packs/{PACK}", "acme-member", {"json": {}}, ("scope", "permission_denied")),
        ("PATCH", f"/v1/packs/{PACK}", "initech-owner", {"json": {}}, ("billing", "billing_inactive")),
        ("PATCH", f"/v1/packs/{PACK}", "acme-owner", {"json": {}}, ("validation", "validation_error")),
        ("PATCH", f"/v1/packs/{PACK}", "acme-owner", {"content": b"x"}, ("validation", "validation_error")),
        ("GET", "/v1/packs?more=1", "acme-owner", {}, ("validation", "validation_error")),
        ("GET", "/v1/packs/none", "acme-owner", {}, ("operation", "pack_not_found")),
        ("DELETE", "/v1/packs/pack_acme_release_notes", "acme-owner", {}, ("operation", "pack_in_use")),
    ],
)
def test_a_refusal_names_its_gate_and_its_reason(
    mock: Mock, *, method: str, path: str, persona: str | None, options: dict[str, Any], refused: tuple[str, str]
) -> None:
    answer = mock.send(method, path, persona, **options)
    [entry] = entries(mock)
    assert (entry["status"], entry["gate"], entry["code"]) == (answer.status_code, *refused)
    error = answer.json()["error"]
    assert entry["reason"].startswith(error["message"].removesuffix("."))
    for field, text in error.get("details", {}).get("fields", {}).items():
        assert f": {field}: {text}" in entry["reason"]
    assert entry["changes"] == []
    assert entry["path"] == path.partition("?")[0]
    assert entry["request"]["query"] == path.partition("?")[2]


def test_of_a_refused_body_there_is_in_it_what_had_come(mock: Mock) -> None:
    body = b'{"visibility":"org"}'
    line = f"PATCH /_worlds/{mock.world}/v1/packs/{PACK} HTTP/1.1\r\n"
    head = f"{line}Host: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for sent in (head + body, head):
        with connected(mock.origin) as connection:
            connection.sendall(sent)
            assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")  # nobody waits for what has not come
    whole, nothing = (entry["request"] for entry in entries(mock))
    assert (whole["body"], whole["bytes"]) == (body.decode(), len(body))
    assert (nothing["body"], nothing["bytes"]) == ("", 0)


def test_bodies_past_64_kib_are_cut_and_marked(mock: Mock) -> None:
    content = b"x" * 70_000
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    binary = {"Content-Type": "application/octet-stream"}
    assert mock.send("PUT", path, "acme-owner", content=content, headers=binary).status_code == 200
    assert mock.send("GET", path, "acme-owner").content == content
    put, got = entries(mock)
    for message in (put["request"], got["response"]):
        assert (len(message["body"]), message["bytes"], message["cut"]) == (65_536, 70_000, True)


def test_bytes_that_are_no_text_are_in_base64(mock: Mock) -> None:
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    binary = {"Content-Type": "application/octet-stream"}
    mock.send("PUT", path, "acme-owner", content=b"\xff\x00", headers=binary)
    [entry] = entries(mock)
    assert entry["request"]["encoding"] == "base64"
    assert base64.b64decode(entry["request"]["body"]) == b"\xff\x00"


def test_text_that_is_cut_inside_a_character_stays_text(mock: Mock) -> None:
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    binary = {"Content-Type": "application/octet-stream"}
    mock.send("PUT", path, "acme-owner", content=b"a" + "ä".encode() * 40_000, headers=binary)
    [entry] = entries(mock)
    assert (entry["request"]["encoding"], len(entry["request"]["body"])) == ("utf-8", 32_768)


def test_an_upload_is_in_it_as_far_as_it_is_kept(mock: Mock) -> None:
    upload = {"archive": ("pack.tar.gz", b"no archive", "application/gzip")}
    mock.send("POST", "/v1/packs/upload", "acme-owner", files=upload)
    [entry] = entries(mock)
    assert "no archive" in entry["request"]["body"]
    assert entry["code"] == "validation_error"


TOKENS = st.text("ABCdef019_", min_size=8, max_size=40).map("sk_mock_{}".format)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=TOKENS, known=st.sampled_from(["acme-owner", "acme-full-access"]), made_up=st.booleans())
def test_no_credential_and_no_cookie_stands_in_it(mock: Mock, token: str, known: str, *, made_up: bool) -> None:
    secret = token if made_up else mock.tokens[known]
    headers = {"Cookie": f"wos_session={secret}; other=1", "X-Note": f"mine is {secret}"}
    bearer = {"Authorization": f"Bearer {secret}"}
    mock.send("GET", f"/v1/packs?token={secret}&x={secret}", headers={**headers, **bearer})
    mock.send("GET", f"/v1/packs/{quote(secret)}", headers=bearer)
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": secret})
    mock.send("GET", "/v1/packs", headers={"Authorization": f"Basic {secret}"})
    shown = mock.control("GET", "/journal").text
    mock.control("DELETE", "/journal")
    assert secret not in shown
    assert "other=1" not in shown


CREDENTIAL = "hunter2-hunter2"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Api-Key": CREDENTIAL},
        {"X-Auth-Token": CREDENTIAL},
        {"X-Amz-Security-Token": CREDENTIAL},
        {"Client-Secret": CREDENTIAL},
        {"Referer": f"https://anybody:{CREDENTIAL}@app.example/page"},
        {"X-Forwarded-Uri": f"see https://{CREDENTIAL}@app.example"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_credential_of_another_kind_stands_in_journal_and_archive(mock: Mock, headers: dict[str, str]) -> None:
    mock.send("GET", f"/v1/packs?x-api-key={CREDENTIAL}", "acme-owner", headers=headers)
    for shown in (mock.control("GET", "/journal").text, mock.control("GET", "/journal/har").text):
        assert CREDENTIAL not in shown
        assert next(iter(headers)).lower() in shown


def test_what_a_401_asks_for_stands_in_the_journal(mock: Mock) -> None:
    mock.send("GET", "/v1/packs")
    [entry] = mock.entries
    assert entry["response"]["headers"]["www-authenticate"] == "Bearer"


def test_no_token_of_anybody_stands_in_what_is_told_of_it(mock: Mock) -> None:
    issued = mock.control("POST", "/tokens", json={"persona": "acme-owner"}).json()["token"]
    secrets = {*mock.tokens.values(), issued}
    for secret in secrets:
        mock.send("GET", "/v1/packs", headers={"Authorization": f"Bearer {secret}"})
        mock.send("GET", "/v1/packs", headers={"Cookie": f"wos_session={secret}"})
        mock.send("GET", f"/v1/packs/{secret}?session={secret}", headers={"X-Api-Key": secret, "Authorization": secret})
        mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": secret, secret: secret})
    told = mock.control("GET", "/journal").text
    verified = mock.control("POST", "/journal/verify", json={"status": 418}).text
    assert told.count('"id":') >= 4 * len(secrets)
    assert [secret for secret in secrets if secret in told + verified] == []
    assert "wos_session=" not in told


@pytest.mark.parametrize("persona", ["acme-owner", "acme-full-access"])
def test_a_credential_is_known_when_it_is_percent_encoded(mock: Mock, persona: str) -> None:
    encoded = "".join(f"%{ord(letter):02X}" if letter in "._-" else letter for letter in mock.tokens[persona])
    mock.send("GET", f"/v1/packs/{encoded}?x={encoded}", "acme-owner")
    shown = mock.control("GET", "/journal").text
    parts = [part for part in encoded.replace("%", ".").split(".") if len(part) > 20]
    assert not [part for part in (encoded, mock.tokens[persona], *parts) if part in shown]


@pytest.mark.parametrize("persona", ["acme-owner", "acme-full-access"])
@pytest.mark.parametrize("standing", ["valid", "expired", "revoked"])
@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        ("/v1/packs", {}),
        ("/v1/packs", {"Prefer": "code=200"}),
        ("/v1/packs", {"Prefer": "code=401"}),
        ("/v1/packs", {"Prefer": "code=418"}),
        ("/v1/no/such/path", {}),
        (f"/v1/packs/{PACK}", {}),  # where a fault waits
    ],
)
def test_whose_credential_it_was_is_told_let_in_or_not(
    mock: Mock, persona: str, standing: str, asked: str, headers: dict[str, str]
) -> None:
    mock.control("POST", "/faults", json={"operation_id": "packs.get", "status": 404})
    token = mock.control("POST", "/tokens", json={"persona": persona, "state": standing}).json()["token"]
    mock.send("GET", asked, headers={"Authorization": f"Bearer {token}", **headers})
    [entry] = entries(mock, caller=persona)
    assert (entry["caller"], entry["credential"]) == (persona, standing)
    if standing != "valid" and entry["gate"] == "credential":
        assert standing in entry["reason"]


def test_the_session_in_a_cookie_is_told_as_well(mock: Mock) -> None:
    token = mock.control("POST", "/tokens", json={"persona": "acme-owner", "state": "expired"}).json()["token"]
    mock.send("GET", "/v1/packs", headers={"Cookie": f"wos_session={token}"})
    [entry] = entries(mock)
    assert (entry["caller"], entry["credential"]) == ("acme-owner", "expired")


@pytest.mark.parametrize(
    ("header", "credential"), [(None, None), ("Bearer sk_mock_nobody", "unknown"), ("Basic YTpi", "unknown")]
)
def test_what_is_nobodys_names_nobody(mock: Mock, header: str | None, credential: str | None) -> None:
    for prefer in ({}, {"Prefer": "code=200"}):
        mock.send("GET", "/v1/packs", headers=prefer | ({} if header is None else {"Authorization": header}))
    assert [(entry["caller"], entry["credential"]) for entry in entries(mock)] == [(None, credential)] * 2


def test_what_a_credential_was_good_for_is_told_as_it_was_at_that_time(mock: Mock) -> None:
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.send("GET", "/v1/packs", "acme-owner", headers={"Prefer": "code=200"})
    mock.control("POST", "/tokens/revoke", json={"persona": "acme-owner"})
    mock.send("GET", "/v1/packs", "acme-owner", headers={"Prefer": "code=200"})
    assert [entry["credential"] for entry in entries(mock, caller="acme-owner")] == ["valid", "valid", "revoked"]


def test_it_is_told_still_once_the_headers_were_let_go() -> None:
    app = create_app()
    world = app.context.worlds.default
    with served(app) as origin:
        token = plain.post(f"{origin}/_mock/worlds/default/tokens", json={"persona": "acme-owner", "state": "expired"})
        headers = {"Authorization": f"Bearer {token.json()['token']}"}
        plain.get(f"{origin}/v1/packs", headers=headers)
        for entry in world.journal:
            entry.drop_content()
        [entry] = plain.get(f"{origin}/_mock/worlds/default/journal").json()["entries"]
    assert entry["request"] is None
    assert (entry["caller"], entry["credential"]) == ("acme-owner", "expired")


@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        ({"delay_ms": 3}, {"delay_ms": 3}),
        ({"drop": True, "delay_ms": 3}, {"delay_ms": 3, "drop": True}),
        ({"truncate": 20}, {"truncate": 20}),
        ({"status": 404}, {"status": 404, "code": "pack_not_found"}),
        ({"code": "unauthenticated", "delay_ms": 2}, {"status": 401, "code": "unauthenticated", "delay_ms": 2}),
    ],
)
def test_what_a_fault_did_is_told(mock: Mock, fault: dict[str, Any], effect: dict[str, Any]) -> None:
    made = mock.control("POST", "/faults", json={"operation_id": "packs.get", **fault})
    assert made.status_code == 201, made.text
    for _ in range(2):
        try:
            mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
        except httpx.RemoteProtocolError:
            assert {"drop", "truncate"} & fault.keys()
    met, after = entries(mock)
    assert (met["faults"], met["fault_effect"], met["caller"]) == ([made.json()["id"]], effect, "acme-owner")
    assert (after["faults"], after["fault_effect"], after["status"]) == ([], None, 200)


def test_faults_that_meet_are_told_together_and_a_body_that_is_shorter_is_cut_before_its_end(mock: Mock) -> None:
    for what in ({"delay_ms": 2}, {"delay_ms": 3, "truncate": 1_000_000}):
        mock.control("POST", "/faults", json={"operation_id": "packs.get", **what})
    with pytest.raises(httpx.RemoteProtocolError):
        mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
    [entry] = entries(mock)
    assert entry["faults"] == [1, 2]
    assert entry["fault_effect"] == {"delay_ms": 5, "truncate": entry["response"]["bytes"] - 1}


def test_a_query_finds_by_operation_status_code_caller_and_since(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": NOW})
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.send("GET", f"/v1/packs/{PACK}", "acme-read-only")
    mock.control("PUT", "/clock", json={"advance_seconds": 60})
    ask(mock, persona="acme-member")
    refused = mock.send("GET", "/v1/packs/none", "acme-owner").json()["error"]

    def ids(**query: Any) -> list[int]:
        return [entry["id"] for entry in entries(mock, **query)]

    assert ids(operation_id="packs.get") == [2, 4]
    assert ids(status=200) == [1, 2]
    assert ids(code="permission_denied") == [3]
    assert ids(caller="acme-owner") == [1, 4]
    assert ids(request_id=refused["request_id"]) == [4]
    assert ids(request_id="00000000") == []
    assert ids(since=2) == [3, 4]
    assert ids(since="2026-06-01T00:00:30Z") == [3, 4]
    assert ids(since="2026-06-01T02:01:00+02:00") == [3, 4]
    assert ids(operation_id="packs.get", status=404, caller="acme-owner", since=1) == [4]
    assert ids(status=500) == []
    assert ids(since=99) == []


def test_a_caller_who_is_no_persona_is_named_by_org_and_user(mock: Mock) -> None:
    body = {"action": "setup", "state": "credential has scopes", "params": {"org_id": "org_acme", "scopes": []}}
    token = mock.control("POST", "/states", json=body).json()["token"]
    session = mock.send("GET", "/v1/me/session", headers={"Authorization": f"Bearer {token}"}).json()
    name = f"org_acme:{session['user_id']}"
    assert [entry["caller"] for entry in entries(mock, caller=name)] == [name]


@pytest.mark.parametrize(
    ("query", "code", "near"),
    [
        ({"operation_id": "packs.gt"}, "operation_unknown", "Did you mean packs.get?"),
        ({"caller": "acme-ownr"}, "persona_unknown", "Did you mean acme-owner?"),
    ],
)
def test_a_query_for_what_there_is_not_is_a_404_that_names_what_is_near(
    mock: Mock, query: dict[str, str], code: str, near: str
) -> None:
    for path in ("/journal", "/journal/count"):
        answer = mock.control("GET", path, params=query)
        assert refusal(answer) == (404, code)
        assert answer.json()["error"]["message"].endswith(near)


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "many"), ("since", "yesterday"), ("since", "-1"), ("since", "2016-12-31T23:59:60Z"), ("sinse", "1")],
)
def test_a_query_that_cannot_be_is_a_400_that_names_the_field(mock: Mock, name: str, value: str) -> None:
    for path in ("/journal", "/journal/count"):
        assert wrong_fields(mock.control("GET", path, params={name: value})).keys() == {name}


def test_a_cleared_journal_is_empty_and_its_ids_go_on(mock: Mock) -> None:
    ask(mock)
    assert mock.control("DELETE", "/journal").json() == {"status": "deleted"}
    assert entries(mock) == []
    ask(mock)
    assert [entry["id"] for entry in entries(mock)] == [2]


def test_a_reset_and_an_import_leave_the_journal_alone(mock: Mock) -> None:
    document = mock.control("GET", "/state").content
    ask(mock)
    mock.control("POST", "/reset")
    ask(mock)
    mock.control("PUT", "/state", content=document, headers={"Content-Type": "application/json"})
    assert [(entry["id"], entry["undone"]) for entry in entries(mock)] == [(1, False), (2, False)]


def test_control_calls_are_not_in_it(mock: Mock) -> None:
    mock.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    assert entries(mock) == []


def test_a_journal_is_a_ring(tokens: dict[str, str]) -> None:
    with served(create_app(Settings(journal=3))) as url:
        ring = Mock(url, "default", tokens)
        for _ in range(5):
            ask(ring)
        assert [entry["id"] for entry in entries(ring)] == [3, 4, 5]
        gone = ring.control("POST", "/rewind", json={"to": 2})
        assert refusal(gone) == (404, "entry_unknown")
        assert "3 to 5" in gone.json()["error"]["message"]


READ = {"X-Mock-Console": "1"}


def test_what_the_console_reads_is_in_it_for_who_asks_for_it_alone(mock: Mock) -> None:
    mock.send("GET", "/v1/packs", "acme-owner", headers=READ)
    ask(mock)
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.send("GET", "/v1/packs", "acme-owner", headers=READ)
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "org"}, headers=READ)

    def verified(**expected: Any) -> int:
        body = {"operation_id": "packs.list", "times": {"max": 1}, **expected}
        return mock.control("POST", "/journal/verify", json=body).status_code

    assert [entry["id"] for entry in entries(mock)] == [2, 3, 5], "what changes something is somebody's request"
    assert [entry["from_console"] for entry in entries(mock, with_console=True)] == [True, False, False, True, False]
    assert len(mock.control("GET", "/journal/har").json()["log"]["entries"]) == 3
    assert verified() == 200
    assert verified(with_console=True) == 409


def test_what_the_console_reads_takes_no_place_and_undoes_nothing(tokens: dict[str, str]) -> None:
    with served(create_app(Settings(journal=3))) as url:
        ring = Mock(url, "default", tokens)
        for visibility in ("community", "org", "community"):
            ask(ring, visibility=visibility)
            for _ in range(2):
                ring.send("GET", "/v1/packs", "acme-owner", headers=READ)
        assert [entry["id"] for entry in entries(ring)] == [1, 4, 7]
        assert [entry["id"] for entry in entries(ring, with_console=True)] == [1, 4, 6, 7, 8, 9]
        assert ring.control("POST", "/rewind", json={"to": 6}).status_code == 200
        assert ring.send("GET", f"/v1/packs/{PACK}", "acme-owner").json()["visibility"] == "org"
        undone = {entry["id"]: entry["undone"] for entry in entries(ring, with_console=True)}
        assert undone == {4: False, 6: False, 7: True, 8: True, 9: True, 10: False}


def test_an_answer_names_its_entry(mock: Mock) -> None:
    refused = mock.send("GET", "/v1/nothing", headers={"Origin": "http://localhost:5173"})
    read = mock.send("GET", "/v1/packs", "acme-owner", headers=READ)
    changed = ask(mock)
    links = [answer.headers["x-mock-journal"] for answer in (refused, read, changed)]
    assert links == [f"{mock.origin}/_mock/#/{mock.world}/journal?entry={number}" for number in (1, 2, 3)]
    assert "X-Mock-Journal" in refused.headers["access-control-expose-headers"].split(", ")
    kept = entries(mock, with_console=True)
    assert [entry["response"]["headers"]["x-mock-journal"] for entry in kept] == links


def test_a_journal_may_be_off(tokens: dict[str, str]) -> None:
    with served(create_app(Settings(journal=0))) as url:
        silent = Mock(url, "default", tokens)
        assert "x-mock-journal" not in ask(silent).headers
        assert entries(silent) == []
        assert sum(cell["count"] for cell in silent.control("GET", "/coverage").json()["cells"]) == 1


def test_entries_are_timed(mock: Mock) -> None:
    before = datetime.fromisoformat(mock.control("GET", "/clock").json()["now"])
    ask(mock)
    [entry] = entries(mock)
    assert timedelta(0) <= datetime.fromisoformat(entry["time"]) - before < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["/v1/packs/pack_acme_pager", "/v1/nothing"])
def test_a_body_that_nobody_asked_for_is_shown_where_it_had_come(mock: Mock, path: str) -> None:
    """So that one sees what a page sent that was refused before anybody looked at it."""
    body = b'{"visibility": "community"}'
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nX-Mock-World: {mock.world}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    host, port = mock.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        assert connection.makefile("rb").readline().split()[1] in {b"401", b"404"}
    [entry] = mock.entries
    assert (entry["request"]["body"], entry["request"]["bytes"]) == (body.decode(), len(body))


def test_nobody_waits_for_a_body_that_nobody_asked_for(mock: Mock) -> None:
    head = f"PATCH /v1/packs/x HTTP/1.1\r\nHost: localhost\r\nX-Mock-World: {mock.world}\r\nContent-Length: 9\r\n\r\n"
    host, port = mock.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.makefile("rb").readline().split()[1] == b"401"
    [entry] = mock.entries
    assert entry["request"]["body"] == ""


def test_the_newest_of_what_is_looked_for(mock: Mock) -> None:
    for persona in ("acme-owner", "acme-member", "acme-owner"):
        mock.send("GET", "/v1/packs", persona)

    def ids(query: str) -> list[int]:
        return [entry["id"] for entry in mock.control("GET", f"/journal?{query}").json()["entries"]]

    assert ids("last=1") == [3]
    assert ids("last=2&caller=acme-owner") == [1, 3]
    assert ids("last=9") == [1, 2, 3]
    assert ids("last=1&since=3") == []
    assert refusal(mock.control("GET", "/journal?last=0")) == (400, "validation_error")
