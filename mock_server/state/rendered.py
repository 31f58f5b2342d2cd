"""JSON as bytes that are made once: what a class of viewers is shown of something that never changes.

What was rendered of a value stands with it and goes with it, so a changed value shows nothing old.
Because many worlds may hold many values, all of it has a bound: what was rendered first goes first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from threading import Lock
from typing import Any, TypeVar
from weakref import ref

import orjson

from mock_server.contract.schema import Validator
from mock_server.state.value import Value

MOST_KEPT = 8 * 1024 * 1024
"""Bytes of bodies that are kept with values, unless there are many objects."""
_MOST_FOR_MANY = 64 * 1024 * 1024
_FEW = 1000  # objects of a world that needs no more
_OF_AN_OBJECT = 2048  # by so much more is kept for each object, so that a list of all of them is, too
_ROOM = 256  # what each takes beside its bytes, about


class Rendered(Mapping[str, Any]):
    """A JSON object as its bytes; who reads its members gets what the bytes say.

    `accepted` is the schema that these very bytes were held against and fit, once they were.
    """

    __slots__ = ("accepted", "content")

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.content = dump(value)
        self.accepted: Validator | None = None

    def __getitem__(self, name: str) -> Any:
        return orjson.loads(self.content)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(orjson.loads(self.content))

    def __len__(self) -> int:
        return len(orjson.loads(self.content))

    def __bool__(self) -> bool:
        return True  # there it is, whatever is in it


def dump(value: Any) -> bytes:
    """The JSON of a value, in which there may be rendered ones, and moments (RFC 3339, UTC as Z).

    TypeError where there is something else that JSON does not have.
    """
    return copy_exactly(orjson.dumps(value, default=_embed, option=orjson.OPT_UTC_Z))


def copy_exactly(content: bytes) -> bytes:
    """Return what orjson made in no more room than it needs, for what is kept.

    orjson hands out the whole buffer that it wrote into, ten times as large as the text at worst.
    """
    return b"".join((content, b""))


def _embed(value: Any) -> orjson.Fragment:
    if isinstance(value, Rendered):
        return orjson.Fragment(value.content)
    raise TypeError(f"Type is not JSON serializable: {type(value).__name__}")


V = TypeVar("V", bound=Value)
H = TypeVar("H", bound=Hashable)


class _Views(dict[Hashable, Rendered]):
    """Bodies of one value that were rendered so far, by their viewers. They stand with the value and go with it."""

    __slots__ = ("__weakref__",)


_NAME = "rendered"
_NONE = _Views()
_kept: deque[tuple[ref[_Views], int]] = deque()
_kept_bytes = 0
_most_kept = MOST_KEPT
_lock = Lock()  # several mocks may run in one process, each in a thread of its own


def keep_for(objects: int) -> None:
    """Let so much be kept as a world of so many objects is worth, or more where another one was larger."""
    global _most_kept  # noqa: PLW0603 - one bound a process
    more = _OF_AN_OBJECT * max(0, objects - _FEW)
    _most_kept = max(_most_kept, min(_MOST_FOR_MANY, MOST_KEPT + more))


def count_most_kept() -> int:
    """Return how many bytes are kept at most by now."""
    return _most_kept


def render(value: V, viewers: H, view: Callable[[V, H], Mapping[str, Any]]) -> Rendered:
    """Return what these viewers are shown of a value: rendered now, unless it was before and is still there."""
    body: Rendered | None = value.__dict__.get(_NAME, _NONE).get(viewers)
    if body is None:
        body = Rendered(view(value, viewers))
        _keep(value, viewers, body)
    return body


def find_kept_views(value: Value) -> Mapping[Hashable, Rendered]:
    """Return the bodies that are kept of a value, by its viewers."""
    views: Mapping[Hashable, Rendered] = value.__dict__.get(_NAME, _NONE)
    return views


def _keep(value: Value, viewers: Hashable, body: Rendered) -> None:
    global _kept_bytes  # noqa: PLW0603 - one bound a process
    size = len(body.content) + _ROOM
    if size > _most_kept // 4:
        return
    with _lock:
        views = value.__dict__.setdefault(_NAME, _Views())
        views[viewers] = body
        _kept.append((ref(views), size))
        _kept_bytes += size
        while _kept_bytes > _most_kept:
            oldest, its_size = _kept.popleft()
            _kept_bytes -= its_size
            if (gone := oldest()) is not None:
                gone.clear()
