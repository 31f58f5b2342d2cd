"""Secrets that stand nowhere else, and paths that the contract refuses."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

_LETTERS = "GHJKMNPQRSTVWXYZghjkmnpqrstvwxyz"  # none of a hexadecimal number, so that no id has eight of them in a row
_LENGTH = 24


def draw_canary(random: Random) -> str:
    """Return letters that stand nowhere else, and no part of them either that is long enough to tell them."""
    return "".join(random.choices(_LETTERS, k=_LENGTH))


PATHS: Mapping[str, tuple[str, str]] = {
    "dot": ("data/./sample.txt", "data/./sample.txt"),
    "parent": ("data/../data/sample.txt", "data/../data/sample.txt"),
    "parent-first": ("../data/sample.txt", "../data/sample.txt"),
    "encoded-parent": ("data/%2e%2e/data/sample.txt", "data/../data/sample.txt"),
    "encoded-dot": ("data/%2e/sample.txt", "data/./sample.txt"),
    "half-encoded-parent": ("data/.%2E/data/sample.txt", "data/../data/sample.txt"),
    "empty-segment": ("data//sample.txt", "data//sample.txt"),
    "slash-first": ("/data/sample.txt", "/data/sample.txt"),
    "slash-last": ("data/sample.txt/", "data/sample.txt/"),
    "nul": ("data/sample.txt%00", "data/sample.txt\0"),
    "encoded-slash": ("data%2Fsample.txt", "data/sample.txt"),
}
"""The paths as they go on the wire, and decoded, by name."""
