"""Operations that another server answers, while the mock serves the rest: what is sent, judged, and told of it."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from mock_server import Settings, create_app
from mock_server.entry_text import write_line
from mock_server.settings import PassedCaller, PassRule, PassSettings
from tests import plain
from tests.archives import zipped
from tests.conformance.certificates import certified
from tests.mock_server.passing.scripted import Script, scripted
from tests.mock_server.serving import Mock, refusal, served, tokens_of
from tests.nine.served import made_pack, serving
from tests.nine.store import Store

CALLERS = {
    "acme-owner": PassedCaller("org_red", "session-red-owner"),
    "acme-member": PassedCaller("org_red", "session-red-member"),
}


@contextmanager
def passing(url: str, *patterns: str, writes: bool = False, timeout: float = 30) -> Iterator[Mock]:
    """A mock that passes operations on to this URL."""
    rules = tuple(PassRule(each, url) for each in patterns or ("packs.*",))
    app = create_app(Settings(passing=PassSettings(rules, CALLERS, writes, timeout)))
    with served(app) as origin:
        yield Mock(origin, "default", tokens_of(origin))


@contextmanager
def before(script: Script, *patterns: str, **options: Any) -> Iterator[Mock]:
    """A mock that passes operations on to a server of this script."""
    with ExitStack() as running:
        url = running.enter_context(scripted(script))
        yield running.enter_context(passing(url, *patterns, **options))


def last(mock: Mock) -> dict[str, Any]:
    entry: dict[str, Any] = mock.control("GET", "/journal?last=1&with_console=true").json()["entries"][0]
    return entry


def test_a_real_server_answers_what_it_has_and_the_mock_the_rest() -> None:
    store = Store()
    real = made_pack(store, "org_red", "real")
    with serving(store=store) as url, passing(url) as mock:
        listed = mock.send("GET", "/v1/packs", "acme-owner")
        assert [each["id"] for each in listed.json()["packs"]] == [real]
        assert listed.headers["x-mock-passed-to"] == url
        entry = last(mock)
        assert (entry["passage"]["to"], entry["caller"], entry["gate"]) == (f"{url}/packs", "acme-owner", None)

        session = mock.send("GET", "/v1/me/session", "acme-owner")
        assert session.json()["org_id"] == "org_acme"
        assert last(mock)["passage"] == {"to": None, "broke": [], "differs": None}


def test_the_two_sides_know_different_objects_and_the_journal_says_so() -> None:
    store = Store()
    real = made_pack(store, "org_red", "real")
    with serving(store=store) as url, passing(url) as mock:
        assert mock.send("GET", f"/v1/packs/{real}", "acme-owner").status_code == 200
        assert last(mock)["passage"]["differs"] == f"The backend knows the pack {real}; this world does not."
        kept_here = mock.send("PATCH", f"/v1/packs/{real}", "acme-owner", json={"visibility": "community"})
        assert refusal(kept_here) == (404, "pack_not_found")
        passage = last(mock)["passage"]
        assert passage["to"] is None
        assert passage["differs"] == f"The backend knows {real}, which it has answered with; this world does not."

        only_here = mock.send("GET", "/v1/packs/pack_acme_pager", "acme-owner")
        assert only_here.status_code == 404
        entry = last(mock)
        assert entry["passage"]["differs"] == "This world knows the pack pack_acme_pager; the backend does not."
        assert entry["gate"] == "backend"


def test_a_write_is_the_mocks_own_unless_it_is_asked_for() -> None:
    store = Store()
    real = made_pack(store, "org_red", "real")
    with serving(store=store) as url, passing(url, writes=True) as mock:
        shared = mock.send("PATCH", f"/v1/packs/{real}", "acme-owner", json={"visibility": "community"})
        assert (shared.status_code, shared.json()["visibility"]) == (200, "community")
        assert last(mock)["passage"]["to"] == f"{url}/packs/{real}"

        files = {"archive": ("p.tar.gz", zipped({"pack.yaml": b"name: sent-on\nversion: 1.0.0\n"}))}
        uploaded = mock.send("POST", "/v1/packs/upload", "acme-owner", files=files)
        assert (uploaded.status_code, uploaded.json()["name"]) == (201, "sent-on")
        passage = last(mock)["passage"]
        assert [each for each in passage["broke"] if each.startswith("request: ")] == []


def test_no_credential_of_the_mock_is_sent_on_and_none_of_the_other_server_comes_back() -> None:
    script = Script(
        headers={
            "Content-Type": "application/json",
            "Set-Cookie": "session=real",
            "Access-Control-Allow-Origin": "*",
            "Keep-Alive": "timeout=5",
            "X-Own": "session-red-owner",
        },
        body=b'{"packs": [], "echo": "session-red-owner"}',
    )
    with before(script) as mock:
        token = mock.tokens["acme-owner"]
        headers = {"Cookie": f"wos_session={token}", "X-Other": token, "X-Mock-Console": "1", "Last-Event-ID": "7"}
        answer = mock.send("GET", "/v1/packs", "acme-owner", headers=headers)
        entry = last(mock)
    [sent] = script.sent
    assert (sent.method, sent.path) == ("GET", "/base/packs")
    assert sent.headers["authorization"] == "Bearer session-red-owner"
    assert sent.headers["last-event-id"] == "7"
    assert token not in str(sent)
    assert not sent.headers.keys() & {"cookie", "x-other", "x-mock-world", "x-mock-console", "origin"}
    assert not answer.headers.keys() & {"set-cookie", "access-control-allow-origin", "keep-alive"}
    assert "session-red-owner" not in f"{answer.text}{answer.headers}{entry}"
    assert "session-red-owner" not in repr(Settings(passing=PassSettings((), CALLERS)))


def test_a_key_in_the_query_is_not_sent_on_nor_is_a_request_that_holds_a_credential_elsewhere() -> None:
    script = Script(headers={"Content-Type": "text/event-stream"}, parts=(b": hello\n\n",))
    with before(script, "activity.stream", "packs.update_visibility", writes=True) as mock:
        token = mock.tokens["acme-owner"]
        mock.send("GET", f"/v1/activity/stream?api_key={mock.tokens['acme-full-access']}", "acme-owner")
        kept = [
            mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={"visibility": token}),
            mock.send("PATCH", f"/v1/packs/{token}", "acme-owner", json={"visibility": "org"}),
            mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={}, headers={"X-Request-Id": token}),
        ]
    assert [sent.path for sent in script.sent] == ["/base/activity/stream"]
    assert [refusal(each) for each in kept] == [(502, "backend_unavailable")] * 3


def test_both_the_request_and_the_answer_are_judged_by_the_contract() -> None:
    script = Script(418, {"Content-Type": "application/json"}, b"{}")
    with before(script, writes=True) as mock:
        odd = mock.send("PATCH", "/v1/packs/pack_01HZ?odd=1", "acme-owner", json={"visibility": "all"})
        entry = last(mock)
    assert (odd.status_code, odd.json()) == (418, {})
    assert script.sent[0].path == "/base/packs/pack_01HZ?odd=1"
    assert json.loads(script.sent[0].body) == {"visibility": "all"}
    request_parameters, request_body, answer = entry["passage"]["broke"]
    assert request_parameters == "request: odd: This operation has no such query parameter."
    assert request_body.startswith("request: visibility: ")
    assert answer == "answer: the status 418 is not declared"
    assert entry["request"]["body"] == '{"visibility":"all"}'
    told = write_line(entry)
    assert f"passed on to {entry['passage']['to']}" in told
    assert "broke the contract: answer: the status 418 is not declared" in told


@pytest.mark.parametrize(
    ("script", "broke"),
    [
        (Script(200, {"Content-Type": "application/json"}, b'{"packs": 3}'), "answer: "),
        (Script(200, {"Content-Type": "text/html"}, b"<p>"), "answer: "),
        (Script(200, {}, b"{}"), "answer: "),
        (Script(200, {"Content-Type": "application/json", "X-Request-Id": "1"}, b""), "answer: it has no body"),
    ],
)
def test_whatever_the_other_server_answers_is_passed_back_and_judged(script: Script, broke: str) -> None:
    with before(script) as mock:
        answer = mock.send("GET", "/v1/packs", "acme-owner")
        [told] = last(mock)["passage"]["broke"]
    assert (answer.status_code, answer.content) == (script.status, script.body)
    is_json = script.headers.get("Content-Type") == "application/json"
    assert answer.headers.get("content-security-policy") == (None if is_json else "sandbox")
    assert told.startswith(broke)


def test_what_the_mock_itself_refuses_by_the_contract_is_told_alike() -> None:
    with before(Script()) as mock:
        mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", json={"visibility": "all"})
        [told] = last(mock)["passage"]["broke"]
    assert told.startswith("request: ")


def test_a_stream_is_passed_through_part_by_part() -> None:
    held = Event()
    script = Script(headers={"Content-Type": "text/event-stream"}, parts=(b": one\n\n", b": two\n\n"), held=held)
    with before(script, "activity.stream") as mock:
        url, headers = f"{mock.origin}/v1/activity/stream", {"Authorization": f"Bearer {mock.tokens['acme-owner']}"}
        with plain.stream("GET", url, headers=headers) as answer:
            parts = answer.iter_raw()
            assert next(parts) == b": one\n\n"
            held.set()
            assert b"".join(parts) == b": two\n\n"
        assert last(mock)["passage"]["to"].endswith("/base/activity/stream")


def test_a_redirect_is_not_followed() -> None:
    with ExitStack() as running:
        elsewhere = Script()
        url = running.enter_context(scripted(elsewhere))
        script = Script(307, {"Location": f"{url}/packs?token=secret"})
        mock = running.enter_context(before(script))
        answer = mock.send("GET", "/v1/packs", "acme-owner")
        entry = last(mock)
    assert refusal(answer) == (502, "backend_unavailable")
    assert f"redirects to {url}/packs, which is not followed" in entry["reason"]
    assert elsewhere.sent == []


def test_a_server_that_is_down_or_late_is_a_502_in_the_envelope() -> None:
    with socket.socket() as silent:  # bound, so that nobody else has the port, and not listening
        silent.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{silent.getsockname()[1]}/base"
        with passing(gone) as mock:
            answer = mock.send("GET", "/v1/packs", "acme-owner")
            entry = last(mock)
    assert refusal(answer) == (502, "backend_unavailable")
    assert answer.headers["x-mock-undeclared"] == "true"
    assert (entry["gate"], entry["passage"]["to"]) == ("backend", f"{gone}/packs")
    assert "cannot be reached" in entry["reason"]

    with before(Script(held=Event()), timeout=0.2) as mock:
        late = mock.send("GET", "/v1/packs", "acme-owner")
        assert refusal(late) == (502, "backend_unavailable")
        assert "has not answered within 0.2 s" in last(mock)["reason"]


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_credential(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, by = Script(headers={"Content-Type": "application/json"}, body=b'{"packs": []}'), certified(tmp_path)
    with scripted(script, by.context) as url:
        with passing(url) as mock:
            assert refusal(mock.send("GET", "/v1/packs", "acme-owner")) == (502, "backend_unavailable")
            assert "certificate" in last(mock)["reason"].lower()
        assert script.sent == []
        monkeypatch.setenv("SSL_CERT_FILE", str(by.authority))
        with passing(url) as mock:
            assert mock.send("GET", "/v1/packs", "acme-owner").json() == {"packs": []}


def test_who_has_no_caller_there_is_told_so_and_who_is_nobody_is_refused_here() -> None:
    script = Script()
    with before(script) as mock:
        assert refusal(mock.send("GET", "/v1/packs", "globex-owner")) == (502, "backend_unavailable")
        assert "no caller" in last(mock)["reason"]
        assert refusal(mock.send("GET", "/v1/packs")) == (401, "unauthenticated")
    assert script.sent == []


def test_a_path_names_the_org_as_the_other_server_does_and_never_leads_out_of_its_base() -> None:
    script = Script(headers={"Content-Type": "application/json"}, body=b"{}")
    with before(script, "memberships.list", "packs.read_file") as mock:
        mock.send("GET", "/v1/orgs/org_acme/memberships", "acme-owner")
        mock.send("GET", "/v1/orgs/org_globex/memberships", "acme-owner")
        for path in ("a/../../b", "a/%2e%2e/b", "a/%252e%252e/b"):
            mock.exactly("GET", f"/v1/packs/pack_01HZ/files/{path}", "acme-owner")
    named = ("org_red", "org_globex")
    assert [sent.path for sent in script.sent] == [f"/base/orgs/{org}/memberships" for org in named]


def test_a_fault_and_a_preference_are_the_mocks_own_still() -> None:
    script = Script()
    with before(script) as mock:
        mock.control("POST", "/faults", json={"operation_id": "packs.list", "status": 401})
        assert mock.send("GET", "/v1/packs", "acme-owner").status_code == 401
        assert mock.send("GET", "/v1/packs", "acme-owner", headers={"Prefer": "code=200"}).status_code == 200
    assert script.sent == []
