"""Credentials, taken out of what is shown of a request or an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import orjson

HIDDEN = "[redacted]"

_SECRET = rb"(?:token|secret|password|credential|api[-_]?key|jwt|auth|cookie)"
"""A pattern of words in the name of a header, or of a value in a query, that holds a credential."""
_CHALLENGES = {b"www-authenticate", b"proxy-authenticate"}
_HEADER = re.compile(rb"(?i)" + _SECRET)
_IN_QUERY = re.compile(rb"(?i)(?P<name>(?:^|(?<=&))[^&=]*" + _SECRET + rb"[^&=]*=)[^&]*")
_USER_IN_URL = re.compile(rb"(?<=://)[^/?#@\s]+(?=@)")
# What begins as an API key or a signed session does, wherever it stands and however much of it was kept.
_TOKEN = re.compile(rb"(?<![A-Za-z0-9])(?:sk_[A-Za-z0-9_]{6,}|eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,2})")


def show_headers(sent: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return headers as text; those that hold credentials or cookies are there and say nothing."""
    return {
        name.decode("latin-1"): HIDDEN if _is_secret(name) else _without_users(without_tokens(value)).decode("latin-1")
        for name, value in sent.items()
    }


def _is_secret(name: bytes) -> bool:
    return _HEADER.search(name) is not None and name.lower() not in _CHALLENGES


def _without_users(value: bytes) -> bytes:
    """The value of a header without the user and password in the URLs of it, such as that of a Referer."""
    return _USER_IN_URL.sub(HIDDEN.encode(), value)


def mask_query(sent: bytes) -> str:
    """Return a query as it was sent, without the values of what is named like a credential."""
    return _decode(_IN_QUERY.sub(rb"\g<name>" + HIDDEN.encode(), sent)).decode("latin-1")


def mask_path(sent: str) -> str:
    """Return a path as it was sent, without the tokens in it."""
    return _decode(sent.encode()).decode(errors="replace")


def _decode(sent: bytes) -> bytes:
    """Return the bytes without tokens, percent-decoded where only so there are any to be seen."""
    decoded = unquote_to_bytes(sent)
    return without_tokens(decoded if _TOKEN.search(decoded) else sent)


def mask_body(sent: bytes, kept: frozenset[str]) -> bytes:
    """Return a JSON body with nothing but the values of the fields that may be kept."""
    try:
        fields = orjson.loads(sent)
    except orjson.JSONDecodeError:
        fields = None
    if not isinstance(fields, dict):
        return HIDDEN.encode()
    return orjson.dumps({name: value if name in kept else HIDDEN for name, value in fields.items()})


def without_tokens(content: bytes) -> bytes:
    """Return bytes without the tokens in them."""
    return _TOKEN.sub(HIDDEN.encode(), content)
