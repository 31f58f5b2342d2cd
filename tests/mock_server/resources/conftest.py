"""The mock in this process, asked as any persona."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from mock_server import create_app
from tests.archives import zipped


@dataclass
class Api:
    """Sends requests as a persona, all in one world."""

    transport: httpx.ASGITransport
    loop: asyncio.AbstractEventLoop
    tokens: dict[str, str] = field(default_factory=dict)
    world: str = "default"

    def send(self, method: str, url: str, persona: str | None = None, **options: Any) -> httpx.Response:
        headers = {"X-Mock-World": self.world, **options.pop("headers", {})}
        if persona is not None:
            headers["Authorization"] = f"Bearer {self.tokens[persona]}"

        async def exchange() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport, base_url="http://mock") as client:
                return await client.request(method, url, headers=headers, **options)

        return self.loop.run_until_complete(exchange())

    def pack(self, pack_id: str, persona: str = "acme-owner") -> dict[str, Any]:
        answer = self.send("GET", f"/v1/packs/{pack_id}", persona)
        assert answer.status_code == 200
        return answer.json()

    def upload(self, files: Mapping[str, bytes], persona: str = "acme-owner", **form: str) -> httpx.Response:
        upload = {"archive": ("pack.tar.gz", zipped(files), "application/gzip")}
        return self.send("POST", "/v1/packs/upload", persona, files=upload, data=form)

    def set_up(self, state: str, **params: object) -> dict[str, Any]:
        body = {"action": "setup", "state": state, "params": params}
        answer = self.send("POST", f"/_mock/worlds/{self.world}/states", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def server() -> Iterator[Api]:
    loop = asyncio.new_event_loop()
    api = Api(httpx.ASGITransport(app=create_app()), loop)
    personas = api.send("GET", "/_mock/personas").json()["personas"]
    api.tokens = {persona["name"]: persona["token"] for persona in personas}
    yield api
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def api(server: Api, request: pytest.FixtureRequest) -> Api:
    """A world of the test's own."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[-60:].strip("-")
    api = Api(server.transport, server.loop, server.tokens, f"t{name}")
    api.send("POST", f"/_mock/worlds/{api.world}/reset")
    return api
