"""The seedable examples as their user has them: each a process of its own, described by the profile beside them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.examples.second import ROOT

FOLDER = ROOT / "examples/seedable"
PROFILE = FOLDER / "profile.toml"
IN_PROFILE = "http://127.0.0.1:4030"
COMMANDS = {"python": (sys.executable, "-I", "server.py"), "node": ("node", "server.mjs")}


@contextmanager
def serving(language: str, *options: str) -> Iterator[str]:
    """Serve on a free port; the origin."""
    command = [*COMMANDS[language], "--port", "0", *options]
    with subprocess.Popen(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def profile(folder: Path, origin: str, *, worlds: bool = True) -> Path:
    """The examples' profile for this origin; without worlds all tests share the one state of the server."""
    text = PROFILE.read_text(encoding="utf-8").replace(IN_PROFILE, origin)
    if not worlds:
        text = re.sub("^world_url.*\n", "", text, flags=re.MULTILINE).replace("/worlds/{world}/states", "/states")
    path = folder / "seedable.toml"
    path.write_text(text, encoding="utf-8")
    return path
