"""Lies that are told once, in one answer of a recording."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from typing import Any
from urllib.parse import urlsplit

from benchmarks.lies.contract import Contract
from benchmarks.lies.lie import BASE, Asked, Lie
from tests.har import encoded, pairs
from tests.proxy.messages import Answer, Request

OF_WHAT_IS_READ = ("field-kept", "field-keys", "field-left", "field-other", "list-", "object-hidden", "stale-")
"""Kinds of lies about what a read shows, which one answer alone does not tell: they are told between two others."""
Entries = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ToldOnce:
    """A recording with one changed answer."""

    lie: Lie
    place: int
    """The number of the entry, from one."""
    document: Mapping[str, Any]


def tell_once(contract: Contract, lie: Lie, document: Mapping[str, Any], random: Random) -> ToldOnce | None:
    """Return the recording with the lie in one of the answers that it is about; None where it is about none."""
    entries = document["log"]["entries"]
    beside = _read_beside(entries) if lie.kind.startswith(OF_WHAT_IS_READ) else range(len(entries))
    changed = [each for each in _find_changed(contract, lie, entries) if each[0] in beside]
    if not changed:
        return None
    place, answer = random.choice(changed)
    entry = copy.deepcopy(entries[place])
    entry["response"] |= {
        "status": answer.status,
        "headers": pairs(_set_length(answer)),
        "content": {"size": len(answer.body), **encoded(answer.body)},
        "bodySize": len(answer.body),
    }
    lying = [*entries[:place], entry, *entries[place + 1 :]]
    return ToldOnce(lie, place + 1, {"log": {**document["log"], "entries": lying}})


def _read_beside(entries: Entries) -> frozenset[int]:
    """Return the places of answers to reads that the same caller was served before, and is served again."""
    served: dict[tuple[str, ...], list[int]] = {}
    for place, entry in enumerate(entries):
        if entry["request"]["method"] == "GET" and entry["response"]["status"] == HTTPStatus.OK:
            by = next((it["value"] for it in entry["request"]["headers"] if it["name"] == "Authorization"), "")
            served.setdefault((by, entry["request"]["url"]), []).append(place)
    return frozenset(place for places in served.values() for place in places[1:-1])


def _set_length(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return the headers, with the length that the body has now."""
    told = "content-length" in answer.headers
    return (answer.with_header("Content-Length", str(len(answer.body))) if told else answer).headers.pairs


def _find_changed(contract: Contract, lie: Lie, entries: Entries) -> Iterator[tuple[int, Answer]]:
    """Yield the places of answers that the lie changes, each with the changed one."""
    teller = lie.teller()
    for place, entry in enumerate(entries):
        asked = _read_asked(contract, entry)
        if asked is None:
            continue
        answer = _answer(entry["response"])
        said = teller.tell(asked, answer) or answer
        if (said.status, _read(said), said.headers.pairs) != (answer.status, _read(answer), answer.headers.pairs):
            yield place, said


def _read(answer: Answer) -> Any:
    """Return what a client reads: the same document in other bytes is no lie."""
    document = answer.json
    return answer.body if document is None else document


def _read_asked(contract: Contract, entry: Mapping[str, Any]) -> Asked | None:
    given = entry["request"]
    url = urlsplit(given["url"])
    address = BASE.fullmatch(url.path)
    found = contract.find_operation(given["method"], address["path"]) if address else None
    if address is None or found is None:
        return None
    operation, params = found
    target = f"{url.path}?{url.query}" if url.query else url.path
    headers = [(each["name"], each["value"]) for each in given["headers"]]
    request = Request(given["method"], target, headers, _read_content(given.get("postData", {})))
    return Asked(operation, params, address["world"], address["path"], request, _refuse_to_ask)


def _refuse_to_ask(_: Request) -> Answer:
    """Refuse to serve: what is recorded cannot be asked again."""
    return Answer(401)


def _answer(given: Mapping[str, Any]) -> Answer:
    headers = [(each["name"], each["value"]) for each in given["headers"]]
    return Answer(given["status"], headers, _read_content(given["content"]))


def _read_content(given: Mapping[str, Any]) -> bytes:
    text = given.get("text", "")
    return base64.b64decode(text) if given.get("encoding") == "base64" else text.encode()
