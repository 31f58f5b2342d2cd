"""The requests before a finding that led to it: those about the same objects."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection, Iterator, Sequence

from conformance.http.exchange import SAFE, Exchange

_LEAST = 4  # the least length of an id; a shorter one may stand in any text by chance
_LONGEST_UNPACKED = 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_MARK = "conformance-"
_OF_NAMES = frozenset("0123456789abcdefghijklmnopqrstuvwxyz-")
_OTHER = re.compile("[^0-9a-z-]")
_MARKED = re.compile(
    r"conformance-[0-9a-z]{1,16}-[0-9a-z]+"
    r"|(?<![0-9a-z])[0-9a-z][0-9a-z-]{0,254}-conformance-[0-9a-z]{1,16}(?![0-9a-z-])"
)
"""A name that the run gave to a pack or to the repository of an image; neither is longer than 255 characters."""


def select_relevant(
    steps: Sequence[Exchange], last: Exchange, issued: Collection[str] = (), known: Collection[str] = ()
) -> list[Exchange]:
    """Return the steps that share a name, an id or a credential with the last exchange, or with such a step.

    These are all steps where the last exchange names nothing, as a list does. States that name nothing, such as the
    billing of an org, are among them. A step that was refused with 401 is left out, unless the last one only reads.
    `issued` stands for the credentials that states gave, `known` for ids that were there before, as those of orgs are.
    """
    needed = {*list_names(last, issued)} - {*known}
    if not needed:
        return list(steps)
    left = [step for step in steps if step.status != 401 or last.method in SAFE]
    named = {id(step): {*list_names(step, issued), *list_made(step)} - {*known} for step in left}
    count = -1
    while count != len(needed):  # what a step made may be named by one that came after it
        count = len(needed)
        needed.update(*(each for each in named.values() if needed & each))
    return [step for step in left if needed & named[id(step)] or _is_general(step, issued, known)]


def _is_general(step: Exchange, issued: Collection[str], known: Collection[str]) -> bool:
    """Return whether it is a state that names nothing."""
    return step.operation_id is None and step.method == "POST" and {*list_names(step, issued)} <= {*known}


def list_names(exchange: Exchange, issued: Collection[str] = ()) -> Iterator[str]:
    """Yield what a request names: objects of the run in path and body, and credentials that a state gave."""
    yield from (value for key, value in exchange.request.path_values.items() if key == "id" or key.endswith("_id"))
    for text in (exchange.path, _to_readable(exchange.request.content)):
        yield from _find_marked(text)
    yield from _find_ids(exchange)
    for token in issued:
        if token in (exchange.authorization or "") or token in exchange.url:
            yield token


def _find_marked(text: str) -> Iterator[str]:
    """Yield the names with a mark in a text, from the words that have one: the text may be an archive of megabytes."""
    end = 0
    while (mark := text.find(_MARK, end)) >= 0:
        start = mark
        while start > end and text[start - 1] in _OF_NAMES:
            start -= 1
        other = _OTHER.search(text, mark)
        end = other.start() if other else len(text)
        yield from _MARKED.findall(text[start:end])


def list_made(exchange: Exchange) -> Iterator[str]:
    """Yield the ids and credentials in the answer to a creation or to the setup of a state."""
    shown = exchange.json if exchange.method == "POST" and exchange.has_succeeded else None
    if not isinstance(shown, dict):
        return
    for key, value in shown.items():
        if isinstance(value, str) and ((_is_id(key) and len(value) >= _LEAST) or key == "token"):
            yield value


def _to_readable(content: bytes | None) -> str:
    """Return a body as text, with its gzip content unpacked, to look for names in it."""
    if not content:
        return ""
    text = content.decode("latin-1")
    if (start := content.find(_GZIP)) >= 0:
        try:
            text += zlib.decompressobj(wbits=31).decompress(content[start:], _LONGEST_UNPACKED).decode("latin-1")
        except zlib.error:
            return text
    return text


def _find_ids(exchange: Exchange) -> Iterator[str]:
    """Yield the ids in a JSON body, or in the parameters of the setup of a state."""
    try:
        body = json.loads(exchange.request.content or b"")
        fields = body["params"] if exchange.operation_id is None else body
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for key, value in fields.items() if isinstance(fields, dict) else ():
        ids = value if isinstance(value, list) and key.endswith("_ids") else [value] if _is_id(key) else []
        yield from (each for each in ids if isinstance(each, str) and len(each) >= _LEAST)


def _is_id(key: str) -> bool:
    """Return whether a field or parameter of this name holds the id of an object."""
    return key == "id" or key.endswith("_id")
