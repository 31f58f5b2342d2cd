"""Which of the requests before a finding it takes to get there: those about the same objects."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection, Iterator, Sequence

from conformance.http.exchange import Exchange

SAFE = ("GET", "HEAD", "OPTIONS")
MADE = ("id", "pack_id", "role_id")
"""Where an answer names what was made; the org, say, was there before and is called the same on every day."""
LEAST = 4
"""Letters of an id; a shorter one may stand anywhere by chance."""
LONGEST_UNPACKED = 1024 * 1024
GZIP = b"\x1f\x8b\x08"
_MARKED = re.compile(r"conformance-[0-9a-z]{1,16}-[0-9a-z]+|[0-9a-z][0-9a-z-]*-conformance-[0-9a-z]{1,16}(?![0-9a-z-])")
"""A name that the run has given: of a pack, or of the repository of an image."""


def relevant(steps: Sequence[Exchange], last: Exchange, issued: Collection[str] = ()) -> list[Exchange]:
    """Those of the steps that have a name, an id or a credential in common with the last one, or with such a step.

    All of them where the last one names nothing, as a list does; states that name nothing too, such as the billing of
    an org. What was refused for its credential leads nowhere, unless what is read afterwards shows it.

    issued: what stands for the credentials that states gave.
    """
    needed = set(named(last, issued))
    if not needed:
        return list(steps)
    kept: list[Exchange] = []
    for step in reversed(steps):
        about, made = set(named(step, issued)), set(made_by(step))
        if step.status == 401 and last.method not in SAFE:
            continue
        if needed & (about | made) or (step.operation_id is None and not about and step.method == "POST"):
            kept.append(step)
            needed |= about | made
    return kept[::-1]


def named(exchange: Exchange, issued: Collection[str] = ()) -> Iterator[str]:
    """What a request names: objects of the run, in path and body, and credentials that a state gave."""
    yield from (value for key, value in exchange.request.path_values.items() if key == "id" or key.endswith("_id"))
    for text in (exchange.path, readable(exchange.request.content)):
        yield from _MARKED.findall(text)
    if exchange.operation_id is None:
        yield from _ids_of_state(exchange)
    for token in issued:
        if token in (exchange.authorization or "") or token in exchange.url:
            yield token


def made_by(exchange: Exchange) -> Iterator[str]:
    """Ids and credentials that the answer to a creation, or to a state's set-up, gives."""
    shown = exchange.json if exchange.method == "POST" and exchange.succeeded else None
    if not isinstance(shown, dict):
        return
    for key, value in shown.items():
        if isinstance(value, str) and ((key in MADE and len(value) >= LEAST) or key == "token"):
            yield value


def readable(content: bytes | None) -> str:
    """A body with what is packed in it unpacked, as text in which names can be looked for."""
    if not content:
        return ""
    text = content.decode("latin-1")
    if (start := content.find(GZIP)) >= 0:
        try:
            text += zlib.decompressobj(wbits=31).decompress(content[start:], LONGEST_UNPACKED).decode("latin-1")
        except zlib.error:
            return text
    return text


def _ids_of_state(exchange: Exchange) -> Iterator[str]:
    """The objects that a state is about, by the parameters of its set-up."""
    try:
        params = json.loads(exchange.request.content or b"")["params"]
    except (ValueError, KeyError, TypeError):
        return
    if isinstance(params, dict):
        yield from (value for key in MADE if isinstance(value := params.get(key), str))
