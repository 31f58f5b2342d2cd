"""Node's programs of this repository, run as a developer runs them."""

import os
import sys
from pathlib import Path

from tests.repo.running import run
from tests.repo.sources import ROOT

PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
PLAIN = {"PATH": PATH, "CI": "1", "NO_COLOR": "1", "FORCE_COLOR": "0"}


def npx(folder: Path, *command: str, **environment: str) -> str:
    """Return what a program of the repository's packages prints; AssertionError with that where it fails."""
    return run(
        [ROOT / "node_modules" / ".bin" / command[0], *command[1:]], folder, {**os.environ, **PLAIN, **environment}
    )
