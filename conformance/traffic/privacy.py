"""The private form of recorded exchanges in reports: keys, enums and ids.

Of other values they have the length, and credentials never.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange, Headers
from conformance.http.variables import masked
from conformance.judging.credentials import write_only
from conformance.oracle.declaration.registry import resources
from conformance.results.difference import ABSENT, NO_EVIDENCE, Evidence
from conformance.results.finding import Finding

_ID = re.compile(r"[a-z]{1,12}_[0-9A-Za-z]{1,40}|req[-_][\w-]{1,60}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)?")
_HEADERS = frozenset({"content-type", "content-length", "allow", "www-authenticate", "x-request-id", "retry-after"})
_WORDS = frozenset({"code", "message", "request_id"})
"""The fields of an envelope that have the target's words, and no caller's."""
OF_SCHEMA = " of its schema"
IN_URL = "{}-characters"
KEPT_BACK = "(secret)"


@dataclass(frozen=True, slots=True)
class Privacy:
    """The parts of a contract's traffic that may be shown."""

    contract: Contract
    masks: Mapping[str, str] = field(repr=False)
    """The variable that stands for each credential."""
    show_values: bool = False

    def shown(self, finding: Finding) -> Finding:
        """Return the finding as reports have it."""
        exchange = finding.exchange
        return replace(
            finding,
            expected=masked(finding.expected, self.masks),
            got=masked(finding.got, self.masks),
            evidence=self._evidence(finding.evidence),
            exchange=self._exchange(exchange) if exchange else None,
        )

    def _exchange(self, exchange: Exchange) -> Exchange:
        values = {name: self._value(value, IN_URL) for name, value in exchange.request.path_values.items()}
        path = exchange.path
        for name, value in exchange.request.path_values.items():
            if values[name] != value:
                path = path.replace(quote(value, safe="/"), quote(values[name])).replace(value, quote(values[name]))
        request = replace(
            exchange.request,
            path=path,
            path_values=values,
            query=self._query(exchange.request.query),
            headers=self._headers(exchange.request.headers),
            content=self._body(exchange.request.content),
        )
        url = self._text(exchange.base_url) + request.target
        return replace(
            exchange,
            request=request,
            url=url,
            headers=self._headers(exchange.headers),
            body=self._body(exchange.body) or b"",
        )

    def _query(self, query: str) -> str:
        if not query:
            return query
        pairs = parse_qsl(query, keep_blank_values=True)
        return urlencode([(self._text(name), self._value(value, IN_URL)) for name, value in pairs])

    def _headers(self, headers: Headers) -> Headers:
        if self.show_values:
            return tuple((name, self._text(value)) for name, value in headers)
        return tuple((n, self._text(v) if n.lower() in _HEADERS else _length(v)) for n, v in headers)

    def _body(self, content: bytes | None) -> bytes | None:
        if not content:
            return content
        try:
            value = self._json(json.loads(content))
            return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        except (ValueError, RecursionError):  # what is nested just so deeply is read, and not walked through
            return self._text(content.decode("utf-8", "replace")).encode() if self.show_values else _size(content)

    def _json(self, value: Any, key: str = "") -> Any:
        if key in secret_fields(self.contract):
            return KEPT_BACK
        if isinstance(value, Mapping):
            return {self._text(str(name)): self._json(each, str(name)) for name, each in value.items()}
        if isinstance(value, list):
            return [self._json(each, key) for each in value]
        if isinstance(value, str):
            return self._text(value) if key in _WORDS else self._value(value)
        return value

    def _value(self, value: str, form: str = "({} characters)") -> str:
        said = self._text(value)
        if self.show_values or said != value:
            return said
        plain = value in _enums(self.contract) or _ID.fullmatch(value) or _TIME.fullmatch(value)
        return value if plain or value.isdigit() or not value else form.format(len(value))

    def _text(self, value: str) -> str:
        return masked(value, self.masks)

    def _evidence(self, evidence: Evidence) -> Evidence:
        if evidence == NO_EVIDENCE:
            return evidence
        if evidence.before.endswith(OF_SCHEMA) and not self.show_values:
            return replace(evidence, after="a value that does not fit")  # the validator's words repeat it
        return replace(evidence, before=self._lines(evidence.before), after=self._lines(evidence.after))

    def _lines(self, text: str) -> str:
        return "\n".join(map(self._line, text.split("\n"))) if not self.show_values else self._text(text)

    def _line(self, line: str) -> str:
        """Return a line of evidence: `name: value`, the size of a content, or words of the suite's own."""
        name, separator, value = line.partition(": ")
        if not separator or value == ABSENT:
            return self._text(line)
        if name.endswith(" bytes"):
            return name
        try:
            return f"{name}: {json.dumps(self._json(json.loads(value), name), ensure_ascii=False)}"
        except (ValueError, RecursionError):
            return f"{name}: {_length(value)}"


def _length(text: str) -> str:
    return f"({len(text)} characters)"


def _size(content: bytes) -> bytes:
    return f"({len(content)} bytes)".encode()


@lru_cache(maxsize=4)
def _enums(contract: Contract) -> frozenset[str]:
    return frozenset(_texts(contract.document)) | set(contract.error_codes)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        found = node.get("enum")
        yield from (each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _texts(each)


@lru_cache(maxsize=4)
def secret_fields(contract: Contract) -> frozenset[str]:
    """Return the names of fields that no report has: those that are written only, or shown once."""
    once = (each.shown_once - each.no_secret for each in resources())
    return write_only(contract).union(*once)
