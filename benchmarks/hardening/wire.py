"""Bytes to a server and what comes back, read as strictly as HTTP/1.1 asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE_S = 5.0
"""The seconds within which a client that has said everything must be answered, and let go."""


class BrokenAnswer(Exception):
    """Raised where the bytes that came back are no HTTP."""


class Hang(Exception):
    """Raised where nothing came in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the names of its headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_last(self) -> bool:
        """Return whether it says that the connection ends with it."""
        return self.headers.get("connection") == "close"


@dataclass(frozen=True, slots=True)
class Place:
    """The address at which a server listens."""

    host: str
    port: int

    @classmethod
    def from_url(cls, url: str) -> Place:
        """Return the place that a URL leads to."""
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or 80)


async def exchange(place: Place, sent: bytes, *, says_end: bool) -> bytes:
    """Send these bytes and return all that comes until the server closes.

    `says_end`: the client ends its side after them. Raises Hang where the server does not close in time.
    """
    reader, writer = await asyncio.open_connection(place.host, place.port)
    reading = asyncio.ensure_future(_read_all(reader))
    try:
        async with asyncio.timeout(PATIENCE_S):
            try:
                writer.write(sent)
                await writer.drain()
                if says_end:
                    writer.write_eof()
            except OSError:
                pass  # it has heard enough; what it said is still to be read
            return await reading
    except TimeoutError:
        raise Hang(f"the connection was still open after {PATIENCE_S:g} s") from None
    finally:
        reading.cancel()
        writer.close()


async def _read_all(reader: asyncio.StreamReader) -> bytes:
    received = bytearray()
    try:
        while part := await reader.read(65536):
            received += part
    except ConnectionError:
        pass
    return bytes(received)


def answers(received: bytes) -> Iterator[Answer]:
    """Yield every answer in what came; BrokenAnswer for anything else, part of one included.."""
    at = 0
    while at < len(received):
        end = received.find(b"\r\n\r\n", at)
        if end < 0:
            raise BrokenAnswer(f"no end of headers: {received[at : at + 80]!r}")
        status, headers = _parse_head(received[at:end])
        at = end + 4
        if status == 100:
            continue
        if headers.get("transfer-encoding") == "chunked":
            body, at = _read_chunks(received, at)
        else:
            length = int(headers.get("content-length", "0"))
            body, at = received[at : at + length], at + length
        if at > len(received):
            raise BrokenAnswer(f"{status}: {at - len(received)} bytes are missing")
        yield Answer(status, headers, body)


def _parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    line, *fields = head.decode("latin-1").split("\r\n")
    version, _, rest = line.partition(" ")
    if version != "HTTP/1.1" or not rest[:3].isdigit():
        raise BrokenAnswer(f"no status line: {line[:80]!r}")
    headers = {}
    for each in fields:
        name, colon, value = each.partition(":")
        if not colon or name.lower() in headers:
            raise BrokenAnswer(f"no header, or one again: {each[:80]!r}")
        headers[name.lower()] = value.strip()
    return int(rest[:3]), headers


def _read_chunks(received: bytes, at: int) -> tuple[bytes, int]:
    body = bytearray()
    while True:
        end = received.find(b"\r\n", at)
        try:
            size = int(received[at:end], 16)
        except ValueError:
            raise BrokenAnswer("no size of a chunk") from None
        at = end + 2
        body += received[at : at + size]
        at += size + 2
        if not size or at > len(received):
            return bytes(body), at


class Connection:
    """A connection that is kept, on which one request is answered before the next."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, place: Place) -> Connection:
        """Return a new one."""
        return cls(*await asyncio.open_connection(place.host, place.port))

    def write(self, part: bytes) -> None:
        """Send a part of a request."""
        self._writer.write(part)

    async def begin(self, head: bytes) -> None:
        """Send the head of a request that expects 100-continue, and wait until the server asks for the rest.

        Raises BrokenAnswer where it does not.
        """
        self._writer.write(head)
        try:
            status, _ = _parse_head((await self._reader.readuntil(b"\r\n\r\n"))[:-4])
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise BrokenAnswer("the connection ended before the server asked for the rest") from error
        if status != 100:
            raise BrokenAnswer(f"{status} in the place of 100")

    async def ask(self, request: bytes) -> Answer:
        """Send a request, or the rest of one, and return its answer.

        Raises BrokenAnswer where the connection ends before.
        """
        self._writer.write(request)
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            status, headers = _parse_head(head[:-4])
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise BrokenAnswer("the connection ended before the answer") from error
        return Answer(status, headers, body)

    def close(self) -> None:
        """End it."""
        self._writer.close()


JSON = "application/json"
FORM = "multipart/form-data; boundary=x"


def request(method: str, path: str, token: str | None = None, body: bytes = b"", kind: str = JSON) -> bytes:
    """Return a usual request, of somebody or of nobody."""
    head = [f"{method} {path} HTTP/1.1", "host: localhost"]
    if token is not None:
        head.append(f"authorization: Bearer {token}")
    if body:
        head += [f"content-type: {kind}", f"content-length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body
