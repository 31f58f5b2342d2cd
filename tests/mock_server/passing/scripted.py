"""A server that answers as a test says, and keeps what it was sent."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Sent:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Script:
    """The answer to every request, and the requests."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    parts: tuple[bytes, ...] = ()  # of a stream, in the place of a body
    held: Event | None = None  # what is waited for before an answer, or before the second part of a stream
    sent: list[Sent] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script

    def handle_error(self, *_: object) -> None: ...  # a client that does not trust the certificate


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        script = self.server.script
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        script.sent.append(Sent(self.command, self.path, headers, body))
        if script.held is not None and not script.parts:
            script.held.wait()
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        if not script.parts:
            self.send_header("Content-Length", str(len(script.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self._write()

    def _write(self) -> None:
        script = self.server.script
        self.wfile.write(script.body)
        for number, part in enumerate(script.parts):
            if number and script.held is not None:
                script.held.wait()
            self.wfile.write(part)
            self.wfile.flush()

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the names of the library

    def log_message(self, *_: object) -> None: ...


@contextmanager
def scripted(script: Script, secured: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free port of loopback until the block ends, with TLS where it is secured; the base URL."""
    server = _Server(script)
    if secured is not None:
        server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{'http' if secured is None else 'https'}://127.0.0.1:{server.server_port}/base"
    finally:
        if script.held is not None:
            script.held.set()
        server.shutdown()
        server.server_close()
        thread.join()
