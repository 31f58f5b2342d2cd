"""States that are told by what they differ in from the seed data."""

from typing import Any

import orjson
from msgspec import convert

from mock_server import Mock, create_app
from mock_server.client.transport import InProcessTransport
from mock_server.state.portable import Difference, Differences, document, written
from mock_server.state.state import State
from tests.archives import zipped


def changed() -> tuple[State, State]:
    """The seed data, and the state of a world in which much was changed."""
    app = create_app()
    transport = InProcessTransport(app)
    with Mock("http://localhost", transport=transport) as mock:
        world = mock.world("changed")
        owner = world.client("acme-owner")
        assert owner.patch("/packs/pack_acme_pager", json={"visibility": "community"}).is_success
        assert owner.delete("/packs/pack_acme_git_basics").is_success
        world.image("registry.example.com/new:1", zipped({"pack.yaml": b"name: beacon\nversion: 1.0.0\n"}))
        assert owner.post("/packs", json={"image_ref": "registry.example.com/new:1"}).is_success
        world.provide("workspace is", org_id="org_acme", workspace_id="ws_acme_busy", status="idle")
        world.freeze("2026-05-01T00:00:00Z")
    transport.stop()
    return app.context.seed.state, app.context.worlds.get("changed").state


def test_a_difference_leads_to_the_same_state_and_the_same_document() -> None:
    seed, state = changed()
    differences = Differences(seed)
    told: dict[str, Any] = orjson.loads(orjson.dumps(differences.of(state)))
    difference = convert(told, Difference)
    read = differences.read(difference)
    assert read is not None
    assert read == state
    assert written(read) == written(state)
    whole = difference.whole(orjson.loads(orjson.dumps(document(seed))))
    assert orjson.dumps(whole, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        document(state), option=orjson.OPT_SORT_KEYS
    )
    assert len(orjson.dumps(told)) * 10 < len(written(state))


def test_what_cannot_be_is_not_read() -> None:
    seed, state = changed()
    differences = Differences(seed)
    told: dict[str, Any] = orjson.loads(orjson.dumps(differences.of(state)))
    [[_, record], *_] = told["put"]["packs"]
    for field, value in (("visibility", 7), ("org_id", "org_nobody")):
        before, record[field] = record[field], value
        assert differences.read(convert(told, Difference)) is None
        record[field] = before
    told["gone"] = {"packs": [["pack_nobody"]]}
    assert differences.read(convert(told, Difference)) is None
