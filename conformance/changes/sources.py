"""Contracts that are compared: each a file, or a file as it was in a revision or at a merge base that git knows."""

from __future__ import annotations

import posixpath
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from conformance.contract.contract import Contract, ContractError
from conformance.contract.file import overlay_contract, parse_contract

_REMEDY = "mend it or name another file or REV:PATH"
NAME_A_FILE = "name a file, or REV:PATH of a revision that this clone has"
_GIVEN = re.compile(r"(?P<rev>[^:]*):(?P<path>.+)", re.DOTALL)
_MERGE_BASE = "..."
"""The form `A...B` of a revision, for the merge base of both, as for `git diff`; of A and HEAD without B."""
_SHOWN = 12
"""The digits by which a commit is named."""


def read_source(given: str, overlay: str | None = None) -> Contract:
    """Return the contract at a path, at REV:PATH of git, or at BRANCH...:PATH; raises ContractError.

    `BRANCH...:PATH` is the file at the merge base of the branch and HEAD, as in `git diff BRANCH...`. `overlay`: what
    is laid over it, named in the same ways.
    """
    content = _read_content(given)
    if overlay is None:
        return parse_contract(content, Path(given), _REMEDY)
    return overlay_contract(content, Path(given), _read_content(overlay), Path(overlay), _REMEDY)


def _read_content(given: str) -> bytes:
    return _read_file(Path(given)) if _is_file(given) else read_revision(given)


def explain_nothing_compared(old: str, new: str) -> str:
    """Return in words why OLD and NEW are one document of one commit; empty where they are not.

    A file that the index or the work tree has changed is none of a commit.
    """
    if _is_file(old) and _is_file(new):
        return ""
    place = _place(old)
    return (
        explain_one_commit(new if _is_file(old) else old, place) if place is not None and place == _place(new) else ""
    )


def _is_file(given: str) -> bool:
    return Path(given).is_file() or ":" not in given


def _place(given: str) -> CommittedFile | None:
    return place_of_file(Path(given)) if _is_file(given) else place_of_revision(given)


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror}); name a file, or REV:PATH of git") from None


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """A file in a commit."""

    commit: str
    path: str
    """The path from the top of the repository."""


def read_revision(given: str) -> bytes:
    """Return the content of REV:PATH, or of A...B:PATH; raises ContractError."""
    if given.startswith("-"):  # no revision begins so, and git would take it for an option
        raise ContractError(f"{given}: is no revision of git; name it as REV:PATH, such as HEAD~1:openapi.yaml")
    rev, path = _split(given)
    done = _run_git("cat-file", "blob", f"{_commit_of(given, rev) if _MERGE_BASE in rev else rev}:{path}")
    if done is None:
        raise ContractError(f"{given}: is no file, and git is not installed; install it or name a file")
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").splitlines()
        why = said[0] if said else "it has no such file"
        raise ContractError(f"{given}: cannot be read from git ({why}); {_describe_remedy(rev)}")
    return done.stdout


def place_of_revision(given: str) -> CommittedFile | None:
    """Return the file and the commit that REV:PATH names; None where it names the index."""
    rev, path = _split(given)
    if path.startswith(("./", "../")):
        path = posixpath.normpath(posixpath.join(_read_output("rev-parse", "--show-prefix") or "", path))
    return CommittedFile(_commit_of(given, rev), path) if rev else None


def place_of_file(path: Path) -> CommittedFile | None:
    """Return where a file stands in HEAD; None where git does not know it, or the index or work tree has another."""
    name, folder = path.name, path.parent
    tracked = _read_output("ls-files", "--full-name", "--error-unmatch", "--", name, folder=folder)
    head = _read_output("rev-parse", "--verify", "--quiet", "HEAD^{commit}", folder=folder)
    if not tracked or not head:
        return None
    of_tree, of_index = (("diff", "--quiet", *how, "HEAD", "--", name) for how in ((), ("--cached",)))
    same = all(_read_output(*question, folder=folder) is not None for question in (of_tree, of_index))
    return CommittedFile(head, tracked) if same else None


def explain_one_commit(old: str, place: CommittedFile) -> str:
    """Return in words why both sides of a comparison are one commit, and what to name in the place of OLD."""
    rev, path = _split(old)
    commit = place.commit[:_SHOWN]
    first, merged, _ = rev.partition(_MERGE_BASE)
    if merged:
        return (
            f"nothing was compared: {first} has every commit that there is here ({commit}); "
            f"name the branch that this one is to be merged into"
        )
    return (
        f"nothing was compared: {old} is the file's own commit ({commit}), and neither the index nor the work tree "
        f"has another; where changes are committed, as in CI, compare with the merge base of the target branch: "
        f"origin/main{_MERGE_BASE}:{path}"
    )


def _split(given: str) -> tuple[str, str]:
    found = _GIVEN.fullmatch(given)
    return (found["rev"], found["path"]) if found else (given.removesuffix(":"), "")


def _commit_of(given: str, rev: str) -> str:
    """Return the commit of a revision, or of the merge base that it names; raises ContractError."""
    first, merged, second = rev.partition(_MERGE_BASE)
    both = [first, second or "HEAD"] if merged else [first]
    for each in both:
        if each.startswith("-") or not _read_output("rev-parse", "--verify", "--quiet", f"{each}^{{commit}}"):
            raise ContractError(f"{given}: this clone does not have {each}; {_describe_remedy(each)}")
    if not merged:
        return _read_output("rev-parse", f"{first}^{{commit}}") or ""
    if base := _read_output("merge-base", *both):
        return base
    names = " and ".join(both)
    if _is_shallow():
        raise ContractError(
            f"{given}: the merge base of {names} is not in this shallow clone; {_describe_remedy(first)}"
        )
    raise ContractError(f"{given}: {names} have no commit in common; name the branch that this one was made of")


def _describe_remedy(rev: str) -> str:
    """Return what brings a revision into this clone, with its history where the clone is shallow."""
    told = _read_output("remote")
    if told is None:
        return "run it in the repository of the contract, or name a file"
    remotes = [each for each in told.split() if rev.startswith(f"{each}/")]
    if not (remotes or _is_shallow()):
        return NAME_A_FILE
    words = ["git", "fetch", *(["--unshallow"] if _is_shallow() else [])]
    if remotes:
        remote = max(remotes, key=len)
        branch = re.split(r"[~^@]", rev.removeprefix(f"{remote}/"), maxsplit=1)[0]
        words += [remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"]
    return f"`{' '.join(words)}` fetches it, and so does fetch-depth: 0 of GitHub's checkout"


def _is_shallow() -> bool:
    return _read_output("rev-parse", "--is-shallow-repository") == "true"


def _read_output(*arguments: str, folder: Path | None = None) -> str | None:
    """Return what git prints; None where it fails or is not there."""
    done = _run_git(*arguments, folder=folder)
    return None if done is None or done.returncode else done.stdout.decode(errors="replace").strip()


def _run_git(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[bytes] | None:
    """Run git; None where it is not installed."""
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=False, cwd=folder)  # noqa: S603, S607  # no shell
    except OSError:
        return None
