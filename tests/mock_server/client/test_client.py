"""A mock as its Python users see it: clients, control calls, and what is said when something is wrong."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import Mock, MockError, MockWorld, in_process
from mock_server.client import Refused, Unreachable
from mock_server.worlds.worlds import WORLD_NAME
from tests.archives import zipped


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with in_process() as mock:
        yield mock


@pytest.fixture
def world(mock: Mock) -> Iterator[MockWorld]:
    with mock.fresh_world() as world:
        yield world


def publish(world: MockWorld, persona: str = "acme-owner") -> int:
    answer = world.client(persona).patch("/packs/pack_acme_pager", json={"visibility": "community"})
    return answer.status_code


def visibility(world: MockWorld) -> str:
    seen: str = world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"]
    return seen


def test_a_client_is_who_it_is_said_to_be(world: MockWorld) -> None:
    assert world.client("globex-member").get("/me/session").json()["user_id"] == "usr_globex_member"
    assert world.client("acme-read-only").get("/me/session").json()["api_key_permission_set"] == "read_only"
    assert world.client().get("/me/session").status_code == 401


def test_headers_of_the_user_come_first(world: MockWorld) -> None:
    client = world.client("acme-owner", headers={"Authorization": "Bearer nobody"})
    assert client.get("/packs").status_code == 401


def test_an_unknown_persona_is_named_with_the_one_that_was_meant(world: MockWorld) -> None:
    with pytest.raises(MockError, match="acme-ownr: did you mean acme-owner"):
        world.client("acme-ownr")
    with pytest.raises(MockError, match="evershell-mock personas"):
        world.client("zzz")


def test_a_world_is_fresh_and_its_own(mock: Mock, world: MockWorld) -> None:
    assert publish(world) == 200
    with mock.fresh_world() as other:
        assert (visibility(world), visibility(other)) == ("community", "org")


def test_a_world_is_gone_after_its_block(mock: Mock) -> None:
    with mock.fresh_world() as world:
        publish(world)
        assert world.name in {each["name"] for each in mock.worlds()}
    assert world.name not in {each["name"] for each in mock.worlds()}


@given(st.text())
def test_a_fresh_world_can_be_about_anything(about: str) -> None:
    world = Mock("http://127.0.0.1:1").fresh_world(about)
    assert WORLD_NAME.fullmatch(world.name)


def test_reset(world: MockWorld) -> None:
    publish(world)
    world.reset()
    assert visibility(world) == "org"


def test_billing(world: MockWorld) -> None:
    world.billing("org_acme", "past_due")
    assert publish(world) == 423
    world.billing("org_acme", "active")
    assert publish(world) == 200


def test_the_clock_ends_a_trial(world: MockWorld) -> None:
    world.freeze("2098-12-31T23:59:59Z")
    client = world.client("hooli-full-access")
    assert client.patch("/packs/pack_hooli_search", json={"visibility": "community"}).status_code == 200
    world.advance(2)
    assert client.patch("/packs/pack_hooli_search", json={"visibility": "community"}).status_code == 423
    assert world.clock()["now"] == "2099-01-01T00:00:01Z"
    world.run_clock()
    assert world.clock()["mode"] == "real"


def test_snapshots(world: MockWorld) -> None:
    world.snapshot("before")
    publish(world)
    assert [each["name"] for each in world.snapshots()] == ["before"]
    changed = {(each["object"], each["field"], each["after"]) for each in world.diff("before")}
    assert ("packs/pack_acme_pager", "visibility", "community") in changed
    world.restore("before")
    assert visibility(world) == "org"
    world.drop_snapshot("before")
    assert world.snapshots() == []


def test_a_fork_stands_where_its_world_stood(world: MockWorld) -> None:
    publish(world)
    with world.fork(f"{world.name}-fork") as fork:
        assert visibility(fork) == "community"


def test_a_mistyped_world_is_neither_forked_nor_verified(mock: Mock, world: MockWorld) -> None:
    publish(world)
    for ask in (lambda typo: typo.fork("another"), lambda typo: typo.verify(times={"max": 0})):
        with pytest.raises(Refused, match=f"Did you mean {world.name}?") as refused:
            ask(mock.world(f"{world.name}x"))
        assert (refused.value.status, refused.value.error["code"]) == (404, "world_unknown")
    assert {"another", f"{world.name}x"}.isdisjoint(each["name"] for each in mock.worlds())


def test_a_fresh_world_is_forked_and_verified_before_anything_was_asked_of_it(mock: Mock, world: MockWorld) -> None:
    assert world.verify(times={"max": 0}) == []
    publish(world)
    assert len(world.verify(times={"max": 1})) == 1
    with mock.fresh_world() as other, other.fork(f"{other.name}-fork") as fork:
        assert visibility(fork) == "org"


def test_a_state_can_be_taken_elsewhere(mock: Mock, world: MockWorld) -> None:
    publish(world)
    with mock.fresh_world() as other:
        other.load(world.state())
        assert visibility(other) == "community"


def test_an_image_is_there_to_be_pulled(world: MockWorld) -> None:
    reference = "registry.example.com/acme/beacon:1.0.0"
    world.image(reference, zipped({"pack.yaml": b"name: beacon\nversion: 1.0.0\n"}))
    made = world.client("acme-owner").post("/packs", json={"image_ref": reference})
    assert (made.status_code, made.json()["name"]) == (201, "beacon")


def test_the_journal_tells_what_happened(world: MockWorld) -> None:
    publish(world)
    publish(world, "acme-read-only")
    first, second = world.journal(operation_id="packs.update_visibility")
    assert world.journal(status=403, caller="acme-read-only") == [second]
    told = world.story().splitlines()
    assert told[0].startswith(f"{first['id']}  acme-owner  PATCH /v1/packs/pack_acme_pager → 200")
    assert "~packs/pack_acme_pager.visibility" in told[0]
    assert "403 permission_denied" in told[1]
    world.clear_journal()
    assert world.journal() == []


def test_rewind(world: MockWorld) -> None:
    assert visibility(world) == "org"
    [before] = world.journal()
    publish(world)
    world.rewind(before["id"])
    assert visibility(world) == "org"
    assert world.story().splitlines()[1].endswith("(undone)")


def test_what_was_to_happen_and_did_not_is_told_with_what_came_near(world: MockWorld) -> None:
    publish(world, "acme-read-only")
    assert len(world.verify(status=403)) == 1
    with pytest.raises(Refused, match=r"PATCH /v1/packs/pack_acme_pager → 403") as refused:
        world.verify(operation_id="packs.update_visibility", status=200)
    assert "status: It is 403, not 200." in str(refused.value)


def test_faults_happen_as_often_as_they_are_to(world: MockWorld) -> None:
    fault = world.fault("packs.list", status=401, times=1)
    assert [each["id"] for each in world.faults()] == [fault["id"]]
    owner = world.client("acme-owner")
    assert [owner.get("/packs").status_code for _ in range(2)] == [401, 200]
    other = world.fault("*", delay_ms=1)
    world.remove_fault(other["id"])
    world.fault("*", delay_ms=1)
    world.clear_faults()
    assert world.faults() == []


def test_a_connection_that_a_fault_ends_is_an_error_of_the_client_and_told(world: MockWorld) -> None:
    world.fault("packs.list", drop=True)
    with pytest.raises(httpx.RemoteProtocolError):
        world.client("acme-owner").get("/packs")
    assert world.story().endswith("GET /v1/packs → no answer (fault 1, connection dropped)")


def test_coverage_counts_the_cells_that_were_met(world: MockWorld) -> None:
    publish(world, "acme-read-only")
    [met] = [cell for cell in world.coverage() if cell["count"]]
    refused = {"operation_id": "packs.update_visibility", "status": 403, "code": "permission_denied"}
    assert met == {**refused, "count": 1, "console_count": 0}
    world.clear_coverage()
    assert not any(cell["count"] for cell in world.coverage())


def test_a_refused_control_call_says_which_field_is_wrong(world: MockWorld) -> None:
    with pytest.raises(Refused, match=r"posture: .*poor") as refused:
        world.billing("org_acme", "poor")
    assert refused.value.status == 400
    with pytest.raises(Refused, match="no org"):
        world.billing("org_nobody", "active")


def test_where_nothing_listens_the_error_says_what_to_start() -> None:
    with (
        Mock("http://127.0.0.1:1") as mock,
        pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 .*`evershell-mock serve`"),
    ):
        mock.worlds()


class Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()
        self.wfile.write(b"not here")

    def log_message(self, *_: object) -> None:
        pass


def test_another_server_is_no_mock() -> None:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            with Mock(f"http://127.0.0.1:{server.server_port}") as mock, pytest.raises(Unreachable, match="no mock of"):
                mock.worlds()
        finally:
            server.shutdown()
            thread.join()
