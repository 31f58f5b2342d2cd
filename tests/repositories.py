"""Repositories of git that tests make, and clones of them as systems of CI make them."""

from __future__ import annotations

import subprocess
from pathlib import Path

_AUTHOR = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; what it printed."""
    done = subprocess.run(["git", *_AUTHOR, *arguments], cwd=folder, text=True, capture_output=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, texts: dict[str, str] | None = None) -> None:
    """Write files, and commit all that the folder has."""
    for name, text in (texts or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "change")


def repository(folder: Path, texts: dict[str, str] | None = None) -> Path:
    """Make a repository whose branch `main` has one commit."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, texts)
    return folder


def pull_request(folder: Path, before: dict[str, str], after: dict[str, str]) -> Path:
    """Make a repository with a branch `change` of `main`, which has gone on since, and the merge of both."""
    repository(folder, before)
    git(folder, "switch", "--quiet", "--create", "change")
    commit(folder, after)
    git(folder, "switch", "--quiet", "main")
    commit(folder, {"elsewhere.txt": "one\n"})
    commit(folder, {"elsewhere.txt": "two\n"})
    git(folder, "switch", "--quiet", "--detach", "main")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "change")
    git(folder, "update-ref", "refs/pull/1/merge", "HEAD")
    git(folder, "switch", "--quiet", "main")
    return folder


def checkout(upstream: Path, folder: Path, ref: str, *refspecs: str, depth: int | None = None) -> Path:
    """Fetch one ref, and these too, into a new clone without a branch, and have its files there."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", upstream.as_uri())
    shallow = (f"--depth={depth}",) if depth else ()
    git(folder, "fetch", "--quiet", *shallow, "origin", f"+{ref}:refs/fetched", *refspecs)
    git(folder, "checkout", "--quiet", "--detach", "refs/fetched")
    return folder


ALL_BRANCHES = "+refs/heads/*:refs/remotes/origin/*"
"""What GitHub's checkout fetches beside its ref where it is to have everything."""
