"""Worlds that go from one server to the next, whose contract or seed data are others."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import Mock, MockError, MockWorld, Settings, create_app
from mock_server.client.errors import Refused
from mock_server.client.transport import InProcessTransport
from mock_server.server.reload.handover import handed_over, take_over
from mock_server.settings import MIB
from mock_server.state.blobs import total_size
from tests.mock_server.serving import DOCUMENT, written


@contextmanager
def running(app: Any) -> Iterator[Mock]:
    transport = InProcessTransport(app)
    try:
        with Mock("http://localhost", transport=transport) as mock:
            yield mock
    finally:
        transport.stop()


class Relay:
    """One server after the other, each with the worlds of the one before."""

    def __init__(self, settings: Settings) -> None:
        self._app = create_app(settings)

    @contextmanager
    def world(self, name: str = "default") -> Iterator[MockWorld]:
        with running(self._app) as mock:
            yield mock.world(name)

    def left(self, **options: int) -> bytes:
        return handed_over(self._app.context, **options)

    def go_on(self, settings: Settings, **options: int) -> list[str]:
        """Let another server go on; what no longer fits."""
        return self.go_on_from(self.left(**options), settings)

    def go_on_from(self, left: bytes, settings: Settings) -> list[str]:
        """Let another server go on from what was left; what no longer fits."""
        self._app = create_app(settings)
        return [str(misfit) for misfit in take_over(left, self._app.context)]


@pytest.fixture
def relay() -> Relay:
    return Relay(Settings())


def laid(directory: Path, **texts: str) -> Settings:
    directory.mkdir(exist_ok=True)
    for name, text in texts.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Settings(fixtures=(directory,))


def publish(world: MockWorld, pack_id: str = "pack_acme_pager") -> None:
    answer = world.client("acme-owner").patch(f"/packs/{pack_id}", json={"visibility": "community"})
    assert answer.status_code == 200


def clone(world: MockWorld) -> str:
    made = world.client("acme-owner").post("/packs", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
    assert made.status_code == 201, made.text
    pack_id: str = made.json()["id"]
    return pack_id


def test_every_world_stands_where_it_stood(relay: Relay) -> None:
    states = {}
    for name in ("default", "one", "two"):
        with relay.world(name) as world:
            world.freeze("2026-05-01T12:00:00Z")
            clone(world)
            world.billing("org_hooli", "past_due")
            publish(world)
            states[name] = world.state()
    assert relay.go_on(Settings()) == []
    for name, state in states.items():
        with relay.world(name) as world:
            assert world.state() == state


def test_no_id_comes_twice_even_after_a_way_back(relay: Relay) -> None:
    with relay.world() as world:
        world.snapshot("before")
        first = clone(world)
        world.restore("before")
        request_ids = {world.client().get("/packs").headers["x-request-id"]}
    relay.go_on(Settings())
    with relay.world() as world:
        assert clone(world) != first
        assert world.client().get("/packs").headers["x-request-id"] not in request_ids


def test_snapshots_and_coverage_go_on(relay: Relay) -> None:
    with relay.world("mine") as world:
        world.snapshot("before")
        publish(world)
        [entry] = world.journal()
        published = entry["request_id"]
        world.client("acme-owner").get("/packs", headers={"X-Mock-Console": "1"})
    relay.go_on(Settings())
    with relay.world("mine") as world:
        assert [cell["count"] for cell in world.coverage() if cell["count"]] == [1]
        assert [cell["operation_id"] for cell in world.coverage() if cell["console_count"]] == ["packs.list"]
        assert [entry["from_console"] for entry in world.journal(with_console=True)] == [False, True]
        assert [each["requests"] for each in world.mock.worlds() if each["name"] == "mine"] == [1]
        [entry] = world.journal(request_id=published)
        assert (entry["operation_id"], entry["stateless"]) == ("packs.update_visibility", False)
        world.restore("before")
        assert world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"] == "org"


def test_entries_of_an_earlier_version_are_shown(relay: Relay) -> None:
    with relay.world() as world:
        publish(world)
    left = json.loads(relay.left())
    shown = next(each for each in left["worlds"] if each["name"] == "default")["journal"]["entries"][0]["shown"]
    del shown["request_id"], shown["stateless"]
    relay.go_on_from(json.dumps(left).encode(), Settings())
    with relay.world() as world:
        [entry] = world.journal()
    assert (entry["request_id"], entry["stateless"], entry["status"]) == (None, False, 200)


def replace_file(world: MockWorld, content: bytes) -> None:
    path = "/packs/pack_acme_release_notes/files/behavior.md"
    kind = {"Content-Type": "application/octet-stream"}
    assert world.client("acme-owner").put(path, content=content, headers=kind).status_code == 200


def test_the_journal_goes_on_entry_by_entry(relay: Relay) -> None:
    with relay.world("mine") as world:
        publish(world)
        replace_file(world, b"\xff" * 70_000)
        world.fault("packs.list", drop=True)
        with pytest.raises(httpx.RemoteProtocolError):
            world.client("acme-owner").get("/packs")
        world.client("acme-owner").get("/packs?more=1")
        world.rewind(2)
        kept = world.journal()
        assert [entry["undone"] for entry in kept] == [False, False, True, True]
    for _ in range(2):
        assert relay.go_on(Settings()) == []
        with relay.world("mine") as world:
            assert world.journal() == kept
    with relay.world("mine") as world:
        world.client("acme-owner").get("/packs")
        assert world.journal()[:-1] == kept
        assert world.journal()[-1]["id"] == kept[-1]["id"] + 1
        found = world.verify(operation_id="packs.update_visibility", caller="acme-owner", status=200)
        assert [entry["id"] for entry in found] == [1]
        assert world.journal(code="validation_error") == kept[3:4]


def act(world: MockWorld, step: str) -> None:
    """Ask for something that may change something."""
    owner = world.client("acme-owner")
    match step:
        case "read":
            owner.get("/packs")
        case "create":
            owner.post("/packs", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
        case "delete":
            owner.delete("/packs/pack_acme_pager")
        case "billing" | "clock":
            if step == "billing":
                world.billing("org_hooli", "past_due")
            else:
                world.advance(60)
            owner.get("/packs")
        case "community" | "org":
            owner.patch("/packs/pack_acme_pager", json={"visibility": step})
        case _:
            replace_file(world, step.encode())


STEPS = st.sampled_from(["read", "create", "delete", "billing", "clock", "community", "org", "one", "two"])


@settings(max_examples=8, deadline=None)
@given(steps=st.lists(st.one_of(STEPS, st.just("reload"), st.integers(1, 8)), max_size=12))
def test_every_entry_leads_back_to_its_state_through_any_number_of_reloads(steps: list[str | int]) -> None:
    relay = Relay(Settings())
    seen: dict[int, bytes] = {}
    with relay.world() as world:
        world.freeze("2026-06-01T00:00:00Z")
    for step in [*steps, "reload"]:
        if step == "reload":
            assert relay.go_on(Settings()) == []
            continue
        with relay.world() as world:
            if isinstance(step, int):
                if step in seen:
                    world.rewind(step)
                    assert world.exported() == seen[step]
            else:
                act(world, step)
                seen[len(seen) + 1] = world.exported()
    with relay.world() as world:
        for entry_id, document in reversed(seen.items()):
            world.rewind(entry_id)
            assert world.exported() == document


def test_a_state_that_can_no_longer_be_read_is_not_gone_back_to(relay: Relay, tmp_path: Path) -> None:
    with relay.world() as world:
        made = clone(world)
        world.client("acme-owner").delete(f"/packs/{made}")
    taken = """
packs:
  - {id: pack_taken, org_id: org_acme, visibility: org, image_origin: upload, created_at: 2026-01-01T00:00:00Z,
     files: {pack.yaml: "name: pack\\nversion: 1.0.0\\n"}}
"""
    assert relay.go_on(laid(tmp_path, packs=taken)) == []
    with relay.world() as world:
        before = world.exported()
        with pytest.raises(Refused, match=f"(?s)can no longer be read.*/packs/{made}") as refused:
            world.rewind(1)
        assert refused.value.error["code"] == "state_unreadable"
        assert world.exported() == before
        world.rewind(2)
        assert world.client("acme-owner").get("/packs/pack_taken").status_code == 200


def test_no_credential_is_handed_over(relay: Relay) -> None:
    with relay.world() as world:
        publish(world)
        token = world.token("acme-owner")
    assert token.encode() not in relay.left()


def test_the_newest_entries_of_all_worlds_go_on_where_there_are_very_many(relay: Relay) -> None:
    for name in ("one", "two", "one", "two", "one"):
        with relay.world(name) as world:
            world.client("acme-owner").get("/packs")
    relay.go_on(Settings(), most_entries=3)
    for name, kept in (("one", [2, 3]), ("two", [2])):
        with relay.world(name) as world:
            assert [entry["id"] for entry in world.journal()] == kept
            world.client("acme-owner").get("/packs")
            assert world.journal()[-1]["id"] == kept[-1] + 1


def test_a_journal_that_is_larger_than_the_memory_keeps_its_newest(relay: Relay) -> None:
    with relay.world() as world:
        for number in range(30):
            replace_file(world, b"%d " % number * 20_000)
        kept = world.journal()
    gc.collect()
    relay.go_on(Settings(max_memory=total_size() + MIB // 2))
    with relay.world() as world:
        entries = world.journal()
        assert entries[-1]["id"] == kept[-1]["id"]
        assert 0 < sum(entry["request"] is not None for entry in entries) < len(kept)
        world.rewind(entries[0]["id"])
        with pytest.raises(MockError, match=r"It has the entries \d+ to 30"):
            world.rewind(1)


def test_faults_that_are_still_to_happen_go_on(relay: Relay) -> None:
    with relay.world() as world:
        world.fault("packs.list", status=401, times=2)
        world.fault("packs.delete", status=502)
        world.fault("packs.get", status=503, undeclared=True, times="always", jitter_ms=5)
        assert world.client("acme-owner").get("/packs").status_code == 401
        listed = world.faults()
    relay.go_on(Settings())
    with relay.world() as world:
        assert world.faults() == listed
        owner = world.client("acme-owner")
        assert [owner.get("/packs").status_code for _ in range(2)] == [401, 200]
        assert world.fault("packs.list", status=401)["id"] > max(fault["id"] for fault in listed)


def test_what_a_world_has_not_touched_follows_the_seed_data(relay: Relay, tmp_path: Path) -> None:
    with relay.world() as world:
        publish(world)
        world.billing("org_hooli", "active")
        made = clone(world)
    orgs = """
orgs:
  - {id: org_globex, name: Globex of today, billing_status: past_due}
  - {id: org_hooli, name: Hooli of today, billing_status: trial}
  - {id: org_new, name: New, billing_status: active}
"""
    members = "members: [{user_id: usr_new, org_id: org_new, role: owner, email: new@new.example}]\n"
    assert relay.go_on(laid(tmp_path, orgs=orgs, members=members)) == []
    with relay.world() as world:
        orgs_now = world.state()["orgs"]
        assert orgs_now["org_globex"] == {"name": "Globex of today", "billing_status": "past_due"}
        assert orgs_now["org_hooli"]["billing_status"] == "active"
        assert world.client("new-owner").get("/me/session").status_code == 200
        seen = {pack["id"]: pack for pack in world.client("acme-owner").get("/packs").json()["packs"]}
        assert seen["pack_acme_pager"]["visibility"] == "community"
        assert made in seen


def test_what_a_world_has_deleted_stays_deleted_and_what_the_seed_data_lose_goes(tmp_path: Path) -> None:
    pack = """
packs:
  - {id: pack_%s, org_id: org_acme, visibility: org, image_origin: upload, created_at: 2026-01-01T00:00:00Z,
     files: {pack.yaml: "name: %s\\nversion: 1.0.0\\n"}}
"""
    relay = Relay(laid(tmp_path / "before", packs=pack % ("gone", "gone")))
    with relay.world() as world:
        owner = world.client("acme-owner")
        assert owner.get("/packs/pack_gone").status_code == 200
        assert owner.delete("/packs/pack_01HZ").status_code == 200
    assert relay.go_on(laid(tmp_path / "after", packs=pack % ("come", "come"))) == []
    with relay.world() as world:
        owner = world.client("acme-owner")
        codes = {each: owner.get(f"/packs/pack_{each}").status_code for each in ("gone", "come", "01HZ")}
        assert codes == {"gone": 404, "come": 200, "01HZ": 404}


def test_what_can_no_longer_stand_is_left_out_with_its_pointer(relay: Relay, tmp_path: Path) -> None:
    with relay.world("mine") as world:
        made = clone(world)
    taken = """
packs:
  - {id: pack_taken, org_id: org_acme, visibility: org, image_origin: upload, created_at: 2026-01-01T00:00:00Z,
     files: {pack.yaml: "name: pack\\nversion: 1.0.0\\n"}}
"""
    [said] = relay.go_on(laid(tmp_path, packs=taken))
    assert said.startswith(f"the world mine: /packs/{made}: is left out: pack_taken ")
    with relay.world("mine") as world:
        assert world.client("acme-owner").get(f"/packs/{made}").status_code == 404
        assert world.client("acme-owner").get("/packs/pack_taken").status_code == 200


def narrower(directory: Path) -> Settings:
    """A contract in which no name of a pack is longer than six characters."""
    document = deepcopy(dict(DOCUMENT))
    document["components"]["schemas"]["Pack"]["properties"]["name"] = {"type": "string", "maxLength": 6}
    return Settings(contract=written(directory, document), seed_must_fit=False)


def test_what_breaks_the_contract_is_listed_with_its_pointer_and_kept(relay: Relay, tmp_path: Path) -> None:
    with relay.world("mine") as world:
        publish(world, "pack_acme_git_basics")
        publish(world)
    said = relay.go_on(narrower(tmp_path))
    seed = {each.split(": ")[1] for each in said if each.startswith("the seed data: ")}
    assert {"/packs/pack_acme_git_basics/name", "/packs/pack_02HZ/name"} <= seed
    assert "/packs/pack_acme_pager/name" not in seed
    [mine] = [each for each in said if not each.startswith("the seed data: ")]
    assert mine.startswith("the world mine: /packs/pack_acme_git_basics/name: breaks the contract: ")
    with relay.world("mine") as world:
        owner = world.client("acme-owner")
        assert owner.get("/packs/pack_acme_pager").json()["visibility"] == "community"
        assert owner.get("/packs/pack_acme_git_basics").json()["error"]["code"] == "contract_breach"
    assert relay.go_on(Settings()) == []
    with relay.world("mine") as world:
        assert world.client("acme-owner").get("/packs/pack_acme_git_basics").json()["visibility"] == "community"


def test_before_an_entry_of_before_is_after_the_one_that_it_followed(relay: Relay) -> None:
    with relay.world() as world:
        publish(world)
        published = world.state()
        clone(world)
    assert relay.go_on(Settings()) == []
    with relay.world() as world:
        world.ask("POST", "/rewind", json={"before": 2})
        assert world.state()["packs"] == published["packs"]
        assert [entry["undone"] for entry in world.journal()] == [False, True]
        with pytest.raises(Refused, match="of before a reload"):
            world.ask("POST", "/rewind", json={"before": 1})
