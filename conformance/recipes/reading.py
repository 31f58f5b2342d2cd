"""Reading objects back, and comparing what was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.contract.schemas import list_field_names
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.served import as_far_as_served
from conformance.profile import Caller
from conformance.recipes.requests import build
from conformance.session.harness import Harness

VOLATILE = frozenset({"date", "x-request-id", "content-length", "server"})
"""Headers that differ from one answer to the next."""


def show(harness: Harness, resource: Resource, object_id: str) -> Request:
    """Return the request for one object; not provoked where the contract has none."""
    return _request(harness, resource.shown_by, {resource.name: object_id})


def _request(harness: Harness, operation_id: str | None, ids: Mapping[str, str]) -> Request:
    if operation_id is None or operation_id not in harness.contract.whole.operations:
        raise NotProvoked("the contract has no operation that reads it")
    operation = harness.contract.operations[operation_id]
    return build(operation, {p.name: ids[p.resource.name] for p in operation.path_parameters if p.resource})


def read_object(harness: Harness, resource: Resource, caller: Caller, object_id: str) -> Exchange:
    """Return the object as the caller reads it; not provoked where it cannot be read."""
    return harness.hold(caller, show(harness, resource, object_id))


def read_back(harness: Harness, resource: Resource, caller: Caller, object_id: str) -> Exchange:
    """Return the object as the caller reads it after a successful request; a finding where it cannot be read."""
    return harness.judge(caller, show(harness, resource, object_id))


def list_readers(harness: Harness, resource: Resource, org: str | None) -> tuple[Caller, ...]:
    """Return the callers of an org who may read objects and list them: who may not is no witness of what is there."""
    named = (harness.contract.operations.get(each or "") for each in (resource.shown_by, resource.listed_by))
    asked = [each for each in named if each is not None]
    return tuple(caller for caller in harness.callers(org) if all(harness.is_permitted(caller, each) for each in asked))


def read_list(harness: Harness, resource: Resource, caller: Caller) -> Exchange:
    """Return the list as the caller reads it."""
    return harness.hold(caller, _request(harness, resource.listed_by, {}))


def list_whole(harness: Harness, resource: Resource, caller: Caller) -> Exchange | None:
    """Have the caller's org shown every object of its own, archived ones too, so that names are known to be free.

    Returns the list; None where the contract has none.
    """
    operation = harness.contract.operations.get(resource.listed_by or "")
    if operation is None:
        return None
    query = f"{resource.archiving.asked_for}=true" if resource.archiving else ""
    return harness.send(caller, build(operation, query=query))


def list_names_there_before(harness: Harness, resource: Resource, caller: Caller, hidden: str = "") -> list[str]:
    """Return the name of an object of the caller's org that no test made; none where a name sent again could do harm.

    `hidden`: the field that objects have whose name is another's to use.
    """
    listed = list_whole(harness, resource, caller) if harness.is_alone else None
    shown = [each for each in items(listed) if not get_field(each, hidden)] if listed else []
    known = harness.knowledge.get_facts(resource.name)
    before = (each for each in shown if (fact := known.get(read_id(each))) is None or not fact.made)
    names = [name for each in before if isinstance(name := get_field(each, resource.named_in), str) and name]
    return [harness.random.choice(names)] if names else []


def items(exchange: Exchange) -> list[JsonObject]:
    """Return the objects in the answer to a list."""
    return list_objects(exchange.json)


def find_item(exchange: Exchange, object_id: str) -> JsonObject | None:
    """Return one object of a list."""
    return next((found for found in items(exchange) if read_id(found) == object_id), None)


def list_own_items(harness: Harness, resource: Resource, exchange: Exchange) -> list[JsonObject]:
    """Return the objects in the answer to a list, but for those of another run of the suite, which may go."""
    return [each for each in items(exchange) if not harness.knowledge.is_of_another_run(each.get(resource.named_in))]


def read_views(
    harness: Harness, resource: Resource, caller: Caller, object_id: str
) -> Iterator[tuple[Exchange, JsonObject]]:
    """Yield the object as the caller sees it, in each answer that shows it, as far as the target serves them."""
    looks = partial(read_object, harness, resource, caller, object_id), partial(read_list, harness, resource, caller)
    for exchange in as_far_as_served(*looks):
        found = exchange.json if exchange.operation_id == resource.shown_by else find_item(exchange, object_id)
        if isinstance(found, dict):
            yield exchange, found


def list_views_now(
    harness: Harness, resource: Resource, caller: Caller, fact: Fact
) -> Iterator[tuple[Exchange, JsonObject | None]]:
    """Yield the object as a caller reads it, alone and in the list, as far as there is either."""
    if resource.shown_by in harness.contract.operations:
        read = read_back(harness, resource, caller, fact.id)
        yield read, read.json
    if resource.listed_by in harness.contract.operations:
        answer = read_list(harness, resource, caller)
        yield answer, find_item(answer, fact.id)


def get_field(value: Any, name: str) -> Any:
    """Return a field of what should be an object; None where it is none."""
    return value.get(name) if isinstance(value, dict) else None


def list_differences(contract: Contract, before: Any, after: Any, *, ignoring: Iterable[str] = ()) -> list[str]:
    """Return names of the fields that differ, sorted. Those that the contract has nowhere are the target's own."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [] if before == after else ["the whole"]
    absent = object()
    names = ((before.keys() | after.keys()) & list_field_names(contract)) - set(ignoring)
    return sorted(n for n in names if before.get(n, absent) != after.get(n, absent))


def differing_fields(contract: Contract, before: Any, after: Any, *, ignoring: Iterable[str] = ()) -> list[str]:
    """Return names of the fields that both show and that differ, sorted: what one answer leaves out is no change."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return list_differences(contract, before, after)
    return [
        name
        for name in list_differences(contract, before, after, ignoring=ignoring)
        if name in before and name in after
    ]


def compare_with_listed(
    contract: Contract, listed: JsonObject, read: Any, again: Callable[[], JsonObject | None]
) -> list[str]:
    """Return names of the fields in which a single read differs from the list before it, sorted.

    An object may go on by itself between the two: the list is asked `again`, and what it shows otherwise by then
    is no difference.
    """
    if not list_differences(contract, listed, read):
        return []
    later = again() or listed
    moved = list_differences(contract, listed, later)
    return [name for name in list_differences(contract, later, read) if name not in moved]


def compare_with_list(
    harness: Harness, resource: Resource, caller: Caller, found: JsonObject, read: Exchange
) -> list[str]:
    """Return names of the fields in which a single read differs from the caller's list, as `compare_with_listed`."""
    object_id = str(found.get("id"))
    return compare_with_listed(
        harness.contract, found, read.json, lambda: find_item(read_list(harness, resource, caller), object_id)
    )


def parse_time(text: Any) -> datetime:
    """Return an RFC 3339 time; not provoked where it is none, for what builds on it says nothing then."""
    try:
        read = datetime.fromisoformat(str(text).upper())
    except ValueError:
        raise NotProvoked(f"{text!r} is no time") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def is_later(earlier: Any, later: Any) -> bool | None:
    """Return whether a time is later than another.

    None where both are the same, since times are as coarse as a second.
    """
    before, after = parse_time(earlier), parse_time(later)
    return None if before == after else after > before


def strip_ids(exchange: Exchange, object_id: str) -> dict[str, Any]:
    """Return what an answer tells, but for the id that was asked for and the request's own."""
    error = get_field(exchange.json, "error")
    text = {key: value for key, value in error.items() if key != "request_id"} if isinstance(error, dict) else {}
    without_id = {key: re.sub(re.escape(object_id), "{id}", repr(value)) for key, value in text.items()}
    headers = sorted({name for name, _ in exchange.headers} - VOLATILE)
    return {"status": exchange.status, "headers": headers, **without_id}
