"""JSON as bytes that are made once: what a class of viewers is shown of something that never changes.

What is shown of a value lies with the value, so it goes where the value goes; and because many worlds
may hold many values, all that lies about has a bound: what was rendered first goes first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from threading import Lock
from typing import Any, Protocol
from weakref import ref

import orjson

from mock_server.contract.schema import Validator

MOST_KEPT = 8 * 1024 * 1024
"""Bytes of bodies that are kept with values."""
_ROOM = 256  # what each takes beside its bytes, about


class Rendered(Mapping[str, Any]):
    """A JSON object as its bytes; who reads its members gets what the bytes say.

    `accepted` is the schema that these very bytes were held against and fit, once they were.
    """

    __slots__ = ("accepted", "content")

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.content = dumps(value)
        self.accepted: Validator | None = None

    def __getitem__(self, name: str) -> Any:
        return orjson.loads(self.content)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(orjson.loads(self.content))

    def __len__(self) -> int:
        return len(orjson.loads(self.content))

    def __bool__(self) -> bool:
        return True  # there it is, whatever is in it


def dumps(value: Any) -> bytes:
    """The JSON of a value, in which there may be rendered ones, and moments (RFC 3339, UTC as Z).

    TypeError where there is something else that JSON does not have.
    """
    return exact(orjson.dumps(value, default=_as_it_is, option=orjson.OPT_UTC_Z))


def exact(content: bytes) -> bytes:
    """Return what orjson made in no more room than it needs, for what is kept.

    orjson hands out the whole buffer that it wrote into, ten times as large as the text at worst.
    """
    return b"".join((content, b""))


def _as_it_is(value: Any) -> orjson.Fragment:
    if isinstance(value, Rendered):
        return orjson.Fragment(value.content)
    raise TypeError(f"Type is not JSON serializable: {type(value).__name__}")


class Shown(Protocol):
    """A value that never changes, and what is shown of it: viewers → body."""

    @property
    def shown(self) -> Mapping[Hashable, Rendered] | None:
        """What was rendered of it so far, None for nothing; set here alone, which is no change of the value."""


_kept: deque[tuple[ref[Shown], int]] = deque()
_kept_bytes = 0
_lock = Lock()  # several mocks may run in one process, each in a thread of its own


def kept(value: Shown, viewers: Hashable, view: Callable[[], Mapping[str, Any]]) -> Rendered:
    """What these viewers are shown of a value: rendered now, unless it was before and is still there."""
    body = None if value.shown is None else value.shown.get(viewers)
    if body is None:
        body = Rendered(view())
        _keep(value, viewers, body)
    return body


def _keep(value: Shown, viewers: Hashable, body: Rendered) -> None:
    global _kept_bytes  # noqa: PLW0603 - one bound a process
    size = len(body.content) + _ROOM
    if size > MOST_KEPT // 4:
        return
    object.__setattr__(value, "shown", {**(value.shown or {}), viewers: body})
    with _lock:
        _kept.append((ref(value), size))
        _kept_bytes += size
        while _kept_bytes > MOST_KEPT:
            oldest, its_size = _kept.popleft()
            _kept_bytes -= its_size
            if (gone := oldest()) is not None:
                object.__setattr__(gone, "shown", None)
