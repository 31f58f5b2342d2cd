"""A recorded exchange as the oracle takes it, with what of it is not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.contract.contract import Contract, Operation
from conformance.contract.routing import route
from conformance.http.exchange import Exchange, Headers, Request
from conformance.http.multipart import MEDIA_TYPE, NotMultipart, Part, decode
from conformance.http.variables import token_variable
from conformance.oracle.bodies import ReadBody, read_body, set_by_server, unknown_body
from conformance.traffic.judging.callers import RequestSender, Signed
from conformance.traffic.recording.entry import RecordedEntry
from conformance.traffic.recording.masks import has_mask, is_masked
from conformance.traffic.recording.selection import Selected

_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
ALL_HEADERS = "*"


@dataclass(frozen=True)
class Observed:
    """An exchange that was recorded, and who sent it."""

    exchange: Exchange
    sender: RequestSender
    operation: Operation | None
    base: str
    entry: RecordedEntry
    masked: frozenset[str] = frozenset()
    """Headers of the answer, in lower case, that are not known; `ALL_HEADERS`: none is."""
    blurred: bool = False
    """Whether path or query are not those that were sent, so that nothing is known of what was asked."""

    @property
    def answer_known(self) -> bool:
        """Whether the body of the answer is recorded."""
        return self.entry.answer.body is not None

    @property
    def request_known(self) -> bool:
        """Whether the body of the request is recorded, or the operation takes none."""
        return self.entry.request.body is not None or self.operation is None or self.operation.body is None

    @property
    def headers_known(self) -> bool:
        """Whether the headers of the request are recorded; the media type stands beside them too."""
        return any(name.lower() != "content-type" for name, _ in self.entry.request.headers)

    @cached_property
    def sent_fields(self) -> Mapping[str, Any]:
        """The fields of the request's body that count, or the texts of a form; nothing where it is not recorded."""
        request = self.exchange.request
        if request.media_type == MEDIA_TYPE:
            return {each.name: each.content.decode("utf-8", "replace") for each in self._parts if each.filename is None}
        try:
            body = json.loads(request.content or b"")
        except (ValueError, RecursionError):
            return {}
        operation_body = self.operation.body if self.operation else None
        schema = operation_body.schemas.get(request.media_type or "", {}) if operation_body else {}
        fields = body if isinstance(body, dict) else {}
        return {name: value for name, value in fields.items() if name not in set_by_server(schema)}

    @property
    def sent_files(self) -> Mapping[str, bytes]:
        """The files of a form; the first of each name."""
        return {each.name: each.content for each in reversed(self._parts) if each.filename is not None}

    @cached_property
    def _parts(self) -> list[Part]:
        request = self.exchange.request
        if request.media_type != MEDIA_TYPE:
            return []
        try:
            return list(decode(request.content or b"", request.header("content-type") or ""))
        except NotMultipart:
            return []

    def body(self, contract: Contract) -> ReadBody | None:
        """The body of the request as the oracle reads it; None where no operation is asked for."""
        if self.operation is None:
            return None
        if not self.request_known:
            return unknown_body(self.operation)
        return read_body(contract, self.operation, self.exchange.request)


def observed(contract: Contract, selected: Selected, sender: RequestSender, number: int) -> Observed:
    """The exchange of an entry."""
    entry = selected.entry
    where = route(contract, entry.method, selected.path)
    masked = frozenset(name.lower() for name, value in entry.answer.headers if is_masked(value))
    masked |= frozenset() if entry.answer.headers else {ALL_HEADERS}
    request = Request(
        operation_id=where.operation.operation_id if where.operation else None,
        method=entry.method,
        path=selected.path,
        path_values=where.values,
        query=selected.query,
        headers=_without(entry.request.headers, _CREDENTIALS),
        content=entry.request.body or None,
    )
    exchange = Exchange(
        caller=sender.name,
        request=request,
        url=entry.url,
        status=entry.status,
        headers=_without(entry.answer.headers, masked),
        body=entry.answer.body or b"",
        elapsed_ms=entry.duration_ms or 0.0,
        number=number,
        authorization=f"Bearer ${token_variable(sender.name)}" if sender.signed is Signed.BEARER else None,
        reframed=_reframed(entry.answer.headers),
    )
    blurred = has_mask(selected.query) or "filtered%5d" in f"{selected.path}?{selected.query}".lower()
    return Observed(exchange, sender, where.operation, selected.base, entry, masked, blurred)


def _without(headers: Headers, names: frozenset[str]) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def _reframed(headers: Headers) -> bool:
    """Whether something gave the answer another form on its way, so that its length is not the target's."""
    return any(name.lower() in ("content-encoding", "transfer-encoding", "via") for name, _ in headers)
