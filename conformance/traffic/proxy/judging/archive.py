"""Exchanges as entries of an HTTP archive (HAR 1.2): what is judged is what is recorded."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from conformance.errors import SuiteError
from conformance.http.exchange import Headers, find_header
from conformance.http.reader import GZIP, LARGEST_ANSWER
from conformance.traffic.proxy.judging.order import OrderedExchange
from conformance.traffic.proxy.passing.exchange import PassedMessage
from conformance.traffic.recording.entry import PROXY
from conformance.traffic.recording.sources import LARGEST

Entry = dict[str, Any]
_END = b"\n]}}\n"


def decode_answer(ordered: OrderedExchange) -> OrderedExchange:
    """Return the exchange with the body of its answer without content coding; not known where that is none we read."""
    answer = ordered.passed.answer
    coding = (find_header(answer.headers, "content-encoding") or "identity").strip().lower()
    if coding == "identity" or not answer.body:
        return ordered
    body = _unzip(answer.body) if coding in GZIP else None
    return replace(ordered, passed=replace(ordered.passed, answer=replace(answer, body=body)))


def _unzip(content: bytes) -> bytes | None:
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = decoder.decompress(content, LARGEST_ANSWER)
    except zlib.error:
        return None
    return body if decoder.eof else None


def build_entry(ordered: OrderedExchange) -> Entry:
    """Return the entry of an exchange."""
    begun, passed = ordered.begun, ordered.passed
    took_ms = round((passed.ended - begun.started) * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(begun.started, UTC).isoformat(timespec="microseconds"),
        "time": took_ms,
        "request": {
            "method": begun.method,
            "url": begun.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _build_pairs(passed.request.headers),
            "queryString": [],
            **_build_post_data(passed.request),
            "headersSize": -1,
        },
        "response": {
            "status": passed.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _build_pairs(passed.answer.headers),
            "content": _build_content(passed.answer),
            "redirectURL": find_header(passed.answer.headers, "location") or "",
            "headersSize": -1,
            "bodySize": -1 if passed.answer.body is None else passed.answer.length,
            **({"_error": passed.failure} if passed.failure else {}),
        },
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
    }


def _build_post_data(request: PassedMessage) -> Entry:
    media_type = find_header(request.headers, "content-type") or ""
    if request.body:
        return {"bodySize": len(request.body), "postData": {"mimeType": media_type, **_build_text(request.body)}}
    return {"bodySize": -1 if request.body is None else 0}


def _build_content(answer: PassedMessage) -> Entry:
    media_type = find_header(answer.headers, "content-type") or ""
    if answer.body is None:
        return {"size": answer.length, "mimeType": media_type}
    return {"size": len(answer.body), "mimeType": media_type, **_build_text(answer.body)}


def _build_text(body: bytes) -> Mapping[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _build_pairs(headers: Headers) -> list[Entry]:
    return [{"name": name, "value": value} for name, value in headers]


class CannotRecord(SuiteError):
    """The recording cannot be written; the message says why."""


@dataclass(slots=True)
class Archive:
    """The file of a recording, which is whole after each entry."""

    path: Path
    lacks: str = ""
    """The reason for which it has not all that passed."""
    _file: BinaryIO = field(init=False)
    _entries: int = 0

    def __post_init__(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb")
            head = {"version": "1.2", "creator": {"name": PROXY, "version": "1"}}
            self._file.write(json.dumps({"log": head}).encode()[:-2] + b', "entries": [')
            self._end()
        except OSError as error:
            raise CannotRecord(f"--record {self.path}: cannot be written ({error.strerror})") from None

    def add(self, entry: Entry) -> None:
        """Write an entry, unless one before could not be written."""
        if self.lacks:
            return
        content = json.dumps(entry).encode()
        if self._file.tell() + len(content) > LARGEST - len(_END):
            self.lacks = f"{self.path}: lacks what came after {LARGEST:,} bytes, for no longer recording is judged"
            return
        try:
            self._file.seek(-len(_END), os.SEEK_END)
            self._file.write((b",\n" if self._entries else b"\n") + content)
            self._end()
        except OSError as error:
            self.lacks = f"{self.path}: lacks what came after it could no longer be written ({error.strerror})"
        self._entries += 1

    def _end(self) -> None:
        self._file.write(_END)
        self._file.flush()
