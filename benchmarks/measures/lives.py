"""Workspaces and tasks that live by the clock: whether a request that is about neither notices them, and an hour."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import servers
from benchmarks.asking import Asker, build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.load import Call
from benchmarks.measures.growth import compare_rates, measure_in_turn
from benchmarks.measures.worlds import PERSONA
from benchmarks.promises import AN_HOUR
from mock_server.contract.document import load_document
from mock_server.fixtures import load_seed
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.workspaces.life import tasks, workspaces
from mock_server.settings import find_own_contract
from mock_server.state.clock import freeze
from mock_server.state.portable import write

ROLE = "role_01HZ"
_NOW = datetime(2026, 7, 1, tzinfo=UTC)
_SNAPSHOT = "as-it-was"
_HOUR = json.dumps({"advance_seconds": 3600}).encode()
_AS_JSON = {"Content-Type": "application/json"}


def make_in_flight(count: int) -> bytes:
    """Return the seed data with a standing clock and so many tasks more, each in a workspace that provisions."""
    state = load_seed(0, load_document(find_own_contract())).state.with_clock(freeze(_NOW))
    role = state.all(ROLES)[ROLE]
    for _ in range(count):
        state, workspace = workspaces.create(state, role, "usr_acme_owner", _NOW)
        state, _task = tasks.submit(state, workspace, "Do it.", "usr_acme_owner", _NOW)
    return write(state)


def measure(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield a GET of a pack beside so many tasks in flight; and how long an hour of the most of them takes."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        urls = {count: running.enter_context(_with_tasks(Path(folder), count)) for count in sizes}
        headers = build_sign_in(read_token(urls[sizes[0]], PERSONA))
        calls = {count: Call("GET", f"{url}/v1/packs/pack_01HZ", headers) for count, url in urls.items()}
        yield from compare_rates("tasks in flight", measure_in_turn(calls, rounds, seconds))
        with open_asker(urls[max(sizes)]) as mock:
            mock.post("/_mock/worlds/default/snapshots", {"name": _SNAPSHOT})
            yield Figure(AN_HOUR, "s", tuple(time_hour(mock) for _ in range(rounds)))


def time_hour(mock: Asker) -> float:
    """Return the seconds of an hour in the world `default`, which stands as it was before afterwards."""
    taken = mock.measure_seconds("PUT", "/_mock/worlds/default/clock", _HOUR, _AS_JSON)
    mock.post(f"/_mock/worlds/default/snapshots/{_SNAPSHOT}/restore", {})
    return taken


def _with_tasks(folder: Path, count: int) -> AbstractContextManager[str]:
    file = folder / f"{count}-tasks.json"
    file.write_bytes(make_in_flight(count))
    return servers.run_mock("--state", str(file))
