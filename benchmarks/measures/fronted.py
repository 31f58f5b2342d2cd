"""The delay of a stream through HAProxy: an entry of a journal that is followed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from benchmarks.asking import build_sign_in, open_asker, read_token
from benchmarks.figures import Figure
from benchmarks.load import LoadError
from benchmarks.measures.worlds import PERSONA
from benchmarks.promises import THROUGH_FRONT
from tests.deploy.front import front, haproxy

REPEATS = 200
_TIMEOUT_S = 10.0
_WORLD = "followed"


def explain_missing() -> str | None:
    """Return why it cannot be measured; None where it can."""
    return None if haproxy() else "HAProxy is not installed"


def measure(rounds: int) -> Iterator[Figure]:
    """Yield each round's median of the ms from a request to its entry, both through the front."""
    with TemporaryDirectory() as folder, front(Path(folder)) as behind:
        taken = tuple(1000 * median(_time_delays(behind.origin)) for _ in range(rounds))
    yield Figure(THROUGH_FRONT, "ms", taken)


def _time_delays(origin: str) -> Iterator[float]:
    headers = build_sign_in(read_token(origin, PERSONA)) | {"X-Mock-World": _WORLD}
    with open_asker(origin) as asking, closing(_follow(origin)) as stream:
        for _ in range(REPEATS):
            begun = time.perf_counter()
            asking.ask("GET", "/v1/packs/pack_01HZ", None, headers)
            _wait_for_entry(stream)
            yield time.perf_counter() - begun


def _follow(origin: str) -> socket.socket:
    """Return a connection down which the entries of the journal come from now on."""
    address = urlsplit(origin)
    stream = socket.create_connection((address.hostname or "", address.port or 80), _TIMEOUT_S)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = f"GET /_mock/worlds/{_WORLD}/journal/stream HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n"
    stream.sendall(request.encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += _read_some(stream)
    return stream


def _wait_for_entry(stream: socket.socket) -> None:
    """Wait until an entry has come whole."""
    came = b""
    while b"data:" not in came or not came.endswith(b"\n\n\r\n"):
        came += _read_some(stream)


def _read_some(stream: socket.socket) -> bytes:
    came = stream.recv(65536)
    if not came:
        raise LoadError("the stream ended")
    return came
