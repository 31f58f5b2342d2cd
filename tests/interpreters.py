"""The interpreters of Python that are there, of those for which the project is."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The version that runs the tests."""
_ASKED = "import sys, venv; print('%d.%d' % sys.version_info[:2])"


@cache
def found() -> dict[str, Path]:
    """By version, the first interpreter of that name on the path which runs and can make environments."""
    every = {version: first(version) for version in VERSIONS}
    return {version: path for version, path in every.items() if path is not None}


def told() -> str:
    """Which versions are there and which are not, in a line."""
    there = ", ".join(f"{version} ({path})" for version, path in found().items()) or "none"
    missing = ", ".join(version for version in VERSIONS if version not in found())
    return f"interpreters: {there}" + (f"; not found: {missing}" if missing else "")


def first(version: str) -> Path | None:
    """The first on the path that runs as this version; the one that runs the tests for its own."""
    if version == HERE:
        return Path(sys.executable)
    folders = map(Path, filter(None, os.environ.get("PATH", "").split(os.pathsep)))
    return next((path for folder in folders if _is(path := folder / f"python{version}", version)), None)


def _is(path: Path, version: str) -> bool:
    """Whether this runs: some names on a path are of a manager that has no such version."""
    if not path.is_file():
        return False
    try:
        asked = subprocess.run([path, "-c", _ASKED], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and asked.stdout.strip() == version
