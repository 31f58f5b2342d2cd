"""The shell that `make shell` opens, from one that knows nothing of this project."""

import os
import subprocess
import sys
from pathlib import Path

from tests.repo.sources import ROOT

_OURS = {str(Path(sys.executable).parent), str(ROOT / ".venv" / "bin")}
OUTSIDE = {
    **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
    "PATH": os.pathsep.join(each for each in os.environ["PATH"].split(os.pathsep) if each not in _OURS),
    "SHELL": "/bin/bash",
    "CI": "1",
}
"""The environment of a shell in which no command of ours is found."""
COMMAND = ["make", "--silent", "--no-print-directory", "shell"]


def in_make_shell(block: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Type a block of commands there; both streams are `stdout`, and the first failure ends it."""
    return subprocess.run(
        COMMAND,
        cwd=ROOT,
        env={**OUTSIDE, **environment},
        input=f"set -euo pipefail\n{{\n{block}\n}} </dev/null\n",
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=580,
        check=False,
    )
