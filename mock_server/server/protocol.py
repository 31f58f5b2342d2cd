"""One connection: what uvicorn makes of it, within limits, and never silent about a refusal."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import httptools

from mock_server.errors import ApiError, PayloadTooLarge
from mock_server.pipeline import connection
from mock_server.server.ends import Ends, LastWord, abandon
from mock_server.server.foundation import HIGH_WATER_LIMIT, Config, RequestResponseCycle, ServerState
from mock_server.server.head import LONG, Trailers, check, size_of, without_offer
from mock_server.server.limits import MOST_AT_ONCE, MOST_HEAD, MOST_QUEUED
from mock_server.server.refusal import Refused, of_parser, refusal, written
from mock_server.server.watch import Phase, Watch

_READ = 256 * 1024  # as much as the event loop hands on at once
_TOO_MUCH = f"Bodies of {MOST_AT_ONCE} bytes together are being received just now; send it again later."


class _Enough(Exception):
    """So many requests wait for their answers that no more are read."""


class Protocol(Ends):
    """One connection of a client. The watch ends it where it takes too long."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        watch: Watch,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._watch = watch
        self._refusal: ApiError | None = None  # to be sent when what came before it is answered
        self._arrived = 0  # bytes that may be of the head which is being read
        self._pending = 0  # those of them that came earlier
        self._body = 0  # bytes of bodies that are held
        self._framing = 0  # bytes around and between the parts of the body that is being read

    # The connection.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {**self.app_state, connection.KEY: self}
        self._watch.made(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._watch.lost(self)
        self.pipeline.clear()
        if self._answering is not None:
            abandon(self._answering)
        self._let_go_of_bodies()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._arrived = self._pending + len(data)
        held = self._body
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, _Enough):
                self._deaf = True
            else:
                self._refuse(of_parser(error))
            return
        cycle = self._being_read()
        if cycle is None:
            self._head_so_far()
            return
        self._pending = 0
        if cycle.more_body and not cycle.response_complete:
            self._framing += len(data) - (self._body - held)
            if self._framing > 2 * MOST_HEAD + 8 * self._body:
                self._refuse(refusal("Its body is nearly all framing."))

    def _feed(self, data: bytes) -> None:
        """Let the parser read; whoever offers another protocol is answered in this one (RFC 9110, 7.8)."""
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                # It took the body for another protocol: the request is read again, without the offer.
                data = without_offer(self.parser, self.url, self.headers) + data[upgrade.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
            else:
                return

    def _head_so_far(self) -> None:
        """Count what there is of a head that is not whole."""
        if not self._has_begun():
            return
        # What came before the head in the same read is counted too, as long as that makes no difference.
        if self._arrived > MOST_HEAD and (
            self._arrived > MOST_HEAD + 2 * _READ or size_of(self.url, self.headers) > MOST_HEAD
        ):
            self._refuse(refusal(LONG))
        self._pending = self._arrived

    # What the parser found.

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                raise Refused(refusal("CONNECT is for proxies, and this is none."))
            return
        check(self.parser, self.url, self.headers, self._arrived)
        super().on_headers_complete()
        self.headers = _TRAILERS
        if not self.cycle.keep_alive:
            self.cycle.transport = cast("asyncio.Transport", LastWord(self.transport, self.end_gently))
        if self._last:
            self._answer_and_close()
        if len(self.pipeline) >= MOST_QUEUED:
            self.cycle.keep_alive = False
            raise _Enough

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if cycle.response_complete:
            return
        self._body += len(body)
        self._watch.bodies += len(body)
        if self._watch.bodies > MOST_AT_ONCE:
            raise Refused(PayloadTooLarge(_TOO_MUCH, headers=(("Retry-After", "1"),)))
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        cycle = self._being_read()
        if cycle is None:  # it is read again, see above
            return
        cycle.more_body = False
        if not cycle.response_complete:
            cycle.message_event.set()

    # Answers.

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        self._framing = 0
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self) -> None:
        """Go on with what was sent meanwhile. How long a connection may be idle is the watch's business."""
        self.server_state.total_requests += 1
        if self._body:
            self._let_go_of_bodies()
        if self.transport.is_closing() or self._told:
            return
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._write(self._refusal)
        if not self.pipeline:
            self.flow.resume_reading()

    def _let_go_of_bodies(self) -> None:
        self._watch.bodies -= self._body
        self._body = 0

    # Refusals, and other ends.

    def _refuse(self, refused: ApiError) -> None:
        """Answer what came before, then say what was wrong, and end."""
        self._deaf = True
        cycle = self._being_read()
        if cycle is not None and cycle.more_body:  # in its own body
            if cycle.response_complete or cycle.response_started:
                self.finish()
                return
            abandon(cycle)
            if cycle is not self._answering:
                self.pipeline.popleft()
        if self._busy():
            self._refusal = refused
        else:
            self._write(refused)

    def _busy(self) -> bool:
        """Whether an answer is due before anything else may be written."""
        cycle = self._answering
        return cycle is not None and not cycle.response_complete and not cycle.disconnected

    def _write(self, refused: ApiError) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(written(refused))
        self._hear_out()

    # What the watch asks and does.

    def phase(self) -> Phase:
        """What it is waiting for."""
        if self._deaf and not self._busy():
            return Phase.END
        cycle = self._being_read()
        if cycle is None:
            return Phase.HEAD if self._has_begun() else Phase.REQUEST
        if cycle.more_body and not self.flow.read_paused:
            return Phase.BODY
        return Phase.REQUEST if cycle.response_complete else Phase.ANSWER

    def expire(self, phase: Phase, seconds: int) -> None:
        """End it, for it took too long in a phase; say so where a request has begun."""
        if phase is Phase.HEAD:
            self._refuse(refusal(f"Its headers did not come whole within {seconds} s."))
        elif phase is Phase.BODY:
            self._refuse(refusal(f"Its body did not come whole within {seconds} s."))
        else:
            self.transport.close()


_TRAILERS = Trailers()
