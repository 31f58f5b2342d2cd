"""One entry of a recording, as far as the recorder wrote it down, with its bodies: whole ones alone count."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from conformance.errors import SuiteError
from conformance.http.exchange import Headers, find_header
from conformance.judging.observed import has_mask

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
    is_cached: bool = False
    """Whether a cache answered, and not the server."""
    is_by_worker: bool = False
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


CONTENT = "_content"
"""The key for the bytes of a body that stand in a file of their own."""
_DAMAGED = "\N{REPLACEMENT CHARACTER}"
_TEXT = re.compile(r"text/|application/([^;]*[+.-])?(json|ndjson|xml|yaml|javascript|x-www-form-urlencoded)\b")
"""The media types whose content is text: in there the sign for damage may be what was sent."""


def request_body(method: str, headers: Headers, given: Mapping[str, Any], posted: Mapping[str, Any]) -> bytes | None:
    """Return the body of a request, empty where it had none; None where it is not recorded as it was.

    `given`: the request of the entry. `posted`: its `postData`.
    """
    if isinstance(posted.get(CONTENT), bytes):
        return _require_whole(posted[CONTENT], find_header(headers, "content-length"))
    length, text = _find_length(headers, given.get("bodySize")), posted.get("text")
    typed = find_header(headers, "content-type") is not None or bool(posted)
    if isinstance(text, str) and text:
        return _decode_fitting(headers, text, length, marked=posted.get("encoding") == "base64")
    if length == 0 and find_header(headers, "content-length") is not None:
        return b""
    if length or typed or find_header(headers, "transfer-encoding") is not None:
        return None
    return b"" if method in ("GET", "HEAD", "OPTIONS", "DELETE") or given.get("bodySize") == 0 else None


def answer_body(
    method: str, status: int, headers: Headers, given: Mapping[str, Any], content: Mapping[str, Any]
) -> bytes | None:
    """Return the body of an answer, empty where it had none; None where it is not recorded as it was."""
    if method == "HEAD" or status in (204, 304):
        return b""
    text, size = content.get("text"), content.get("size")
    encoded = find_header(headers, "content-encoding") not in (None, "", "identity")
    if isinstance(content.get(CONTENT), bytes):
        passed = given.get("bodySize")
        found = content[CONTENT] if content[CONTENT] or not passed else None
        return _require_whole(found, None if encoded else find_header(headers, "content-length"))
    length = _find_length(() if encoded else headers, size)
    if isinstance(text, str) and text:
        return _decode_fitting(headers, text, length, marked=content.get("encoding") == "base64")
    declared = None if encoded else find_header(headers, "content-length")
    if declared == "0":
        return b""
    if length or declared or find_header(headers, "content-type") or given.get("bodySize") not in (0, None):
        return None
    return b"" if size == 0 else None


def _require_whole(content: bytes | None, length: str | None) -> bytes | None:
    """Return the content of a file, if it is as long as its message said."""
    return content if content is None or length is None or length == str(len(content)) else None


def _decode_fitting(headers: Headers, text: str, length: int | None, *, marked: bool) -> bytes | None:
    """Return the bytes that a text stands for, by their number; None where they may be others than were sent."""
    if has_mask(text):
        return None
    # A damaged byte is written down as three, so that a damaged body can be as long as it was.
    is_text = _TEXT.match((find_header(headers, "content-type") or "").strip().lower()) is not None
    if not marked and _DAMAGED in text and (length is None or not is_text):
        return None
    ways = [_decode_base64(text)] if marked else [_encode_text(text), _decode_base64(text)]
    return next((found for found in ways if found is not None and length in (None, len(found))), None)


def _encode_text(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _decode_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _find_length(headers: Headers, size: Any) -> int | None:
    """Return the number of bytes by the header, else by what the recorder counted; None where neither says it."""
    declared = find_header(headers, "content-length")
    if declared is not None and declared.isascii() and declared.isdigit():
        return int(declared)
    return int(size) if isinstance(size, int | float) and not isinstance(size, bool) and size > 0 else None
