"""The load generators count what a real server answered, and refuse to call a failure fast."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import load as loads
from benchmarks import servers
from benchmarks.load import Call, LoadError, load
from benchmarks.peers.data import Data
from tests import plain

TOKEN = "sk_mock_benchmark"
PACK = {"id": "pack_1", "visibility": "org", "updated_at": "2026-01-01T00:00:00Z"}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
BODIES = ('{"visibility": "community"}', '{"visibility": "org"}')


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data_file = tmp_path_factory.mktemp("peer") / "data.json"
    Data(TOKEN, {"pack_1": PACK}).write(data_file)
    with servers.run_peer("raw_starlette", data_file) as url:
        yield url


@pytest.fixture(params=["ours", "wrk"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which generator makes the load."""
    if request.param == "ours":
        monkeypatch.setattr(loads.shutil, "which", lambda _name: None)
    elif loads.shutil.which("wrk") is None:
        pytest.skip("wrk is not installed")
    return str(request.param)


@pytest.mark.usefixtures("by")
def test_successes_are_counted(peer: str) -> None:
    measured = load(Call("GET", f"{peer}/v1/packs/pack_1", HEADERS), 0.2)
    assert measured.requests_per_second > 0
    assert measured.p99_ms > 0


@pytest.mark.usefixtures("by")
def test_bodies_take_turns_and_reach_the_server(peer: str) -> None:
    url = f"{peer}/v1/packs/pack_1"
    load(Call("PATCH", url, HEADERS | {"Content-Type": "application/json"}, BODIES), 0.2)
    moved = plain.get(url, headers=HEADERS).json()["updated_at"]
    assert moved > PACK["updated_at"]


@pytest.mark.usefixtures("by")
@pytest.mark.parametrize("path", ["/v1/packs/absent", "/nowhere"])
def test_an_answer_that_is_no_success_is_no_measurement(peer: str, path: str) -> None:
    with pytest.raises(LoadError, match="answers were no success"):
        load(Call("GET", peer + path, HEADERS), 0.2)


@pytest.mark.usefixtures("by")
def test_a_server_that_is_not_there_is_no_measurement() -> None:
    with pytest.raises(LoadError):
        load(Call("GET", "http://127.0.0.1:9/v1/packs", HEADERS), 0.2)


@pytest.mark.parametrize("name", ["raw_starlette", "bare_connexion"])
def test_both_peers_answer_the_same(name: str, tmp_path: Path) -> None:
    example = json.loads(EXAMPLE)
    Data(TOKEN, {example["id"]: example}).write(tmp_path / "data.json")
    with (
        servers.run_peer(name, tmp_path / "data.json") as url,
        plain.Client(base_url=f"{url}/v1", headers=HEADERS) as client,
    ):
        one = f"/packs/{example['id']}"
        assert client.get(one).json() == example
        assert client.get("/packs").json() == {"packs": [example]}
        assert client.patch(one, json={"visibility": "community"}).json()["visibility"] == "community"
        assert client.get(one).json()["visibility"] == "community"
        assert client.get("/packs", headers={"Authorization": "Bearer other"}).status_code == 401


def test_memory_of_a_server_is_that_of_its_process() -> None:
    code = "x = bytearray(100 * 1024**2); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        resident = servers.Server("", process.pid).measure_resident_mib()
        process.kill()
    assert 100 < resident < 200


EXAMPLE = """{
    "id": "pack_01HZ", "org_id": "org_acme", "name": "slack", "display_name": "Slack", "version": "1.2.0",
    "tier": "community", "visibility": "org", "image_origin": "image_ref", "size_bytes": 2048, "owned": true,
    "image_ref": "registry.example.com/team/slack:1.2.0", "category": "messaging", "description": "Posts.",
    "image_digest": "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    "created_at": "2026-04-15T12:00:00Z", "updated_at": "2026-04-15T12:00:00Z"
}"""
