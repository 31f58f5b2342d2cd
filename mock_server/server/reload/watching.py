"""The watch over the files that a mock is made of, for `--reload`."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

from mock_server.settings import Settings

PACKAGE = Path(__file__).parents[2]

_POLL_MS = 300
_SUFFIXES = {".py", ".yaml"}


class FileWatch:
    """Sends the names of changed files to a connection, from a thread, until it is stopped.

    It watches the contract with its overlays and modules, the directories of fixtures, and the mock's own code.
    """

    def __init__(self, settings: Settings, changed: Connection) -> None:
        code = (each for each in PACKAGE.rglob("*") if each.is_dir() and each.name != "__pycache__")
        self._files = {each.resolve() for each in (settings.contract, *settings.overlays, *settings.modules)}
        self._directories = {each.resolve() for each in (*settings.fixtures, PACKAGE, *code)}
        self._changed = changed
        self.begun = Event()
        """Set once no change escapes."""
        self._stop = Event()
        self._thread = Thread(target=self._run, name="evershell-mock-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, and end the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        # Directories without those below them: a contract may stand at the root of a large project.
        for changes in watch(
            *{*(each.parent for each in self._files), *self._directories},
            watch_filter=self._matters,
            stop_event=self._stop,
            recursive=False,
            rust_timeout=_POLL_MS,
            yield_on_timeout=True,
        ):
            self.begun.set()
            if changes:
                self._changed.send(sorted(path for _, path in changes))

    def _matters(self, _change: Change, name: str) -> bool:
        path = Path(name)
        if path in self._files:
            return True
        return path.parent in self._directories and path.suffix in _SUFFIXES and not path.name.startswith(".")
