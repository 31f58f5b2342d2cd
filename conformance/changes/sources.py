"""Contracts that are compared: each a file, or a file as it was in a revision that git knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

from conformance.contract.contract import Contract, ContractError
from conformance.contract.file import parsed

_REMEDY = "mend it or name another file or REV:PATH"


def read_source(given: str) -> Contract:
    """Return the contract at a path, or at REV:PATH of git; raises ContractError."""
    path = Path(given)
    if path.is_file() or ":" not in given:
        return parsed(_of_file(path), path, _REMEDY)
    return parsed(_of_git(given), path, _REMEDY)


def _of_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror}); name a file, or REV:PATH of git") from None


def _of_git(given: str) -> bytes:
    if given.startswith("-"):  # no revision begins so, and git would take it for an option
        raise ContractError(f"{given}: is no revision of git; name it as REV:PATH, such as HEAD~1:openapi.yaml")
    try:
        command = ["git", "cat-file", "blob", given]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # no shell, one argument
    except OSError:
        raise ContractError(f"{given}: is no file, and git is not installed; install it or name a file") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").splitlines()
        why = said[0] if said else "it has no such file"
        remedy = "name a file, or REV:PATH of a revision that this clone has (git fetch --unshallow fetches them all)"
        raise ContractError(f"{given}: cannot be read from git ({why}); {remedy}")
    return done.stdout
