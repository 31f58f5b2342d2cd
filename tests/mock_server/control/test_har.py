"""The journal as an HTTP archive: what other tools read, and no token in it."""

import base64
import json
from typing import Any

import pytest

from tests.mock_server.serving import Mock

PACK = "pack_acme_pager"


def archive(mock: Mock, **query: Any) -> dict[str, Any]:
    answer = mock.control("GET", "/journal/har", params=query)
    assert answer.status_code == 200, answer.text
    assert not [token for token in mock.tokens.values() if token in answer.text]
    log: dict[str, Any] = answer.json()["log"]
    return log


def headers(message: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in message["headers"]}


def test_an_entry_has_both_messages(mock: Mock) -> None:
    answer = mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "community"})
    log = archive(mock)
    assert (log["version"], log["creator"]["name"]) == ("1.2", "evershell-mock")
    [entry] = log["entries"]
    request, response = entry["request"], entry["response"]
    assert (request["method"], request["url"]) == ("PATCH", f"{mock.origin}/v1/packs/{PACK}")
    assert json.loads(request["postData"]["text"]) == {"visibility": "community"}
    assert request["postData"]["mimeType"] == "application/json"
    assert headers(request)["authorization"] == "Bearer acme-owner"
    assert (response["status"], response["statusText"]) == (200, "OK")
    assert response["content"]["text"] == answer.text
    assert response["content"]["size"] == response["bodySize"] == len(answer.content)
    assert headers(response)["x-request-id"] == answer.headers["x-request-id"]
    assert entry["time"] == entry["timings"]["wait"] >= 0


@pytest.mark.parametrize("cookie", [True, False], ids=["of a session", "of nobody"])
def test_the_caller_of_a_session_cookie_is_named(mock: Mock, cookie: bool) -> None:
    value = mock.tokens["acme-owner"] if cookie else "nothing"
    mock.send("GET", "/v1/packs", headers={"Cookie": f"wos_session={value}"})
    [entry] = archive(mock)["entries"]
    assert headers(entry["request"]).get("authorization") == ("Bearer acme-owner" if cookie else None)


def test_an_api_key_in_the_query_is_that_and_no_cookie(mock: Mock) -> None:
    query = f"api_key={mock.tokens['acme-read-only']}&limit=2"
    mock.send("GET", f"/v1/packs?{query}", headers={"Cookie": f"wos_session={mock.tokens['acme-owner']}"})
    [entry] = archive(mock)["entries"]
    assert "authorization" not in headers(entry["request"])


def test_a_query_is_in_the_address_and_apart(mock: Mock) -> None:
    mock.send("GET", "/v1/workspaces?limit=2&role_id=a%20b", "acme-owner")
    [entry] = archive(mock)["entries"]
    assert entry["request"]["url"].endswith("/v1/workspaces?limit=2&role_id=a%20b")
    assert entry["request"]["queryString"] == [{"name": "limit", "value": "2"}, {"name": "role_id", "value": "a b"}]


def test_bytes_are_in_base64(mock: Mock) -> None:
    content = bytes(range(256))
    headers = {"Content-Type": "application/octet-stream"}
    mock.send("PUT", f"/v1/packs/{PACK}/files/pack.yaml", "acme-owner", content=content, headers=headers)
    [entry] = archive(mock)["entries"]
    sent = entry["request"]["postData"]
    assert (sent["encoding"], base64.b64decode(sent["text"])) == ("base64", content)


def test_of_what_was_cut_there_is_a_length_and_no_text(mock: Mock) -> None:
    content = b"x" * 5_000_000
    headers = {"Content-Type": "application/octet-stream"}
    mock.send("PUT", f"/v1/packs/{PACK}/files/readme.md", "acme-owner", content=content, headers=headers)
    [entry] = archive(mock)["entries"]
    assert entry["request"]["bodySize"] == len(content)
    assert "text" not in entry["request"]["postData"]


def test_who_is_not_known_has_no_name_and_who_sends_nothing_no_header(mock: Mock) -> None:
    mock.send("GET", "/v1/packs", headers={"Authorization": "Bearer sk_mock_nobody_at_all_0000"})
    mock.send("GET", "/v1/packs")
    unknown, nobody = (headers(entry["request"]) for entry in archive(mock)["entries"])
    assert unknown["authorization"] == "Bearer [redacted]"
    assert "authorization" not in nobody


@pytest.mark.parametrize("kept", [{"status": 401}, {"caller": "acme-owner"}, {"operation_id": "packs.get"}])
def test_the_entries_are_chosen_as_those_of_the_journal(mock: Mock, kept: dict[str, Any]) -> None:
    mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
    mock.send("GET", "/v1/packs")
    journal = mock.control("GET", "/journal", params=kept).json()["entries"]
    chosen = archive(mock, **kept)["entries"]
    assert [each["response"]["status"] for each in chosen] == [each["status"] for each in journal]
    assert len(chosen) == 1
