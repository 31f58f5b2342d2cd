"""The most memory that a command has had, asked of a small process that starts it.

A process that is started takes over the peak of the one that starts it (`ru_maxrss` outlives `exec`, getrusage(2)), so
that a large one, as a test process is, would measure itself.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

KILLED = 124
"""The exit code of a command that took too long, as timeout(1) has it."""


def wrap_command(command: Sequence[str | Path], into: Path, patience_s: float = 3600.0) -> list[str]:
    """Return a command that runs this one, ends with its exit code, and writes its peak as MiB into a file.

    What takes longer than `patience_s` is killed; the exit code is `KILLED` then.
    """
    return [sys.executable, "-I", "-S", __file__, str(into), str(patience_s), *map(str, command)]


def read_peak(written: Path) -> float:
    """Return the peak in MiB that was written there."""
    return float(written.read_text(encoding="ascii"))


def _run(into: str, patience_s: str, *command: str) -> int:
    try:
        code = subprocess.run(command, timeout=float(patience_s), check=False).returncode
    except subprocess.TimeoutExpired:
        code = KILLED
    Path(into).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024), encoding="ascii")
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(_run(*sys.argv[1:]))
