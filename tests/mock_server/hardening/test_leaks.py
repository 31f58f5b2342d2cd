"""No credential is left anywhere, and no traceback reaches anybody: a long and busy life of a mock, searched."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests import plain
from tests.mock_server.hardening.archives import entry, packed
from tests.mock_server.serving import Mock, contract_with, json_response, refusal, refusals, served

CONTROL = "control-token-fake-0123456789"
WORLDS = ("default", "one", "two")


class Answered(NamedTuple):
    """What came back, and no more of the exchange: there are thousands."""

    method: str
    status: int
    headers: str
    text: str


def life(origin: str, tokens: Mapping[str, str], rounds: int) -> tuple[list[Answered], set[str]]:
    """Requests of every kind with credentials in every place; all answers, and all credentials."""
    control = {"Authorization": f"Bearer {CONTROL}"}
    secrets, answers = {CONTROL, *tokens.values()}, list[Answered]()
    for number in range(rounds):
        world = WORLDS[number % len(WORLDS)]
        for persona in tokens:
            how = ("expired", "revoked", "valid")[number % 3]
            body = {"persona": persona, "state": how}
            given = plain.post(f"{origin}/_mock/worlds/{world}/tokens", headers=control, json=body).json()["token"]
            secrets.add(given)
            for token in (tokens[persona], given, tokens[persona] + "x", tokens[persona][:-1]):
                for each in sent(Mock(origin, world, tokens), token):
                    answers.append(Answered(each.request.method, each.status_code, str(each.headers), each.text))
        plain.post(f"{origin}/_mock/worlds/{world}/snapshots", headers=control, json={"name": f"s{number}"})
    return answers, secrets


def sent(mock: Mock, token: str) -> Iterator[httpx.Response]:
    """A credential where it belongs, and wherever else somebody may put it."""
    bearer = {"Authorization": f"Bearer {token}"}
    yield mock.send("GET", "/v1/me/session", headers=bearer)
    yield mock.send("GET", "/v1/me/session", headers={"Authorization": f"Basic {token}"})
    yield mock.send("GET", "/v1/me/session", headers={"Cookie": f"wos_session={token}; other={token}"})
    yield mock.send("GET", "/v1/packs", headers={"X-Mock-Control-Token": token, "Proxy-Authorization": token})
    yield mock.send("GET", f"/v1/packs?token={token}&access_token={token}&x={token}", headers=bearer)
    yield mock.send("GET", f"/v1/packs/{token}", headers=bearer)
    yield mock.send("GET", f"/v1/{token}/{token}", headers=bearer | {"X-Request-Id": token, "User-Agent": token})
    yield mock.send("PATCH", "/v1/packs/pack_acme_pager", headers=bearer, json={"visibility": token, token: token})
    yield mock.send("POST", "/v1/packs", headers=bearer, json={"image_ref": token})
    yield mock.send("POST", "/v1/packs", headers=bearer | {"Content-Type": token}, content=token)
    files = {"archive": (token, packed(entry(f"data/{token[:80]}", b"x")), "application/gzip"), token: ("x", token)}
    yield mock.send("POST", "/v1/packs/upload", headers=bearer, files=files)
    yield mock.send("PUT", "/v1/packs/pack_acme_pager/files/behavior.md", headers=bearer, content=token.encode())
    yield mock.send("GET", "/v1/packs", headers=bearer | {"Prefer": f"code={token}"})
    yield mock.control("GET", "/journal", headers={"Authorization": f"Bearer {token}"})
    yield mock.send("GET", f"/_mock/login?persona={token}", headers={"Host": "127.0.0.1"})


def told(origin: str) -> Iterator[tuple[str, str]]:
    """Whatever the mock tells of its worlds, by its own API and by the commands."""
    control = {"Authorization": f"Bearer {CONTROL}"}
    yield "worlds", plain.get(f"{origin}/_mock/worlds", headers=control).text
    for world in WORLDS:
        for what in ("journal", "state", "snapshots", "coverage", "faults", "clock"):
            answer = plain.get(f"{origin}/_mock/worlds/{world}/{what}", headers=control)
            assert answer.status_code == 200, answer.text
            yield f"{world}/{what}", answer.text
        for snapshot in plain.get(f"{origin}/_mock/worlds/{world}/snapshots", headers=control).json()["snapshots"]:
            name = f"{world}/snapshots/{snapshot['name']}"
            yield name, plain.get(f"{origin}/_mock/worlds/{name}/diff", headers=control).text
    for command in (["journal", "--last", "1000"], ["journal", "verify", "--status", "299"], ["coverage"]):
        script = str(Path(sys.executable).with_name("evershell-mock"))
        where = ["--url", origin, "--world", WORLDS[0], "--control-token", CONTROL]
        done = subprocess.run([script, *command, *where], capture_output=True, text=True, check=False)
        yield " ".join(command), done.stdout + done.stderr


def places(texts: Mapping[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    """Where a secret stands: as a whole, and of a session what nobody else could make."""
    parts = {part for secret in secrets for part in (secret, secret.rpartition(".")[2]) if len(part) >= 12}
    return [(place, part[:24]) for place, text in texts.items() for part in parts if part in text]


Left = tuple[dict[str, str], set[str], list[Answered]]


def lived(folder: Path, tokens: Mapping[str, str], rounds: int) -> Left:
    """Everything that is left of a mock's life: what it told, its log, what it saved; the secrets; the answers."""
    saved, log = folder / "saved.json", folder / "log"
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--log-level", "debug"]
    options = ["--control-token", CONTROL, "--save-state", str(saved)]
    with (
        log.open("wb") as written,
        subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=written, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            found = re.search(r"http://[\d.]+:\d+", first)
            assert found is not None
            answers, secrets = life(found[0], tokens, rounds)
            texts = dict(told(found[0]))
            process.send_signal(signal.SIGTERM)
            printed = first + process.communicate(timeout=60)[0]
        finally:
            process.kill()
    assert CONTROL not in printed  # of the others it shows one, as a first call to try: they are public
    return texts | {"log": log.read_text("utf-8"), "saved": saved.read_text("utf-8")}, secrets, answers


def searched(tmp_path: Path, tokens: Mapping[str, str], rounds: int) -> int:
    texts, secrets, answers = lived(tmp_path, tokens, rounds)
    # What a caller sent in a path or a body may be told to that caller again; a header of theirs is not.
    texts |= {f"answer {n} to {each.method}": each.headers for n, each in enumerate(answers)}
    assert places(texts, secrets) == []
    bodies = [answer.text for answer in answers]
    assert [body for body in [*texts.values(), *bodies] if "Traceback (most" in body or "site-packages" in body] == []
    assert {answer.status for answer in answers} >= {200, 400, 401, 403, 404}
    assert max(answer.status for answer in answers) < 500
    return len(answers)


def test_no_credential_is_left_anywhere(tmp_path: Path, tokens: dict[str, str]) -> None:
    few = {name: token for name, token in tokens.items() if name in ("acme-owner", "acme-full-access", "globex-member")}
    assert searched(tmp_path, few, 1) > 150


@pytest.mark.long
@pytest.mark.timeout(900)
def test_nor_after_a_long_life(tmp_path: Path, tokens: dict[str, str]) -> None:
    assert searched(tmp_path, tokens, 5) > 10_000


def test_what_breaks_inside_reaches_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A handler that fails: the envelope outside, the traceback in the log."""
    made_up = {"get": {"operationId": "x.break", "responses": {"200": json_response({"type": "object"}), **refusals()}}}

    def breaks(_state: State, _request: Request) -> tuple[State, Reply]:
        raise RuntimeError("secret-of-the-house")

    contract = contract_with(tmp_path, {"/x/break": made_up})
    app = create_app(Settings(contract=contract), {"x.break": Handler(breaks)})
    with served(app) as origin:
        personas: Any = plain.get(f"{origin}/_mock/personas").json()["personas"]
        answer = plain.get(f"{origin}/v1/x/break", headers={"Authorization": f"Bearer {personas[0]['token']}"})
        journal = plain.get(f"{origin}/_mock/worlds/default/journal").text
    assert refusal(answer) == (500, "contract_breach")
    assert "secret-of-the-house" not in answer.text + str(answer.headers) + json.dumps(journal)
    assert "secret-of-the-house" in caplog.text


ON_A_PACK = {
    "packs.get": ("GET", "", {}),
    "packs.read_file": ("GET", "/files/pack.yaml", {}),
    "packs.update_visibility": ("PATCH", "", {"json": {"visibility": "org"}}),
    "packs.replace_image": ("PUT", "", {"json": {"image_ref": "registry.example/acme/pager:1.0.0"}}),
    "packs.replace_file": ("PUT", "/files/behavior.md", {"content": b"x"}),
    "packs.delete": ("DELETE", "", {}),
}


@pytest.mark.parametrize("operation", ON_A_PACK)
def test_a_private_pack_of_another_org_and_one_that_is_not_there_are_one_to_others(mock: Mock, operation: str) -> None:
    """By status, text and headers; by time: make bench-hidden."""
    listed = mock.send("GET", "/v1/packs", "globex-owner").json()["packs"]
    hidden = next(pack["id"] for pack in listed if pack["owned"] and pack["visibility"] == "org")
    method, tail, options = ON_A_PACK[operation]
    told = []
    for pack_id in (hidden, hidden[:-6] + "absent"):
        answer = mock.send(method, f"/v1/packs/{pack_id}{tail}", "acme-owner", **options)
        assert answer.status_code == 404
        error = answer.json()["error"]
        del error["request_id"]
        told.append((error, answer.headers.keys(), answer.headers["content-length"]))
    assert told[0] == told[1]
