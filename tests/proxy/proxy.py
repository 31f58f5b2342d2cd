"""One HTTP proxy for tests and benchmarks: it stands before a real server and does what plain functions say.

    with serving() as origin, proxying(origin) as proxy:
        proxy.answers = lambda request: Answer(429) if request.path == "/v1/packs" else None
        ...
        assert [request.method for request in proxy.passed] == ["GET"]

`behaviour.py` has the functions, in the order in which a request meets them; several behaviours act together after
`proxy.add(...)`. What they leave unchanged passes byte for byte. `messages.py` has requests and answers as values,
`delivery.py` how an answer leaves and how a connection ends. Each connection has a thread, and a connection of its own
to the server behind; so a function may wait, and holds up no other connection.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Self, TypeVar
from urllib.parse import urlsplit

from tests.proxy.behaviour import Behaviour
from tests.proxy.delivery import PLAIN, Delivery, Idle, end_idle
from tests.proxy.messages import Answer, Request
from tests.proxy.stream import Dropped, Stream

LONGEST = 64 * 1024
"""The bytes of a body that are recorded; functions are given all of it."""
FRESH_S = 1.0
"""How long a connection to the server behind is used again: it closes idle ones, which is no trouble that is meant."""
Message = TypeVar("Message", Request, Answer)
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Answered:
    """A request and what was said to it, before it was replaced."""

    request: Request
    answer: Answer


@dataclass(eq=False)
class Proxy(Behaviour):
    """What came in so far, and what is done with it: by each behaviour that was added, then by its own functions."""

    behind: str = ""
    """The origin of the server that requests pass to."""
    origin: str = ""
    passed: list[Request] = field(default_factory=list)
    """Every request as it came in; of its body the beginning."""
    answered: list[Answered] = field(default_factory=list)
    """In the order in which the answers came; of each body the beginning."""
    connections: int = 0
    """Those that were made so far."""
    behaviours: list[Behaviour] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: set[Stream] = field(default_factory=set)
    _asking: int = 0
    _ended: bool = False
    _done: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.behaviours.insert(0, self)

    @property
    def unsafe(self) -> list[Request]:
        """Those that could change something."""
        return [request for request in self.passed if request.method not in SAFE]

    def add(self, *behaviours: Behaviour) -> None:
        """Have these act too: after those that were added before, and before the proxy's own functions."""
        self.behaviours[-1:-1] = behaviours

    def end(self) -> None:
        """Let what is under way come back, and let nothing more pass: what is made now would be nobody's."""
        with self._done:
            self._ended = True
            self._done.wait_for(lambda: self._asking == 0)
            for stream in self._open:
                with contextlib.suppress(OSError):
                    stream.connection.shutdown(socket.SHUT_RDWR)

    def has_at_most_open(self, most: int) -> bool:
        """Return whether no more connections than this are open, once those that clients closed are closed here too."""
        with self._done:
            return self._done.wait_for(lambda: len(self._open) <= most, timeout=10)

    def serve(self, connection: socket.socket, number: int, tls: ssl.SSLContext | None) -> None:
        """Speak with one client until either side closes."""
        with contextlib.suppress(OSError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = Stream(tls.wrap_socket(connection, server_side=True) if tls else connection)
            with self._known(client), _Behind(self.behind) as behind:
                idle = next((i for each in self.behaviours if (i := each.meets(number)) is not Idle.KEPT), Idle.KEPT)
                while True:
                    end_idle(client, idle)
                    idle = self._one(client, behind)

    def _one(self, client: Stream, behind: _Behind) -> Idle:
        """Answer one request; Dropped where the connection is over."""
        read = client.request()
        if read is None:
            raise Dropped
        request, content = read
        with self._lock:
            self.passed.append(_beginning(request))
        answer, raw = self._said(request, content, behind)
        with self._lock:
            self.answered.append(Answered(_beginning(request), _beginning(answer)))
            said, delivery = self._behaved(request, answer)
        raw = raw if said is answer else None
        if not delivery.send(client, request.method, said, raw):
            raise Dropped
        if behind.goes_on:
            if raw is not None and not delivery.reframes:
                behind.relay(client)
            raise Dropped
        if request.headers.get("connection", "").lower() == "close":
            raise Dropped
        return delivery.idle

    def _said(self, request: Request, content: bytes, behind: _Behind) -> tuple[Answer, bytes | None]:
        """What is said to a request, with the bytes of the server behind where it said that."""
        for each in self.behaviours:
            if answer := each.answers(request):
                return answer, None
        changed = request
        if request.target != request.origin_form:  # whoever asks a proxy names a server that may be known to it alone
            changed = request.with_header("Host", self.behind.partition("//")[2])
        for each in self.behaviours:
            changed = each.changes(changed)
        with self._asked():
            missed = "last-event-id" in changed.headers
            return behind.ask(changed.method, content if changed is request else changed.rendered(), missed=missed)

    def _behaved(self, request: Request, answer: Answer) -> tuple[Answer, Delivery]:
        said, delivery = answer, PLAIN
        for each in self.behaviours:
            each.sees(request, answer)
        for each in self.behaviours:
            said = each.replaces(request, said)
        for each in self.behaviours:
            delivery = each.delivers(request, said, delivery)
        return said, delivery

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with self._done:
            if self._ended:
                raise Dropped
            self._asking += 1
        try:
            yield
        finally:
            with self._done:
                self._asking -= 1
                self._done.notify_all()

    @contextmanager
    def _known(self, stream: Stream) -> Iterator[None]:
        """Have the stream closed at the end."""
        with self._done:
            self._open.add(stream)
        try:
            yield
        finally:
            with self._done:
                self._open.discard(stream)
                self._done.notify_all()
            stream.close()


class _Behind:
    """One kept connection to the server behind."""

    def __init__(self, origin: str) -> None:
        self._address = urlsplit(origin)
        self._kept: Stream | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def goes_on(self) -> bool:
        """Whether the last answer is a stream, of which more may come."""
        return self._kept is not None and self._kept.goes_on

    def relay(self, client: Stream) -> None:
        """Pass on what else comes of it."""
        assert self._kept is not None
        self._kept.relay(client)

    def ask(self, method: str, content: bytes, *, missed: bool = False) -> tuple[Answer, bytes]:
        """Return the answer and its bytes, of a stream the beginning; Dropped where none comes."""
        stream = self._stream()
        whole = False
        with contextlib.suppress(OSError):  # a server may answer and close before it has read a whole body
            whole = stream.send(content)
        try:
            answer, raw, stays_open = stream.answer(method, missed=missed)
        except OSError:
            self._close()
            raise
        if stays_open and whole:  # else the next request would be read as the rest of this one
            stream.idle_since = time.monotonic()
        elif not stream.goes_on:
            self._close()
        return answer, raw

    def _stream(self) -> Stream:
        kept = self._kept
        if kept and (time.monotonic() - kept.idle_since > FRESH_S or kept.readable()):
            self._close()
        if self._kept is None:
            connection = socket.create_connection((self._address.hostname or "", self._address.port or 80), timeout=30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._kept = Stream(connection)
        return self._kept

    def _close(self) -> None:
        if self._kept:
            self._kept.close()
        self._kept = None


def _beginning(message: Message) -> Message:
    return replace(message, body=message.body[:LONGEST]) if len(message.body) > LONGEST else message


@contextmanager
def proxying(behind: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """Serve the proxy on a free port; behind: the origin of the server that it passes requests to."""
    proxy = Proxy(behind=behind)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        proxy.origin = f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"

        def accept() -> None:
            with contextlib.suppress(OSError):  # the end: it listens no longer
                for number in count():
                    connection, _ = listening.accept()
                    proxy.connections += 1
                    threading.Thread(target=proxy.serve, args=(connection, number, tls), daemon=True).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield proxy
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join()
            proxy.end()
