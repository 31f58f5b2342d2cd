"""Without fixtures: an ASGI application for any test client, and a context manager for any framework."""

import asyncio
import unittest

import httpx

from mock_server import MockWorld, create_app, live


class Publishing(unittest.TestCase):
    """A mock on a port for the class, a world of it for each test."""

    world: MockWorld

    @classmethod
    def setUpClass(cls) -> None:
        cls.mock = cls.enterClassContext(live())

    def setUp(self) -> None:
        self.world = self.enterContext(self.mock.fresh_world(self.id()))

    def test_nobody_is_let_in(self) -> None:
        self.assertEqual(self.world.client().get("/packs").status_code, 401)

    def test_a_member_may_look(self) -> None:
        self.assertEqual(self.world.client("acme-member").get("/packs").status_code, 200)


def test_any_client_of_asgi_will_do() -> None:
    async def status() -> int:
        transport = httpx.ASGITransport(create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost/v1") as client:
            return (await client.get("/packs", headers={"X-Mock-World": "mine"})).status_code

    assert asyncio.run(status()) == 401
