"""With a frozen clock the same requests get the same bytes: in two fresh worlds, and from two processes."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.archives import zipped
from tests.live import served_mock
from tests.mock_server.serving import Mock

CLOCK = {"mode": "frozen", "now": "2026-06-01T00:00:00.123456Z"}
FILE = "/v1/packs/pack_acme_release_notes/files/behavior.md"
BINARY = {"Content-Type": "application/octet-stream"}
PACK = zipped({"pack.yaml": b"name: new\nversion: 1.0.0\n", "behavior.md": b"Be new.\n"})
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="archive"; filename="p"\r\n\r\n' + PACK + b"\r\n"
    b'--x\r\nContent-Disposition: form-data; name="visibility"\r\n\r\ncommunity\r\n--x--\r\n'
)


def story(mock: Mock) -> Iterator[httpx.Response]:
    """Successes and refusals of every operation, and what is told of them."""
    yield mock.send("GET", "/v1/me/session", "acme-owner")
    yield mock.send("GET", "/v1/packs", "acme-owner")
    made = mock.send("POST", "/v1/packs", "acme-owner", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
    yield made
    pack = f"/v1/packs/{made.json()['id']}"
    yield mock.send("PUT", pack, "acme-owner", json={"image_ref": "registry.example.com/team/pack:1.3.0"})
    yield mock.send("PATCH", pack, "acme-owner", json={"visibility": "community"})
    yield mock.send("GET", pack, "globex-read-only")
    yield mock.send("POST", "/v1/packs/upload", "acme-owner", content=UPLOAD, headers=FORM)
    yield mock.send("PUT", FILE, "acme-owner", content=b"New words.\n", headers=BINARY)
    yield mock.send("GET", FILE, "acme-owner")
    yield mock.send("DELETE", pack, "acme-owner")
    yield mock.send("GET", pack, "acme-owner")
    yield mock.send("PATCH", pack, "initech-owner", json={"visibility": "org"})
    yield mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", json={"visibility": "private"})
    yield mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-member", json={"visibility": "org"})
    yield mock.send("GET", "/v1/packs")
    yield mock.send("DELETE", "/v1/packs")
    yield mock.send("GET", "/v1/nowhere")
    yield mock.send("GET", "/nowhere")
    yield mock.send("GET", "/v1/packs", "acme-owner", headers={"Origin": "http://localhost:5173"})
    yield mock.send("GET", "/v1/packs", headers={"Cookie": f"wos_session={mock.tokens['acme-owner']}"})
    yield mock.send("HEAD", "/v1/packs", "acme-owner")
    yield mock.send("DELETE", "/v1/packs/pack_01HZ", headers={"Prefer": "code=409, error=pack_in_use"})
    mock.control("POST", "/faults", json={"operation_id": "packs.list", "status": 401})  # its id is never had again
    yield mock.send("GET", "/v1/packs", "acme-owner")
    yield mock.control("POST", "/tokens", json={"persona": "acme-member", "expires_in": 60})
    yield mock.control("GET", "/state")
    yield mock.control("GET", "/coverage")
    params = {"org_id": "org_acme", "role": "owner"}
    yield mock.control("POST", "/states", json={"action": "setup", "state": "credential is revoked", "params": params})
    yield mock.control("PUT", "/clock", json={"advance_seconds": 1})
    yield mock.send("GET", "/v1/packs/pack_acme_pager", "acme-owner")


def told(mock: Mock) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    """Status, headers and body of each answer; without what is no world's own, and without links to its journal."""
    assert mock.control("PUT", "/clock", json=CLOCK).status_code == 200
    control = {"x-request-id", "date"}
    return [
        (
            answer.status_code,
            [
                item
                for item in answer.headers.items()
                if item[0] != "x-mock-journal" and ("/_mock/" not in str(answer.url) or item[0] not in control)
            ],
            answer.content,
        )
        for answer in story(mock)
    ]


def test_two_fresh_worlds_answer_alike(mock: Mock) -> None:
    other = Mock(mock.origin, f"{mock.world}-other", mock.tokens)
    one = told(mock)
    assert one == told(other)
    assert {status for status, _, _ in one} >= {200, 201, 400, 401, 403, 404, 405, 423}
    assert all("date" in dict(headers) for status, headers, _ in one if status == 405)


def test_a_world_that_is_reset_answers_as_a_fresh_one(mock: Mock) -> None:
    one = told(mock)
    mock.control("POST", "/reset")
    mock.control("DELETE", "/coverage")
    assert told(mock) == one


@pytest.mark.parametrize("seed", ["0", "7"])
def test_two_processes_answer_alike(tokens: dict[str, str], seed: str) -> None:
    with ExitStack() as running:
        urls = [running.enter_context(served_mock("--seed", seed, anew=True)) for _ in range(2)]
        one, other = (told(Mock(url, "default", tokens)) for url in urls)
    assert one == other


def test_another_seed_gives_other_ids(mock: Mock, tokens: dict[str, str]) -> None:
    with served_mock("--seed", "7") as url:
        other = Mock(url, mock.world, tokens)
        body = {"image_ref": "registry.example.com/team/pack:1.2.0"}
        answers = [each.send("POST", "/v1/packs", "acme-owner", json=body) for each in (mock, other)]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    assert answers[0].headers["x-request-id"] != answers[1].headers["x-request-id"]
