"""A mock whose control API asks for a token."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.errors import StartError
from tests import plain
from tests.live import served_mock
from tests.mock_server.serving import refusal, served
from tests.openapi import control_contract

TOKEN = "fake-control-token"
KEY = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
PUBLIC = {"/health", "/jwks.json", "/login", "/control.yaml", "/state.schema.json"}
CONTRACT = control_contract()
CALLS = [
    (method.upper(), path)
    for path, item in CONTRACT["paths"].items()
    for method in item
    if method != "parameters" and path not in PUBLIC
]


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with served(create_app(Settings(control_token=TOKEN))) as url:
        yield f"{url}/_mock"


def asking(url: str, method: str, path: str, credential: str | None) -> httpx.Response:
    filled = path.format(
        world="w",
        snapshot="s",
        org_id="org_acme",
        image_ref="x/y:1",
        fault_id=1,
        collection="roles",
        key="role_acme_oncall",
    )
    headers = {} if credential is None else {"Authorization": credential}
    return plain.request(method, url + filled, headers=headers)


@pytest.mark.parametrize(("method", "path"), CALLS, ids=str)
def test_no_call_is_taken_without_the_token(guarded: str, method: str, path: str) -> None:
    for credential in (None, "Bearer nothing", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer"):
        answer = asking(guarded, method, path, credential)
        assert refusal(answer) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
        advice = "Send the token of --control-token as a bearer credential."
        assert answer.json()["error"]["details"] == {"advice": advice}


@pytest.mark.parametrize(("method", "path"), [each for each in CALLS if not each[1].endswith("/stream")], ids=str)
def test_with_the_token_every_call_is_looked_at(guarded: str, method: str, path: str) -> None:
    assert asking(guarded, method, path, f"bearer {TOKEN}").status_code != 401


@pytest.mark.parametrize("path", sorted(PUBLIC))
def test_what_a_browser_or_a_probe_asks_for_is_open(guarded: str, path: str) -> None:
    assert plain.get(guarded + path, params={"persona": "acme-owner"} if path == "/login" else {}).status_code == 200


def test_a_persona_or_the_control_token_opens_only_its_own_side(guarded: str) -> None:
    assert refusal(plain.get(f"{guarded}/personas", headers=KEY)) == (401, "unauthenticated")
    api = f"{guarded.removesuffix('/_mock')}/v1/packs"
    assert plain.get(api, headers=KEY).status_code == 200
    assert refusal(plain.get(api, headers={"Authorization": f"Bearer {TOKEN}"})) == (401, "unauthenticated")


def test_the_contract_says_on_each_call_that_it_may_be_refused() -> None:
    for method, path in CALLS:
        assert "401" in CONTRACT["paths"][path][method.lower()]["responses"], (method, path)
        if method != "GET":
            assert "403" in CONTRACT["paths"][path][method.lower()]["responses"], (method, path)
    for path in PUBLIC:
        assert CONTRACT["paths"][path]["get"]["security"] == []


@pytest.mark.parametrize("token", ["", " ", "two words", "t\u00f6ken", "tab\t", "line\n"])
def test_what_cannot_be_sent_as_a_credential_stops_the_start(token: str) -> None:
    with pytest.raises(StartError, match="--control-token"):
        create_app(Settings(control_token=token))


def test_settings_do_not_show_it() -> None:
    assert TOKEN not in repr(Settings(control_token=TOKEN))


def test_the_command_line_takes_it_and_origins() -> None:
    with served_mock("--control-token", TOKEN, "--cors-origin", "https://app.example") as url:
        assert asking(f"{url}/_mock", "GET", "/worlds", None).status_code == 401
        assert asking(f"{url}/_mock", "GET", "/worlds", f"Bearer {TOKEN}").status_code == 200
        shared = plain.get(f"{url}/v1/packs", headers={"Origin": "https://app.example"})
        assert shared.headers["access-control-allow-origin"] == "https://app.example"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--host", "0.0.0.0"], "--control-token"),  # noqa: S104  (refused)
        (["--control-token", "two words"], "--control-token"),
        (["--cors-origin", "*"], "--cors-origin"),
    ],
)
def test_a_start_that_would_leave_it_open_is_refused_in_one_sentence(options: list[str], told: str) -> None:
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
