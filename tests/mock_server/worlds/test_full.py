"""What counts for --max-memory, and a mock that is full: what it refuses, and that all else is served."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.settings import MIB
from mock_server.state.blobs import count_bytes
from mock_server.worlds.memory import MemoryBudget
from tests import plain
from tests.archives import zipped
from tests.mock_server.serving import Mock, refusal, served

BINARY = {"Content-Type": "application/octet-stream"}
FILE = "/v1/packs/pack_acme_release_notes/files/behavior.md"


class Client(Mock):
    """Asks over one connection."""

    def __init__(self, origin: str, tokens: dict[str, str]) -> None:
        super().__init__(origin, "default", tokens)
        self.client = plain.Client(base_url=origin)

    def send(self, method: str, path: str, persona: str | None = None, **options: Any) -> httpx.Response:
        headers = {"X-Mock-World": self.world, **options.pop("headers", {})}
        if persona is not None:
            headers["Authorization"] = f"Bearer {self.tokens[persona]}"
        return self.client.request(method, path, headers=headers, **options)


@dataclass
class Bounded:
    """A mock that may keep only so much, and what it counts."""

    mock: Client
    memory: MemoryBudget

    def upload(self, name: str, files: dict[str, bytes], world: str = "default") -> httpx.Response:
        packed = zipped({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode(), **files})
        options: dict[str, Any] = {"files": {"archive": ("p", packed, "application/gzip")}}
        return self.mock.send("POST", "/v1/packs/upload", "acme-owner", headers={"X-Mock-World": world}, **options)

    def counted(self, action: Callable[[], object]) -> int:
        """How much more counts after it."""
        before = self.memory.used
        action()
        return self.memory.used - before


Start = Callable[[float], Bounded]


@pytest.fixture
def bounded(tokens: dict[str, str]) -> Iterator[Start]:
    """A mock that may keep so many MiB more than this process holds already."""

    def start(mib: float) -> Bounded:
        gc.collect()  # so that nothing of an earlier mock goes while this one is looked at
        app = create_app(Settings(max_memory=count_bytes() + int(mib * MIB)))
        mock = Client(stack.enter_context(served(app)), tokens)
        stack.enter_context(mock.client)
        return Bounded(mock, app.context.worlds.memory)

    with ExitStack() as stack:
        yield start


@pytest.fixture
def filled(bounded: Start) -> Bounded:
    """A mock in which nothing more fits, however small it is."""
    full = bounded(1)
    for number in range(20):
        full.upload(f"filler-{number}", {"behavior.md": b"%02d" % number * (MIB // 2 >> number)})
    for number in range(40):
        if create(full.mock, f"w{number}").status_code == 413:
            while full.mock.control("POST", "/tokens", json={"persona": "acme-owner"}).is_success:
                pass
            return full
    raise AssertionError("it is never full")


def create(mock: Mock, world: str) -> httpx.Response:
    """Make a pack of an image of the seed data."""
    body = {"image_ref": "registry.example.com/globex/metrics:1.0.0"}
    return mock.send("POST", "/v1/packs", "acme-owner", json=body, headers={"X-Mock-World": world})


def put_file(mock: Mock, content: bytes) -> httpx.Response:
    return mock.send("PUT", FILE, "acme-owner", content=content, headers=BINARY)


def test_what_would_add_to_a_full_mock_is_refused_and_leaves_nothing(filled: Bounded) -> None:
    mock, memory = filled.mock, filled.memory
    state, packs = mock.control("GET", "/state").content, mock.send("GET", "/v1/packs", "acme-owner").content
    before = memory.data
    answers = [
        filled.upload("another", {"behavior.md": b"x" * MIB}),
        filled.upload("another", {}),
        put_file(mock, b"y" * 100_000),
        create(mock, "elsewhere"),
    ]
    for answer in answers:
        assert refusal(answer) == (413, "payload_too_large")
        error = answer.json()["error"]
        assert error["details"] == {"limit": memory.limit}
        for advice in ("--max-memory", "Delete packs, snapshots or worlds", "reset worlds"):
            assert advice in error["message"]
    assert memory.data == before
    assert mock.control("GET", "/state").content == state
    assert mock.send("GET", "/v1/packs", "acme-owner").content == packs
    cells = mock.control("GET", "/coverage").json()["cells"]
    met = {cell["operation_id"] for cell in cells if cell["code"] == "payload_too_large" and cell["count"]}
    assert met == {"packs.upload", "packs.replace_file"}


def test_what_a_request_is_refused_for_anyway_is_said_first(filled: Bounded) -> None:
    assert refusal(filled.upload("filler-1", {})) == (409, "pack_exists")
    assert refusal(filled.upload("another", {"README.md": b"outside"})) == (400, "validation_error")


def test_a_full_mock_reads_changes_deletes_and_resets(filled: Bounded) -> None:
    mock = filled.mock
    shared = mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", json={"visibility": "community"})
    assert (shared.status_code, shared.json()["visibility"]) == (200, "community")
    written = mock.send("GET", "/v1/audit", "acme-owner", params={"limit": "10000"}).json()["events"]
    assert written[0]["event_type"] == "pack.visibility_changed"
    assert written[-1]["timestamp"] > "2026-06-01T09:00:00.000Z", "the oldest event made room for it"
    file = mock.send("GET", FILE, "acme-owner")
    assert file.status_code == 200
    assert put_file(mock, file.content).status_code == 200, "the same content keeps nothing more"
    mine = mock.send("GET", "/v1/packs", "acme-owner").json()["packs"]
    [largest] = [pack["id"] for pack in mine if pack["name"] == "filler-1"]
    assert mock.send("DELETE", f"/v1/packs/{largest}", "acme-owner").status_code == 200
    assert filled.upload("in-its-place", {"behavior.md": b"z" * 400_000}).status_code == 201
    assert mock.control("POST", "/reset").status_code == 200
    assert filled.upload("after-the-reset", {"behavior.md": b"z" * 800_000}).status_code == 201


def test_a_full_mock_makes_no_tokens_forks_and_snapshots(filled: Bounded) -> None:
    mock = filled.mock
    worlds = mock.send("GET", "/_mock/worlds").json()["worlds"]
    for path, body in (
        ("/tokens", {"persona": "acme-owner"}),
        ("/fork", {"name": "forked"}),
        ("/snapshots", {"name": "kept"}),
        ("/states", {"action": "setup", "state": "pack exists", "params": {"org_id": "org_acme"}}),
    ):
        answer = mock.control("POST", path, json=body)
        assert refusal(answer) == (503, "memory_full"), path
        assert answer.json()["error"]["details"] == {"limit": filled.memory.limit}
    billing = {"action": "setup", "state": "org has billing posture"}
    params = {"org_id": "org_acme", "posture": "past_due"}
    assert mock.control("POST", "/states", json={**billing, "params": params}).status_code == 200
    assert [each["name"] for each in mock.send("GET", "/_mock/worlds").json()["worlds"]] == [w["name"] for w in worlds]


def test_packs_count_until_their_world_is_reset_or_deleted(bounded: Start) -> None:
    mock = (full := bounded(20)).mock
    made = [full.upload(f"small-{number}", {}, "made") for number in range(50)]
    assert {each.status_code for each in made} == {201}
    assert full.memory.objects >= 50 * 512
    mock.send("POST", "/_mock/worlds/made/fork", json={"name": "forked"})
    assert full.memory.objects >= 200 * 512
    mock.send("POST", "/_mock/worlds/made/reset")
    assert 50 * 512 <= full.memory.objects <= 150 * 512, "a repository and an event are objects too"
    mock.send("DELETE", "/_mock/worlds/forked")
    assert full.memory.objects == 0
    mock.send("DELETE", "/v1/packs/pack_acme_pager", "acme-owner")
    assert full.memory.objects == 0, "what the seed data had is no room for others"


def test_what_a_pack_holds_beside_its_contents_counts(bounded: Start) -> None:
    full = bounded(20)
    files = {f"guides/{'long-' * 30}{number}.md": b"" for number in range(2000)}
    names = sum(map(len, files))
    assert full.counted(lambda: full.upload("empty-files", files)) > names
    told = b"name: told\nversion: 1.0.0\ncapabilities:\n" + b"- something that it can do\n" * 4000
    assert full.counted(lambda: full.upload("told", {"pack.yaml": told})) > 1.8 * len(told)


def test_a_changed_file_does_not_count_the_other_paths_again(bounded: Start) -> None:
    full = bounded(20)
    files = {f"guides/{'long-' * 30}{number}.md": b"" for number in range(2000)}
    pack_id = full.upload("empty-files", {"behavior.md": b"x", **files}).json()["id"]
    path = f"/v1/packs/{pack_id}/files/behavior.md"

    def change() -> None:
        for number in range(20):
            changed = full.mock.send("PUT", path, "acme-owner", content=b"%d" % number, headers=BINARY)
            assert changed.status_code == 200

    assert full.counted(change) < 20 * 10_000


LONG = "x" * 30_000


@pytest.mark.parametrize("where", ["query", "path", "header"])
def test_what_a_request_brings_beside_its_body_counts(bounded: Start, where: str) -> None:
    full = bounded(20)

    def ask() -> None:
        for number in range(50):
            text = f"{number}{LONG}"
            path = {"path": f"/v1/{text}", "query": f"/v1/packs?q={text}"}.get(where, "/v1/packs")
            full.mock.send("GET", path, headers={"X-Long": text} if where == "header" else {})

    assert 50 * len(LONG) < full.counted(ask) < 50 * (len(LONG) + 10_000)
    full.mock.control("DELETE", "/journal")
    assert full.counted(lambda: None) == 0
    assert full.memory.used - full.memory.data < 5_000


def test_headers_that_clients_send_again_and_again_count_once(bounded: Start) -> None:
    full = bounded(20)

    def ask() -> None:
        for number in range(100):
            persona = ("acme-owner", "acme-member", "globex-owner")[number % 3]
            assert full.mock.send("GET", "/v1/packs", persona, headers={"X-Long": LONG}).status_code == 200

    size = len(full.mock.send("GET", "/v1/packs", "acme-owner").content)
    assert full.counted(ask) < 3 * (len(LONG) + 5000) + 100 * (2200 + size)


def test_what_a_journal_lets_go_of_counts_no_more(bounded: Start) -> None:
    full = bounded(2)
    for number in range(200):
        full.mock.send("GET", f"/v1/packs?q={number}{LONG}", headers={"X-Long": f"{number}{LONG}"})
        assert full.memory.used <= full.memory.limit
    entries = full.mock.entries
    assert entries[0]["request"] is None
    assert entries[-1]["request"]["query"].endswith(LONG)
    assert len(entries) == 200, "without their queries and headers all of them fit"


def test_a_fault_keeps_no_world_that_is_gone(bounded: Start) -> None:
    full = bounded(20)
    mock, before = full.mock, full.memory.data
    fault = {"operation_id": "packs.list", "status": 401, "times": 5}
    gc.collect()
    gc.disable()
    try:
        mock.send("POST", "/_mock/worlds/gone/faults", json=fault)
        full.upload("large", {"behavior.md": b"x" * MIB}, "gone")
        for _ in range(5):
            assert mock.send("GET", "/v1/packs", headers={"X-Mock-World": "gone"}).status_code == 401
        assert full.memory.data > before + MIB
        assert mock.send("DELETE", "/_mock/worlds/gone").status_code == 200
        assert full.memory.data == before
    finally:
        gc.enable()
