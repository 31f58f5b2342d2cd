"""The time of each control call on whole worlds, with few packs and with many."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.asking import Asker, open_asker
from benchmarks.figures import Figure
from benchmarks.promises import CONTROL_CALLS, control
from mock_server.contract.document import load_document
from mock_server.fixtures import load_seed
from mock_server.resources.packs.images import build
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.resources.packs.registry import make_platform_reference, with_image
from mock_server.settings import MAX_MEMORY, MIB, find_own_contract
from mock_server.state.blobs import make_blob
from mock_server.state.portable import write

OWNER = "org_acme"
PERSONA = "acme-owner"
_JSON = {"Content-Type": "application/json"}
_SNAPSHOT = "as-it-was"


def pack_id(number: int) -> str:
    """Return the id of one of the many packs."""
    return f"pack_{number:08}"


def make_many_packs(count: int) -> bytes:
    """Return the seed data as a document, with so many packs more, each with content of its own."""
    state = load_seed(0, load_document(find_own_contract())).state
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        name = f"pack-{number}"
        image = build({"pack.yaml": make_blob(f"name: {name}\nversion: 1.0.0\n".encode())})
        reference = make_platform_reference(OWNER, name, "1.0.0")
        pack = Pack(pack_id(number), OWNER, "community", "org", "upload", reference, image, now, now)
        state = with_image(state, reference, image).put(PACKS, pack)
    return write(state)


def compute_memory(count: int) -> int:
    """Return the MiB of --max-memory with which a mock keeps so many packs more in the few worlds that are measured."""
    return (MAX_MEMORY + 16 * 1024 * count) // MIB


def write_document(folder: Path, count: int) -> Path:
    """Return the document as a file, for `--state`."""
    file = folder / f"{count}-packs.json"
    file.write_bytes(make_many_packs(count))
    return file


def time_calls(url: str, packs: int, rounds: int, repeats: int) -> Iterator[Figure]:
    """Yield each call's median of so many rounds on a fork of the world `default`, with so many packs more."""
    with open_asker(url) as mock:
        world = _World(mock, f"bench-{packs}")
        for call in CONTROL_CALLS:
            medians = tuple(median(world.measure_milliseconds(call, repeats)) for _ in range(rounds))
            yield Figure(control(call, packs), "ms", medians)


class _World:
    """A world and the calls on it; after each it stands again where it stood at first."""

    def __init__(self, mock: Asker, name: str) -> None:
        self._mock = mock
        self._name = name
        mock.post("/_mock/worlds/default/fork", {"name": name})
        mock.post(self._build_path("/snapshots"), {"name": _SNAPSHOT})

    def measure_milliseconds(self, name: str, repeats: int) -> Iterator[float]:
        """Yield each time it took; traces are removed in between."""
        for number in range(repeats):
            another = f"{self._name}-{number}"
            path, names_another, undo = self._call(name, another)
            body = json.dumps({"name": another}).encode() if names_another else None
            yield self._mock.measure_seconds("POST", path, body, _JSON) * 1000
            undo()

    def _call(self, name: str, another: str) -> tuple[str, bool, Callable[[], object]]:
        """Return the path of a call, whether it names something new, and how its traces are removed."""
        restore = self._build_path(f"/snapshots/{_SNAPSHOT}/restore")
        match name:
            case "fork":
                return self._build_path("/fork"), True, partial(self._mock.ask, "DELETE", f"/_mock/worlds/{another}")
            case "snapshot":
                snapshots = self._build_path("/snapshots")
                return snapshots, True, partial(self._mock.ask, "DELETE", f"{snapshots}/{another}")
            case "reset":
                return self._build_path("/reset"), False, partial(self._mock.post, restore)
        return restore, False, partial(self._mock.post, self._build_path("/reset"))

    def _build_path(self, below: str) -> str:
        return f"/_mock/worlds/{self._name}{below}"
