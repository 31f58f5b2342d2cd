"""Counts the lines that labels take in a contract, and what they may be given later.

`python -m tests.agreement.costs` prints them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from tests.agreement.labels import OVERLAY

FOLDER = Path(__file__).parent
PLAIN = "a plain resource, five operations"


def costs() -> Iterator[tuple[str, int]]:
    """Yield what is added to a contract, and its lines without blank ones and comments."""
    yield PLAIN, _count(OVERLAY.read_text(encoding="utf-8").splitlines())
    text = (FOLDER / "labels_growing.yaml").read_text(encoding="utf-8")
    growing = yaml.compose(text, Loader=yaml.SafeLoader)
    for name, below in growing.value:
        lines = text.splitlines()[name.end_mark.line + 1 : below.end_mark.line + 1]
        yield name.value, _count(each for each in lines if each.startswith("  "))


def _count(lines: Iterable[str]) -> int:
    return sum(1 for each in lines if each.strip() and not each.lstrip().startswith("#"))


if __name__ == "__main__":
    for what, lines in costs():
        sys.stdout.write(f"{what}: {lines}\n")
