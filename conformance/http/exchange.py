"""A request and its answer, as values that a report, a log or another process can hold."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from conformance.contract.contract import OWN_ORG, Operation
from conformance.http.event_stream import StreamReading
from conformance.http.variables import mask_cut_text, mask_text
from conformance.values import copy_with, read_json


class TruncatedBody(bytes):
    """The beginning of a body, with length and SHA-256 of the whole body."""

    length: int
    digest: str

    @staticmethod
    def build_truncated(beginning: bytes, length: int, digest: str) -> TruncatedBody:
        """Return the beginning of a body of this length and SHA-256."""
        truncated = TruncatedBody(beginning)
        truncated.length, truncated.digest = length, digest
        return truncated

    @staticmethod
    def truncate_content(content: bytes) -> TruncatedBody:
        """Return the beginning of this body."""
        return TruncatedBody.build_truncated(content[:1024], len(content), hashlib.sha256(content).hexdigest())


def truncate_bytes(content: bytes, longest: int) -> bytes:
    """Return the content, or its beginning where it is longer than that."""
    return (
        TruncatedBody.truncate_content(content)
        if len(content) > longest and not isinstance(content, TruncatedBody)
        else content
    )


Headers = tuple[tuple[str, str], ...]

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""The safe methods of RFC 9110."""

IN_QUERY = ""
"""The name that stands for the header of a credential that went into the query."""

LONGEST_BODY = 256 * 1024
"""Bytes from which on a finding keeps the beginning of a body: many large uploads fit into no memory."""
LONGEST_REMEMBERED = 64 * 1024
"""Bytes from which on a parsed body is not kept: JSON takes up to some twenty times its length once parsed."""
LONGEST_CODE = 10_000
MOST_HEADERS = 100
"""The headers of an answer that a finding keeps."""
LONGEST_VALUE = 4096


def find_header(headers: Headers, name: str) -> str | None:
    """Return the first value of a header, whose name is given in lower case; None where there is none."""
    return next((value for key, value in headers if key.lower() == name), None)


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True)
class Request:
    """A request without its credential."""

    operation_id: str | None
    """The id of the operation; None for an unknown path or an undeclared method."""
    method: str
    path: str
    """The percent-encoded path below the base URL, without the query."""
    path_values: Mapping[str, str]
    """Path parameters, decoded."""
    query: str = ""
    """Encoded, without the question mark."""
    headers: Headers = ()
    content: bytes | None = None
    changes_nothing: bool = False
    """Whether its body is what the object has already, so that it does no harm where it is served."""
    asks_if_served: bool = False
    """Whether it asks for nothing but whether the target serves the operation at all."""
    bodyless: frozenset[int] = frozenset()
    """The statuses without a body that are right for it, so that such an answer is the target's own."""
    foreseen: frozenset[tuple[int, str]] = field(default=frozenset(), compare=False)
    """Statuses and codes of refusals that are right for it, whether its operation declares them or not."""
    reading: StreamReading = StreamReading()  # noqa: RUF009  # frozen
    """The amount that is read of an answer that is a stream."""
    tried: str = field(default="", compare=False)
    """The field and value of it that a test is about, for a report; empty where it is about all of it."""

    def mask(self, masks: Mapping[str, str]) -> Request:
        """Return the request with a variable in place of each secret."""
        return replace(
            self,
            path=mask_text(self.path, masks),
            path_values={name: mask_text(value, masks) for name, value in self.path_values.items()},
            query=mask_text(self.query, masks),
            headers=_mask_headers(self.headers, masks),
            content=None if self.content is None else _mask_content(self.content, masks),
            tried=mask_text(self.tried, masks),
        )

    @property
    def target(self) -> str:
        """Path and query, as they are put behind the base URL."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def media_type(self) -> str | None:
        """The body's media type without its parameters, in lower case."""
        value = self.find_header("content-type")
        return value.partition(";")[0].strip().lower() if value is not None else None

    def find_header(self, name: str) -> str | None:
        return find_header(self.headers, name)

    def put_in_org(self, org: str) -> Request:
        """Return the request with this org in the place that its path has for the caller's."""
        if OWN_ORG not in self.path and OWN_ORG not in self.path_values.values():
            return self
        values = {name: org if value == OWN_ORG else value for name, value in self.path_values.items()}
        return copy_with(self, path=self.path.replace(OWN_ORG, quote(org, safe="")), path_values=values)


def build_bare_request(operation: Operation) -> Request:
    """Return the request of an operation without parameters and body."""
    return Request(operation.operation_id, operation.method, operation.fill_path({}), {})


@dataclass(frozen=True)
class Exchange:
    """A request that was sent, and its answer. Where none came the status is 0, and failure says why."""

    caller: str
    """The name in the profile, `anonymous`, or the kind of credential, such as `expired credential`."""
    request: Request
    url: str
    status: int
    headers: Headers
    body: bytes
    elapsed_ms: float
    failure: str | None = None
    number: int = 0
    """The place in the run's request log, from 1."""
    authorization: str | None = None
    """The Authorization header, with a variable in place of each credential; None where there was none."""
    is_repeated: bool = False
    """Whether an unsafe request was sent again after no answer of the target's came: it may have been done twice."""
    is_reframed: bool = False
    """Whether something in between gave the answer another form on the wire, so that its length is not the target's."""
    repeats: int = 0
    """The number of times that a request without an answer is worth sending again, if that does no harm."""
    is_unheard: bool = False
    """Whether it got no answer because its connection had been kept, and was closed already."""
    tries: int = 1
    """The number of times that it was sent and may have been heard, until an answer came, or none."""
    started: float = 0.0
    """The time at which it was sent, in seconds of a clock that only goes on."""
    authorized_by: str = "Authorization"
    """The header that the credential went into; IN_QUERY where it stands in the query of `url`."""

    @property
    def operation_id(self) -> str | None:
        return self.request.operation_id

    @property
    def asked(self) -> str:
        """The operation, else method and path, for a text."""
        return self.operation_id or f"{self.method} {self.path}"

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def base_url(self) -> str:
        """The URL before the path; each world of a target has its own."""
        return self.url.partition("?")[0].removesuffix(self.path)

    @cached_property
    def _first_headers(self) -> Mapping[str, str]:
        """Return the first value of each header, by name in lower case."""
        return {name.lower(): value for name, value in reversed(self.headers)}

    def find_header(self, name: str) -> str | None:
        return self._first_headers.get(name.lower())

    @property
    def is_hopeless(self) -> bool:
        """Return whether no answer came however often the request was sent.

        That one is late may be so of all for a while.
        """
        return self.failure is not None and 1 < self.repeats < self.tries

    @property
    def is_late(self) -> bool:
        """Return whether no answer came in time."""
        return self.failure is not None and self.repeats == 1

    @property
    def challenges(self) -> tuple[str, ...]:
        """The schemes that WWW-Authenticate offers, in lower case: of every line, and of each line every one."""
        lines = [value for key, value in self.headers if key.lower() == "www-authenticate"]
        # A quoted string may hold commas; what follows one is a scheme unless it is a parameter of the one before.
        parts = [part.strip() for line in lines for part in _QUOTED.sub("", line).split(",")]
        return tuple(part.split()[0].lower() for part in parts if part and "=" not in part.split()[0])

    @cached_property
    def media_type(self) -> str:
        return (self.find_header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none. A long body is parsed at each access."""
        return read_json(self.body) if len(self.body) > LONGEST_REMEMBERED else self._json

    @cached_property
    def _json(self) -> Any:
        return read_json(self.body)

    @cached_property
    def code(self) -> str | None:
        """The envelope's `error.code`, where there is one."""
        if self.status < 400 or not isinstance(self.json, dict):
            return None
        error = self.json.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        return code[:LONGEST_CODE] if isinstance(code, str) else None

    @property
    def refused_fields(self) -> Mapping[str, str]:
        """The envelope's `error.details.fields`: the target's own words on each field that it refuses."""
        shown: Any = self.json if self.status >= 400 else None
        for key in ("error", "details", "fields"):
            shown = shown.get(key) if isinstance(shown, dict) else None
        return {str(name): str(said) for name, said in shown.items()} if isinstance(shown, dict) else {}

    @property
    def has_succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def has_envelope(self) -> bool:
        """Return whether the body is an envelope of the contract, or a wrong one; another's answer is none."""
        error = self.json.get("error") if self.status >= 400 and isinstance(self.json, dict) else None
        return isinstance(error, dict) and (isinstance(error.get("code"), str) or "request_id" in error)

    @property
    def is_bodyless(self) -> bool:
        """Return whether it is an answer without a body that is right for the request."""
        return self.status in self.request.bodyless and not self.body and self.find_header("content-type") is None

    def __str__(self) -> str:
        if self.failure:
            return f"no answer ({self.failure})"
        return f"{self.status} {self.code}" if self.code else str(self.status)

    def truncate(self, longest: int = LONGEST_BODY) -> Exchange:
        """Return the exchange with its long bodies and headers truncated."""
        content = self.request.content
        request = replace(self.request, content=truncate_bytes(content, longest)) if content else self.request
        return replace(
            self, request=request, headers=_truncate_headers(self.headers), body=truncate_bytes(self.body, longest)
        )

    def mask(self, masks: Mapping[str, str]) -> Exchange:
        """Return the exchange with a variable in place of each secret, in its answer and in its request."""
        return replace(
            self,
            request=self.request.mask(masks),
            url=mask_text(self.url, masks),
            headers=tuple((mask_cut_text(name, masks), mask_cut_text(value, masks)) for name, value in self.headers),
            body=_mask_content(self.body, masks),
            failure=self.failure and mask_text(self.failure, masks),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain values, from which from_json makes an equal exchange, truncated bodies aside."""
        request = self.request
        return {
            "number": self.number,
            "caller": self.caller,
            "authorization": self.authorization,
            **({"authorized_by": self.authorized_by} if self.authorized_by != "Authorization" else {}),
            "operation_id": request.operation_id,
            "method": request.method,
            "url": self.url,
            "path": request.path,
            "path_values": dict(request.path_values),
            "query": request.query,
            "request_headers": [list(pair) for pair in request.headers],
            "request_body": _encode_content(request.content),
            "tried": request.tried,
            "status": self.status,
            "headers": [list(pair) for pair in self.headers],
            "body": _encode_content(self.body),
            "elapsed_ms": round(self.elapsed_ms, 3),
            "failure": self.failure,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Exchange:
        request = Request(
            **{name: data[name] for name in ("operation_id", "method", "path", "query")},
            path_values=dict(data["path_values"]),
            headers=_read_pairs(data["request_headers"]),
            content=_decode_content(data["request_body"]),
            tried=data["tried"],
        )
        alike = ("caller", "url", "status", "elapsed_ms", "failure", "number", "authorization")
        return Exchange(
            **{name: data[name] for name in alike},
            request=request,
            headers=_read_pairs(data["headers"]),
            body=_decode_content(data["body"]) or b"",
            authorized_by=data.get("authorized_by", "Authorization"),
        )


def _read_pairs(given: Any) -> Headers:
    return tuple((str(key), str(value)) for key, value in given)


def _mask_headers(headers: Headers, masks: Mapping[str, str]) -> Headers:
    return tuple((mask_text(name, masks), mask_text(value, masks)) for name, value in headers)


def _mask_content(content: bytes, masks: Mapping[str, str]) -> bytes:
    without = content
    for secret in sorted(masks, key=len, reverse=True):
        without = without.replace(secret.encode(errors="surrogateescape"), f"${masks[secret]}".encode())
    if without == content or not isinstance(content, TruncatedBody):
        return without
    return TruncatedBody.build_truncated(without, content.length, content.digest)


def _truncate_headers(headers: Headers) -> Headers:
    shown = tuple((name[:LONGEST_VALUE], value[:LONGEST_VALUE]) for name, value in headers[:MOST_HEADERS])
    left_out = len(headers) - len(shown)
    return (*shown, ("(not kept)", f"{left_out} more headers")) if left_out else shown


def _encode_content(content: bytes | None) -> dict[str, str | int] | None:
    """Return text where the content is UTF-8, else base64; for a truncated body its length and digest."""
    if content is None:
        return None
    if isinstance(content, TruncatedBody):
        return {"bytes": content.length, "sha256": content.digest}
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _decode_content(given: Mapping[str, Any] | None) -> bytes | None:
    if given is None:
        return None
    if "bytes" in given:
        return TruncatedBody.build_truncated(b"", int(given["bytes"]), given["sha256"])
    return str(given["text"]).encode() if "text" in given else base64.b64decode(given["base64"])
