"""What has changed in the answers of an operation: statuses, headers, bodies and links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.changes.change import Change, change
from conformance.changes.operations.pairs import Pair, Side, bare, positions
from conformance.changes.schemas.comparing import ANSWER, REFUSAL, Memo, compared
from conformance.changes.schemas.located import Located, located


def changed_answers(pair: Pair) -> Iterator[Change]:
    """Yield what has changed in the answers."""
    old, new = pair.old.answers(), pair.new.answers()
    yield from _statuses(pair, old, new)
    for status in sorted(old.keys() & new.keys()):
        yield from _headers(status, old[status], new[status], pair.memo)
        yield from _contents(status, old[status], new[status], pair.memo)
        before, after = _fed(pair.old, old[status]), _fed(pair.new, new[status])
        for fed in sorted(before.keys() - after.keys()):
            yield change("link-removed", f"link of {status}", f"to {before[fed]} is removed")
        for fed in sorted(after.keys() - before.keys()):
            yield change("link-added", f"link of {status}", f"to {after[fed]} is added")


def _statuses(pair: Pair, old: Mapping[str, Located], new: Mapping[str, Located]) -> Iterator[Change]:
    gone, come = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    successes = [{status for status in each if status.startswith("2")} for each in (old, new)]
    if successes[0] and successes[1] and successes[0].isdisjoint(successes[1]):
        was, now = (", ".join(sorted(each)) for each in successes)
        yield change("success-replaced", f"status {was}", f"a success is {now} now", lost=was, gained=now)
        gone, come = ([each for each in some if not each.startswith("2")] for some in (gone, come))
    for status in gone:
        yield change("status-removed", f"status {status}", "is removed", lost=_told(pair.old, status))
    for status in come:
        yield change("status-added", f"status {status}", "is added", gained=_told(pair.new, status))


def _told(side: Side, status: str) -> str:
    """Return a status with its error codes."""
    spec = side.operation.responses.get(int(status)) if status.isdecimal() else None
    return f"{status} {', '.join(spec.codes)}" if spec and spec.codes else status


def _headers(status: str, old: Located, new: Located, memo: Memo) -> Iterator[Change]:
    before, after = ({name.lower(): name for name in each.node.get("headers", {})} for each in (old, new))
    for key in sorted(before.keys() | after.keys()):
        name = after.get(key) or before[key]
        place = f"header {name} of {status}"
        if key not in after:
            needed = _header(old, before[key], place).node.get("required") is True
            yield change("required-header-removed" if needed else "header-removed", place, "is removed")
        elif key not in before:
            needed = _header(new, name, place).node.get("required") is True
            kind = "required-header-added" if needed else "header-added"
            yield change(kind, place, f"is added{', and required' if needed else ''}")
        else:
            yield from _header_change(_header(old, before[key], place), _header(new, name, place), place, memo)


def _header(answer: Located, name: str, place: str) -> Located:
    return answer.at("headers", place).at(name, place)


def _header_change(old: Located, new: Located, place: str, memo: Memo) -> Iterator[Change]:
    required = new.node.get("required") is True
    if required is not (old.node.get("required") is True):
        how = "required" if required else "optional"
        shared = new.place if new.place == old.place else place
        yield change(f"header-{how}", shared, f"is {how} now")
    yield from compared(old.at("schema", old.place), new.at("schema", new.place), ANSWER, memo)


def _contents(status: str, old: Located, new: Located, memo: Memo) -> Iterator[Change]:
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
    for media in sorted(before.keys() | after.keys()):
        place = f"{media} of {status}"
        if media not in after:
            yield change("answer-type-removed", place, "is removed", lost=media)
        elif media not in before:
            yield change("answer-type-added", place, "is added", gained=media)
        else:
            # A response that is a component has a name of its own.
            places = (each.place if each.place.startswith("response ") else place for each in (old, new))
            bodies = (each.at("content", place).at(media, place) for each in (old, new))
            one, other = (body.at("schema", at) for body, at in zip(bodies, places, strict=True))
            yield from compared(one, other, direction, memo)


def _fed(side: Side, answer: Located) -> dict[str, str]:
    """Return what the links of an answer feed, with the name of the operation: which one, and what goes where."""
    found = {}
    for given in answer.node.get("links", {}).values():
        link = located(side.document, given, answer.place).node
        target = side.contract.operations.get(str(link.get("operationId")))
        named = str(link.get("operationId") or link.get("operationRef"))
        at, places = (target.method + " " + bare(target.path), positions(target.path)) if target else (named, {})
        values = {places.get(name, name): value for name, value in link.get("parameters", {}).items()}
        found[json.dumps([at, values, link.get("requestBody")], sort_keys=True, default=str)] = named
    return found
