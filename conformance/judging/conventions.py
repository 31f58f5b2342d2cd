"""Conventions of APIs, held against one answer: what a document does not state, and nobody would call right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus, urljoin, urlsplit

from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.contract.conventions import (
    COUNTS,
    LOCATION,
    NO_STACK_TRACE,
    TIMES,
    find_counted,
    find_times,
    is_counted,
)
from conformance.contract.routing import find_route
from conformance.http.exchange import SAFE, Exchange
from conformance.oracle.breach import Breach
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import parse_time
from conformance.results.difference import from_field, from_fields
from conformance.values import takes_too_much

_LOOKED_AT = 64 * 1024
"""Bytes of a body in which a stack trace is looked for."""
_TRACES = re.compile(
    r"Traceback \(most recent call last\):"
    r"|^\s*at [\w$.<>/ ]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)"  # the JVM
    r"|^\s*at .{1,200}\.[cm]?[jt]sx?:\d+:\d+\)?"  # Node.js
    r"|^\s*at .{1,200} in .{1,200}\.(?:cs|vb|fs):line \d+"  # .NET
    r"|^goroutine \d+ \[[a-z ]+\]:"
    r"|^#\d+ .{1,200}\.php\(\d+\)"
    r"|^\s*(?:from )?.{1,200}\.rb:\d+:in [`']"
    r"|^thread '[^']*' panicked at "
    r"|// Werkzeug Debugger|You're seeing this error because you have <code>DEBUG = True",
    re.MULTILINE,
)
"""The beginnings of stack traces of usual languages, and of the pages of two debuggers."""
_AS_SHOWN = timedelta(seconds=1)
"""The time by which what is shown may differ from what was, since one may be rounded."""


def find_unconventional(contract: Contract, operation: Operation | None, exchange: Exchange) -> Iterator[Breach]:
    """Yield what an answer breaks of the conventions."""
    yield from _find_traces(operation, exchange)
    if not exchange.has_succeeded or operation is None:
        return
    if exchange.method not in SAFE and exchange.find_header("location"):
        yield from _find_misplaced(contract, exchange)
    if exchange.media_type.endswith("json") and not takes_too_much(exchange.body):
        yield from _judge_objects(contract, operation, exchange)


def _find_traces(operation: Operation | None, exchange: Exchange) -> Iterator[Breach]:
    """Yield a breach where an error, or a page that nobody declares, shows a trace that its request did not have."""
    spec = operation.find_response(exchange.status) if operation else None
    page = exchange.media_type == "text/html" and not (spec and exchange.media_type in spec.schemas)
    if exchange.status < 400 and not page:  # what others keep there may be a trace, as in a task's report
        return
    found = _TRACES.search(_read_text(exchange.body[:_LOOKED_AT]))
    if found is None:
        return
    sent = _read_text(exchange.request.content or b"")
    if found[0] not in sent and found[0] not in unquote_plus(exchange.request.target):
        yield Breach(NO_STACK_TRACE, "no stack trace", f"{exchange.status} with {found[0].strip()[:60]}")


def _read_text(content: bytes) -> str:
    """Return the text of a body; of JSON with the ends of lines and tabs that its texts have."""
    return content.decode("utf-8", "replace").replace("\\n", "\n").replace("\\t", "\t")


def _find_misplaced(contract: Contract, exchange: Exchange) -> Iterator[Breach]:
    """Yield a breach where a Location on this server is no path of the document."""
    path = read_location(exchange)
    if path is not None and not find_route(contract.whole, "GET", path).allowed:
        evidence = from_field("Location", "a path of the document", exchange.find_header("location"))
        yield Breach(LOCATION, "a Location that the document has", "another path", evidence=evidence)


def read_location(exchange: Exchange) -> str | None:
    """Return the path that a Location names on this server, below its base where it is; None where it names none."""
    given = exchange.find_header("location")
    with suppress(ValueError):  # it is no URL: its form is for the schema of the header
        found, base = urlsplit(urljoin(exchange.url, given or "")), urlsplit(exchange.base_url)
        if given and found.netloc == base.netloc:
            return found.path.removeprefix(base.path) if found.path.startswith(base.path) else f"//{found.path}"
    return None


def _judge_objects(contract: Contract, operation: Operation, exchange: Exchange) -> Iterator[Breach]:
    """Yield what is wrong with the objects of a body, as far as the server alone says it."""
    rules = contract.whole.rules.keys() & {TIMES, COUNTS}
    if not rules:
        return
    body, free = exchange.json, _find_sent_names(contract)
    whole = operation.is_safe and not operation.path.endswith("}")
    for each in _find_objects(body):
        own = {name: value for name, value in each.items() if name not in free}
        if TIMES in rules:
            yield from _find_wrong_times(own)
        if COUNTS in rules:
            yield from _find_wrong_counts(own, each, whole=whole and each is body)


def _find_wrong_times(shown: JsonObject) -> Iterator[Breach]:
    pair = find_times(shown)
    with suppress(NotProvoked):  # it is no time, or there is none
        if pair and parse_time(shown[pair[0]]) > parse_time(shown[pair[1]]) + _AS_SHOWN:
            evidence = from_fields(pair, {}, shown)
            yield Breach(TIMES, f"{pair[1]} not before {pair[0]}", "an earlier time", evidence=evidence)


def _find_wrong_counts(own: JsonObject, shown: JsonObject, *, whole: bool) -> Iterator[Breach]:
    """Yield a breach where a count is less than what its list holds.

    One that does not say what it counts is about the only list of a whole answer; a greater one may count more pages.
    """
    lists = {name: value for name, value in shown.items() if isinstance(value, list)}
    for name, value in own.items():
        counted = find_counted(name) if type(value) is int else None
        if counted is None or (not counted and not (whole and len(lists) == 1)):
            continue
        of = next((each for each in lists if is_counted(each, counted)), None)
        if of is not None and value < len(lists[of]):
            evidence = from_field(name, len(lists[of]), value)
            yield Breach(COUNTS, f"{name} as the length of {of}", "a smaller number", evidence=evidence)


def _find_objects(body: Any) -> Iterator[JsonObject]:
    """Yield the object of an answer, the one that it wraps, and those of its lists."""
    every = body if isinstance(body, list) else [body]
    for each in every:
        if isinstance(each, Mapping):
            yield each
            for inner in each.values():
                yield from (it for it in (inner if isinstance(inner, list) else [inner]) if isinstance(it, Mapping))


@lru_cache(maxsize=8)
def _find_sent_names(contract: Contract) -> frozenset[str]:
    """Return the fields that callers may send, so that their values are nobody's mistake."""
    bodies = (each.body.schemas.values() for each in contract.whole.operations.values() if each.body)
    return frozenset(name for schemas in bodies for schema in schemas for name in _list_sent(contract, schema, 4))


def _list_sent(contract: Contract, schema: Any, depth: int) -> Iterator[str]:
    node = resolve(contract.document, schema)
    if not isinstance(node, Mapping) or depth == 0:
        return
    for part in (each for form in ("allOf", "anyOf", "oneOf") for each in node.get(form, ())):
        yield from _list_sent(contract, part, depth - 1)
    for name, each in node.get("properties", {}).items():
        inner = resolve(contract.document, each)
        if isinstance(inner, Mapping) and inner.get("readOnly") is not True:
            yield name
            yield from _list_sent(contract, inner, depth - 1)
