"""The proxy as a server: its sockets, its signals, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.errors import OURS, SuiteError
from conformance.traffic.proxy.judging.process import JudgingLink
from conformance.traffic.proxy.passing.bases import Bases
from conformance.traffic.proxy.passing.client_side import ClientSide, Relay
from conformance.traffic.proxy.passing.control import Control, InterimReport
from conformance.traffic.proxy.passing.exchange import Teller
from conformance.traffic.proxy.passing.server_behind import ServerBehind

GRACE_S = 2.0
"""Seconds that exchanges under way get when the proxy ends."""
_BACKLOG, _PAUSE_S = 1024, 0.01


class CannotListen(SuiteError):
    """The proxy cannot listen where it was to; the message says what to do."""


def open_listener(host: str, port: int, behind: ServerBehind) -> socket.socket:
    """Return a socket that listens there; CannotListen where that fails, or where the proxy would ask itself."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        made = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise CannotListen(
            f"--host {host} --port {port}: cannot listen there ({error.strerror}); "
            "give another port, or --port 0 for one that is free"
        ) from None
    if behind.port == made.getsockname()[1] and _is_here(behind.host, host):
        made.close()
        raise CannotListen(f"--to {behind.url}: is the proxy itself; give another --port")
    return made


def _is_here(name: str, host: str) -> bool:
    return name in (host, "localhost", "127.0.0.1", "::1")


@dataclass(slots=True)
class ProxyServer:
    """The server that passes requests on until it is ended."""

    behind: ServerBehind
    bases: Bases
    link: socket.socket
    """To the process that judges."""
    say: Callable[[str], None]
    """The function that tells the user something, once each."""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _said: set[str] = field(default_factory=set)
    _judging: JudgingLink = field(init=False)
    _relay: Relay = field(init=False)
    _listener: asyncio.Server = field(init=False)
    _ending: asyncio.Task[InterimReport | None] | None = None

    async def serve(self, listener: socket.socket) -> int:
        """Serve until somebody ends it; the exit code of what was judged."""
        loop = asyncio.get_running_loop()
        _, self._judging = await loop.create_unix_connection(
            lambda: JudgingLink(self._congest, self._tell_of_broken_judging),
            sock=self.link,
        )
        teller = Teller(self.behind, self.bases, self._judging.tell)
        control = Control(lambda: self._judging.ask(ending=False), self._begin_to_end, teller.name_test)
        self._relay = Relay(teller, control, self._tell_once)
        self._listener = await loop.create_server(lambda: ClientSide(self._relay), sock=listener)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._begin_to_end)
        await self._ended.wait()
        judged = await self._begin_to_end()
        await _wait_until(lambda: not any(client.is_asked for client in self._relay.clients))
        for client in tuple(self._relay.clients):
            client.close()
        return OURS if judged is None else judged.exit_code

    def _begin_to_end(self) -> asyncio.Task[InterimReport | None]:
        """End once, however often that is asked."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end())
        return self._ending

    async def _end(self) -> InterimReport | None:
        """Let what is under way end, and have the rest judged."""
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)  # so that a second Ctrl-C interrupts
        self._listener.close()
        self._relay.is_congested = True
        await _wait_until(lambda: not any(client.is_passing for client in self._relay.clients))
        for client in tuple(self._relay.clients):
            client.cut()
        judged = await self._judging.ask(ending=True)
        self._ended.set()
        return judged

    def _congest(self, congested: bool) -> None:  # noqa: FBT001  # told by asyncio
        self._relay.is_congested = congested or self._ending is not None
        if not self._relay.is_congested:
            self._relay.resume()

    def _tell_of_broken_judging(self) -> None:
        if self._ending is None:
            self._tell_once("the judging has broken down; requests still pass")

    def _tell_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.say(text)


async def _wait_until(met: Callable[[], bool]) -> None:
    """Wait until the condition is met, for a while at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            while not met():  # noqa: ASYNC110  # no request pays for an event
                await asyncio.sleep(_PAUSE_S)
