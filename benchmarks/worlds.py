"""What a mock does to whole worlds: how long each control call takes, with few packs and with many."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import httpx

from mock_server.blobs import blob
from mock_server.document import load_document
from mock_server.fixtures import load_seed
from mock_server.images import build
from mock_server.models import Pack
from mock_server.portable import written
from mock_server.registry import platform_reference
from mock_server.settings import own_contract

_OWNER = "org_acme"
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Timed:
    """One control call: its median in milliseconds, in a world with few packs and in one with many."""

    call: str
    few_ms: float | None
    many_ms: float


def many_packs(count: int) -> bytes:
    """The seed data as a document, with so many packs more, each with content of its own."""
    state = load_seed(0, load_document(own_contract())).state
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        name = f"pack-{number}"
        image = build({"pack.yaml": blob(f"name: {name}\nversion: 1.0.0\n".encode())})
        reference = platform_reference(_OWNER, name, "1.0.0")
        pack = Pack(f"pack_{number:08}", _OWNER, "community", "org", "upload", reference, image, now, now)
        state = state.with_image(reference, image).with_pack(pack)
    return written(state)


def timed(mock: str, document: bytes, repeats: int) -> Iterator[Timed]:
    """Measure each call so many times, the import once. Raises httpx.HTTPStatusError where one is refused."""
    with httpx.Client(base_url=mock, timeout=60) as client:
        few, many = _World(client, "bench-few"), _World(client, "bench-many")
        imported = many.put_state(document)
        for world in (few, many):
            world.ask()
        for name in ("snapshot", "rewind", "fork", "reset"):
            yield Timed(name, few.median(name, repeats), many.median(name, repeats))
        yield Timed("import", None, imported)


class _World:
    """A world and the calls on it; its journal's first entry stands for what it held at first."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self._client = client
        self._name = name
        self._number = 0

    def ask(self) -> None:
        self._client.get(f"/_worlds/{self._name}/v1/packs")  # without a credential: an entry is all that is wanted

    def put_state(self, document: bytes) -> float:
        return _milliseconds(lambda: self._client.put(self._path("/state"), content=document, headers=_JSON))

    def median(self, name: str, repeats: int) -> float:
        call: Callable[[], httpx.Response] = getattr(self, f"_{name}")
        took = []
        for _ in range(repeats):
            took.append(_milliseconds(call))
            self._rewind()
        return median(took)

    def _snapshot(self) -> httpx.Response:
        return self._client.post(self._path("/snapshots"), json={"name": self._another()})

    def _rewind(self) -> httpx.Response:
        return self._client.post(self._path("/rewind"), json={"to": 1})

    def _fork(self) -> httpx.Response:
        return self._client.post(self._path("/fork"), json={"name": self._another()})

    def _reset(self) -> httpx.Response:
        return self._client.post(self._path("/reset"))

    def _path(self, below: str) -> str:
        return f"/_mock/worlds/{self._name}{below}"

    def _another(self) -> str:
        self._number += 1
        return f"{self._name}-{self._number}"


def _milliseconds(call: Callable[[], httpx.Response]) -> float:
    started = time.perf_counter()
    answer = call()
    took = time.perf_counter() - started
    answer.raise_for_status()
    return took * 1000


def rendered(rows: list[Timed], packs: int) -> str:
    """The table of the calls."""
    head = f"{'control calls, median':<24}{'few packs':>16}{f'{packs:,} more':>16}{'more / few':>14}"
    return "\n".join([head, *map(_line, rows)])


def _line(row: Timed) -> str:
    many = f"{row.many_ms:,.2f} ms"
    if row.few_ms is None:
        return f"{row.call:<24}{many:>32}"
    return f"{row.call:<24}{f'{row.few_ms:,.2f} ms':>16}{many:>16}{row.many_ms / row.few_ms:>14.2f}"
