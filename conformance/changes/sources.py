"""Contracts that are compared: each a file, or a file as it was in a revision that git knows."""

from __future__ import annotations

from pathlib import Path

from conformance.changes.revisions import CommittedFile, place_of_file, place_of_revision, read_revision, why_one_commit
from conformance.contract.contract import Contract, ContractError
from conformance.contract.file import parsed

_REMEDY = "mend it or name another file or REV:PATH"


def read_source(given: str) -> Contract:
    """Return the contract at a path, at REV:PATH of git, or at BRANCH...:PATH; raises ContractError.

    `BRANCH...:PATH` is the file at the merge base of the branch and HEAD, as in `git diff BRANCH...`.
    """
    path = Path(given)
    return parsed(_of_file(path) if _is_file(given) else read_revision(given), path, _REMEDY)


def why_nothing_compared(old: str, new: str) -> str:
    """Return in words why OLD and NEW are one document of one commit; empty where they are not.

    A file that the index or the work tree has changed is none of a commit.
    """
    if _is_file(old) and _is_file(new):
        return ""
    place = _place(old)
    return why_one_commit(new if _is_file(old) else old, place) if place is not None and place == _place(new) else ""


def _is_file(given: str) -> bool:
    return Path(given).is_file() or ":" not in given


def _place(given: str) -> CommittedFile | None:
    return place_of_file(Path(given)) if _is_file(given) else place_of_revision(given)


def _of_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror}); name a file, or REV:PATH of git") from None
