"""Streams of server-sent events (HTML, 9.2): how much of one is read, and what it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

MEDIA_TYPE = "text/event-stream"
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class StreamReading:
    """How much of a stream is read before it is left."""

    events: int = 0
    """Until so many events have come; 0: until anything whole has, a comment too."""
    seconds: float = 2.0
    """And for so long at the most."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event, as a browser reads it."""

    type: str
    id: str
    data: str
    lines: tuple[str, ...]
    """Its lines as they came."""


@dataclass(frozen=True, slots=True)
class StreamContent:
    """What has come of a stream."""

    events: tuple[StreamEvent, ...]
    comments: int
    rest: str
    """What is not whole: no empty line has ended it."""


def read_stream(body: bytes) -> StreamContent:
    """Return the events of a stream, as far as it has come."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    *lines, rest = _LINE_END.split(text)
    events: list[StreamEvent] = []
    block: list[str] = []
    comments = 0
    for line in lines:
        if line.startswith(":"):
            comments += 1
        elif line:
            block.append(line)
        elif block:
            events.append(_event(block))
            block = []
    return StreamContent(tuple(events), comments, "\n".join((*block, rest)) if block else rest)


def is_read(body: bytes, reading: StreamReading) -> bool:
    """Whether enough of a stream has come."""
    content = read_stream(body)
    if reading.events:
        return len(content.events) >= reading.events
    return bool(content.events or (content.comments and not content.rest))


def _event(lines: list[str]) -> StreamEvent:
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields.setdefault(name, []).append(value.removeprefix(" "))
    kind, name = (fields.get(each, [""])[-1] for each in ("event", "id"))
    return StreamEvent(kind or "message", name, "\n".join(fields.get("data", ())), tuple(lines))
