"""Laws of one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs

from conformance.contract.contract import JsonObject, Operation
from conformance.judging.objects import LIST, ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.judging.rule_ids import ARCHIVED, LISTED
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.effect import DataEffect
from conformance.results.difference import from_list

FILES, PACK_FILES = "FILES-LISTED", "FILE-LISTED"
MAX_BYTES, BEGINNING = "max_bytes", "SNAPSHOT-MAX-BYTES"


def judge_lists(seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
    """Say what cannot be so of a list, whatever the server has."""
    if seen.operation is not None and seen.operation.safe and seen.exchange.succeeded and seen.answer_known:
        body = seen.json
        listed = [each for each in body if isinstance(each, dict)] if isinstance(body, list) else list_objects(body)
        opinion.add(_check_files(listed))
        opinion.add(_check_beginning(seen, seen.operation))
    if shown and shown[0].how == LIST:
        opinion.add(_list(seen, shown), [LISTED] if len(shown) > 1 else [])


def _list(seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> Iterator[Breach]:
    """Yield a breach where an object is listed twice, is archived unasked, or is kept from the caller."""
    resource, ids = shown[0].resource, [each.id for each in shown]
    if len(ids) > len({*ids}):
        yield _make_breach(LISTED, f"each {resource} once in the list", "one of them twice")
    archiving = resource.archiving
    fresh = archiving is not None and not archiving.is_listed(seen.exchange.request.query)
    if fresh and archiving and any(each.object.get(archiving.shown_in) is not None for each in shown):
        yield _make_breach(ARCHIVED, f"no archived {resource} in the list", "one")
    personal, caller = resource.access.personal, seen.sender.caller
    if personal is None or caller is None or caller.user_id is None or seen.operation is None:
        return
    hidden = (personal.hides(personal.find_person(s.object), caller, caller.user_id, seen.operation) for s in shown)
    if any(each is True for each in hidden):
        breach = _make_breach(personal.listed, f"no {resource} of somebody else in the list", "one")
        yield Breach(breach.rule, breach.expected, breach.got, effect=DataEffect.LEAKED, evidence=breach.evidence)


def _check_files(listed: Sequence[JsonObject]) -> Iterator[Breach]:
    """Yield a breach where a path is listed twice, or one below which others lie as a file."""
    files = {each["path"]: each for each in listed if isinstance(each.get("path"), str) and "size" in each}
    rule = FILES if any("is_dir" in each for each in files.values()) else PACK_FILES
    if files and len(files) < len(listed):
        yield _make_breach(rule, "each path once", "one of them twice")
    above = {path[:at] for path in files for at in range(len(path)) if path[at] == "/"}
    if any(files[path].get("is_dir", False) is not True for path in above & files.keys()):
        yield _make_breach(rule, "a folder where files are listed below", "a file")


def _check_beginning(seen: ObservedExchange, operation: Operation) -> Iterator[Breach]:
    """Yield a breach where the text of a file is longer than was asked for, or `truncated` is wrong."""
    body, limited = seen.json, next((each for each in operation.parameters if each.name == MAX_BYTES), None)
    if limited is None or not isinstance(body, dict) or not isinstance(body.get("entry"), dict):
        return
    asked = parse_qs(seen.exchange.request.query).get(MAX_BYTES, [str(limited.schema.get("default"))])[0]
    content, size = body.get("content"), body["entry"].get("size")
    if isinstance(content, str) and asked.isdigit() and len(content.encode()) > int(asked):
        yield _make_breach(BEGINNING, f"content of {asked} bytes at most", f"{len(content.encode())} bytes")
    if isinstance(size, int) and asked.isdigit() and body.get("truncated") is not (size > int(asked)):
        yield _make_breach(BEGINNING, f"truncated of a file of {size} bytes as it is", str(body.get("truncated")))


def _make_breach(rule: str, expected: str, got: str) -> Breach:
    return Breach(rule, expected, got, evidence=from_list(expected, got))
