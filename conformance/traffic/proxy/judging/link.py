"""The link between the proxy and the process that judges: messages, each behind its length."""

from __future__ import annotations

import asyncio
import pickle
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from conformance.traffic.proxy.passing.control import InterimReport
from conformance.traffic.proxy.passing.passed import BegunRequest, PassedExchange, ReportRequest, Unreadable

Message = BegunRequest | PassedExchange | Unreadable | ReportRequest
MOST_UNREAD = 64 * 1024 * 1024
"""Bytes that may wait to be judged; where more do, further requests wait."""
_LENGTH = struct.Struct("!Q")


class JudgingLink(asyncio.Protocol):
    """The end of the link at the proxy."""

    def __init__(self, congested: Callable[[bool], None], broken: Callable[[], None]) -> None:
        self._congested = congested
        self._broken = broken
        self._came = b""
        self._asked: deque[asyncio.Future[InterimReport | None]] = deque()
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=MOST_UNREAD)
        self._open = True

    def tell(self, message: Message) -> None:
        """Send a message; none once the link is broken."""
        if self._open:
            content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._transport.writelines([_LENGTH.pack(len(content)), content])

    async def ask(self, *, ending: bool) -> InterimReport | None:
        """Return what the judging says of all that was told; None where it has broken down."""
        if not self._open:
            return None
        answer: asyncio.Future[InterimReport | None] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        self.tell(ReportRequest(ending))
        return await answer

    def data_received(self, data: bytes) -> None:
        self._came += data
        while len(self._came) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._came)[0]
            if len(self._came) < end:
                return
            answer = pickle.loads(self._came[_LENGTH.size : end])  # noqa: S301  # of a process of our own
            self._came = self._came[end:]
            self._asked.popleft().set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # of asyncio
        self._open = False
        self._broken()
        while self._asked:
            self._asked.popleft().set_result(None)

    def pause_writing(self) -> None:
        self._congested(True)  # noqa: FBT003  # one argument, whose name says it

    def resume_writing(self) -> None:
        self._congested(False)  # noqa: FBT003  # as above


def read_messages(link: socket.socket) -> Iterator[Message]:
    """Yield what the proxy tells, until it has ended."""
    with link.makefile("rb") as came:
        while (length := _read(came, _LENGTH.size)) is not None:
            content = _read(came, _LENGTH.unpack(length)[0])
            if content is None:
                return
            yield cast("Message", pickle.loads(content))  # noqa: S301  # of the process that started this one


def answer(link: socket.socket, judged: Any) -> None:
    """Answer what the proxy asked."""
    content = pickle.dumps(judged, pickle.HIGHEST_PROTOCOL)
    link.sendall(_LENGTH.pack(len(content)) + content)


def _read(came: BinaryIO, count: int) -> bytes | None:
    content = came.read(count)
    return content if len(content) == count else None
