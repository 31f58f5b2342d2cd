"""Commits of the repository, as the tools that compare two of them ask git for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NoReturn


def run_git(*arguments: str, folder: Path | None = None, given: bytes = b"") -> bytes:
    """Return what git prints; end the tool with its message where it refuses."""
    done = subprocess.run(["git", *arguments], cwd=folder, input=given, capture_output=True, check=False)  # noqa: S603, S607  # the developer's git
    if done.returncode:
        refuse(done.stderr.decode(errors="replace").strip())
    return done.stdout


def find_root() -> Path:
    """Return the top folder of the repository that this folder is in; end the tool where it is in none."""
    return Path(run_git("rev-parse", "--show-toplevel").decode().strip())


def find_commit(name: str) -> str:
    """Return the whole id of a commit; end the tool with a message where git knows none of this name."""
    wanted = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    known = subprocess.run(["git", *wanted], capture_output=True, text=True, check=False)  # noqa: S603, S607  # the same
    if known.returncode:
        refuse(f"git knows no commit {name} here. A shallow clone has few: git fetch --unshallow")
    return known.stdout.split()[-1]


def refuse(message: str) -> NoReturn:
    """End the tool with exit code 2, and say why."""
    sys.stderr.write(f"{Path(sys.argv[0]).name}: {message}\n")
    sys.exit(2)
