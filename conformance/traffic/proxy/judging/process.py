"""The process that judges what the proxy tells: its messages, each behind its length, and the reports it writes."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import socket
import struct
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import click

from conformance.errors import OURS, SuiteError
from conformance.results.plain_text import escape_lines
from conformance.results.report.json_ import render
from conformance.results.verdict import Run
from conformance.traffic.proxy.judging.live import LiveJudge
from conformance.traffic.proxy.passing.control import InterimReport
from conformance.traffic.proxy.passing.exchange import BegunRequest, PassedExchange, ReportRequest, Unreadable

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


LATER = 5
"""The niceness that judging gets more than passing: what passes has the first turn on a busy machine."""


@dataclass(frozen=True, slots=True)
class JudgingProcess:
    """The process that judges, and what becomes of it."""

    judge: LiveJudge
    run: Callable[[LiveJudge], Run]
    """The function that gives all that was found so far."""
    write: Callable[[Run], None]
    """The function that writes its reports."""
    show: Callable[[Run], int]
    """The function that prints it and gives the exit code."""


def start(judging: JudgingProcess) -> socket.socket:
    """Start a process that judges; the link to it. It ends once the link is closed, or it was told to."""
    ours, theirs = socket.socketpair()
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_judge, args=(judging, ours, theirs), name="judging")
    process.start()
    theirs.close()
    return ours


def _judge(judging: JudgingProcess, other: socket.socket, link: socket.socket) -> None:
    """Judge until no more is told. Ctrl-C is for the proxy, which says then that it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    other.close()
    os.nice(LATER)
    try:
        _take(judging, link)
    except Exception:  # noqa: BLE001  # whatever it is, it is of the suite; requests still pass
        click.echo(escape_lines(f"evershell-conformance: an error of the suite\n{traceback.format_exc()}"), err=True)
        sys.exit(OURS)


def _take(judging: JudgingProcess, link: socket.socket) -> None:
    judge = judging.judge
    for message in read_messages(link):
        if isinstance(message, BegunRequest):
            judge.begin(message)
        elif isinstance(message, PassedExchange):
            judge.end(message)
        elif isinstance(message, ReportRequest):
            judge.settle()
            run = judging.run(judge)
            code = _write_reports(judging, run) if message.is_ending else run.exit_code
            answer(link, InterimReport(code, render(run).encode()))
            if message.is_ending:
                judging.show(run)  # last, since whoever asks may not read what is printed before it is answered
                return
        else:
            judge.note_unreadable()


def _write_reports(judging: JudgingProcess, run: Run) -> int:
    """Write the reports; the exit code, of an error too."""
    try:
        judging.write(run)
    except SuiteError as error:
        click.echo(escape_lines(f"evershell-conformance: {error}"), err=True)
        return error.exit_code
    return run.exit_code
