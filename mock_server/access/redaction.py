"""Credentials, taken out of what is shown of a request or an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import orjson

HIDDEN = "[redacted]"

_HEADERS = {b"authorization", b"proxy-authorization", b"cookie", b"set-cookie", b"x-mock-control-token"}
_NAMES = rb"[^&=]*(?:token|secret|password|credential|api_?key|jwt|auth)[^&=]*"
_IN_QUERY = re.compile(rb"(?i)(?P<name>(?:^|(?<=&))" + _NAMES + rb"=)[^&]*")
# What begins as an API key or a signed session does, wherever it stands and however much of it was kept.
_TOKEN = re.compile(rb"(?<![A-Za-z0-9])(?:sk_[A-Za-z0-9_]{6,}|eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,2})")


def headers(sent: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return headers as text; those that hold credentials or cookies are there and say nothing."""
    return {
        name.decode("latin-1"): HIDDEN if name.lower() in _HEADERS else without_tokens(value).decode("latin-1")
        for name, value in sent.items()
    }


def query(sent: bytes) -> str:
    """Return a query as it was sent, without the values of what is named like a credential."""
    return _decoded(_IN_QUERY.sub(rb"\g<name>" + HIDDEN.encode(), sent)).decode("latin-1")


def path(sent: str) -> str:
    """Return a path as it was sent, without the tokens in it."""
    return _decoded(sent.encode()).decode(errors="replace")


def _decoded(sent: bytes) -> bytes:
    """What was sent, without tokens; percent-decoded where only so there are any to be seen."""
    decoded = unquote_to_bytes(sent)
    return without_tokens(decoded if _TOKEN.search(decoded) else sent)


def body(sent: bytes, kept: frozenset[str]) -> bytes:
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
