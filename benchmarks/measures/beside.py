"""The mock beside its peers: the same three calls, the same data, in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks import servers
from benchmarks.asking import build_sign_in, open_asker, read_token
from benchmarks.figures import (
    CALLS,
    COMPILED,
    CONNEXION,
    GET,
    GRANIAN,
    LIST,
    OURS,
    PATCH,
    PRISM,
    SCALAR,
    SILENT,
    STARLETTE,
    TIMES,
    Figure,
    Row,
    divide_rounds,
    name_ratio,
)
from benchmarks.load import Call, load
from benchmarks.peers import stateless
from benchmarks.peers.data import Data

CALLER = "globex-owner"
"""The caller that sees the seven packs of `LIST`."""
_PACKS = 7
_BODIES = tuple(json.dumps({"visibility": visibility}) for visibility in ("community", "org"))
_WARM_S = 1.0


@dataclass(frozen=True, slots=True)
class Served:
    """The packs that the mock shows to the caller, and which of them can be changed to and fro."""

    data: Data
    pack_id: str


@contextmanager
def run_mock(*options: str) -> Iterator[tuple[str, Served]]:
    """Yield the mock as it stands when every gate and the journal are on; its URL, and what it serves."""
    with servers.run_mock(*options) as url:
        yield url, read_served(url)


def read_served(url: str) -> Served:
    """Return what the mock at this URL serves. Raises ServerError where it is not what is to be measured."""
    headers = build_sign_in(token := read_token(url, CALLER))
    with open_asker(url) as client:
        packs = client.get("/v1/packs", headers)["packs"]
    if len(packs) != _PACKS:
        raise servers.ServerError(f"{CALLER} sees {len(packs)} packs, {_PACKS} are to be measured")
    for pack in packs:
        path = f"{url}/v1/packs/{pack['id']}"
        # Another org's role may hold it fast.
        if pack["owned"] and all(httpx.patch(path, headers=headers, json=json.loads(b)).is_success for b in _BODIES):
            with open_asker(url) as client:
                listed = client.get("/v1/packs", headers)["packs"]
            return Served(Data(token, {each["id"]: each for each in listed}), pack["id"])
    raise servers.ServerError(f"{CALLER} has no pack whose visibility can be changed back and forth")


def build_calls(url: str, what: Served) -> dict[str, Call]:
    """Return what is asked of a server."""
    headers = build_sign_in(what.data.token)
    one = f"{url}/v1/packs/{what.pack_id}"
    return {
        GET: Call("GET", one, headers),
        LIST: Call("GET", f"{url}/v1/packs", headers),
        PATCH: Call("PATCH", one, headers | {"Content-Type": "application/json"}, _BODIES),
    }


def with_peers(rounds: int, seconds: float, *, others: bool) -> list[Row]:
    """Return the mock beside Starlette, Connexion and, with `others`, the stateless mock servers."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        url, what = running.enter_context(run_mock())
        data_file, document = Path(folder, "data.json"), Path(folder, "openapi.json")
        what.data.write(data_file)
        urls = {
            OURS: url,
            STARLETTE: running.enter_context(servers.run_peer("raw_starlette", data_file)),
            CONNEXION: running.enter_context(servers.run_peer("bare_connexion", data_file)),
        }
        if others:
            document.write_text(json.dumps(stateless.build_document(what.data)), encoding="utf-8")
            urls[SCALAR] = running.enter_context(stateless.serve_scalar(document))
            urls[PRISM] = running.enter_context(stateless.serve_prism(document))
        for peer in urls.values():
            check(peer, what)
        return measure_in_turn({name: build_calls(each, what) for name, each in urls.items()}, CALLS, rounds, seconds)


def measure_alternatives(rounds: int, seconds: float) -> Iterator[Figure]:
    """Yield the ratios to raw Starlette on uvicorn of what could serve and check in the mock's place."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        url, what = running.enter_context(run_mock())
        data_file = Path(folder, "data.json")
        what.data.write(data_file)
        urls = {
            OURS: url,
            STARLETTE: running.enter_context(servers.run_peer("raw_starlette", data_file)),
            GRANIAN: running.enter_context(servers.run_peer("raw_starlette", data_file, "granian")),
            COMPILED: running.enter_context(servers.run_peer("compiled_connexion", data_file)),
        }
        for peer in urls.values():
            check(peer, what)
        asked = {name: build_calls(each, what) for name, each in urls.items() if name != OURS}
        for row in measure_in_turn(asked, CALLS, rounds, seconds):
            for server in (GRANIAN, COMPILED):
                yield Figure(
                    name_ratio(row.call, STARLETTE, server), TIMES, divide_rounds(row.rates, server, STARLETTE)
                )


def check(url: str, what: Served) -> None:
    """Require that every server sends the same packs; ServerError where one does not."""
    with open_asker(url) as client:
        listed = client.get("/v1/packs", build_sign_in(what.data.token))
    if listed != {"packs": list(what.data.packs.values())}:
        raise servers.ServerError(f"{url} does not list the packs that the mock lists")


def without_journal(rounds: int, seconds: float) -> list[Row]:
    """Return the mock with its journal at its bound beside itself without one."""
    with run_mock() as (url, what), run_mock("--journal", "0") as (silent, _):
        asked = {OURS: build_calls(url, what), SILENT: build_calls(silent, what)}
        return measure_in_turn(asked, (GET, PATCH), rounds, seconds)


def measure_in_turn(
    asked: Mapping[str, Mapping[str, Call]], names: Sequence[str], rounds: int, seconds: float
) -> list[Row]:
    """Return the row of each server; each takes its turn in every round, so that what slows one slows all."""
    rows = []
    for name in names:
        rates: dict[str, list[float]] = {server: [] for server in asked}
        p99_ms: dict[str, list[float]] = {server: [] for server in asked}
        for server in asked:
            load(asked[server][name], min(seconds, _WARM_S))
        for number in range(rounds):
            for server in asked if number % 2 else reversed(list(asked)):
                measured = load(asked[server][name], seconds)
                rates[server].append(measured.requests_per_second)
                p99_ms[server].append(measured.p99_ms)
        rows.append(Row(name, rates, p99_ms))
    return rows
