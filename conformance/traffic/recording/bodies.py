"""Bodies as recorders write them down: one counts only if it is as long as it was on the wire."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from conformance.http.exchange import Headers, find_header
from conformance.judging.masks import has_mask

CONTENT = "_content"
"""The key for the bytes of a body that stand in a file of their own."""
_DAMAGED = "\N{REPLACEMENT CHARACTER}"


def request_body(method: str, headers: Headers, given: Mapping[str, Any], posted: Mapping[str, Any]) -> bytes | None:
    """Return the body of a request, empty where it had none; None where it is not recorded as it was.

    `given`: the request of the entry. `posted`: its `postData`.
    """
    if isinstance(posted.get(CONTENT), bytes):
        return _require_whole(posted[CONTENT], find_header(headers, "content-length"))
    length, text = _find_length(headers, given.get("bodySize")), posted.get("text")
    typed = find_header(headers, "content-type") is not None or bool(posted)
    if isinstance(text, str) and text:
        return None if has_mask(text) else _decode_fitting(text, length, marked=posted.get("encoding") == "base64")
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
        return None if has_mask(text) else _decode_fitting(text, length, marked=content.get("encoding") == "base64")
    declared = None if encoded else find_header(headers, "content-length")
    if declared == "0":
        return b""
    if length or declared or find_header(headers, "content-type") or given.get("bodySize") not in (0, None):
        return None
    return b"" if size == 0 else None


def _require_whole(content: bytes | None, length: str | None) -> bytes | None:
    """Return the content of a file, if it is as long as its message said."""
    return content if content is None or length is None or length == str(len(content)) else None


def _decode_fitting(text: str, length: int | None, *, marked: bool) -> bytes | None:
    """Return the bytes that a text stands for, by their number; where that is not known only what cannot be damaged."""
    ways = [_decode_base64(text)] if marked else [_encode_text(text), _decode_base64(text)]
    if length is None:
        found = ways[0]
        return None if found is None or (not marked and _DAMAGED in text) else found
    return next((found for found in ways if found is not None and len(found) == length), None)


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
