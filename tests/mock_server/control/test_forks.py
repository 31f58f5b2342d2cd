"""Worlds that fork and go, and stay apart whatever is done to them at once."""

import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from mock_server import Settings, create_app
from mock_server.app import PRODUCT, load_document
from mock_server.fixtures import load_seed
from mock_server.resources.packs.pack import PACKS
from mock_server.state.state import State
from mock_server.state.table import make_table
from mock_server.state.value import replace
from mock_server.worlds.world import World
from mock_server.worlds.worlds import Worlds
from tests import plain
from tests.mock_server.serving import Mock, refusal, served, wrong_fields

PACK = "pack_acme_pager"


def visibility(mock: Mock, world: str) -> str:
    answer = mock.send("GET", f"/_worlds/{world}/v1/packs/{PACK}", "acme-owner", headers={"X-Mock-World": world})
    return str(answer.json()["visibility"])


def test_a_fork_begins_where_the_world_stands_and_goes_its_own_way(mock: Mock) -> None:
    fork = f"{mock.world}-fork"
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    mock.control("PUT", "/orgs/org_globex/billing", json={"posture": "past_due"})
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "community"})
    answer = mock.control("POST", "/fork", json={"name": fork})
    assert (answer.status_code, answer.json()) == (201, {"name": fork})
    assert mock.send("GET", f"/_mock/worlds/{fork}/state").content == mock.control("GET", "/state").content
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "org"})
    assert (visibility(mock, mock.world), visibility(mock, fork)) == ("org", "community")


def test_a_fork_takes_no_fault_over(mock: Mock) -> None:
    fork = f"{mock.world}-sound"
    pack = "pack_acme_release_notes"
    for role in ("role_globex_releases", "role_hooli_writer"):
        undo = {"action": "teardown", "state": "role references pack", "values": {"role_id": role}}
        mock.control("POST", "/states", json=undo)
    failing = {"action": "setup", "state": "registry purge fails", "params": {"pack_id": pack}}
    assert mock.control("POST", "/states", json=failing).status_code == 200
    mock.control("POST", "/faults", json={"operation_id": "packs.delete", "status": 502})
    mock.control("POST", "/fork", json={"name": fork})
    answers = [
        mock.send("DELETE", f"/v1/packs/{pack}", "acme-owner", headers={"X-Mock-World": world}).status_code
        for world in (fork, mock.world)
    ]
    assert answers == [200, 502]


def test_a_fork_and_its_origin_answer_alike_from_then_on(mock: Mock) -> None:
    fork = f"{mock.world}-twin"
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    mock.send("GET", "/v1/packs", "acme-owner")
    mock.control("POST", "/fork", json={"name": fork})
    answers = [
        mock.send(
            "POST",
            "/v1/packs",
            "acme-owner",
            json={"image_ref": "registry.example.com/team/pack:1.2.0"},
            headers={"X-Mock-World": world},
        )
        for world in (mock.world, fork)
    ]
    assert answers[0].content == answers[1].content
    for answer, world in zip(answers, (mock.world, fork), strict=True):
        assert f"/{world}/" in answer.headers.pop("x-mock-journal")
    assert answers[0].headers == answers[1].headers


def test_a_world_forks_into_no_world_that_is_there(mock: Mock) -> None:
    mock.send("POST", "/_mock/worlds", json={"name": mock.world})
    for name in ("default", mock.world):
        assert refusal(mock.control("POST", "/fork", json={"name": name})) == (409, "world_exists")
    assert wrong_fields(mock.control("POST", "/fork", json={"name": "-"})).keys() == {"name"}


def test_a_deleted_world_is_gone_with_all_that_happened_in_it(mock: Mock) -> None:
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": "community"})
    mock.control("POST", "/snapshots", json={"name": "kept"})
    answer = mock.control("DELETE", "")
    assert (answer.status_code, answer.json()) == (200, {"status": "deleted"})
    assert visibility(mock, mock.world) == "org"
    assert [entry["id"] for entry in mock.entries] == [1]
    assert mock.control("GET", "/snapshots").json() == {"snapshots": []}


def test_a_world_that_was_never_used_cannot_be_deleted_and_is_not_made(mock: Mock) -> None:
    mock.send("POST", "/_mock/worlds", json={"name": f"{mock.world}-near"})
    answer = mock.send("DELETE", f"/_mock/worlds/{mock.world}-neer")
    assert refusal(answer) == (404, "world_unknown")
    assert f"Did you mean {mock.world}-near?" in answer.json()["error"]["message"]
    names = [world["name"] for world in mock.send("GET", "/_mock/worlds").json()["worlds"]]
    assert f"{mock.world}-neer" not in names


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "fork", {"name": "another"}), ("POST", "journal/verify", {"times": {"min": 0}})],
)
def test_a_world_that_was_never_used_is_not_forked_or_verified_and_not_made(
    mock: Mock, method: str, path: str, body: dict[str, object]
) -> None:
    mock.send("POST", "/_mock/worlds", json={"name": f"{mock.world}-near"})
    before = [world["name"] for world in mock.send("GET", "/_mock/worlds").json()["worlds"]]
    answer = mock.send(method, f"/_mock/worlds/{mock.world}-neer/{path}", json=body)
    assert refusal(answer) == (404, "world_unknown")
    assert answer.json()["error"]["message"].endswith(f"Did you mean {mock.world}-near?")
    assert [world["name"] for world in mock.send("GET", "/_mock/worlds").json()["worlds"]] == before
    for name in ("default", f"{mock.world}-near"):  # one is always there, whoever used it; the other was made
        named = {**body, "name": f"{name}-fork-{mock.world}"[-60:].lstrip("-")} if path == "fork" else body
        assert mock.send(method, f"/_mock/worlds/{name}/{path}", json=named).is_success


def test_the_list_says_how_a_world_stands(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-06-01T00:00:00Z"})
    mock.control("POST", "/snapshots", json={"name": "one"})
    mock.send("GET", "/v1/packs", "acme-owner")
    worlds = {world["name"]: world for world in mock.send("GET", "/_mock/worlds").json()["worlds"]}
    clock = {"mode": "frozen", "now": "2026-06-01T00:00:00Z"}
    began = worlds[mock.world].pop("began")
    assert worlds[mock.world] == {"name": mock.world, "requests": 1, "snapshots": 1, "clock": clock}
    assert datetime.fromisoformat(began) <= datetime.now(UTC)


def work(mock: Mock, world: str, turns: int) -> list[str]:
    """Write to a world again and again; what it answered."""
    headers = {"X-Mock-World": world, "Authorization": f"Bearer {mock.tokens['acme-owner']}"}
    seen = []
    with plain.Client(base_url=mock.origin, headers=headers, timeout=30) as client:
        for turn in range(turns):
            wanted = "community" if (turn + int(world.rpartition("-")[2])) % 2 else "org"
            changed = client.patch(f"/v1/packs/{PACK}", json={"visibility": wanted})
            read = client.get(f"/v1/packs/{PACK}")
            assert (changed.status_code, read.json()["visibility"]) == (200, wanted)
            seen += [changed.headers["x-request-id"], read.headers["x-request-id"]]
    return seen


def stay_apart(mock: Mock, count: int, turns: int) -> None:
    names = [f"{mock.world}-{number}" for number in range(count)]
    with ThreadPoolExecutor(8) as workers:
        ids = list(workers.map(lambda name: work(mock, name, turns), names))
    assert all(each == ids[0] for each in ids), "each world counts its own requests"
    for name in names:
        entries = mock.send("GET", f"/_mock/worlds/{name}/journal").json()["entries"]
        assert [entry["id"] for entry in entries] == list(range(1, 2 * turns + 1))
        mock.send("DELETE", f"/_mock/worlds/{name}")


def test_a_hundred_worlds_stay_apart_under_parallel_writes(mock: Mock) -> None:
    stay_apart(mock, 100, turns=4)


@pytest.mark.long
def test_a_thousand_worlds_stay_apart_under_parallel_writes(mock: Mock) -> None:
    stay_apart(mock, 1000, turns=4)


@pytest.fixture(scope="module")
def narrow(tokens: dict[str, str]) -> Iterator[Mock]:
    """A mock that keeps three worlds."""
    with served(create_app(Settings(max_worlds=3))) as url:
        yield Mock(url, "default", tokens)


def test_past_the_bound_the_world_idle_longest_goes_and_is_named_in_the_log(
    narrow: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    for world in ("one", "two", "one", "three"):
        narrow.send("GET", "/v1/packs", "acme-owner", headers={"X-Mock-World": world})
    names = {world["name"] for world in narrow.send("GET", "/_mock/worlds").json()["worlds"]}
    assert names == {"default", "one", "three"}
    assert any("two" in record.getMessage() for record in caplog.records)


def grown(state: State, count: int) -> State:
    """The state with so many packs more, alike but for their ids."""
    pack = state.all(PACKS)[PACK]
    packs = [*state.all(PACKS).values(), *(replace(pack, id=f"pack_{number}") for number in range(count))]
    return replace(state, tables=MappingProxyType({**state.tables, "packs": make_table(PACKS, packs)}))


def test_a_fork_and_a_reset_allocate_the_same_for_ten_packs_and_for_a_hundred_thousand() -> None:
    seed = load_seed(0, load_document(Settings().contract)).state
    taken = []
    for count in (10, 100_000):
        worlds = Worlds(grown(seed, count), PRODUCT)
        world = worlds.get("one")
        worlds.fork(world, "warm")
        tracemalloc.start()
        try:
            fork = worlds.fork(world, "two")
            world.reset()
            World.take(fork, world.state)
            taken.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert fork.state.all(PACKS) is world.state.all(PACKS)
    assert taken[1] <= taken[0] * 1.5
