"""Sending answers: in one write where the connection can, else by ASGI, and as they come where they have no end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

from mock_server.pipeline.connection import ClientConnection, ConnectionEnded
from mock_server.worlds.answer import Answer, cut_length
from mock_server.worlds.call import Receive
from mock_server.worlds.listeners import WaitingParts

Send = Callable[[dict[str, Any]], Awaitable[None]]

_NO_ANSWER = b"\0"
"""Keeps a browser from asking again by itself, as it does where a connection that it had kept ends without a byte."""


def send_at_once(answer: Answer, method: str, connection: ClientConnection | None) -> bool:
    """Send a plain answer without a wait, and say whether that could be."""
    if connection is None or answer.stream is not None or answer.cut is not None or method == "HEAD":
        return False
    if answer.events is not None:
        listener = connection.begin_stream(answer.status, _without_length(answer.headers), answer.events)
        if listener is not None:
            answer.events.begin(listener)
        return listener is not None
    return connection.answer(answer.status, answer.headers, answer.body)


async def send_answer(
    answer: Answer,
    method: str,
    connection: ClientConnection | None,
    receive: Receive,
    send: Send,
    *,
    to_browser: bool = False,
) -> None:
    """Send an answer: whole, as a stream, cut short, or without its body, as one to HEAD."""
    if answer.stream is not None:
        await _send_stream(answer, answer.stream, receive, send)
    elif answer.cut is not None:
        await _send_cut(answer, answer.cut, connection, send, to_browser=to_browser)
    elif answer.events is not None:
        parts = WaitingParts()
        answer.events.begin(parts)
        await _send_stream(answer, parts.read_stream(answer.events), receive, send)
    elif method == "HEAD":  # the length of what a GET would bring is not known here
        await send(_make_head(answer.status, _without_length(answer.headers)))
        await send({"type": "http.response.body", "body": b""})
    else:
        await send(_make_head(answer.status, answer.headers))
        await send({"type": "http.response.body", "body": answer.body})


async def _send_cut(
    answer: Answer, most: int, connection: ClientConnection | None, send: Send, *, to_browser: bool
) -> None:
    """Send the head and no more than so many bytes of the body, or nothing at all, and end the connection.

    A body never comes whole.
    """
    if not answer.status:
        if connection is None:
            raise ConnectionEnded
        if to_browser:
            connection.finish(_NO_ANSWER)
        else:
            connection.drop()
        return
    await send(_make_head(answer.status, answer.headers))
    part = answer.body[: cut_length(most, len(answer.body))]
    await send({"type": "http.response.body", "body": part, "more_body": True})
    if connection is None:
        raise ConnectionEnded
    connection.finish()


async def _send_stream(answer: Answer, chunks: AsyncGenerator[bytes, None], receive: Receive, send: Send) -> None:
    """Send an answer that has a stream in the place of a body, until the client goes."""
    await send(_make_head(answer.status, {**_without_length(answer.headers), b"cache-control": b"no-store"}))
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    try:
        while (chunk := await _take_unless(gone, chunks)) is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        await chunks.aclose()


async def _wait_until_gone(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _take_unless(gone: asyncio.Future[None], chunks: AsyncGenerator[bytes, None]) -> bytes | None:
    """The next chunk; None where there is none, or the client has gone."""
    coming: asyncio.Future[bytes | None] = asyncio.ensure_future(anext(chunks, None))
    try:
        either: list[asyncio.Future[Any]] = [coming, gone]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        return coming.result() if coming.done() else None
    finally:
        if not coming.done():
            coming.cancel()
            await asyncio.wait([coming])


def _without_length(headers: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    return {name: value for name, value in headers.items() if name != b"content-length"}


def _make_head(status: int, headers: Mapping[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers.items())}
