"""Changes of a JSON document at the places that a field names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from benchmarks.lies.contract import ANY

GONE = object()
"""The mark that a change gives for a value that is to be left out."""
Change = Callable[[Any], Any]


def find_holders(document: Any, path: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the objects that have the field."""
    for step in path[:-1]:
        if step == ANY:
            for item in document if isinstance(document, list) else ():
                yield from find_holders(item, path[list(path).index(ANY) + 1 :])
            return
        document = document.get(step) if isinstance(document, dict) else None
    if isinstance(document, dict) and path[-1] in document:
        yield document


def change_field(document: Any, path: Sequence[str], change: Change) -> Any:
    """Return a copy in which the field is changed, wherever it is."""
    document = deepcopy(document)
    for holder in find_holders(document, path):
        value = change(holder[path[-1]])
        if value is GONE:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value
    return document


def values(document: Any, path: Sequence[str]) -> list[Any]:
    """Return what the field is, wherever it is."""
    return [holder[path[-1]] for holder in find_holders(document, path)]
