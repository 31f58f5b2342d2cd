"""The log of an org that is as long as it gets: how fast it is read and counted, and whether a write notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import servers
from benchmarks.asking import Asker, build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.measures.worlds import OWNER, PERSONA
from benchmarks.promises import EVENTS_PAGE, EVENTS_SOUGHT, EVENTS_STATISTICS, EVENTS_WRITTEN
from mock_server.contract.document import load_document
from mock_server.fixtures import load_seed
from mock_server.resources.audit.event import MOST_OF_ORG, Event, with_event
from mock_server.settings import find_own_contract
from mock_server.state.portable import write

REPEATS = 20
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_APART = timedelta(minutes=7)
_TYPES = ("provider.updated", "secret.set", "policy_decision")
ASKED: Mapping[str, str] = {
    EVENTS_PAGE: "/v1/audit",
    EVENTS_SOUGHT: "/v1/audit?filter=event_type%3Dnothing&filter=user_id!%3Dnobody",
    EVENTS_STATISTICS: "/v1/audit/stats?group_by=event_type,user_id&time_bucket=1d&metric=avg:latency_ms",
}
"""The request of each figure; what is sought is not there, so that all events are looked at."""


def make_long_log(count: int = MOST_OF_ORG) -> bytes:
    """Return the seed data as a document, with so many events more."""
    state = load_seed(0, load_document(find_own_contract())).state
    for number in range(count):
        latency = float(number % 500) if number % 3 == 2 else None
        moment, user = _FIRST + number * _APART, f"usr_{number % 5}"
        event = Event(OWNER, user, moment, _TYPES[number % 3], resource_id="x", latency_ms=latency)
        state = with_event(state, event)
    return write(state)


def measure(rounds: int) -> Iterator[Figure]:
    """Yield milliseconds of a page of a hundred, of one that is sought in vain, and of statistics.

    The last is that of a PATCH more.
    """
    with TemporaryDirectory() as folder, ExitStack() as running:
        file = Path(folder, "long.json")
        file.write_bytes(make_long_log())
        url, short = (
            running.enter_context(servers.run_mock("--state", str(file))),
            running.enter_context(servers.run_mock()),
        )
        headers = build_sign_in(read_token(url, PERSONA))
        mock, few = running.enter_context(open_asker(url)), running.enter_context(open_asker(short))
        taken: dict[str, list[float]] = {name: [] for name in (*ASKED, EVENTS_WRITTEN)}
        for _ in range(rounds):
            for name, path in ASKED.items():
                taken[name].append(
                    1000 * median(mock.measure_seconds("GET", path, None, headers) for _ in range(REPEATS))
                )
            taken[EVENTS_WRITTEN].append(_time_patch(mock, headers) / _time_patch(few, headers))
    for name in ASKED:
        yield Figure(name, "ms", tuple(taken[name]))
    yield Figure(EVENTS_WRITTEN, "x", tuple(taken[EVENTS_WRITTEN]))


def _time_patch(mock: Asker, headers: Mapping[str, str]) -> float:
    """Return how long a PATCH takes, each of which writes an event."""
    bodies = [b'{"visibility": "community"}', b'{"visibility": "org"}'] * (5 * REPEATS)
    as_json = {**headers, "Content-Type": "application/json"}
    return median(mock.measure_seconds("PATCH", "/v1/packs/pack_01HZ", body, as_json) for body in bodies)
