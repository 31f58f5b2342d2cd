"""The control surface under another's hand: reached by detours, from other names, in other protocols, in the log."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from mock_server import Settings, create_app
from mock_server.access import control_key
from mock_server.access.control_key import ControlKey
from mock_server.access.origins import Origins
from mock_server.errors import Unauthenticated
from tests import plain
from tests.mock_server.server.raw import statuses, told
from tests.mock_server.serving import served

TOKEN = "fake-control-token-5417"
PLAIN = "/_mock/worlds"
LETTERS = [f"/{'_mock'[:at]}%{ord('_mock'[at]):02x}{'_mock'[at + 1 :]}/worlds" for at in range(5)]
BEFORE = ["//", "///", "/./", "/%2e/", "/.//", "/;/", "/%2f", "%2f", "\\", "/\\", "/%5c", "/%00", "/%09"]
ABOVE = ["/..", "/%2e%2e", "/.%2E", "/..;", "/..%2f.", "%2f..", "\\..", "/packs/../.."]
BETWEEN = ["//", "/./", "/../_mock/", "%2f", "%2F", "\\", "%5c", ";x/", "/;/", "%00/", "%20/", "/%2e/", "?/", "%23/"]
BELOW = ["/", "//", "/../../", "/%2e%2e/%2e%2e/", "/v1/../../../"]
OTHERS = [
    "/_MOCK/worlds",
    "/_Mock/worlds",
    "/%EF%BC%BFmock/worlds",
    "/%c0%dfmock/worlds",
    "/_mock/worlds/",
    "/_mock/worlds/.",
    "/_mock/worlds%00",
    "/_mock/%77orlds",
    "/_mock/WORLDS",
    "/_mock/worlds;x",
    "/_mock/worlds%2f",
    "http://localhost/_mock/worlds",
    "http://localhost//_mock/worlds",
]
DETOURS = [
    *LETTERS,
    *(path.replace("%", "%25") for path in LETTERS),
    *(f"{step}_mock/worlds" for step in BEFORE),
    *(f"/v1{step}/_mock/worlds" for step in ABOVE),
    *(f"/_mock{step}worlds" for step in BETWEEN),
    *(f"/_worlds/w{step}_mock/worlds" for step in BELOW),
    *OTHERS,
]


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with served(create_app(Settings(control_token=TOKEN))) as url:
        yield url


def asked(origin: str, target: str, *lines: str) -> bytes:
    head = [f"GET {target} HTTP/1.1", *lines, "connection: close", "", ""]
    return told(origin, "\r\n".join(head).encode("latin-1"))


@pytest.mark.parametrize("target", DETOURS)
def test_no_detour_leads_past_the_token(guarded: str, target: str) -> None:
    answer = asked(guarded, target, "host: localhost")
    assert statuses(answer)[0] in {307, 400, 401, 404, 405}
    assert b'"worlds"' not in answer


@pytest.mark.parametrize("target", [target for target in DETOURS if not target.startswith("http:")])
def test_no_detour_leads_past_the_name(origin: str, target: str) -> None:
    answer = asked(origin, target, "host: evil.example")
    assert statuses(answer)[0] in {400, 403, 404}
    assert b'"worlds"' not in answer


def test_the_way_itself_is_open_to_who_may(origin: str, guarded: str) -> None:
    assert statuses(asked(origin, PLAIN, "host: localhost")) == [200]
    assert statuses(asked(guarded, PLAIN, "host: localhost", f"authorization: Bearer {TOKEN}")) == [200]


@pytest.mark.parametrize("header", ["x-original-url", "x-rewrite-url", "x-forwarded-prefix", "x-forwarded-path"])
def test_no_header_names_another_path(guarded: str, header: str) -> None:
    answer = asked(guarded, "/_mock/health", "host: localhost", f"{header}: /_mock/worlds")
    assert statuses(answer) == [200]
    assert b'"status":"ok"' in answer


@pytest.mark.parametrize(
    "host", ["[::1].evil.example", "[::1]evil.example", "[evil.example]", "user@evil.example", "127.1"]
)
def test_what_only_looks_like_an_address_is_none(host: str) -> None:
    assert not Origins().knows(host)


@pytest.mark.parametrize("host", ["[::1]", "[::1]:4010", "127.0.0.1:4010", "localhost.", "app.localhost:1"])
def test_an_address_of_this_machine_is_known(host: str) -> None:
    assert Origins().knows(host)


@pytest.mark.parametrize("path", [PLAIN, "/_mock/worlds/w/journal/stream", "/v1/packs"])
def test_nobody_is_let_into_another_protocol(origin: str, path: str) -> None:
    offer = (
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
        "sec-websocket-version: 13",
    )
    head = asked(origin, path, "host: evil.example", "origin: http://evil.example", *offer).partition(b"\r\n\r\n")[0]
    assert statuses(head)[0] in {401, 403}
    assert b"101" not in head
    assert b"access-control-allow-origin" not in head


def test_wrong_tokens_of_any_length_are_compared_by_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[set[int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append({len(one), len(other)})
        return one == other

    monkeypatch.setattr(control_key, "compare_digest", compare)
    app = create_app()
    state, now = app.context.worlds.default.state, app.context.worlds.default.read_clock()
    key = ControlKey(TOKEN)
    for wrong in ("", "x", TOKEN[:-1], TOKEN + "x", "x" * 10_000):
        with pytest.raises(Unauthenticated):
            key.authenticate(wrong, state, now)
    assert compared == [{32}] * 5


def test_the_token_is_in_no_log_no_address_and_no_journal() -> None:
    command = [
        sys.executable,
        "-m",
        "mock_server",
        "serve",
        "--port",
        "0",
        "--log-level",
        "debug",
        "--control-token",
        TOKEN,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "http://" not in said:
                said += process.stdout.readline()
            url = "http://" + said.partition("http://")[2].partition("/")[0]
            key = {"Authorization": f"Bearer {TOKEN}"}
            answers = [
                plain.get(f"{url}{PLAIN}", headers=key),
                plain.get(f"{url}/_mock", headers=key),
                plain.get(f"{url}{PLAIN}", params={"access_token": TOKEN}),
                plain.get(f"{url}{PLAIN}/w/state", headers={"Authorization": f"Bearer {TOKEN}x"}),
                plain.get(f"{url}/v1/packs", params={"control_token": TOKEN}, headers=key),
                plain.get(f"{url}{PLAIN}/default/journal", headers=key),
            ]
            assert [answer.status_code for answer in answers] == [200, 307, 401, 401, 401, 200]
            assert [TOKEN in str(answer.headers) + answer.text for answer in answers] == [False] * 6
        finally:
            process.terminate()
        said += process.stdout.read()
    assert "GET /v1/packs → 401" in said
    assert TOKEN not in said
