"""The watch over the files that a mock is made of."""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

from mock_server.settings import Settings

PACKAGE = Path(__file__).parents[2]

_A_LOOK_MS = 300
_READ = {".py", ".yaml"}


class WatchedFiles:
    """The contract, the directories of fixtures, and the mock's own code."""

    def __init__(self, settings: Settings) -> None:
        self._contract = settings.contract.resolve()
        self._directories = [each.resolve() for each in (*settings.fixtures, *_directories_of(PACKAGE))]

    def directories(self) -> set[Path]:
        """Return every directory with such a file in it."""
        return {self._contract.parent, *self._directories}

    def __contains__(self, path: Path) -> bool:
        if path == self._contract:
            return True
        return path.parent in self._directories and path.suffix in _READ and not path.name.startswith(".")


def _directories_of(package: Path) -> Iterable[Path]:
    yield package
    yield from (each for each in package.rglob("*") if each.is_dir() and each.name != "__pycache__")


class FileWatch:
    """Sends the names of changed files to a connection, from a thread, until it is stopped."""

    def __init__(self, watched: WatchedFiles, changed: Connection) -> None:
        self._watched = watched
        self._changed = changed
        self.begun = Event()
        """Set once no change escapes."""
        self._stop = Event()
        self._thread = Thread(target=self._run, name="evershell-mock-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """FileWatch no longer."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        directories = self._watched.directories()
        # Directories without those below them: a contract may stand at the root of a large project.
        for changes in watch(
            *directories,
            watch_filter=self._matters,
            stop_event=self._stop,
            recursive=False,
            rust_timeout=_A_LOOK_MS,
            yield_on_timeout=True,
        ):
            self.begun.set()
            if changes:
                self._changed.send(sorted(path for _, path in changes))

    def _matters(self, _change: Change, path: str) -> bool:
        return Path(path) in self._watched
