"""Keys in order as a value that is changed by making another: in chunks, so that one more key copies few of many."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, TypeAlias

Keys: TypeAlias = "tuple[tuple[Any, ...], ...]"
"""Chunks of keys, each in order and after the one before it; none is empty."""

MOST = 128
"""The keys of a chunk at most: with ten thousand keys a change copies about as many chunks as keys of one."""

_FIRST, _LAST = itemgetter(0), itemgetter(-1)


def keys_of(ordered: Iterable[Any]) -> Keys:
    """Return keys that are in order already."""
    every = tuple(ordered)
    return tuple(every[at : at + MOST] for at in range(0, len(every), MOST))


def with_key(keys: Keys, key: Any) -> Keys:
    """Return the keys with one more."""
    if not keys:
        return ((key,),)
    last = keys[-1]
    if last[-1] < key:
        return (*keys, (key,)) if len(last) >= MOST else (*keys[:-1], (*last, key))
    at = max(0, bisect_right(keys, key, key=_FIRST) - 1)
    chunk = list(keys[at])
    insort(chunk, key)
    half = len(chunk) // 2
    parts = (tuple(chunk),) if len(chunk) <= MOST else (tuple(chunk[:half]), tuple(chunk[half:]))
    return (*keys[:at], *parts, *keys[at + 1 :])


def without_key(keys: Keys, key: Any) -> Keys:
    """Return the keys without one, if it is there."""
    at = bisect_left(keys, key, key=_LAST)
    if at == len(keys):
        return keys
    left = tuple(each for each in keys[at] if each != key)
    return (*keys[:at], left, *keys[at + 1 :]) if left else (*keys[:at], *keys[at + 1 :])


def ascending(keys: Keys, since: Any = None) -> Iterator[Any]:
    """Return the keys in order, from the first that is not before `since`."""
    at = 0 if since is None else bisect_left(keys, since, key=_LAST)
    for chunk in keys[at:]:
        yield from chunk if since is None or chunk[0] >= since else chunk[bisect_left(chunk, since) :]


def descending(keys: Keys, before: Any = None) -> Iterator[Any]:
    """Return the keys from the last to the first, those before `before` alone."""
    end = len(keys) if before is None else bisect_left(keys, before, key=_FIRST)
    for chunk in reversed(keys[:end]):
        yield from reversed(chunk if before is None or chunk[-1] < before else chunk[: bisect_left(chunk, before)])
