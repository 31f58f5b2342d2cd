"""Answers as bytes and headers."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import orjson

from mock_server.contract.error_body import USUAL, ErrorBody
from mock_server.errors import ApiError
from mock_server.operation import Feed, Reply
from mock_server.state.rendered import Rendered, dump

if TYPE_CHECKING:
    from mock_server.worlds.streams import EventStream

_JSON = b"application/json"
OF_A_FILE = {b"content-security-policy": b"sandbox", b"x-content-type-options": b"nosniff"}
"""Headers of what is not JSON. Anybody may have uploaded a file: opened as a page it is to be of no origin, without
scripts, and nothing else than its media type says."""
_SECOND = timedelta(seconds=1)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_shown = (_NEVER, _NEVER, b"")  # from when to when, and how a Date is written between them


class Answer(NamedTuple):
    """The bytes of a response; the names of headers in lower case, as ASGI has them."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    stream: AsyncGenerator[bytes, None] | None = None  # in the place of a body: what is sent as it comes
    events: EventStream | None = None  # in the place of a body: what happens in the world
    cut: int | None = None  # bytes of the body after which the connection ends


def cut_length(cut: int, length: int) -> int:
    """Return how many bytes are sent of a body of this length that is cut: it never comes whole."""
    return max(0, min(cut, length - 1))


def render(outcome: Reply | ApiError, request_id: str, errors: ErrorBody = USUAL) -> Answer:
    """The one rendering of replies, and of errors in the shape of a contract; every answer names its request.

    Raises TypeError for a body that is not JSON-able.
    """
    if isinstance(outcome, ApiError):
        media_type, body = _JSON, dump(errors.show(outcome, request_id))
    else:
        body = outcome.body
        media_type = _JSON if outcome.media_type == "application/json" else outcome.media_type.encode("latin-1")
        if type(body) is Rendered:
            body = body.content
        elif isinstance(body, Feed):
            body = b""
        elif not isinstance(body, bytes):
            body = dump(body)
    headers = {
        b"content-type": media_type,
        b"content-length": b"%d" % len(body),
        b"x-request-id": request_id.encode(),
    }
    if not media_type:  # there is no body
        del headers[b"content-type"]
    elif media_type is not _JSON:
        headers |= OF_A_FILE
    for name, value in outcome.headers:
        headers[name.lower().encode("latin-1")] = value.encode("latin-1")
    return Answer(outcome.status, headers, body)


def read_error_code(answer: Answer, errors: ErrorBody = USUAL) -> str | None:
    """The code of an error; None for a success, and for what is not of the shape of errors."""
    if answer.status < 400:
        return None
    try:
        code = errors.read(orjson.loads(answer.body), "code")
    except ValueError:
        return None
    return code if isinstance(code, str) else None


def write_date(moment: datetime) -> bytes:
    """The moment as the header Date has it."""
    global _shown  # noqa: PLW0603 - what was asked for last is nearly always asked for again
    since, until, text = _shown
    if since <= moment < until:
        return text
    since = moment.replace(microsecond=0)
    _shown = since, since + _SECOND, _write_second(int(since.timestamp()))
    return _shown[2]


@lru_cache(maxsize=64)
def _write_second(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
