"""Files that processes share: the ledger and counts of one run, and the turns between runs."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from conformance.custody.ledger import StandingObjects, read_standing

NAME = "evershell-conformance"


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The folder of one run; it is removed once nothing that the run made is left."""

    folder: Path

    @staticmethod
    def create() -> RunFiles:
        """Return a new folder for a run: in the user's folder for state, else among the temporary files."""
        made: OSError | None = None
        for parent in _list_parents():
            folder = parent / f"run-{os.getpid()}-{secrets.token_hex(3)}"
            try:
                folder.mkdir(mode=0o700, parents=True)
                (folder / "count").touch(mode=0o600)
            except OSError as error:
                made = error
                continue
            return RunFiles(folder)
        raise made or OSError("no folder for the run's ledger")

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.jsonl"

    @property
    def count(self) -> Path:
        return self.folder / "count"

    def find_shared_file(self, place: str, name: str) -> Path:
        """Return a file that all runs have in common that judge the same place, such as a base URL."""
        folder = self.folder.parent / f"place-{hashlib.sha256(place.encode()).hexdigest()[:16]}"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / name
        file.touch(mode=0o600)
        return file

    @property
    def is_alive(self) -> bool:
        """Return whether the run is still going on."""
        try:
            with (self.folder / "alive").open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            pass  # it has just ended, and taken its folder along
        return False

    def hold(self) -> BinaryIO | None:
        """Return the locked file that shows the run to be alive, until it is closed.

        None where another process holds it.
        """
        return lock_file(self.folder / "alive")

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def lock_file(path: Path) -> BinaryIO | None:
    """Return the file, locked until it is closed or its process ends; None where another process has locked it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def find_left_runs() -> Iterator[RunFiles]:
    """Yield the folders of every run that has not ended, or could not remove what it made; the oldest first."""
    found: list[tuple[float, Path]] = []
    for parent in _list_parents():
        with contextlib.suppress(OSError):
            for folder in parent.glob("run-*"):
                with contextlib.suppress(FileNotFoundError):  # no ledger, or not any more
                    found.append(((folder / "ledger.jsonl").stat().st_mtime, folder))
    yield from (RunFiles(folder) for _, folder in sorted(found))


def find_runs_here(files: RunFiles, url: str, states_url: str | None) -> Iterator[StandingObjects]:
    """Yield the runs that judge the same place at this moment; `files`: those of the run that asks."""
    for _, found in _find_others(files, lambda other: other.is_alive):
        if found.url == url or (states_url is not None and found.states_url == states_url):
            yield found


def list_made_by_others(files: RunFiles | None) -> frozenset[str]:
    """Return the ids of what other runs made and have not removed."""
    return frozenset(object_id for _, found in _find_others(files) for object_id in found.objects)


def _find_others(
    files: RunFiles | None, asked_for: Callable[[RunFiles], bool] = lambda _: True
) -> Iterator[tuple[RunFiles, StandingObjects]]:
    """Yield the runs that are asked for, before what they left is read: a ledger may be long."""
    for other in find_left_runs():
        if (files is None or other.folder != files.folder) and asked_for(other):
            try:
                yield other, read_standing(other.ledger)
            except OSError:
                continue  # it has just ended, and taken its folder along


def _list_parents() -> Iterator[Path]:
    state = os.environ.get("XDG_STATE_HOME")
    with contextlib.suppress(RuntimeError):  # no home
        yield (Path(state) if state else Path.home() / ".local" / "state") / NAME
    yield Path(tempfile.gettempdir()) / f"{NAME}-{os.getuid()}"
