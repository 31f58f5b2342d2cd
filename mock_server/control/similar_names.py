"""Messages for unknown names, with the most similar known name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from mock_server.contract.schema import shorten
from mock_server.errors import ApiError

T = TypeVar("T")
_MOST_NAMED = 12


def named(kind: str, name: str, known: Mapping[str, T], error: type[ApiError]) -> T:
    """Return what has this name; raises the error, with the most similar name, where nothing has it."""
    if name not in known:
        raise error(unknown(kind, name, known))
    return known[name]


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return a message that the name is unknown, with the most similar known name or a list of the known ones."""
    names = list(known)
    return f'There is no {kind} "{shorten(name)}". {_suggestion(name, names)}'


def _suggestion(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {near[0]}?"
    if not names:
        return "There is none yet."
    more = len(names) - _MOST_NAMED
    return f"There {'is' if len(names) == 1 else 'are'} {', '.join(names[:_MOST_NAMED])}" + (
        f" and {more} more." if more > 0 else "."
    )
