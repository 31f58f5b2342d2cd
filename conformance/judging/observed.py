"""An exchange as the judge takes it: its sender, as far as known, and what of it was kept back or is not known."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import Exchange
from conformance.http.multipart import MEDIA_TYPE, NotMultipart, Part, decode
from conformance.oracle.bodies import ReadBody, make_unknown_body, read_body, set_by_server
from conformance.profile import Caller
from conformance.values import read_json

_WORDS = r"filtered|redacted|masked|hidden|removed|sanitized|sanitised|scrubbed|secret|censored"
_MASK = re.compile(rf"[\[<({{*_]*\s*(?:{_WORDS})\s*[\]>)}}*_]*|\*{{3,}}|x{{6,}}|•{{3,}}|\.\.\.", re.IGNORECASE)
_BARE = re.compile(rf"(?:{_WORDS})", re.IGNORECASE)
_WITHIN = re.compile(rf"\[(?:{_WORDS})\]|<(?:{_WORDS})>|\*\*\*(?:{_WORDS})?\*\*\*", re.IGNORECASE)
_STAND_IN = re.compile(r"s\d+-x*")


def make_stand_in(number: int, length: int) -> str:
    """Return what stands for a secret in a text: as long, and of no other one."""
    return f"s{number}-".ljust(length, "x")[:length]


def is_stand_in(value: object) -> bool:
    """Return whether a value stands for a secret, so that nothing is known of that but how long it is."""
    return isinstance(value, str) and _STAND_IN.fullmatch(value) is not None


def is_masked(value: str) -> bool:
    """Return whether a whole value, or a credential behind its scheme, is a mask."""
    said = value.strip()
    scheme, _, credential = said.partition(" ")
    return _is_mask(said) or (bool(scheme) and _is_mask(credential.strip()))


def has_mask(text: str) -> bool:
    """Return whether there is a mask somewhere in a text, such as a body or a query."""
    return _WITHIN.search(text) is not None


def _is_mask(text: str) -> bool:
    found = _MASK.fullmatch(text)
    # A word alone may be what was sent, but where it stands in brackets or stars.
    return found is not None and (not _BARE.fullmatch(text) or text.isupper())


World = tuple[str, str, str]
"""A server of one recording: the recording, the base URL, and the world that a header names."""
STRANGE_ORG = "~another-org~"
"""The org of a caller whose org is not known."""


class Signature(StrEnum):
    """The signature of a request, as far as the recording says."""

    NOT = "no credential"
    WRONGLY = "no bearer credential"
    UNKNOWN = "not recorded"
    BEARER = "a bearer credential"


@dataclass(frozen=True, slots=True)
class RequestSender:
    """The sender of a request."""

    signed: Signature
    name: str
    """The name in reports."""
    key: str = ""
    """The salted hash of the credential; empty where there is none."""
    caller: Caller | None = None
    """The caller that the sender is, where the org is known."""
    is_from_profile: bool = False
    """Whether a profile says who that is, whatever the target says."""

    @property
    def viewer(self) -> str | None:
        """Return the org whose callers all see the same, else the credential.

        None where neither is known.
        """
        if self.caller is not None:
            return self.caller.org
        return self.key if self.signed is Signature.BEARER else None


NOBODY = RequestSender(Signature.NOT, "anonymous")
UNRECORDED = RequestSender(Signature.UNKNOWN, "unrecorded")


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
    is_answer_known: bool = True
    """Whether the body of the answer is known."""
    is_request_known: bool = True
    """Whether the body of the request is known, or the operation takes none."""
    masked: frozenset[str] = frozenset()
    """Headers of the answer, in lower case, that are not known; `ALL_HEADERS`: none is."""
    is_blurred: bool = False
    """Whether path or query are not those that were sent, so that nothing is known of what was asked."""
    is_overlapped: bool = False
    """Whether a write to the same world was under way, so that it may have been done before or after."""
    is_unsettled: bool = False
    """Whether a write had ended so shortly before that a read need not show it."""

    @property
    def is_uncertain(self) -> bool:
        """Return whether what it shows says nothing of what came before."""
        return self.is_overlapped or self.is_unsettled

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
        if not self.is_request_known:
            return make_unknown_body(self.operation)
        return read_body(contract, self.operation, self.exchange.request)
