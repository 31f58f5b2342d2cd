"""One entry of a recording, as far as the recorder wrote it down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from conformance.errors import SuiteError
from conformance.http.exchange import Headers, find_header

TEST = "x-conformance-test"
"""The header that names the test which sends a request; the suite's own proxy takes it off."""
PROXY = "evershell-conformance proxy"
"""The name of the suite's own proxy, as recorder: it sees every credential, and writes who sent it in its place."""


class RecordingError(SuiteError):
    """A recording that cannot be read; the message names the place and what is wrong there."""


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A request or an answer."""

    headers: Headers
    body: bytes | None
    """The body; None: it was not recorded, or not as it was."""

    def find_header(self, name: str) -> str | None:
        return find_header(self.headers, name)


@dataclass(frozen=True, slots=True)
class RecordedEntry:
    """A request and its answer."""

    place: str
    """The file, and its number in there, from 1."""
    method: str
    url: str
    request: RecordedMessage
    status: int
    """0 where no answer was recorded."""
    answer: RecordedMessage
    started: float | None = None
    """Seconds since 1970; None where that is not recorded."""
    duration_ms: float | None = None
    cached: bool = False
    """Whether a cache answered, and not the server."""
    by_worker: bool = False
    """Whether it was sent by a service worker, or answered by one: then it may be there twice."""
    failure: str = ""
    """The recorder's words on an answer that did not come."""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.lower()

    @property
    def test(self) -> str | None:
        """The test that sent it, as far as a header says so."""
        return self.request.find_header(TEST)

    @property
    def ended(self) -> float | None:
        """Return when the answer was there."""
        if self.started is None or self.duration_ms is None:
            return None
        return self.started + self.duration_ms / 1000


@dataclass(frozen=True)
class Recording:
    """The entries of one file, in the order in which they were sent."""

    name: str
    entries: tuple[RecordedEntry, ...]
    recorder: str = ""
    """The program that wrote it."""

    @cached_property
    def has_credentials(self) -> bool:
        """Return whether it records any credential: else that none is there says nothing."""
        return self.recorder == PROXY or any(entry.request.find_header("authorization") for entry in self.entries)
