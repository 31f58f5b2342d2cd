"""Nothing that was under way before a reset, restore, import, rewind or deletion of its world lands after it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app, in_process
from tests import plain
from tests.mock_server.server.raw import connected, request, statuses
from tests.mock_server.serving import Mock, served
from tests.mock_server.under_way import begun, names, upload

PACK = "/v1/packs/pack_01HZ"
DELAYED = {"operation_id": "packs.get", "delay_ms": 60_000}


def reset(mock: Mock) -> httpx.Response:
    return mock.control("POST", "/reset")


def restore(mock: Mock) -> httpx.Response:
    return mock.control("POST", "/snapshots/then/restore")


def import_(mock: Mock) -> httpx.Response:
    return mock.control("PUT", "/state", json=mock.control("GET", "/state").json())


def rewind(mock: Mock) -> httpx.Response:
    return mock.control("POST", "/rewind", json={"to": 1})


def delete(mock: Mock) -> httpx.Response:
    return mock.control("DELETE", "")


Taken = Callable[[Mock], httpx.Response]
ELSEWHERE = [
    pytest.param(reset, "The world was reset while", id="reset"),
    pytest.param(restore, 'The world was restored from the snapshot "then" while', id="restore"),
    pytest.param(import_, "The world was replaced by an import while", id="import"),
    pytest.param(rewind, "The world was rewound while", id="rewind"),
]
ANYWHERE = [*ELSEWHERE, pytest.param(delete, "", id="delete")]


@pytest.fixture
def used(mock: Mock) -> Mock:
    """A world with an entry and a snapshot."""
    assert mock.send("GET", PACK, "acme-owner").status_code == 200
    assert mock.control("POST", "/snapshots", json={"name": "then"}).status_code == 201
    return mock


def delayed(mock: Mock, aside: ThreadPoolExecutor) -> Any:
    """A read that is delayed by a minute, once it is."""
    assert mock.control("POST", "/faults", json=DELAYED).status_code == 201
    asked = aside.submit(mock.send, "GET", PACK, "acme-owner", timeout=120)
    while mock.control("GET", "/faults").json()["faults"]:
        pass
    return asked


@pytest.mark.parametrize(("take", "_reason"), ANYWHERE)
def test_an_upload_gets_no_answer_and_leaves_nothing(used: Mock, take: Taken, _reason: str) -> None:
    with upload(used) as under_way:
        assert take(used).status_code < 300
        assert under_way.end() == b""  # although the rest of its body never came
    assert "under-way" not in names(used)


@pytest.mark.parametrize(("take", "_reason"), ANYWHERE)
def test_a_read_that_is_delayed_gets_no_answer(used: Mock, take: Taken, _reason: str) -> None:
    with ThreadPoolExecutor(1) as aside:
        asked = delayed(used, aside)
        assert take(used).status_code < 300
        with pytest.raises(httpx.TransportError):
            asked.result()


@pytest.mark.parametrize(("take", "reason"), ELSEWHERE)
def test_the_journal_says_what_became_of_it(used: Mock, take: Taken, reason: str) -> None:
    with upload(used) as under_way:
        assert take(used).status_code < 300
        under_way.end()
        entry = used.entries[-1]
    assert entry["operation_id"] == "packs.upload"
    assert (entry["status"], entry["code"], entry["gate"], entry["changes"]) == (0, None, "world", [])
    assert entry["reason"].startswith(reason)
    assert entry["response"] is None
    assert entry["caller"] == "acme-owner"
    assert not entry["undone"]
    assert all(cell["operation_id"] != "packs.upload" or not cell["count"] for cell in coverage(used))


def coverage(mock: Mock) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = mock.control("GET", "/coverage").json()["cells"]
    return cells


def test_of_a_world_that_was_deleted_the_log_says_it(mock: Mock, caplog: pytest.LogCaptureFixture) -> None:
    with upload(mock) as under_way:
        assert delete(mock).status_code == 200
        assert under_way.end() == b""
    assert f"dropped POST /v1/packs/upload: the world {mock.world} was deleted" in caplog.text
    assert mock.entries == []


def test_the_default_world_is_no_exception(origin: str, tokens: dict[str, str]) -> None:
    default = Mock(origin, "default", tokens)
    with upload(default) as under_way:
        assert delete(default).status_code == 200
        assert under_way.end() == b""
    assert "under-way" not in names(default)


def test_a_world_that_makes_place_for_another_drops_what_waits(
    tokens: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with served(create_app(Settings(max_worlds=2))) as url:
        one = Mock(url, "one", tokens)
        with upload(one) as under_way:
            assert names(replace(one, world="two"))
            assert under_way.end() == b""
        assert "under-way" not in names(one)
    assert "dropped POST /v1/packs/upload: the world one was dropped for another one" in caplog.text


def test_the_request_of_another_world_goes_on(used: Mock) -> None:
    other = replace(used, world=f"{used.world}-other")
    with upload(other) as under_way:
        assert reset(used).status_code == 200
        assert under_way.finish().status == 201
    assert "under-way" in names(other)


def test_a_connection_that_waits_for_no_answer_is_kept(used: Mock) -> None:
    with connected(used.origin) as connection:
        session = request("GET", "/v1/me/session", b"x-mock-world: %b\r\n" % used.world.encode())
        connection.sendall(session)
        first = connection.recv(65536)
        reset(used)
        connection.sendall(session)
        assert statuses(first + connection.recv(65536)) == [200, 200]


def test_a_control_call_that_is_under_way_is_done(used: Mock) -> None:
    state = used.control("GET", "/state").content
    path = f"/_mock/worlds/{used.world}/state"
    with begun(used, state, method="PUT", path=path, kind="application/json") as under_way:
        assert reset(used).status_code == 200
        assert under_way.finish().status == 200


def test_who_follows_the_journal_is_told_of_it(used: Mock) -> None:
    stream = f"{used.origin}/_mock/worlds/{used.world}/journal/stream"
    with upload(used) as under_way, plain.stream("GET", stream, timeout=60) as followed:
        lines = followed.iter_lines()
        assert next(lines) == ": follows"
        assert reset(used).status_code == 200
        assert '"gate":"world"' in next(line for line in lines if line.startswith("data: "))
        assert under_way.end() == b""


def test_a_rewind_to_what_was_dropped_leads_to_where_the_world_stood(used: Mock) -> None:
    with upload(used) as under_way:
        used.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
        reset(used)
        under_way.end()
    dropped = used.entries[-1]["id"]
    used.send("PATCH", PACK, "acme-owner", json={"visibility": "community"})
    assert used.control("POST", "/rewind", json={"to": dropped}).status_code == 200
    assert used.send("GET", PACK, "acme-owner").json()["visibility"] == "org"


def test_what_is_sent_after_the_reset_is_answered_however_many_were_dropped(used: Mock) -> None:
    with ExitStack() as open_ones:
        under_way = [open_ones.enter_context(upload(used, f"under-way-{number}")) for number in range(20)]
        reset(used)
        with upload(used, "after") as later:
            assert later.finish().status == 201
        assert [each.end() for each in under_way] == [b""] * len(under_way)
    assert [name for name in names(used) if name.startswith(("under-way", "after"))] == ["after"]


# Inside a program.


def test_inside_a_program_it_is_the_error_of_a_connection_that_ended() -> None:
    with in_process() as mock, ThreadPoolExecutor(1) as aside:
        world = mock.world("inside")
        world.fault(**DELAYED)
        asked = aside.submit(world.client("acme-owner").get, "/packs/pack_01HZ", timeout=120)
        while world.faults():
            pass
        world.reset()
        with pytest.raises(httpx.RemoteProtocolError, match="reset"):
            asked.result()
        assert world.journal()[-1]["gate"] == "world"
