"""Sending an answer in any way but the usual one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.answer import Answer
from mock_server.call import Receive
from mock_server.connection import connection_of
from mock_server.streaming import Send, send_stream


async def send_otherwise(answer: Answer, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """Send an answer as a stream, cut short, or without its body, as one to HEAD."""
    if answer.stream is not None:
        await send_stream(answer, answer.stream, receive, send)
    elif answer.cut is not None:
        await _send_cut(answer, answer.cut, scope, send)
    else:  # the length of what a GET would bring is not known here
        headers = [(name, value) for name, value in answer.headers.items() if name != b"content-length"]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


async def _send_cut(answer: Answer, most: int, scope: Mapping[str, Any], send: Send) -> None:
    """Send the head and no more than so many bytes of the body, or nothing at all, and end the connection.

    A body never comes whole.
    """
    connection = connection_of(scope)
    if not answer.status:
        connection.drop()
        return
    head = {"type": "http.response.start", "status": answer.status, "headers": list(answer.headers.items())}
    await send(head)
    part = answer.body[: max(0, min(most, len(answer.body) - 1))]
    await send({"type": "http.response.body", "body": part, "more_body": True})
    connection.finish()
