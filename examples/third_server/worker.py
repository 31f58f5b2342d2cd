"""Let workspaces and tasks live in the background."""

from __future__ import annotations

import logging
import threading

from sqlalchemy import func, select

from examples.third_server.database import Database, Workspace, get_time_ms
from examples.third_server.lifecycle import take_step

log = logging.getLogger(__name__)


class Worker:
    """Take the steps of workspaces when they are due, in a thread of its own."""

    def __init__(self, database: Database, step_ms: int) -> None:
        self._database = database
        self._step_ms = step_ms
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, and wait for it."""
        self._stopped.set()
        self._database.written.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        """Take steps until the server stops."""
        while not self._stopped.is_set():
            try:
                self._wait_until_due()
                self._take_steps()
            except Exception:
                log.exception("A step could not be taken.")
                self._stopped.wait(0.2)

    def _wait_until_due(self) -> None:
        """Wait for the next step that is due, or for a write that may bring one."""
        while not self._stopped.is_set():
            self._database.written.clear()
            with self._database.reading() as session:
                due = session.scalar(select(func.min(Workspace.due_at)))
            remaining = None if due is None else (due - get_time_ms()) / 1000
            if remaining is not None and remaining <= 0:
                return
            self._database.written.wait(remaining)

    def _take_steps(self) -> None:
        """Take every step that is due."""
        with self._database.writing() as session:
            due = session.scalars(
                select(Workspace).where(Workspace.due_at <= get_time_ms()).order_by(Workspace.due_at).limit(100)
            ).all()
            for workspace in due:
                take_step(session, workspace, self._step_ms)
