"""`mock_world`: a world of a mock in this process, without a port."""

import asyncio

from mock_server import MockWorld


def test_an_org_sees_what_is_shared_with_it(mock_world: MockWorld) -> None:
    shared = {pack["id"] for pack in mock_world.client("wayne-owner").get("/packs").json()["packs"]}
    assert "pack_acme_release_notes" in shared
    assert "pack_acme_pager" not in shared


def test_who_may_only_read_changes_nothing(mock_world: MockWorld) -> None:
    refused = mock_world.client("wayne-read-only").delete("/packs/pack_wayne_cave")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert mock_world.client("wayne-owner").get("/packs/pack_wayne_cave").status_code == 200


def test_coroutines_have_a_client_too(mock_world: MockWorld) -> None:
    async def who() -> str:
        async with mock_world.async_client("wayne-night-shift") as client:
            email: str = (await client.get("/me/session")).json()["email"]
            return email

    assert asyncio.run(who()) == "barbara@wayne.example"
