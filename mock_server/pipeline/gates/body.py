"""The gates of media type and body."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from python_multipart.multipart import parse_options_header

from mock_server.bounded_cache import bounded_cache
from mock_server.contract.compiled import RequestBody, find_by_media_type
from mock_server.contract.schema import describe_problems, fits, shorten
from mock_server.contract.texts import parse
from mock_server.errors import UnsupportedMediaType, ValidationFailed
from mock_server.pipeline.gates.form import Form
from mock_server.pipeline.gates.target import make_too_large
from mock_server.worlds.call import KEPT_BODY, Call

_LARGE = 256 * 1024
"""The bytes from which on JSON is read in a thread: others need not wait for it."""


class Disconnected(Exception):
    """The client went away before it had sent its whole request: nobody waits for an answer."""


@bounded_cache
def read_media_type(header: bytes) -> str:
    """Return the media type that a Content-Type names, in lower case, without its parameters."""
    return header.decode("latin-1").partition(";")[0].strip().lower()


def check_media_type(call: Call) -> None:
    """Refuse with 415 where the body is of a type that the operation does not take.

    Without a Content-Type the body is taken to be of the operation's own type.
    """
    bodies = call.operation.bodies
    if not bodies:
        return
    sent = call.headers.get(b"content-type")
    name = "" if sent is None else read_media_type(sent)
    call.body_type = bodies.get(name) if sent is not None else next(iter(bodies.values()))
    if call.body_type is None:
        call.body_type = _find_by_range(bodies, name)
    if call.body_type is None:
        raise UnsupportedMediaType(
            f"The operation takes {' or '.join(bodies)}, not {shorten(name) or 'an empty type'}."
        )


def _find_by_range(bodies: Mapping[str, RequestBody], name: str) -> RequestBody | None:
    try:
        return find_by_media_type(bodies, name)
    except KeyError:
        return None


async def read_available_body(call: Call) -> None:
    """Note for the journal what has come of a body that no gate has read."""
    if call.sent_length or b"content-length" not in call.headers or b"expect" in call.headers:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            message = await call.receive()
            call.sent = message.get("body", b"")
            call.sent_length = len(call.sent)


def check_body(call: Call) -> Awaitable[None] | None:
    """Refuse with 413 where the body turns out too long, with 400 where it is not what the schema asks."""
    body_type = call.body_type
    if body_type is None or call.passes_again:
        return None
    if body_type.kind == "multipart":
        return _read_form(call, body_type)
    content = call.arrived()
    if content is None:
        return _read(call, body_type)
    _note(call, content)
    _judge(call, body_type, content)
    return None


async def _read(call: Call, body_type: RequestBody) -> None:
    chunks: list[bytes] = []
    while _take(call, await call.receive(), chunks.append):
        pass
    content = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    if len(content) < _LARGE or body_type.kind == "bytes":
        _judge(call, body_type, content)
    else:
        call.body = _validate(body_type, await asyncio.to_thread(parse, content))


def _judge(call: Call, body_type: RequestBody, content: bytes) -> None:
    if body_type.kind == "bytes":
        call.body = content
    elif content:
        call.body = _validate(body_type, parse(content))
    elif call.operation.body_required:
        raise ValidationFailed(fields={"body": "It is empty."})


async def _read_form(call: Call, body_type: RequestBody) -> None:
    content_type = call.headers.get(b"content-type", b"").decode("latin-1")
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise ValidationFailed(fields={"body": "Its Content-Type names no boundary."})
    form = Form(boundary, body_type.parts, call.operation.max_body)
    while _take(call, await call.receive(), form.write):
        pass
    parts = call.body = form.finish()
    # The schema has nothing to say about bytes, and need not see them.
    _validate(body_type, {name: _without_bytes(value) for name, value in parts.items()})
    _check_names(body_type, parts)


def _check_names(body_type: RequestBody, parts: Mapping[str, Any]) -> None:
    """Raise ValidationFailed where a file has another name than the contract takes, or that of another one."""
    for part, pattern in body_type.file_names.items():
        names = [each.name for each in parts.get(part, ())]
        if wrong := [name for name in names if not pattern.fullmatch(name)]:
            raise ValidationFailed(fields={part: f'The name "{shorten(wrong[0])}" does not match {pattern.pattern}.'})
        if len({*names}) < len(names):
            raise ValidationFailed(fields={part: "Two of them have one name."})


def _without_bytes(value: Any) -> Any:
    """Return a part as the schema is shown it."""
    return [""] * len(value) if isinstance(value, list) else "" if isinstance(value, bytes) else value


def _validate(body_type: RequestBody, value: Any) -> Any:
    """Return the value without fields that the server sets itself; ValidationFailed where it is not what is asked."""
    if body_type.ignored and isinstance(value, dict):
        value = {name: each for name, each in value.items() if name not in body_type.ignored}
    if not fits(body_type.validator, value):
        raise ValidationFailed(fields=describe_problems(body_type.validator, value, whole="body"))
    return value


def _take(call: Call, message: Mapping[str, Any], take: Callable[[bytes], object]) -> bool:
    """Hand on what has come of the body, and say whether there is more; PayloadTooLarge once it is over the limit."""
    if message["type"] == "http.disconnect":
        raise Disconnected
    chunk = message.get("body", b"")
    _note(call, chunk)
    take(chunk)
    return bool(message.get("more_body", False))


def _note(call: Call, chunk: bytes) -> None:
    call.sent_length += len(chunk)
    if len(call.sent) < KEPT_BODY:
        call.sent += chunk
    form = call.body_type is not None and call.body_type.kind == "multipart"
    if call.sent_length > (call.operation.body_limit if form else call.operation.max_body):
        raise make_too_large(call.operation.max_body)
