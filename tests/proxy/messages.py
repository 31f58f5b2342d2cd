"""Requests and answers as values, and as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

Pairs = tuple[tuple[str, str], ...]
Given = Mapping[str, str] | Iterable[tuple[str, str]]
BODILESS = (204, 304)
"""Statuses whose answers have no body."""
FRAMING = ("content-length", "transfer-encoding")
PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Headers(Mapping[str, str]):
    """The headers of a message in their order and spelling, looked up in any case; the first of a name counts."""

    __slots__ = ("_by_name", "pairs")

    def __init__(self, given: Given = ()) -> None:
        if isinstance(given, Headers):
            given = given.pairs
        self.pairs: Pairs = tuple(given.items() if isinstance(given, Mapping) else given)
        self._by_name = {name.lower(): value for name, value in reversed(self.pairs)}

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"Headers({dict(self.pairs)})"

    def without(self, *names: str) -> Headers:
        """Return them without these, which are given in lower case."""
        return Headers(pair for pair in self.pairs if pair[0].lower() not in names)

    def changed(self, name: str, value: str) -> Headers:
        """Return them with this one in the place of all of its name."""
        return Headers((*self.without(name.lower()).pairs, (name, value)))

    def rendered(self) -> bytes:
        """Return their lines."""
        return "".join(f"{name}: {value}\r\n" for name, value in self.pairs).encode("latin-1")


@dataclass(frozen=True, init=False)
class Request:
    """One request."""

    method: str
    target: str
    """As it was sent: a proxy is told the whole address."""
    headers: Headers
    body: bytes
    """Without transfer coding."""
    at: float
    """When its head was there, on the monotonic clock."""

    def __init__(self, method: str, target: str, headers: Given = (), body: bytes = b"", at: float = 0.0) -> None:
        _set(self, method=method, target=target, headers=Headers(headers), body=body, at=at)

    @property
    def origin_form(self) -> str:
        """Path and query as they were sent, without the server's address."""
        if not self.target.startswith(("http://", "https://")):
            return self.target
        return "/" + "".join(self.target.split("/", 3)[3:])

    @property
    def path(self) -> str:
        """The path as it was sent, encoded, without the query."""
        return self.origin_form.partition("?")[0]

    @property
    def query(self) -> str:
        return urlsplit(self.origin_form).query

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none, or none that can be read."""
        return _parsed(self.body)

    def with_header(self, name: str, value: str) -> Request:
        return replace(self, headers=self.headers.changed(name, value))

    def rendered(self) -> bytes:
        """Return its bytes, with the length of its body where it had one."""
        headers = self.headers.without(*FRAMING)
        if self.body or any(name in self.headers for name in FRAMING):
            headers = headers.changed("Content-Length", str(len(self.body)))
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (
            _ascii(self.method),
            _ascii(self.origin_form),
            headers.rendered(),
            self.body,
        )


@dataclass(frozen=True, init=False)
class Answer:
    """One answer."""

    status: int
    headers: Headers
    body: bytes
    """Without transfer coding."""

    def __init__(self, status: int, headers: Given = (), body: bytes = b"") -> None:
        _set(self, status=status, headers=Headers(headers), body=body)

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none, or none that can be read."""
        return _parsed(self.body)

    def with_json(self, document: Any) -> Answer:
        """Return the answer with this document in the place of its body."""
        return replace(self, body=json.dumps(document).encode())

    def with_header(self, name: str, value: str) -> Answer:
        return replace(self, headers=self.headers.changed(name, value))

    def without_header(self, name: str) -> Answer:
        return replace(self, headers=self.headers.without(name.lower()))

    def head(self, version: str = "HTTP/1.1", *framing: tuple[str, str]) -> bytes:
        """Return the bytes of its head; framing: how its end is told, such as its length."""
        headers = Headers((*self.headers.without(*FRAMING).pairs, *framing)) if framing else self.headers
        phrase = PHRASES.get(self.status, "Unknown")
        return b"%s %d %s\r\n%s\r\n" % (_ascii(version), self.status, _ascii(phrase), headers.rendered())


def _ascii(text: str) -> bytes:
    return text.encode("latin-1")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # the second of a body that is nested too deeply to be read
        return None


def _set(value: object, **fields: object) -> None:
    for name, field in fields.items():
        object.__setattr__(value, name, field)
