"""Let the workspaces and tasks of databases live in the background."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy import func, select

from examples.third_server.database import Database, Workspace, get_time_ms
from examples.third_server.lifecycle import take_step

RETRY_SECONDS = 0.2
log = logging.getLogger(__name__)


class Worker:
    """Take the steps of workspaces when they are due, in one thread for all the databases that are watched."""

    def __init__(self, step_ms: int) -> None:
        self._step_ms = step_ms
        self._is_stopped = False
        self._moments: dict[Database, float] = {}
        self._changed = threading.Condition()
        self._serving = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, and wait for it."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self._thread.join(timeout=5)

    def watch(self, database: Database) -> None:
        """Take the steps of a database from now on."""
        database.on_change = lambda: self._look_at(database, 0)
        database.on_change()

    def forget(self, database: Database) -> None:
        """Take no more steps of a database."""
        with self._serving, self._changed:
            database.on_change = None
            self._moments.pop(database, None)

    def _look_at(self, database: Database, seconds: float) -> None:
        """Look at a database after so many seconds, unless that is to be done before."""
        moment = time.monotonic() + seconds
        with self._changed:
            self._moments[database] = min(moment, self._moments.get(database, moment))
            self._changed.notify()

    def _run(self) -> None:
        """Take steps until the server stops."""
        while (database := self._wait_for_next()) is not None:
            with self._serving:
                if database.on_change is not None:
                    self._serve(database)

    def _wait_for_next(self) -> Database | None:
        """Wait until a database is to be looked at, and return it; none once the server stops."""
        with self._changed:
            while not self._is_stopped:
                database = min(self._moments, key=lambda each: self._moments[each], default=None)
                if database is None:
                    self._changed.wait()
                    continue
                remaining = self._moments[database] - time.monotonic()
                if remaining <= 0:
                    del self._moments[database]
                    return database
                self._changed.wait(remaining)
        return None

    def _serve(self, database: Database) -> None:
        """Take the steps of a database that are due, or find out when the next one is."""
        try:
            with database.reading() as session:
                due = session.scalar(select(func.min(Workspace.due_at)))
                remaining = None if due is None else due - get_time_ms()
            if remaining is not None and remaining > 0:
                self._look_at(database, remaining / 1000)
            elif remaining is not None:
                self._take_steps(database)
        except Exception:
            log.exception("A step could not be taken.")
            self._look_at(database, RETRY_SECONDS)

    def _take_steps(self, database: Database) -> None:
        """Take every step that is due."""
        with database.writing() as session:
            due = session.scalars(
                select(Workspace).where(Workspace.due_at <= get_time_ms()).order_by(Workspace.due_at).limit(100)
            ).all()
            for workspace in due:
                take_step(session, workspace, self._step_ms)
