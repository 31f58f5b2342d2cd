"""What the processes of one run keep on disk together: the ledger, the count of requests, whose turn it is."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

NAME = "evershell-conformance"


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The folder of one run; it is removed once nothing that the run made is left."""

    folder: Path

    @staticmethod
    def create() -> RunFiles:
        """A new folder for a run: in the user's folder for state, else among the temporary files."""
        made: OSError | None = None
        for parent in _parents():
            folder = parent / f"run-{os.getpid()}-{secrets.token_hex(3)}"
            try:
                folder.mkdir(mode=0o700, parents=True)
                (folder / "count").touch(mode=0o600)
                (folder / "turns").touch(mode=0o600)
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

    @property
    def turns(self) -> Path:
        return self.folder / "turns"

    def hold(self) -> BinaryIO | None:
        """The sign that the run is alive, held until it is closed; None where another process holds it."""
        file = (self.folder / "alive").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def left_runs() -> Iterator[RunFiles]:
    """The folders of every run that has not ended, or could not remove what it made; the oldest first."""
    found: list[Path] = []
    for parent in _parents():
        with contextlib.suppress(OSError):
            found += [folder for folder in parent.glob("run-*") if (folder / "ledger.jsonl").is_file()]
    yield from map(RunFiles, sorted(found, key=lambda folder: folder.stat().st_mtime))


def _parents() -> Iterator[Path]:
    state = os.environ.get("XDG_STATE_HOME")
    with contextlib.suppress(RuntimeError):  # no home
        yield (Path(state) if state else Path.home() / ".local" / "state") / NAME
    yield Path(tempfile.gettempdir()) / f"{NAME}-{os.getuid()}"
