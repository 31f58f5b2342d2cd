"""A load generator for machines without wrk: as many connections, each with one request under way.

Slower than wrk, so it understates the faster servers; the ratios it gives are on the safe side.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

import uvloop

from benchmarks.load import Call

_SHARE_BELOW_P99 = 0.99


class _Client(asyncio.Protocol):
    """One connection: sends the next request as soon as the answer to the last is whole."""

    def __init__(self, requests: list[bytes], until: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.done = self.loop.create_future()
        self.times: list[float] = []
        self.failed = 0
        self._requests, self._until = requests, until
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _read_content_length(head):
            return
        self._received = b""
        self.times.append(self.loop.time() - self._sent)
        self.failed += not head.startswith(b"HTTP/1.1 2")
        if self.loop.time() < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.failed += exc is not None
        self.done.set_result(None)

    def _send(self) -> None:
        self._sent = self.loop.time()
        self._transport.write(self._requests[len(self.times) % len(self._requests)])


def _read_content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0])


def find_p99(times: Sequence[float]) -> float:
    """Return the time than which a hundredth of them is longer."""
    return sorted(times)[int(len(times) * _SHARE_BELOW_P99)]


def build_requests(call: Call) -> list[bytes]:
    """Return a request with each body of the call, as it goes over the wire."""
    url = urlsplit(call.url)
    lines = [f"{call.method} {url.path} HTTP/1.1", f"Host: {url.netloc}"]
    lines += [f"{name}: {value}" for name, value in call.headers.items()]
    return ["\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode() for body in call.bodies]


async def _ask(call: Call, seconds: float, connections: int) -> tuple[int, ...]:
    host, _, port = urlsplit(call.url).netloc.partition(":")
    loop = asyncio.get_running_loop()
    started = loop.time()
    requests, until = build_requests(call), started + seconds
    clients = []
    for _connection in range(connections):
        _, client = await loop.create_connection(lambda: _Client(requests, until), host, int(port))
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    elapsed = loop.time() - started
    times = [time for client in clients for time in client.times] or [0.0]
    counted, failed = sum(len(client.times) for client in clients), sum(client.failed for client in clients)
    return counted, *(int(seconds * 1e6) for seconds in (elapsed, find_p99(times), max(times))), failed


def main() -> None:
    """Send a call for some seconds on some connections, as the arguments say, and write what `load` reads to stderr."""
    content = json.loads(sys.argv[1])
    call = Call(**content | {"bodies": tuple(content["bodies"])})
    print(*uvloop.run(_ask(call, float(sys.argv[2]), int(sys.argv[3]))), file=sys.stderr)


if __name__ == "__main__":
    main()
