"""One request and what came back, as data that a report, a log or another process can hold."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from conformance.http.variables import veiled

Headers = tuple[tuple[str, str], ...]

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""The safe methods of RFC 9110."""

LONGEST_BODY = 256 * 1024
"""Of a longer body a finding keeps the beginning: many findings of large uploads fit into no memory."""
LONGEST_REMEMBERED = 64 * 1024
"""JSON takes up to some twenty times its length once it is read: a case may have hundreds of answers."""
LONGEST_CODE = 10_000
MOST_HEADERS = 100
"""So many headers of an answer a finding keeps, and of each the beginning of its value."""
LONGEST_VALUE = 4096


class Cut(bytes):
    """The beginning of a body, with the length and the SHA-256 of the whole."""

    length: int
    digest: str

    @staticmethod
    def made(beginning: bytes, length: int, digest: str) -> Cut:
        """The beginning, knowing that."""
        cut = Cut(beginning)
        cut.length, cut.digest = length, digest
        return cut

    @staticmethod
    def of(content: bytes) -> Cut:
        """The beginning of a long body."""
        return Cut.made(content[:1024], len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, but for the credential: that is the caller's."""

    operation_id: str | None
    """None where no operation of the contract is meant: an unknown path, an undeclared method."""
    method: str
    path: str
    """As it goes on the wire, from the base URL on: percent-encoded, without the query."""
    path_values: Mapping[str, str]
    """Path parameters as the caller means them, decoded."""
    query: str = ""
    """Encoded, without the question mark."""
    headers: Headers = ()
    content: bytes | None = None
    changes_nothing: bool = False
    """Its body is what the object has already, so that it does no harm where it is served."""

    @property
    def media_type(self) -> str | None:
        """The body's media type without its parameters, in small letters."""
        value = self.header("content-type")
        return value.partition(";")[0].strip().lower() if value is not None else None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True)
class Exchange:
    """A request that was sent and its answer. A status of 0: no answer came, and failure says why."""

    caller: str
    """Name in the profile, `anonymous`, or what the credential is: `expired credential`."""
    request: Request
    url: str
    status: int
    headers: Headers
    body: bytes
    elapsed_ms: float
    failure: str | None = None
    number: int = 0
    """Its place in the run's request log, from 1."""
    authorization: str | None = None
    """What stood in Authorization, a variable's name in place of each credential; None: nothing did."""
    repeated: bool = False
    """It could change something, and was sent again after a gateway had answered: the first may have been done."""

    @property
    def operation_id(self) -> str | None:
        return self.request.operation_id

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def base_url(self) -> str:
        """What the path was put behind: in a target with worlds each has its own."""
        return self.url.partition("?")[0].removesuffix(self.path)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @cached_property
    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none. Of a long one it is read again each time."""
        return _read(self.body) if len(self.body) > LONGEST_REMEMBERED else self._json

    @cached_property
    def _json(self) -> Any:
        return _read(self.body)

    @cached_property
    def code(self) -> str | None:
        """error.code of the envelope, where there is one."""
        if self.status < 400 or not isinstance(self.json, dict):
            return None
        error = self.json.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        return code[:LONGEST_CODE] if isinstance(code, str) else None

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        if self.failure:
            return f"no answer ({self.failure})"
        return f"{self.status} {self.code}" if self.code else str(self.status)

    def kept(self, longest: int = LONGEST_BODY) -> Exchange:
        """The same with its long bodies and headers cut: what a finding holds on to."""
        content = self.request.content
        request = replace(self.request, content=_cut(content, longest)) if content else self.request
        return replace(self, request=request, headers=_fewer(self.headers), body=_cut(self.body, longest))

    def veiled(self, masks: Mapping[str, str]) -> Exchange:
        """The same with a variable's name in the place of each secret that the answer repeats."""
        headers = tuple((veiled(name, masks), veiled(value, masks)) for name, value in self.headers)
        return replace(self, headers=headers, body=_veiled(self.body, masks))

    def to_json(self) -> dict[str, Any]:
        """Plain values; from_json gives an equal exchange back, but for the beginnings of bodies that were cut."""
        request = self.request
        return {
            "number": self.number,
            "caller": self.caller,
            "authorization": self.authorization,
            "operation_id": request.operation_id,
            "method": request.method,
            "url": self.url,
            "path": request.path,
            "path_values": dict(request.path_values),
            "query": request.query,
            "request_headers": [list(pair) for pair in request.headers],
            "request_body": _text(request.content),
            "status": self.status,
            "headers": [list(pair) for pair in self.headers],
            "body": _text(self.body),
            "elapsed_ms": round(self.elapsed_ms, 3),
            "failure": self.failure,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Exchange:
        request = Request(
            operation_id=data["operation_id"],
            method=data["method"],
            path=data["path"],
            path_values=dict(data["path_values"]),
            query=data["query"],
            headers=_pairs(data["request_headers"]),
            content=_bytes(data["request_body"]),
        )
        return Exchange(
            caller=data["caller"],
            request=request,
            url=data["url"],
            status=data["status"],
            headers=_pairs(data["headers"]),
            body=_bytes(data["body"]) or b"",
            elapsed_ms=data["elapsed_ms"],
            failure=data["failure"],
            number=data["number"],
            authorization=data["authorization"],
        )


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _pairs(given: Any) -> Headers:
    return tuple((str(key), str(value)) for key, value in given)


def _cut(content: bytes, longest: int) -> bytes:
    return Cut.of(content) if len(content) > longest and not isinstance(content, Cut) else content


def _veiled(content: bytes, masks: Mapping[str, str]) -> bytes:
    without = content
    for secret in sorted(masks, key=len, reverse=True):
        without = without.replace(secret.encode(), f"${masks[secret]}".encode())
    if without == content or not isinstance(content, Cut):
        return without
    return Cut.made(without, content.length, content.digest)


def _fewer(headers: Headers) -> Headers:
    kept = tuple((name[:LONGEST_VALUE], value[:LONGEST_VALUE]) for name, value in headers[:MOST_HEADERS])
    left_out = len(headers) - len(kept)
    return (*kept, ("(not kept)", f"{left_out} more headers")) if left_out else kept


def _text(content: bytes | None) -> dict[str, str | int] | None:
    """Text where it is UTF-8, base64 where it is not; of a body that was cut its length and digest."""
    if content is None:
        return None
    if isinstance(content, Cut):
        return {"bytes": content.length, "sha256": content.digest}
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _bytes(given: Mapping[str, Any] | None) -> bytes | None:
    if given is None:
        return None
    if "bytes" in given:
        return Cut.made(b"", int(given["bytes"]), given["sha256"])
    return str(given["text"]).encode() if "text" in given else base64.b64decode(given["base64"])
