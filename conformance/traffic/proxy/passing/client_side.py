"""The connections of the proxy: each of a client has one of its own to the server, and bytes pass as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import cast

from conformance.traffic.proxy.passing.control import PREFIX, Control, OwnRequest
from conformance.traffic.proxy.passing.exchange import PassingExchange, Teller, Unreadable
from conformance.traffic.proxy.passing.messages import (
    Framing,
    NotHttp,
    RequestHead,
    from_request,
    measure_head,
    request_head,
)
from conformance.traffic.proxy.passing.server_behind import (
    NO_TUNNEL,
    NOT_HERE,
    OwnAnswer,
    explain_error,
    make_unreached,
)
from conformance.traffic.proxy.passing.server_side import ServerSide, end_sending, reset

LINGER_S = 2.0
"""Seconds for which a client may go on sending after the server has closed."""
CUT = "the connection was closed before the answer was complete"
LEFT = "the client did not wait for the answer"


@dataclass(slots=True)
class Relay:
    """The values that the connections have in common."""

    teller: Teller
    control: Control
    report_error: Callable[[str], None]
    """The function that is told once why the server cannot be reached."""
    clients: set[ClientSide] = field(default_factory=set)
    is_congested: bool = False
    """Whether no further request passes until more is judged."""

    def resume(self) -> None:
        """Let requests pass again."""
        self.is_congested = False
        for client in tuple(self.clients):
            client.go_on()


class ClientSide(asyncio.Protocol):
    """The connection of a client."""

    def __init__(self, relay: Relay) -> None:
        self.exchange: PassingExchange | None = None  # the one that passes, until request and answer have passed
        self._relay = relay
        self._came = b""
        self._body: Framing | None = None  # of the request that passes
        self._asked: OwnRequest | None = None
        self._server: ServerSide | None = None
        self._unsent = b""  # until the server is reached
        self._opaque = False  # whether what comes is passed on unread
        self._discards = False
        self._held: set[str] = set()  # why nothing more is read
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._relay.clients.add(self)

    def data_received(self, data: bytes) -> None:
        if self._discards:
            return
        if self._opaque:
            self._to_server(data)
            return
        self._came += data
        self.go_on()

    def go_on(self) -> None:
        """Pass on what has come, as far as it is its turn."""
        try:
            while not (self._opaque or self._discards) and self._step():
                pass
        except NotHttp:
            self.pass_unread()

    def _step(self) -> bool:
        """Take the next part of what has come; whether there may be more."""
        if self._body is not None:
            return self._take_body(self._body)
        if not self._came:
            return False
        if self.exchange is not None or self._asked is not None or self._relay.is_congested:
            self.hold("turn")
            return False
        self.release("turn")
        if self._came.startswith(b"\r\n"):  # behind the body of an old client's request
            self._came = self._came[2:]
            return True
        length = measure_head(self._came)
        if not length:
            return False
        request = request_head(self._came[:length])
        body = from_request(request)
        self._came = self._came[length:]
        self._body = body
        self._begin(request, body)
        return True

    def _begin(self, request: RequestHead, body: Framing) -> None:
        behind = self._relay.teller.behind
        path = behind.find_path(request.target)
        if request.method == "CONNECT" or path is None:
            self._refuse(request.method, NO_TUNNEL if request.method == "CONNECT" else NOT_HERE)
        elif path.startswith(PREFIX):
            self._asked = OwnRequest(request.method, path)
        else:
            self.exchange = self._relay.teller.begin(request, path, body)
            self._to_server(behind.build_head(request, path))

    def _take_body(self, body: Framing) -> bool:
        used, piece = body.take(self._came)
        raw, self._came = self._came[:used], self._came[used:]
        if self._asked is not None:
            self._asked.take(piece)
        else:
            if self.exchange is not None:
                self.exchange.request.take(piece)
            self._to_server(raw)
        if not body.is_done:
            return False
        self._body = None
        if self._asked is not None:
            self._start(self._answer(self._asked))
        elif self.exchange is not None:
            self.exchange.request.is_whole = True
            self._end_turn()
        return True

    async def _answer(self, asked: OwnRequest) -> None:
        """Answer what is asked of the proxy itself."""
        answer = await self._relay.control.answer(asked)
        if not self.transport.is_closing():
            self.transport.write(answer.render(asked.method, close=False))
        self._asked = None
        self.go_on()

    def answer_ended(self) -> None:
        """Take note that the answer has passed."""
        if self.exchange is not None:
            self._relay.teller.end(self.exchange)
            self._end_turn()

    def _end_turn(self) -> None:
        """Let the next request pass, where request and answer have passed."""
        exchange = self.exchange
        if exchange is not None and self._body is None and exchange.is_answered:
            self.exchange = None
            self.go_on()

    def pass_unread(self) -> None:
        """Pass on whatever comes from here on, both ways, and read none of it."""
        if self._opaque:
            return
        self._relay.teller.tell(Unreadable())
        if self.exchange is not None:
            self._relay.teller.end(self.exchange, "what came is no HTTP that can be read")
        self._opaque, self.exchange, self._body = True, None, None
        self.release("turn")
        rest, self._came = self._came, b""
        self._to_server(rest)

    def _to_server(self, data: bytes) -> None:
        if not data:
            return
        if self._server is not None:
            self._server.write(data)
            return
        if not self._unsent:
            self.hold("connecting")
            self._start(self._connect())
        self._unsent += data

    async def _connect(self) -> None:
        behind = self._relay.teller.behind
        try:
            server = await behind.connect(lambda: ServerSide(self, self._relay.teller))
        except OSError as error:  # TimeoutError too
            self._report_not_reached(explain_error(error))
            return
        if self.transport.is_closing():
            server.close(abruptly=False)
            return
        self._server = server
        unsent, self._unsent = self._unsent, b""
        server.write(unsent)
        self.release("connecting")

    def _report_not_reached(self, why: str) -> None:
        teller = self._relay.teller
        self._relay.report_error(f"{teller.behind.url} could not be reached: {why}")
        method = "GET"
        if self.exchange is not None:
            method = self.exchange.method
            teller.end(self.exchange, f"no connection: {why}")
        self._refuse(method, make_unreached(teller.behind.url, why))

    def _refuse(self, method: str, answer: OwnAnswer) -> None:
        """Answer in the server's place, and end the connection once the client has read it."""
        if not self.transport.is_closing():
            self.transport.write(answer.render(method, close=True))
        self._close_slowly()

    def _close_slowly(self) -> None:
        """Say that nothing more comes, and let the client finish: to close on what it sends would reset it."""
        self.exchange, self._body, self._came, self._unsent, self._discards = None, None, b"", b"", True
        self._held.clear()
        if self.transport.is_closing():
            return
        self.transport.resume_reading()
        end_sending(self.transport)
        asyncio.get_running_loop().call_later(LINGER_S, self.transport.close)

    def close_as_server(self, *, abruptly: bool) -> None:
        """Close as the server has closed: after what it has sent, and with a reset where it reset."""
        self._server = None
        if self.exchange is not None:
            self._relay.teller.end(self.exchange, CUT)
        if not abruptly:
            self._close_slowly()
            return
        self.exchange = None
        reset(self.transport)

    def eof_received(self) -> bool:
        """Pass on that the client sends no more; whether its answer is still to come."""
        if self._discards or (self.exchange is None and self._asked is None and not self._opaque):
            return False
        if self._server is not None:
            self._server.end_sending()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._relay.clients.discard(self)
        if self.exchange is not None:
            self._relay.teller.end(self.exchange, LEFT)
            self.exchange = None
        if self._server is not None:
            self._server.close(abruptly=exc is not None)

    @property
    def is_passing(self) -> bool:
        """Return whether an exchange is under way of which more is judged."""
        return self.exchange is not None and not self.exchange.is_over

    @property
    def is_asked(self) -> bool:
        """Return whether the proxy itself is asked something, and has not answered."""
        return self._asked is not None

    def cut(self) -> None:
        """Say that nothing more is judged of what is under way."""
        if self.exchange is not None:
            self._relay.teller.end(self.exchange, "the proxy was ended")

    def close(self) -> None:
        """Close, whatever is under way."""
        self.transport.close()

    def pause_writing(self) -> None:
        if self._server is not None:
            self._server.hold()

    def resume_writing(self) -> None:
        if self._server is not None:
            self._server.release()

    def hold(self, why: str) -> None:
        """Read nothing more for now."""
        if not self._held:
            self.transport.pause_reading()
        self._held.add(why)

    def release(self, why: str) -> None:
        """Read on, where nothing else stands against it."""
        if why in self._held:
            self._held.discard(why)
            if not self._held and not self.transport.is_closing():
                self.transport.resume_reading()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
