"""Runs a command that must succeed, for tests of what this project's users type."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> str:
    """Return what a command prints on both streams; AssertionError with that where it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
