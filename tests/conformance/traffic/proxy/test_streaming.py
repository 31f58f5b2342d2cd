"""Long bodies pass as they come, and the proxy holds no more of them than is judged."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.traffic.proxy.behind import Served, behind, came, connected
from tests.conformance.traffic.proxy.proxied import started

MIB = 1024 * 1024
LONG = 64
"""In MiB."""
MOST_MORE = 40 * MIB
"""Bytes that the proxy may take more for what passes, which is less than the body: 16 MiB are held while it may be
judged, and they are there twice while they are let go."""
PIECE = os.urandom(MIB)
WHOLE = hashlib.sha256(PIECE * LONG).hexdigest()
FRAMES = {"length": b"Content-Length: %d\r\n\r\n" % (LONG * MIB), "chunks": b"Transfer-Encoding: chunked\r\n\r\n"}


def peak(process: int) -> int:
    """The most bytes that a process has had in memory."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def pieces(frame: str) -> Iterator[bytes]:
    """The body, in that frame."""
    for _ in range(LONG):
        yield b"%x\r\n%s\r\n" % (MIB, PIECE) if frame == "chunks" else PIECE
    if frame == "chunks":
        yield b"0\r\n\r\n"


def digest(content: bytes, frame: str) -> str:
    """That of a body without its frame."""
    plain = b"".join(re.split(rb"(?:\r\n)?100000\r\n|\r\n0\r\n\r\n", content)) if frame == "chunks" else content
    return hashlib.sha256(plain).hexdigest()


@pytest.mark.parametrize("frame", FRAMES)
def test_a_long_answer_is_not_held(frame: str) -> None:
    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n" + FRAMES[frame])
        for piece in pieces(frame):
            served.says(piece)

    with behind(does) as server, started(server.origin) as (url, process), connected(url) as connection:
        before = peak(process.pid)
        connection.sendall(b"GET /v1/packs/a/files/b HTTP/1.1\r\nHost: a\r\n\r\n")
        said = came(connection, b"0\r\n\r\n" if frame == "chunks" else PIECE, at_least=LONG * MIB)
        assert digest(said.partition(b"\r\n\r\n")[2], frame) == WHOLE
        assert peak(process.pid) - before < MOST_MORE


@pytest.mark.parametrize("frame", FRAMES)
def test_a_long_upload_is_not_held(frame: str) -> None:
    read = bytearray()

    def does(served: Served) -> None:
        while not bytes(read[-MIB:]).endswith(b"0\r\n\r\n" if frame == "chunks" else PIECE) or len(read) < LONG * MIB:
            read.extend(served.connection.recv(MIB))
        served.says(b"HTTP/1.1 204 No Content\r\n\r\n")

    with behind(does) as server, started(server.origin) as (url, process), connected(url) as connection:
        before = peak(process.pid)
        connection.sendall(b"PUT /v1/packs/a/files/b HTTP/1.1\r\nHost: a\r\n" + FRAMES[frame])
        for piece in pieces(frame):
            connection.sendall(piece)
        assert came(connection, b"\r\n\r\n") == b"HTTP/1.1 204 No Content\r\n\r\n"
        assert digest(bytes(read).partition(b"\r\n\r\n")[2], frame) == WHOLE
        assert peak(process.pid) - before < MOST_MORE


def test_a_client_that_does_not_read_holds_the_server_up() -> None:
    """And not the proxy: the server can send no more than what is on the way."""
    sent, stop = [0], threading.Event()

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (4 * LONG * MIB))
        served.connection.settimeout(1)
        try:
            while not stop.is_set():
                served.says(PIECE)
                sent[0] += MIB
        except TimeoutError:
            stop.set()

    with behind(does) as server, started(server.origin) as (url, process), connected(url) as connection:
        before = peak(process.pid)
        connection.sendall(b"GET /v1/packs HTTP/1.1\r\nHost: a\r\n\r\n")
        assert stop.wait(60)
        assert sent[0] < 2 * LONG * MIB
        assert peak(process.pid) - before < MOST_MORE
