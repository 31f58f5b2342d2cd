"""CORS (Fetch, 3.2): which pages may ask, and by which names of the mock."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from mock_server.access.origins import SAFE_METHODS, Origins, explain_letting_in, is_of_this_machine, read_host
from mock_server.bounded_cache import bounded_cache
from mock_server.contract.schema import shorten
from mock_server.errors import PermissionDenied, StartError
from mock_server.worlds.answer import Answer

log = logging.getLogger(__name__)

ALLOWED_HEADERS = ("Authorization", "Content-Type", "Prefer", "X-Mock-World")
"""Headers that pages of every origin that is let in may send."""

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_MOST_HEADERS = 100  # of those that a page asks for
_MOST_WARNED = 100
_MAX_AGE = b"600"  # seconds for which a browser need not ask again
# What a page may read unasked, and what a browser never shows it.
_NOT_TO_EXPOSE = {b"content-type", b"content-length", b"vary", b"set-cookie"}


class Cors:
    """Lets pages of allowed origins in, with their credentials: the origin is named, never `*`."""

    def __init__(self, origins: Origins, headers: Iterable[str] = ()) -> None:
        """Take the origins, and more headers that pages of named ones may send; StartError for what is no header."""
        self.origins = origins
        self._headers = (*ALLOWED_HEADERS, *map(_check_header_name, headers))
        self._known_headers = frozenset(name.lower() for name in self._headers)
        self._methods: frozenset[str] = frozenset()
        self._warned: set[str] = set()
        self.known_host: Callable[[bytes], bool] = bounded_cache(self._knows_host)
        """Whether a request with this Host, empty where it has none, was meant for the mock."""

    def serves(self, methods: Iterable[str]) -> None:
        """Take note of methods that a contract has."""
        self._methods |= frozenset(methods)

    def answer_preflight(self, origin: bytes, asked: bytes = b"") -> Answer:
        """The answer to a browser that asks on behalf of a page; PermissionDenied where the page is not let in.

        `asked` lists the headers that the page would send: one of this machine may send any of them.
        """
        if not self._allows(origin):
            raise self._make_refusal(origin)
        allowed = [*self._headers]
        for name in _read_names(asked):
            if name.lower() in self._known_headers:
                continue
            if is_of_this_machine(origin.decode("latin-1")):
                allowed.append(name)
            else:
                self._warn_once(
                    f"Pages of {shorten(origin.decode('latin-1'))} may not send the header {name}, for which they "
                    f"asked; start the mock with --cors-header {name}."
                )
        headers = {
            b"access-control-allow-methods": ", ".join(sorted(self._methods)).encode(),
            b"access-control-allow-headers": ", ".join(allowed).encode(),
            b"access-control-max-age": _MAX_AGE,
        }
        return Answer(204, headers, b"")

    def share(self, origin: bytes, answer: Answer) -> None:
        """Let pages of the origin read an answer and its headers, where they are let in."""
        headers = answer.headers
        if self._allows(origin):
            exposed = _list_exposed(tuple(headers))
            headers[b"access-control-allow-origin"] = origin
            headers[b"access-control-allow-credentials"] = b"true"
            headers[b"access-control-expose-headers"] = exposed
        else:
            self._warn_once(self._make_refusal(origin).message)
        headers[b"vary"] = b"Origin"

    def check_control(self, method: str, headers: Mapping[bytes, bytes]) -> None:
        """PermissionDenied where a page that is not let in would change something; a browser asks for none of it."""
        origin = headers.get(b"origin")
        if origin is None or method in SAFE_METHODS or self._allows(origin):
            return
        host = headers.get(b"host", b"")
        if not host or origin.partition(b"://")[2] != host:
            raise self._make_refusal(origin)

    def refuse_host(self, host: bytes) -> PermissionDenied:
        """The refusal of what was not meant for the mock, of which the log tells once for each name."""
        name = shorten(read_host(host.decode("latin-1").lower()))
        refusal = PermissionDenied(
            f"The mock is not known by the name {name}; if it is meant, start the mock with --allow-host {name}."
        )
        self._warn_once(refusal.message)
        return refusal

    def _knows_host(self, host: bytes) -> bool:
        return self.origins.knows(host.decode("latin-1"))

    def _warn_once(self, message: str) -> None:
        if message not in self._warned and len(self._warned) < _MOST_WARNED:
            self._warned.add(message)
            log.warning("%s", message)

    def _allows(self, origin: bytes) -> bool:
        return self.origins.allows(origin.decode("latin-1"))

    def _make_refusal(self, origin: bytes) -> PermissionDenied:
        name = origin.decode("latin-1")
        return PermissionDenied(f"Pages of {shorten(name)} are not let in; {explain_letting_in(name)}.")


def _check_header_name(text: str) -> str:
    if _HEADER.fullmatch(text) is None:
        raise StartError(f"--cors-header {text}: it is the name of one header, such as X-Trace-Id")
    return text


def _read_names(asked: bytes) -> list[str]:
    """The names in a list of headers; what cannot be one is left out."""
    sent = (name.strip() for name in asked.decode("latin-1").split(",", _MOST_HEADERS)[:_MOST_HEADERS])
    return list(dict.fromkeys(name for name in sent if _HEADER.fullmatch(name)))


def is_preflight(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser asks beforehand whether a page may ask."""
    return method == "OPTIONS" and b"access-control-request-method" in headers and b"origin" in headers


@lru_cache(maxsize=256)
def _list_exposed(names: tuple[bytes, ...]) -> bytes:
    """Every header that the answer has, since `*` would mean nothing beside credentials."""
    return b", ".join(b"-".join(word.capitalize() for word in name.split(b"-")) for name in names if _is_shown(name))


def _is_shown(name: bytes) -> bool:
    return name not in _NOT_TO_EXPOSE and not name.startswith(b"access-control-")
