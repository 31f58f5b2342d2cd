"""The known name that somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from mock_server.schema import shorten


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return a sentence that says that there is none of this name, and which name is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f'There is no {kind} "{shorten(name)}".{meant}'
