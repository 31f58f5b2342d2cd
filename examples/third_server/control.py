"""Serve worlds and their states to a conformance suite: for test environments, and never to be reached from outside."""

from __future__ import annotations

import json
import shutil
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from examples.third_server.database import Database
from examples.third_server.errors import ApiError
from examples.third_server.state_params import Unmakeable
from examples.third_server.states import STATES
from examples.third_server.worker import Worker

CLOCK = "time has passed"
OFFERED = frozenset({*STATES, CLOCK})
MOST_WORLDS = 100
WORLDS = b"/worlds/"
STATES_PATH = b"/states"


class Worlds:
    """Keep a copy of the seeded database for each world; the one that was longest unused makes room."""

    def __init__(self, template: Path, folder: Path, step_seconds: float) -> None:
        self._template = template
        self._folder = folder
        self._step_ms = max(1, round(step_seconds * 1000))
        self._kept: OrderedDict[bytes, tuple[Database, Worker]] = OrderedDict()
        self._lock = threading.Lock()
        self._count = 0

    def get(self, name: bytes) -> Database:
        """Return the database of a world, which is made when it is first asked for."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = self._make()
            self._kept.move_to_end(name)
            if len(self._kept) > MOST_WORLDS:
                _end(*self._kept.popitem(last=False)[1])
            return self._kept[name][0]

    def _make(self) -> tuple[Database, Worker]:
        """Begin a world as the server begins."""
        self._count += 1
        path = self._folder / f"world-{self._count}.db"
        shutil.copyfile(self._template, path)
        database = Database(str(path))
        worker = Worker(database, self._step_ms)
        worker.start()
        return database, worker


class Control:
    """Send what is asked of a world to its database, and answer where states are asked for."""

    def __init__(self, app: ASGIApp, database: Database, worlds: Worlds) -> None:
        self._app = app
        self._database = database
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, database = scope["raw_path"], self._database
        if path.startswith(WORLDS):
            name, _, rest = path[len(WORLDS) :].partition(b"/")
            path, database = b"/" + rest, await run_in_threadpool(self._worlds.get, name)
            scope = {**scope, "path": path.decode("latin-1"), "raw_path": path}
        if path == STATES_PATH:
            response = await _answer(Request(scope, receive), database)
            await response(scope, receive, send)
            return
        state = {**scope.get("state", {}), "database": database}
        await self._app({**scope, "state": state}, receive, send)


def _end(database: Database, worker: Worker) -> None:
    """End a world, and remove its database."""
    worker.stop()
    database.close()
    database.remove()


async def _answer(request: Request, database: Database) -> Response:
    """Answer with the values of a setup, with nothing to a teardown, or with why neither can be."""
    try:
        asked = json.loads(await request.body())
        return JSONResponse(await run_in_threadpool(change_state, database, asked))
    except Unmakeable as reason:
        return JSONResponse({"message": str(reason)}, reason.status)
    except (ValueError, TypeError, AttributeError, KeyError, ApiError) as error:
        return JSONResponse({"message": f"Send an object with action, state and params: {error!r}"}, 400)


def change_state(database: Database, asked: Any) -> dict[str, Any]:
    """Set a state up and return its values, or tear it down."""
    params = {key: value for key, value in asked.get("params", {}).items() if value is not None}
    action = asked["action"]
    if action not in ("setup", "teardown"):
        raise Unmakeable(400, "The action is setup or teardown.")
    if asked["state"] == CLOCK:
        if action == "setup":
            database.ahead_ms += round(float(params["seconds"]) * 1000)
            database.written.set()
        return {}
    if asked["state"] not in OFFERED:
        raise Unmakeable(404, f"There is no state {asked['state']!r} here.")
    state = STATES[asked["state"]]
    with database.writing() as session:
        if action == "setup":
            return state.setup(session, params)
        state.teardown(session, params, asked.get("values") or {})
    return {}
