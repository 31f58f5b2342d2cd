"""One budget for file contents, journals and snapshots: what gives way, in which order, and what is refused."""

import gc
import itertools
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import Settings, create_app
from mock_server.settings import MIB
from mock_server.state.blobs import count_bytes, make_blob
from mock_server.worlds.memory import MemoryBudget
from tests.archives import zipped
from tests.mock_server.serving import Mock, refusal, served

FILE = "/v1/packs/pack_acme_release_notes/files/behavior.md"
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def bounded(tokens: dict[str, str]) -> Iterator[Callable[..., Mock]]:
    """A mock that may keep so many MiB more than this process holds already."""
    started = []

    def start(mib: float, **settings: Any) -> Mock:
        gc.collect()  # so that nothing of an earlier mock goes while this one is looked at
        context = served(create_app(Settings(max_memory=count_bytes() + int(mib * MIB), **settings)))
        started.append(context)
        return Mock(context.__enter__(), "default", tokens)

    yield start
    for context in started:
        context.__exit__(None, None, None)


def contents() -> Iterator[bytes]:
    """So many different contents of 1 MiB."""
    return (b"%d " % number * (MIB // 2) for number in itertools.count(1))


def put_file(mock: Mock, content: bytes) -> int:
    return mock.send("PUT", FILE, "acme-owner", content=content[:MIB], headers=BINARY).status_code


def test_the_oldest_bodies_go_first(bounded: Callable[..., Mock]) -> None:
    mock = bounded(1)
    for number in range(40):
        mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", content=b" " * 60_000 + b"%d" % number)
    kept = mock.entries
    assert [entry["id"] for entry in kept] == list(range(1, 41)), "an entry without bodies is still an entry"
    whole = [entry["request"] is not None for entry in kept]
    assert not whole[0]
    assert whole[-1]
    assert whole == sorted(whole), "oldest first"
    assert {entry["code"] for entry in kept} == {"validation_error"}
    assert kept[0]["response"] is None
    assert kept[0]["reason"] is None


def test_the_oldest_bodies_go_first_whatever_world_they_are_of(bounded: Callable[..., Mock]) -> None:
    mock = bounded(1)
    for number in range(40):
        world = {"X-Mock-World": f"w{number % 4}"}
        mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", content=b" " * 60_000, headers=world)
    whole = []
    for world in range(4):
        shown = mock.send("GET", f"/_mock/worlds/w{world}/journal").json()["entries"]
        whole += [(4 * position + world, entry["request"] is not None) for position, entry in enumerate(shown)]
    flags = [flag for _, flag in sorted(whole)]
    assert flags == sorted(flags)
    assert {True, False} == set(flags)


def test_contents_that_only_a_journal_holds_give_way_to_new_ones(bounded: Callable[..., Mock]) -> None:
    mock = bounded(8)
    before = count_bytes()
    for content in itertools.islice(contents(), 30):
        assert put_file(mock, content) == 200
    assert count_bytes() - before <= 8 * MIB
    assert len(mock.entries) < 30
    assert mock.entries[-1]["id"] == 30
    assert refusal(mock.control("POST", "/rewind", json={"to": 1})) == (404, "entry_unknown")


def upload(mock: Mock, content: bytes, name: str = "big") -> int:
    packed = zipped({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode(), "behavior.md": content})
    files = {"archive": ("p", packed, "application/gzip")}
    return mock.send("POST", "/v1/packs/upload", "acme-owner", files=files).status_code


def test_the_oldest_bodies_make_room_for_an_upload(bounded: Callable[..., Mock]) -> None:
    mock = bounded(4)
    before = count_bytes()  # the seed data among it
    for _ in range(30):
        mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", content=b" " * 60_000)
    assert all(entry["request"] for entry in mock.entries), "so far there is room for all of them"
    assert upload(mock, next(contents()) * 3) == 201
    kept = mock.entries
    assert [entry["id"] for entry in kept] == list(range(1, 32)), "bodies suffice"
    whole = [entry["request"] is not None for entry in kept]
    assert (whole[0], whole[-1], whole) == (False, True, sorted(whole))
    assert count_bytes() - before + 60_000 * (sum(whole) - 1) <= 4 * MIB


def test_what_would_be_kept_beyond_the_budget_is_refused_by_both_apis(bounded: Callable[..., Mock]) -> None:
    mock = bounded(2)
    makes = contents()
    assert [upload(mock, next(makes), f"big-{number}") for number in range(3)] == [201, 413, 413]
    assert upload(mock, next(makes)[: MIB // 2], "half") == 201
    assert mock.send("GET", FILE, "acme-owner").status_code == 200
    image = zipped({"pack.yaml": b"name: big\nversion: 1.0.0\n", "behavior.md": next(makes)})
    path = "/images/registry.example.com/team/big:1.0.0"
    before = mock.control("GET", "/state").content
    answer = mock.control("PUT", path, content=image, headers={"Content-Type": "application/gzip"})
    assert refusal(answer) == (503, "memory_full")
    assert mock.control("GET", "/state").content == before
    gone = {"action": "teardown", "state": "pack exists", "params": {"org_id": "org_acme"}, "values": {}}
    assert mock.control("POST", "/states", json=gone).status_code == 200


def test_a_snapshot_holds_what_is_in_it_until_it_is_deleted(bounded: Callable[..., Mock]) -> None:
    mock = bounded(4)
    makes = contents()
    put = []
    for number in range(20):
        put.append(put_file(mock, next(makes)))
        if put[-1] != 200:
            break
        assert mock.control("POST", "/snapshots", json={"name": f"s{number}"}).status_code == 201
    assert put == [200, 200, 200, 413]
    assert put_file(mock, next(makes)) == 413
    names = [each["name"] for each in mock.control("GET", "/snapshots").json()["snapshots"]]
    assert names == ["s0", "s1", "s2"]
    for name in names[:2]:
        mock.control("DELETE", f"/snapshots/{name}")
    assert put_file(mock, next(makes)) == 200
    assert mock.control("POST", "/snapshots", json={"name": "again"}).status_code == 201


def test_a_snapshot_that_does_not_fit_is_refused(bounded: Callable[..., Mock]) -> None:
    mock = bounded(1)
    names = (f"s{number}" for number in range(1000))
    refused = next(
        answer
        for name in names
        if (answer := mock.control("POST", "/snapshots", json={"name": name})).status_code != 201
    )
    assert refusal(refused) == (503, "memory_full")
    assert "--max-memory" in refused.json()["error"]["message"]
    kept = [each["name"] for each in mock.control("GET", "/snapshots").json()["snapshots"]]
    assert len(kept) > 2
    mock.control("DELETE", f"/snapshots/{kept[0]}")
    assert mock.control("POST", "/snapshots", json={"name": "again"}).status_code == 201


def test_an_import_and_an_image_that_do_not_fit_are_refused_and_change_nothing(
    bounded: Callable[..., Mock], tokens: dict[str, str]
) -> None:
    with served(create_app()) as url:
        roomy = Mock(url, "default", tokens)
        put_file(roomy, next(contents()))
        document = roomy.control("GET", "/state").content
    narrow = bounded(0.2)
    before = narrow.control("GET", "/state").content
    answer = narrow.control("PUT", "/state", content=document, headers={"Content-Type": "application/json"})
    assert refusal(answer) == (503, "memory_full")
    image = zipped({"pack.yaml": b"name: big\nversion: 1.0.0\n", "behavior.md": next(contents())})
    path = "/images/registry.example.com/team/big:1.0.0"
    answer = narrow.control("PUT", path, content=image, headers={"Content-Type": "application/gzip"})
    assert refusal(answer) == (503, "memory_full")
    assert narrow.control("GET", "/state").content == before


def test_a_mock_that_is_full_says_so_in_its_log_once(
    bounded: Callable[..., Mock], caplog: pytest.LogCaptureFixture
) -> None:
    mock = bounded(1)
    image = "/images/registry.example.com/team/big:1.0.0"
    makes = contents()
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            upload = zipped({"pack.yaml": b"name: big\nversion: 1.0.0\n", "behavior.md": next(makes)})
            files = {"archive": ("p", upload, "application/gzip")}
            made = mock.send("POST", "/v1/packs/upload", "acme-owner", files=files, headers={"X-Mock-World": "w"})
            assert refusal(made) == (413, "payload_too_large")
            listed = mock.send("GET", "/v1/packs", "acme-owner", headers={"X-Mock-World": "w"})
            assert listed.status_code == 200
            assert put_file(mock, next(makes)) == 413
    assert len([each for each in caplog.records if "--max-memory" in each.getMessage()]) == 1
    answer = mock.control("PUT", image, content=upload, headers={"Content-Type": "application/gzip"})
    assert answer.status_code == 503
    mock.control("DELETE", "")
    mock.send("DELETE", "/_mock/worlds/w")
    assert mock.control("POST", "/snapshots", json={"name": "s"}).status_code == 201


def test_what_a_journal_drops_is_held_by_nobody(bounded: Callable[..., Mock]) -> None:
    mock = bounded(100, journal=2)
    before = count_bytes()
    for content in itertools.islice(contents(), 10):
        assert put_file(mock, content) == 200
    gc.collect()
    assert count_bytes() - before <= 3 * (MIB + 4096), "and an image beside each"


class Entry:
    """An entry of a journal, as the budget sees it."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.ended = time.perf_counter()

    def drop_content(self) -> None:
        self.room = min(self.room, 10)


class Ring:
    """A journal, as the budget sees it."""

    def __init__(self, memory: MemoryBudget, most: int) -> None:
        self.memory = memory
        self.most = most
        self.entries: list[Entry] = []

    def add(self, room: int) -> None:
        if len(self.entries) == self.most:
            self.memory.remove_entry(self.entries.pop(0))
        entry = Entry(room)
        self.memory.add_entry(entry)
        self.entries.append(entry)

    def list_with_content(self) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.room > 10)

    def list_times(self) -> Iterator[float]:
        return (entry.ended for entry in self.entries)

    def drop_until(self, time: float) -> None:
        while self.entries and self.entries[0].ended <= time:
            self.memory.remove_entry(self.entries.pop(0))


@given(
    limit=st.integers(100, 5000),
    steps=st.lists(
        st.one_of(st.tuples(st.integers(0, 2), st.integers(10, 900)), st.integers(-2000, 2000)), max_size=60
    ),
)
def test_the_sum_is_right_and_within_the_budget_as_far_as_journals_can_help(
    limit: int, steps: list[tuple[int, int] | int]
) -> None:
    rings: list[Ring] = []
    memory = MemoryBudget(limit + count_bytes(), lambda: rings)
    rings += [Ring(memory, 8) for _ in range(3)]
    held = make_blob(b"held")
    for step in steps:
        if isinstance(step, int):
            memory.snapshots = max(0, memory.snapshots + step)
            fits = memory.make_room()
            assert fits == (memory.used <= memory.limit)
            assert fits or memory.data > memory.limit or sum(e.room for r in rings for e in r.entries) <= limit
        else:
            rings[step[0]].add(step[1])
        room = sum(entry.room for ring in rings for entry in ring.entries)
        assert memory.used == memory.data + room
        whole = sorted((entry.ended, entry.room > 10) for ring in rings for entry in ring.entries)
        if memory.data <= memory.limit:
            bare = sum(entry.room for ring in rings for entry in ring.entries if entry.room <= 10)
            assert memory.used <= memory.limit + bare  # looking on is left where it was no help before
            flags = [flag for _, flag in whole if flag]
            assert flags == sorted(flags)
    assert held.data == b"held"
