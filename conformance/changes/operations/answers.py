"""Changes in the answers of an operation: statuses, headers, bodies and links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from conformance.changes.change import Change, change
from conformance.changes.operations.pairs import Pair, Side, locate_parameters, pair_media_types, strip_parameter_names
from conformance.changes.schemas.comparing import ANSWER, REFUSAL, Memo, compare_schemas
from conformance.changes.schemas.located import LocatedNode, locate, make_addition, make_change, make_removal


def compare_answers(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in the answers."""
    old, new = pair.old.answers, pair.new.answers
    yield from _compare_statuses(pair, old, new)
    for status in sorted(old.keys() & new.keys()):
        compare = partial(_answer, status, pair.memo)
        yield from pair.memo.compare_once(f"answer {status}", old[status], new[status], compare)
        before, after = _find_fed_parameters(pair.old, old[status]), _find_fed_parameters(pair.new, new[status])
        for fed in sorted(before.keys() - after.keys()):
            yield change("link-removed", f"link of {status}", f"to {before[fed]} is removed")
        for fed in sorted(after.keys() - before.keys()):
            yield change("link-added", f"link of {status}", f"to {after[fed]} is added")


def _answer(status: str, memo: Memo, old: LocatedNode, new: LocatedNode) -> Iterator[Change]:
    yield from _compare_headers(status, old, new, memo)
    yield from _compare_contents(status, old, new, memo)


def _compare_statuses(pair: Pair, old: Mapping[str, LocatedNode], new: Mapping[str, LocatedNode]) -> Iterator[Change]:
    gone, come = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    successes = [{status for status in each if status.startswith("2")} for each in (old, new)]
    if successes[0] and successes[1] and successes[0].isdisjoint(successes[1]):
        was, now = (", ".join(sorted(each)) for each in successes)
        yield change("success-replaced", f"status {was}", f"a success is {now} now", lost=was, gained=now)
        gone, come = ([each for each in some if not each.startswith("2")] for some in (gone, come))
    for status in gone:
        at = (old[status].own_pointer, None)
        yield change(
            "status-removed", f"status {status}", "is removed", lost=_describe_status(pair.old, status), pointers=at
        )
    for status in come:
        to = (None, new[status].own_pointer)
        yield change(
            "status-added", f"status {status}", "is added", gained=_describe_status(pair.new, status), pointers=to
        )


def _describe_status(side: Side, status: str) -> str:
    """Return a status with its error codes."""
    spec = side.operation.responses.get(int(status)) if status.isdecimal() else None
    return f"{status} {', '.join(spec.codes)}" if spec and spec.codes else status


def _compare_headers(status: str, old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    before, after = ({name.lower(): name for name in each.node.get("headers", {})} for each in (old, new))
    for key in sorted(before.keys() | after.keys()):
        name = after.get(key) or before[key]
        place = f"header {name} of {status}"
        if key not in after:
            header = _locate_header(old, before[key], place)
            yield make_removal(
                "required-header-removed" if header.node.get("required") is True else "header-removed", header
            )
        elif key not in before:
            header = _locate_header(new, name, place)
            if header.node.get("required") is True:
                yield make_addition("required-header-added", header, "is added, and required")
            else:
                yield make_addition("header-added", header)
        else:
            yield from _compare_header(_locate_header(old, before[key], place), _locate_header(new, name, place), memo)


def _locate_header(answer: LocatedNode, name: str, place: str) -> LocatedNode:
    return answer.locate_key("headers", place).locate_key(name, place)


def _compare_header(old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    required = new.node.get("required") is True
    if required is not (old.node.get("required") is True):
        how = "required" if required else "optional"
        yield make_change(f"header-{how}", old, new, f"is {how} now")
    yield from compare_schemas(old.locate_key("schema", old.place), new.locate_key("schema", new.place), ANSWER, memo)


def _compare_contents(status: str, old: LocatedNode, new: LocatedNode, memo: Memo) -> Iterator[Change]:
    before: Mapping[str, Any] = old.node.get("content", {})
    after: Mapping[str, Any] = new.node.get("content", {})
    direction = REFUSAL if status[0] in "45" or status == "default" else ANSWER
    if not before and after:
        yield change("answer-body-added", f"body of {status}", "there is one now", gained=", ".join(after))
        return
    if before and not after:
        yield change("answer-body-removed", f"body of {status}", "there is none now", lost=", ".join(before))
        return
    may_lack = [each.node.get("x-body-optional") is True for each in (old, new)]
    if may_lack[0] is not may_lack[1]:
        kind, how = ("optional", "may be left out now") if may_lack[1] else ("required", "may be left out no longer")
        yield change(f"answer-body-{kind}", f"body of {status}", how)
    for pair in pair_media_types(before, after):
        if pair.old is None or pair.new is None:
            yield _make_type_removal(pair.old, status) if pair.old else _make_type_addition(pair.new or "", status)
            continue
        if pair.is_narrower or pair.is_wider:
            kind, text = f"answer-type-{'narrowed' if pair.is_narrower else 'widened'}", f"is now {pair.new}"
            found = change(kind, f"{pair.old} of {status}", text, lost=pair.old, gained=pair.new)
            yield replace(found, former=(_make_type_removal(pair.old, status), _make_type_addition(pair.new, status)))
        place = f"{pair.new} of {status}"
        # A response that is a component has a name of its own.
        places = (each.place if each.place.startswith("response ") else place for each in (old, new))
        contents = (
            each.locate_key("content", place).locate_key(media, place)
            for each, media in ((old, pair.old), (new, pair.new))
        )
        one, other = (body.locate_key("schema", at) for body, at in zip(contents, places, strict=True))
        yield from compare_schemas(one, other, direction, memo)


def _make_type_removal(media: str, status: str) -> Change:
    return change("answer-type-removed", f"{media} of {status}", "is removed", lost=media)


def _make_type_addition(media: str, status: str) -> Change:
    return change("answer-type-added", f"{media} of {status}", "is added", gained=media)


def _find_fed_parameters(side: Side, answer: LocatedNode) -> dict[str, str]:
    """Return what the links of an answer feed, with the name of the operation: which one, and what goes where."""
    found = {}
    for given in answer.node.get("links", {}).values():
        link = locate(side.document, given, answer.place).node
        target = side.contract.operations.get(str(link.get("operationId")))
        named = str(link.get("operationId") or link.get("operationRef"))
        at, places = (
            (target.method + " " + strip_parameter_names(target.path), locate_parameters(target.path))
            if target
            else (named, {})
        )
        values = {places.get(name, name): value for name, value in link.get("parameters", {}).items()}
        found[json.dumps([at, values, link.get("requestBody")], sort_keys=True, default=str)] = named
    return found
