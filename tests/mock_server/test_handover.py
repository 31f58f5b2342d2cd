"""Worlds that go from one server to the next, whose contract or seed data are others."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.handover import handed_over, take_over
from mock_server.transport import InProcess
from tests.mock_server.serving import DOCUMENT, written


@contextmanager
def running(app: Any) -> Iterator[Mock]:
    transport = InProcess(app)
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

    def go_on(self, settings: Settings) -> list[str]:
        """Let another server go on; what no longer fits."""
        left = handed_over(self._app.desk)
        self._app = create_app(settings)
        return [str(misfit) for misfit in take_over(left, self._app.desk)]


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


def test_snapshots_coverage_and_the_count_of_the_journal_go_on(relay: Relay) -> None:
    with relay.world("mine") as world:
        world.snapshot("before")
        publish(world)
        [entry] = world.journal()
    relay.go_on(Settings())
    with relay.world("mine") as world:
        assert [cell["count"] for cell in world.coverage() if cell["count"]] == [1]
        assert world.journal() == []
        world.client().get("/packs")
        assert [each["id"] for each in world.journal()] == [entry["id"] + 1]
        world.restore("before")
        assert world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"] == "org"


def test_faults_that_are_still_to_happen_go_on(relay: Relay) -> None:
    with relay.world() as world:
        world.fault("packs.list", status=401, times=2)
        world.fault("packs.delete", status=502)
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
