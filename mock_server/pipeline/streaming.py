"""Answers without end, sent as they come until the client goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Receive

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def send_stream(answer: Answer, chunks: AsyncGenerator[bytes, None], receive: Receive, send: Send) -> None:
    """Send an answer that has a stream in the place of a body."""
    headers = [(name, value) for name, value in answer.headers.items() if name != b"content-length"]
    headers.append((b"cache-control", b"no-store"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    gone = asyncio.ensure_future(_gone(receive))
    try:
        while (chunk := await _unless(gone, chunks)) is not None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        await chunks.aclose()


async def _gone(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _unless(gone: asyncio.Future[None], chunks: AsyncGenerator[bytes, None]) -> bytes | None:
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
