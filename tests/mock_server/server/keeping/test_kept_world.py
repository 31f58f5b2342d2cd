"""Worlds that go from one server to the next, whose contract or seed data are others."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mock_server import Mock, MockWorld, Settings, create_app
from mock_server.client.errors import Refused
from mock_server.client.transport import InProcessTransport
from mock_server.server.keeping.keeper import take_worlds, write_worlds
from mock_server.server.keeping.lines import read
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

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._app = create_app(settings)
        self._file = folder / "worlds"

    @contextmanager
    def world(self, name: str = "default") -> Iterator[MockWorld]:
        with running(self._app) as mock:
            yield mock.world(name)

    def left(self) -> bytes:
        return write_worlds(self._app.context)

    def go_on(self, settings: Settings) -> list[str]:
        """Let another server go on; what no longer fits."""
        self._file.write_bytes(self.left())
        self._app = create_app(settings)
        return [str(misfit) for misfit in take_worlds(read(self._file), self._app.context)]


@pytest.fixture
def relay(tmp_path: Path) -> Relay:
    return Relay(Settings(), tmp_path)


def laid(directory: Path, **texts: str) -> Settings:
    directory.mkdir(exist_ok=True)
    for name, text in texts.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return Settings(fixtures=(directory,))


def publish(world: MockWorld, pack_id: str = "pack_acme_pager") -> None:
    answer = world.client("acme-owner").patch(f"/packs/{pack_id}", json={"visibility": "community"})
    assert answer.status_code == 200


def clone(world: MockWorld, persona: str = "acme-owner") -> str:
    made = world.client(persona).post("/packs", json={"image_ref": "registry.example.com/team/pack:1.2.0"})
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
        world.client("acme-owner").get("/packs", headers={"X-Mock-Console": "1"})
    relay.go_on(Settings())
    with relay.world("mine") as world:
        assert [cell["count"] for cell in world.coverage() if cell["count"]] == [1]
        assert [cell["operation_id"] for cell in world.coverage() if cell["console_count"]] == ["packs.list"]
        assert [each["requests"] for each in world.mock.worlds() if each["name"] == "mine"] == [1]
        world.restore("before")
        assert world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"] == "org"


def test_the_journal_begins_empty_and_says_so(relay: Relay) -> None:
    """Ids go on, so that nobody takes an entry for an earlier one."""
    with relay.world("mine") as world:
        publish(world)
        world.client("acme-owner").get("/packs")
        first = world.ask("GET", "/journal")["began"]
        assert first == world.mock.ask("GET", "/worlds/mine")["began"]
    relay.go_on(Settings())
    with relay.world("mine") as world:
        told = world.ask("GET", "/journal")
        assert (told["entries"], told["began"]) == ([], world.mock.ask("GET", "/worlds/mine")["resumed"]["at"])
        assert told["began"] > first
        since = f"since {told['began']}, when this process went on with the world, with an empty journal"
        with pytest.raises(Refused, match=f"It happened 0 times {since}; expected: at least once"):
            world.verify(operation_id="packs.update_visibility")
        with pytest.raises(Refused, match=f"The journal has no entry 1. It has none {since}"):
            world.rewind(1)
        world.client("acme-owner").get("/packs")
        assert [entry["id"] for entry in world.journal()] == [3]
        assert world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"] == "community"


def test_no_credential_is_handed_over(relay: Relay) -> None:
    with relay.world() as world:
        publish(world)
        token = world.token("acme-owner")
    assert token.encode() not in relay.left()


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
    relay = Relay(laid(tmp_path / "before", packs=pack % ("gone", "gone")), tmp_path)
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


def test_what_refers_to_something_that_the_seed_data_lose_is_left_out(tmp_path: Path) -> None:
    orgs = "orgs: [{id: org_gone, name: Gone, billing_status: active}]\n"
    members = "members: [{user_id: usr_gone, org_id: org_gone, role: owner, email: gone@gone.example}]\n"
    relay = Relay(laid(tmp_path, orgs=orgs, members=members), tmp_path)
    with relay.world("mine") as world:
        mine, theirs = clone(world), clone(world, "gone-owner")
        world.snapshot("kept")
    said = relay.go_on(Settings())
    assert f"the world mine: /packs/{theirs}: is left out: There is no org org_gone." in said
    assert f"the world mine: /snapshots/kept/packs/{theirs}: is left out: There is no org org_gone." in said
    with relay.world("mine") as world:
        packs = world.state()["packs"]
        assert (mine in packs, theirs in packs) == (True, False)


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
