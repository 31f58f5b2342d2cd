"""The words of problems."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(pointer: str, kind: str, name: str, known: Iterable[str]) -> str:
    """Return the problem that something is named which is not there, with what is nearest to it."""
    near = get_close_matches(name, list(known), n=1)
    return f"{pointer}: there is no {kind} {name!r}" + (f"; did you mean {near[0]}?" if near else "")
