"""An exchange as the judge takes it, with what of it is not known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import Exchange
from conformance.http.multipart import MEDIA_TYPE, NotMultipart, Part, decode
from conformance.json_values import read_json
from conformance.judging.sender import RequestSender, World
from conformance.oracle.bodies import ReadBody, make_unknown_body, read_body, set_by_server

ALL_HEADERS = "*"


@dataclass(frozen=True)
class ObservedExchange:
    """An exchange, what its path asks for, and who sent it."""

    exchange: Exchange
    sender: RequestSender
    operation: Operation | None
    values: Mapping[str, str]
    """The parameters of the path, decoded."""
    place: str
    """The place where it stands, such as its number in the request log."""
    world: World
    started: float | None = None
    """The time at which it was sent, in seconds; None where that is not known."""
    ended: float | None = None
    """The time at which the answer was there."""
    answer_known: bool = True
    """Whether the body of the answer is known."""
    request_known: bool = True
    """Whether the body of the request is known, or the operation takes none."""
    masked: frozenset[str] = frozenset()
    """Headers of the answer, in lower case, that are not known; `ALL_HEADERS`: none is."""
    blurred: bool = False
    """Whether path or query are not those that were sent, so that nothing is known of what was asked."""
    overlapped: bool = False
    """Whether a write to the same world was under way, so that it may have been done before or after."""
    unsettled: bool = False
    """Whether a write had ended so shortly before that a read need not show it."""

    @property
    def uncertain(self) -> bool:
        """Return whether what it shows says nothing of what came before."""
        return self.overlapped or self.unsettled

    @property
    def method(self) -> str:
        return self.exchange.method

    @property
    def operation_id(self) -> str | None:
        return self.operation.operation_id if self.operation else None

    @cached_property
    def json(self) -> Any:
        """The body of the answer as JSON; None where it is none."""
        return self.exchange.json

    @cached_property
    def sent_fields(self) -> Mapping[str, Any]:
        """The fields of the request's body that count, or the texts of a form; nothing where it is not recorded."""
        request = self.exchange.request
        if request.media_type == MEDIA_TYPE:
            return {each.name: each.content.decode("utf-8", "replace") for each in self._parts if each.filename is None}
        body = read_json(request.content) if request.content else None
        if not isinstance(body, dict):
            return {}
        operation_body = self.operation.body if self.operation else None
        schema = operation_body.schemas.get(request.media_type or "", {}) if operation_body else {}
        ignored = set_by_server(schema)
        return {name: value for name, value in body.items() if name not in ignored}

    @cached_property
    def sent_names(self) -> frozenset[str]:
        """The names of all that was sent: parameters of the query, fields of the body and parts of a form."""
        request = self.exchange.request
        query = parse_qs(request.query, keep_blank_values=True)
        with suppress(ValueError, RecursionError):
            body = json.loads(request.content or b"null")
            return frozenset(query) | frozenset(body if isinstance(body, dict) else ())
        return frozenset(query) | frozenset(each.name for each in self._parts)

    @property
    def sent_files(self) -> Mapping[str, bytes]:
        """The files of a form; the first of each name."""
        return {each.name: each.content for each in reversed(self._parts) if each.filename is not None}

    @property
    def sends_twice(self) -> bool:
        """Return whether a text of a form comes twice: it is free then which of the two counts."""
        names = [each.name for each in self._parts if each.filename is None]
        return len(names) > len({*names})

    @cached_property
    def _parts(self) -> list[Part]:
        request = self.exchange.request
        if request.media_type != MEDIA_TYPE:
            return []
        try:
            return list(decode(request.content or b"", request.find_header("content-type") or ""))
        except NotMultipart:
            return []

    def read_body(self, contract: Contract) -> ReadBody | None:
        """Return the body of the request as the oracle reads it; None where no operation is asked for."""
        if self.operation is None:
            return None
        if not self.request_known:
            return make_unknown_body(self.operation)
        return read_body(contract, self.operation, self.exchange.request)
