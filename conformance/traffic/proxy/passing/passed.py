"""Exchanges as they passed, and how much of their bodies is kept for judging."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.http.exchange import Headers

MOST_HELD = 64 * 1024 * 1024
"""Bytes of bodies that pass at the same time; of what comes beyond nothing is kept, so that it is not judged."""


@dataclass(slots=True)
class HeldBytes:
    """The number of bytes of bodies that are held."""

    bytes: int = 0
    dropped: int = 0
    """Bodies that were not kept for want of room."""

    def take(self, count: int) -> bool:
        """Take room; whether there is any."""
        if self.bytes + count > MOST_HELD:
            self.dropped += 1
            return False
        self.bytes += count
        return True

    def give_back(self, count: int) -> None:
        """Give room back."""
        self.bytes -= count


@dataclass(slots=True)
class KeptBody:
    """The kept part of a body that passes: all of it, or nothing where it is longer than what is judged."""

    held: HeldBytes
    most: int
    length: int = 0
    whole: bool = False
    """Whether its end has come."""
    _content: bytearray | None = field(default_factory=bytearray)

    def take(self, piece: bytes) -> None:
        """Take what has passed."""
        self.length += len(piece)
        if self._content is None or not piece:
            return
        if self.length > self.most or not self.held.take(len(piece)):
            self.drop()
        else:
            self._content += piece

    def drop(self) -> None:
        """Keep nothing of it."""
        if self._content is not None:
            self.held.give_back(len(self._content))
            self._content = None

    def content(self) -> bytes | None:
        """Return the body; None where it is not known as a whole."""
        return bytes(self._content) if self.whole and self._content is not None else None


@dataclass(frozen=True, slots=True)
class BegunRequest:
    """A request has begun to pass."""

    number: int
    started: float
    """Seconds since 1970; no two exchanges begin or end at the same time."""
    method: str
    url: str
    """At the server."""
    base: str | None
    """The base URL of the API; None where it is of something else."""
    headers: Headers


@dataclass(frozen=True, slots=True)
class PassedMessage:
    """A request or an answer that has passed."""

    headers: Headers
    body: bytes | None
    """The body as it was on the wire, without transfer coding; None where it is not known."""
    length: int
    """The length of the body, as far as it has come."""


@dataclass(frozen=True, slots=True)
class PassedExchange:
    """An exchange that has passed, or of which no more is judged."""

    number: int
    ended: float
    request: PassedMessage
    status: int
    """0 where no answer came."""
    answer: PassedMessage
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The news that something has passed that cannot be read as HTTP."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A report of all that has passed is asked for."""

    ending: bool
    """Whether nothing passes any more."""
