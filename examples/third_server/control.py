"""Serve worlds and their states to a conformance suite: for test environments, and never to be reached from outside."""

from __future__ import annotations

import json
import shutil
import threading
from collections import OrderedDict
from contextlib import suppress
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
    """Keep a copy of the seeded database for each world; the one that was longest unused makes room for the next."""

    def __init__(self, template: Path, folder: Path, step_seconds: float) -> None:
        self._template = template
        self._folder = folder
        self._worker = Worker(max(1, round(step_seconds * 1000)))
        self._worker.start()
        self._kept: OrderedDict[bytes, Database] = OrderedDict()
        self._making = threading.Lock()
        self._count = 0

    def find(self, name: bytes) -> Database | None:
        """Return the database of a world that was asked for before, unless it has ended."""
        with suppress(KeyError):
            self._kept.move_to_end(name)
            return self._kept[name]
        return None

    def make(self, name: bytes) -> Database:
        """Return the database of a world, which begins as the server does."""
        with self._making:
            database = self.find(name)
            if database is None:
                self._count += 1
                path = self._folder / f"world-{self._count}.db"
                shutil.copyfile(self._template, path)
                database = self._kept[name] = Database(str(path))
                self._worker.watch(database)
            oldest = self._kept.popitem(last=False)[1] if len(self._kept) > MOST_WORLDS else None
        if oldest is not None:
            self._worker.forget(oldest)
            oldest.close()
            oldest.remove()
        return database


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
            path, world = b"/" + rest, self._worlds.find(name)
            database = await run_in_threadpool(self._worlds.make, name) if world is None else world
            scope = {**scope, "path": path.decode("latin-1"), "raw_path": path}
        if path == STATES_PATH:
            response = await _answer(Request(scope, receive), database)
            await response(scope, receive, send)
            return
        state = {**scope.get("state", {}), "database": database}
        await self._app({**scope, "state": state}, receive, send)


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
            database.tell_change()
        return {}
    if asked["state"] not in OFFERED:
        raise Unmakeable(404, f"There is no state {asked['state']!r} here.")
    state = STATES[asked["state"]]
    with database.writing() as session:
        if action == "setup":
            return state.setup(session, params)
        state.teardown(session, params, asked.get("values") or {})
    return {}
