"""Reading packs back, and comparing what was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.requests import build
from conformance.session.harness import Harness

GET, LIST, READ_FILE = "packs.get", "packs.list", "packs.read_file"


def shown(harness: Harness, caller: Caller, pack_id: str) -> Exchange:
    """The pack as the caller reads it; not provoked where it cannot be read."""
    return harness.hold(caller, build(harness.contract.operations[GET], {"id": pack_id}))


def read_back(harness: Harness, caller: Caller, pack_id: str) -> Exchange:
    """The pack as the caller reads it after a request that succeeded: a finding where it cannot be read any more."""
    return harness.judge(caller, build(harness.contract.operations[GET], {"id": pack_id}))


def listed(harness: Harness, caller: Caller) -> Exchange:
    """The list as the caller reads it."""
    return harness.hold(caller, build(harness.contract.operations[LIST]))


def read_file(harness: Harness, caller: Caller, pack_id: str, path: str) -> Exchange:
    """A file of the pack; not provoked where it cannot be read."""
    return harness.hold(caller, _file(harness, pack_id, path))


def read_file_back(harness: Harness, caller: Caller, pack_id: str, path: str) -> Exchange:
    """A file of the pack after a request that succeeded: a finding where it cannot be read any more."""
    return harness.judge(caller, _file(harness, pack_id, path))


def _file(harness: Harness, pack_id: str, path: str) -> Request:
    return build(harness.contract.operations[READ_FILE], {"id": pack_id, "path": path})


def items(exchange: Exchange) -> list[dict[str, Any]]:
    """The packs in the answer to a list."""
    body = exchange.json
    found = body.get("packs") if isinstance(body, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def item(exchange: Exchange, pack_id: str) -> dict[str, Any] | None:
    """One pack of a list."""
    return next((found for found in items(exchange) if found.get("id") == pack_id), None)


def of_no_other_run(harness: Harness, exchange: Exchange) -> list[dict[str, Any]]:
    """The packs in the answer to a list, but for those that another run of the suite made, and may just remove."""
    return [found for found in items(exchange) if not harness.state.of_another_run(found.get("name"))]


def as_before(harness: Harness, caller: Caller, pack: dict[str, Any]) -> bool:
    """Whether the list shows a pack as it did before: where others are, one of theirs may have changed meanwhile."""
    return harness.alone or item(listed(harness, caller), str(pack.get("id"))) == pack


def views(harness: Harness, caller: Caller, pack_id: str) -> Iterator[tuple[Exchange, dict[str, Any]]]:
    """The pack as the caller sees it, in each answer that shows it."""
    read, answer = shown(harness, caller, pack_id), listed(harness, caller)
    for exchange, pack in ((read, read.json), (answer, item(answer, pack_id))):
        if isinstance(pack, dict):
            yield exchange, pack


def field(value: Any, name: str) -> Any:
    """A field of what should be an object; None where it is none."""
    return value.get(name) if isinstance(value, dict) else None


def difference(before: Any, after: Any, *, ignoring: Iterable[str] = ()) -> list[str]:
    """Names of the fields that differ, sorted."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [] if before == after else ["the whole"]
    absent = object()
    names = (before.keys() | after.keys()) - set(ignoring)
    return sorted(n for n in names if before.get(n, absent) != after.get(n, absent))


def changed(before: Any, after: Any, *, ignoring: Iterable[str] = ()) -> list[str]:
    """Names of the fields that both show and that differ, sorted: what one kind of answer leaves out is no change."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return difference(before, after)
    return [name for name in difference(before, after, ignoring=ignoring) if name in before and name in after]


def instant(text: Any) -> datetime:
    """An RFC 3339 time; not provoked where it is none, for what builds on it says nothing then."""
    try:
        read = datetime.fromisoformat(str(text).upper())
    except ValueError:
        raise NotProvoked(f"{text!r} is no time") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
