"""One connection of a client, within limits; every refusal is told to the client.

A protocol of our own: uvicorn's server makes its connections of it, and ends them by `shutdown`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any, cast

import httptools

from mock_server.errors import ApiError
from mock_server.server.exchange import Application, HttpExchange, StreamedAnswer
from mock_server.server.limits import MOST_AT_ONCE, MOST_QUEUED
from mock_server.server.reading import Reader
from mock_server.server.refusal import RequestRefused, make_parser_refusal, make_refusal, write_refusal
from mock_server.server.watch import ConnectionWatch, Phase
from mock_server.worlds.listeners import OpenStream


class _QueueFullError(Exception):
    """Too many requests wait for their answers: no more are read."""


class HttpConnection(asyncio.Protocol):
    """One connection of a client. The watch ends it where it takes too long."""

    def __init__(
        self, app: Application, watch: ConnectionWatch, connections: set[Any], tasks: set[asyncio.Task[None]]
    ) -> None:
        self.transport: asyncio.Transport
        self.writable: asyncio.Event | None = None  # set once the client takes more; None while it does
        self.given_up = False  # whether its answers were ended on purpose: that they fail is then not logged
        self._reader: Reader
        self._app = app
        self._watch = watch
        self._connections = connections
        self._tasks = tasks
        self._loop = asyncio.get_running_loop()
        self._reading_paused = False
        self._latest: HttpExchange | None = None  # of those whose head is whole
        self._answering: HttpExchange | None = None
        self._queue: deque[HttpExchange] = deque()
        self._last_request = False  # no request after this one
        self._input_ended = False  # nothing more is read
        self._output_ended = False  # nothing more is written
        self._refusal: ApiError | None = None  # to be sent when what came before it is answered

    @property
    def scope(self) -> dict[str, Any]:
        """The ASGI scope of the request that is being read, or was read last; empty before the first."""
        return self._reader.scope

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        server, client = (transport.get_extra_info(name) for name in ("sockname", "peername"))
        self._reader = Reader(self, server=server and server[:2], client=client and client[:2])
        self._connections.add(self)
        self._watch.note_made(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._connections.discard(self)
        self._watch.note_lost(self)
        for exchange in (self._answering, self._latest):
            if exchange is not None:
                exchange.abandon()
        self.resume_writing()
        self._release_bodies()
        # A connection and its requests know each other: the garbage collector alone would let go of them.
        self._queue.clear()
        self._answering = self._latest = None
        self._reader.close()

    def pause_writing(self) -> None:
        self.writable = asyncio.Event()

    def resume_writing(self) -> None:
        if self.writable is not None:
            self.writable.set()
            self.writable = None
            if self._answering is not None:
                self._answering.go_on()

    def pause_reading(self) -> None:
        """Let the client wait before it sends more."""
        if not self._reading_paused:
            self._reading_paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again what the client sends."""
        if self._reading_paused:
            self._reading_paused = False
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self._input_ended:
            return
        try:
            self._reader.feed(data)
        except RequestRefused as error:
            self._refuse(error.refused)
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, _QueueFullError):
                self._input_ended = True
            else:
                self._refuse(make_parser_refusal(error))

    def eof_received(self) -> bool:
        """Answer what was asked before the client ended its side; keep the other open until then."""
        self._input_ended = self._last_request = True
        latest = self._latest
        if latest is None or latest.complete or latest.more_body or latest.is_streaming:
            return False
        latest.keep_alive = False
        return True

    # What the reader calls.

    def begin(self, exchange: HttpExchange) -> None:
        """Answer a request whose head is whole, after those that came before it."""
        if self._last_request:
            exchange.keep_alive = False
        before, self._latest = self._latest, exchange
        if before is None or before.complete:
            self._answer(exchange)
            return
        self.pause_reading()
        self._queue.append(exchange)
        if len(self._queue) >= MOST_QUEUED:
            exchange.keep_alive = False
            raise _QueueFullError

    def holds_too_much(self, more: int) -> bool:
        """Count these bytes of a body, and return whether all connections together hold too many."""
        self._watch.bodies += more
        return self._watch.bodies > MOST_AT_ONCE

    # Answers.

    def _answer(self, exchange: HttpExchange) -> None:
        self._answering = exchange
        self._reader.framing = 0
        task = self._loop.create_task(exchange.run(self._app))
        task.add_done_callback(self._tasks.discard)
        self._tasks.add(task)

    def on_answered(self) -> None:
        """Go on with the next request that has come, or with the refusal that waits."""
        self._release_bodies()
        if self.transport.is_closing() or self._output_ended:
            return
        if self._queue:
            self._answer(self._queue.popleft())
        elif self._refusal is not None:
            self._write(self._refusal)
        if not self._queue:
            self.resume_reading()

    def _release_bodies(self) -> None:
        self._watch.bodies -= self._reader.held
        self._reader.held = 0

    def answer(self, status: int, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        """Write a whole answer to the request in flight, and return whether that was possible."""
        return self._answering is not None and self._answering.respond(status, headers, body)

    def begin_stream(self, status: int, headers: Mapping[bytes, bytes], events: OpenStream) -> StreamedAnswer | None:
        """Begin an answer without end to the request in flight; None where it is left to ASGI."""
        return None if self._answering is None else self._answering.begin_stream(status, headers, events)

    def read_arrived(self) -> bytes | None:
        """Return the whole body of the request in flight, without taking it away; None for what must be waited for."""
        return None if self._answering is None else self._answering.read_arrived()

    # Refusals, and other ends.

    def _refuse(self, refused: ApiError) -> None:
        """Answer the requests before it, then send the refusal, and end the connection."""
        self._input_ended = True
        exchange = self._reader.exchange
        if exchange is not None and exchange.more_body:  # in its own body
            if exchange.started:
                self.finish()
                return
            exchange.abandon()
            if exchange is not self._answering:
                self._queue.pop()
        if self._is_busy():
            self._refusal = refused
        else:
            self._write(refused)

    def _is_busy(self) -> bool:
        """Whether an answer is due before anything else may be written."""
        exchange = self._answering
        return exchange is not None and not exchange.complete and not exchange.disconnected

    def _write(self, refused: ApiError) -> None:
        if not self.transport.is_closing():
            self.transport.write(write_refusal(refused, with_body=not self._reader.answers_head))
            self._end_output()

    def _end_output(self) -> None:
        """Write no more, and discard what the client still sends: were it closed, the client would lose the answer."""
        self._input_ended = self._output_ended = True
        self.transport.write_eof()
        self.resume_reading()

    def end_gently(self) -> None:
        """End the connection after the last answer, of which nothing is lost."""
        exchange = self._reader.exchange
        if exchange is not None and exchange.more_body and not self.transport.is_closing():
            self._end_output()
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """End the connection, after the answer in flight if there is one."""
        if self._latest is None or self._latest.complete:
            self.transport.close()
        else:
            self._latest.keep_alive = False
            if self._answering is not None and self._answering.is_endless:
                self._answering.end_chunks()

    def end_after_next_answer(self) -> None:
        """End the connection after the request in flight, or else after the next one."""
        self._last_request = True
        if self._latest is not None and not self._latest.complete:
            self._latest.keep_alive = False

    def drop(self) -> None:
        """End the connection at once, whatever was not sent yet."""
        self._miss_answers()
        self.transport.abort()

    def give_up(self) -> None:
        """End the connection at once, and its answers, whose failing is then not logged."""
        self.given_up = True
        self.drop()

    def finish(self, last: bytes = b"") -> None:
        """End the connection when what was written is sent, and after it these bytes."""
        self._miss_answers()
        self.transport.write(last)
        self.transport.close()

    def _miss_answers(self) -> None:
        for exchange in (self._answering, self._latest):
            if exchange is not None:
                exchange.disconnected = True

    # What the watch calls.

    def find_phase(self) -> Phase:
        """Return what the connection is waiting for."""
        if self._input_ended and not self._is_busy():
            return Phase.END
        exchange = self._reader.exchange
        if exchange is None:
            return Phase.HEAD if self.scope else Phase.REQUEST
        if exchange.more_body and not self._reading_paused:
            return Phase.BODY
        return Phase.REQUEST if exchange.complete else Phase.ANSWER

    def expire(self, phase: Phase, seconds: int) -> None:
        """End the connection after too long a phase, with a refusal where a request has begun."""
        if phase in {Phase.HEAD, Phase.BODY}:
            part = "headers" if phase is Phase.HEAD else "body"
            self._refuse(make_refusal(f"Its {part} did not come whole within {seconds} s."))
        else:
            self.transport.close()
