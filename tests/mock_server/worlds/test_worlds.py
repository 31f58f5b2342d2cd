"""Worlds share what they begin with, and nothing that comes after."""

import logging
from datetime import UTC, datetime

import pytest

from mock_server.app import PRODUCT
from mock_server.resources.orgs import ORGS, Org
from mock_server.worlds.world import World
from mock_server.worlds.worlds import DEFAULT, WORLD_NAME, Worlds
from tests.mock_server.states import empty

SEED = empty(seed=7).put(ORGS, Org("org_acme", "Acme", "active"))
OTHER = SEED.put(ORGS, Org("org_globex", "Globex", "active"))


def test_a_world_is_made_at_its_first_use() -> None:
    worlds = Worlds(SEED, PRODUCT)
    assert "one" not in worlds
    one = worlds.get("one")
    assert one.state is SEED
    assert worlds.get("one") is one
    assert [world.name for world in worlds] == [DEFAULT, "one"]
    assert len(worlds) == 2


def test_worlds_are_apart() -> None:
    worlds = Worlds(SEED, PRODUCT)
    worlds.get("one").commit(OTHER)
    assert worlds.get("two").state is SEED
    assert worlds.get().state is SEED


def test_two_fresh_worlds_give_the_same_request_ids() -> None:
    worlds = Worlds(SEED, PRODUCT)
    ids = [[worlds.get(name).make_request_id() for _ in range(1000)] for name in ("one", "two")]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 1000


def test_a_reset_takes_everything_back() -> None:
    world = World("one", SEED, PRODUCT)
    first = world.make_request_id()
    world.commit(OTHER)
    world.reset()
    assert world.state is SEED
    assert world.make_request_id() == first


def test_a_deleted_world_begins_anew() -> None:
    worlds = Worlds(SEED, PRODUCT)
    worlds.get("one").commit(OTHER)
    worlds.get().commit(OTHER)
    assert worlds.delete("one")
    assert not worlds.delete("one")
    assert worlds.delete(DEFAULT)
    assert worlds.get("one").state is SEED
    assert worlds.get().state is SEED
    assert DEFAULT in worlds


def test_the_world_idle_longest_goes_and_never_default(caplog: pytest.LogCaptureFixture) -> None:
    worlds = Worlds(SEED, PRODUCT, most=3)
    for name in ("one", "two", "one", "three"):
        with caplog.at_level(logging.WARNING):
            worlds.get(name)
    assert "two" not in worlds
    assert [world.name for world in worlds] == [DEFAULT, "one", "three"]
    assert "two" in caplog.text


def test_the_clock_is_a_world_s_own() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    assert Worlds(SEED, PRODUCT, real=lambda: moment).get("one").read_clock() == moment


@pytest.mark.parametrize("name", ["a", "A-1._x", "0", "x" * 64])
def test_what_a_world_may_be_named(name: str) -> None:
    assert WORLD_NAME.fullmatch(name)


@pytest.mark.parametrize("name", ["", ".a", "-a", "a b", "a/b", "ä", "x" * 65, "a\n"])
def test_what_no_world_may_be_named(name: str) -> None:
    assert not WORLD_NAME.fullmatch(name)
