"""The scene of a witness: one world of a mock in this process, asked as anybody."""

from __future__ import annotations

import asyncio
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.planted_defects.planting.archives import Entry, with_data
from benchmarks.planted_defects.planting.archives import zipped as zipped_entries

if TYPE_CHECKING:  # a mock with a defect needs no client
    import httpx

    from mock_server.client import Mock, MockWorld

Json = dict[str, Any]

SLACK = "registry.example.com/team/slack"
FREE = "registry.example.com/team/pack:1.2.0"
"""An image of whose name no org has a pack."""


@dataclass
class Scene:
    """A world that is sent requests, as the owner of Acme where nobody else is named."""

    mock: Mock
    world: MockWorld
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.world.client()

    def ask(self, method: str, path: str, who: str | None = "acme-owner", **options: Any) -> httpx.Response:
        """Send a request as a persona, with a token, or as nobody."""
        return self.client.request(method, path, headers=self._build_headers(who, options), **options)

    def get(self, path: str, who: str | None = "acme-owner", **options: Any) -> httpx.Response:
        return self.ask("GET", path, who, **options)

    def put(self, path: str, content: bytes, who: str = "acme-owner") -> httpx.Response:
        """Put a file in the place of another."""
        return self.ask("PUT", path, who, content=content, headers={"Content-Type": "application/octet-stream"})

    def patch(self, pack_id: str, visibility: str, who: str = "acme-owner") -> httpx.Response:
        return self.ask("PATCH", f"/packs/{pack_id}", who, json={"visibility": visibility})

    def delete(self, pack_id: str, who: str = "acme-owner") -> httpx.Response:
        return self.ask("DELETE", f"/packs/{pack_id}", who)

    def create(self, image_ref: str, who: str = "acme-owner") -> httpx.Response:
        return self.ask("POST", "/packs", who, json={"image_ref": image_ref})

    def upload(self, archive: bytes, who: str = "acme-owner", **parts: str) -> httpx.Response:
        return self.ask("POST", "/packs/upload", who, files={"archive": archive}, data=parts)

    def pack(self, pack_id: str, who: str = "acme-owner") -> Json:
        """Return what a pack looks like."""
        shown: Json = self.get(f"/packs/{pack_id}", who).json()
        return shown

    def list_packs(self, who: str = "acme-owner") -> dict[str, Json]:
        """Return the packs of the list, by id."""
        return {each["id"]: each for each in self.get("/packs", who).json()["packs"]}

    def state(self, name: str, /, **params: Any) -> Json:
        """Set a provider state up."""
        return self.world.provide(name, **params)

    def send_at_once(self, *requests: tuple[str, str, Json]) -> list[httpx.Response]:
        """Send requests that are all under way before one is answered."""
        return asyncio.run(self._send_all(requests))

    async def _send_all(self, requests: tuple[tuple[str, str, Json], ...]) -> list[httpx.Response]:
        async with self.world.async_client("acme-owner") as client:
            return await asyncio.gather(*(client.request(method, path, **o) for method, path, o in requests))

    def _build_headers(self, who: str | None, options: Json) -> dict[str, str]:
        headers: dict[str, str] = options.pop("headers", {})
        if who is None:
            return headers
        token = who if who.startswith(("sk_", "eyJ")) else self.mock.token(who)
        return {"Authorization": f"Bearer {token}", **headers}


def do_in_turn(*done: Any) -> Any:
    """Return the last of what is done in turn."""
    return done[-1]


def read_status(*done: Any) -> str:
    """Return the status of the answer that comes last of what is done in turn, and the code of an error."""
    answer: httpx.Response = done[-1]
    try:
        return f"{answer.status_code} {answer.json()['error']['code']}"
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)


def send(scene: Scene, path: str, who: str | None = "acme-owner", method: str = "GET", **options: Any) -> str:
    """Return the status of the answer to a request, and the code of an error."""
    return read_status(scene.ask(method, path, who, **options))


def list_wrong_fields(answer: httpx.Response) -> list[str]:
    """Return the fields that a validation error names."""
    return sorted(answer.json()["error"]["details"]["fields"])


def build_manifest(name: str, version: str = "1.0.0", more: str = "") -> bytes:
    """Return a pack.yaml."""
    return f"name: {name}\nversion: {version}\n{more}".encode()


def build_entries(files: Mapping[str, bytes], *others: tarfile.TarInfo) -> list[Entry]:
    """Return the entries of an archive of these files and of other entries."""
    found = [with_data(tarfile.TarInfo(path), data) for path, data in files.items()]
    return [*found, *((info, b"") for info in others)]


def zip_files(files: Mapping[str, bytes], *others: tarfile.TarInfo) -> bytes:
    """Return a .tar.gz of these files and of other entries."""
    return zipped_entries(build_entries(files, *others))


def pack_files(name: str = "witness", files: Mapping[str, bytes] | None = None, more: str = "") -> bytes:
    """Return the archive of a pack."""
    return zip_files({"pack.yaml": build_manifest(name, more=more), **(files or {})})
