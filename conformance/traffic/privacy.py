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
from conformance.http.variables import mask_text
from conformance.judging.credentials import write_only
from conformance.oracle.declaration.registry import list_resources
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
    shows_values: bool = False

    def hide_in_finding(self, finding: Finding) -> Finding:
        """Return the finding as reports have it."""
        exchange = finding.exchange
        return replace(
            finding,
            expected=mask_text(finding.expected, self.masks),
            got=mask_text(finding.got, self.masks),
            evidence=self._hide_in_evidence(finding.evidence),
            exchange=self._hide_in_exchange(exchange) if exchange else None,
        )

    def _hide_in_exchange(self, exchange: Exchange) -> Exchange:
        values = {name: self._hide_in_value(value, IN_URL) for name, value in exchange.request.path_values.items()}
        path = exchange.path
        for name, value in exchange.request.path_values.items():
            if values[name] != value:
                path = path.replace(quote(value, safe="/"), quote(values[name])).replace(value, quote(values[name]))
        request = replace(
            exchange.request,
            path=path,
            path_values=values,
            query=self._hide_in_query(exchange.request.query),
            headers=self._hide_in_headers(exchange.request.headers),
            content=self._hide_in_body(exchange.request.content),
        )
        url = self._hide_text(exchange.base_url) + request.target
        return replace(
            exchange,
            request=request,
            url=url,
            headers=self._hide_in_headers(exchange.headers),
            body=self._hide_in_body(exchange.body) or b"",
        )

    def _hide_in_query(self, query: str) -> str:
        if not query:
            return query
        pairs = parse_qsl(query, keep_blank_values=True)
        return urlencode([(self._hide_text(name), self._hide_in_value(value, IN_URL)) for name, value in pairs])

    def _hide_in_headers(self, headers: Headers) -> Headers:
        if self.shows_values:
            return tuple((name, self._hide_text(value)) for name, value in headers)
        return tuple((n, self._hide_text(v) if n.lower() in _HEADERS else _describe_length(v)) for n, v in headers)

    def _hide_in_body(self, content: bytes | None) -> bytes | None:
        if not content:
            return content
        try:
            value = self._hide_in_json(json.loads(content))
            return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        except (ValueError, RecursionError):  # what is nested just so deeply is read, and not walked through
            return (
                self._hide_text(content.decode("utf-8", "replace")).encode()
                if self.shows_values
                else _make_filler(content)
            )

    def _hide_in_json(self, value: Any, key: str = "") -> Any:
        if key in list_secret_fields(self.contract):
            return KEPT_BACK
        if isinstance(value, Mapping):
            return {self._hide_text(str(name)): self._hide_in_json(each, str(name)) for name, each in value.items()}
        if isinstance(value, list):
            return [self._hide_in_json(each, key) for each in value]
        if isinstance(value, str):
            return self._hide_text(value) if key in _WORDS else self._hide_in_value(value)
        return value

    def _hide_in_value(self, value: str, form: str = "({} characters)") -> str:
        said = self._hide_text(value)
        if self.shows_values or said != value:
            return said
        plain = value in _list_enum_values(self.contract) or _ID.fullmatch(value) or _TIME.fullmatch(value)
        return value if plain or value.isdigit() or not value else form.format(len(value))

    def _hide_text(self, value: str) -> str:
        return mask_text(value, self.masks)

    def _hide_in_evidence(self, evidence: Evidence) -> Evidence:
        if evidence == NO_EVIDENCE:
            return evidence
        if evidence.before.endswith(OF_SCHEMA) and not self.shows_values:
            return replace(evidence, after="a value that does not fit")  # the validator's words repeat it
        return replace(evidence, before=self._hide_in_lines(evidence.before), after=self._hide_in_lines(evidence.after))

    def _hide_in_lines(self, text: str) -> str:
        return "\n".join(map(self._hide_in_line, text.split("\n"))) if not self.shows_values else self._hide_text(text)

    def _hide_in_line(self, line: str) -> str:
        """Return a line of evidence: `name: value`, the size of a content, or words of the suite's own."""
        name, separator, value = line.partition(": ")
        if not separator or value == ABSENT:
            return self._hide_text(line)
        if name.endswith(" bytes"):
            return name
        try:
            return f"{name}: {json.dumps(self._hide_in_json(json.loads(value), name), ensure_ascii=False)}"
        except (ValueError, RecursionError):
            return f"{name}: {_describe_length(value)}"


def _describe_length(text: str) -> str:
    return f"({len(text)} characters)"


def _make_filler(content: bytes) -> bytes:
    return f"({len(content)} bytes)".encode()


@lru_cache(maxsize=4)
def _list_enum_values(contract: Contract) -> frozenset[str]:
    return frozenset(_find_texts(contract.document)) | set(contract.error_codes)


def _find_texts(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        found = node.get("enum")
        yield from (each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _find_texts(each)


@lru_cache(maxsize=4)
def list_secret_fields(contract: Contract) -> frozenset[str]:
    """Return the names of fields that no report has: those that are written only, or shown once."""
    once = (each.shown_once - each.no_secret for each in list_resources())
    return write_only(contract).union(*once)
