"""The objects that a recorded answer shows, and what each says by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.judging.observed import ObservedExchange, is_stand_in
from conformance.judging.opinion import HIDDEN, LISTED, NOT_LISTED, RIGHT, Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_listed,
    find_resource_made,
    find_resource_of,
)
from conformance.oracle.declaration.resource import Resource
from conformance.results.difference import from_field, from_fields, from_list

STAMPS = "ARCHIVE-STAMPS"
"""Fields that a client may send where it sends back what it was shown, and that nobody takes from it."""
OF_NAMED: Mapping[str, str] = {"tasks": "TASK-READABLE"}
"""The rule by which what is listed of an object is of that object, by tag."""
ONE, LIST, WRITE = "alone", "in the list", "by a write"


@dataclass(frozen=True, slots=True)
class ShownObject:
    """An object as an answer shows it."""

    resource: Resource
    object: JsonObject
    how: str
    """Alone, in a list, or in the answer to a write."""
    id: str
    """The id of the object; empty where it has none."""


def list_shown(seen: ObservedExchange) -> tuple[ShownObject, ...]:
    """Return the objects that an answer shows whole."""
    operation, body = seen.operation, seen.json
    if operation is None or not seen.exchange.has_succeeded or not seen.is_answer_known:
        return ()
    resource = find_resource_of(operation)
    if resource is None:
        return ()
    if operation.operation_id == resource.listed_by:
        return tuple(ShownObject(resource, each, LIST, read_id(each)) for each in list_objects(body))
    part = find_resource_listed(operation)
    if part is not None:
        return tuple(ShownObject(part, each, LIST, read_id(each)) for each in list_objects(body) if "id" in each)
    whole = (find_resource(resource.within) if resource.within else None) or resource
    made = find_resource_made(operation)
    beside = made is not None and bool(made.find_behavior(operation.operation_id).beside)
    named = (seen.values.get(p.name) for p in operation.path_parameters if p.resource)
    alone = operation.operation_id == whole.shown_by or (operation.is_safe and read_id(body) in named)
    if beside or not isinstance(body, Mapping) or not (alone or not operation.is_safe) or not _is_whole(whole, body):
        return ()
    return (ShownObject(whole, body, ONE if alone else WRITE, read_id(body)),)


def find_org(seen: ObservedExchange) -> str | None:
    """Return the org of the caller, by the path or by objects that only the org sees; None where it is not known."""
    if seen.operation is None or not seen.exchange.has_succeeded:
        return None
    named = {seen.values[each.name] for each in seen.operation.path_parameters if each.is_own_org}
    own = (each for each in list_shown(seen) if not each.resource.access.is_shared or each.object.get("owned") is True)
    orgs = (each.object.get(each.resource.owner) for each in own)
    found = named.union(org for org in orgs if isinstance(org, str))
    return found.pop() if len(found) == 1 else None


def _is_whole(resource: Resource, body: Mapping[str, Any]) -> bool:
    """Return whether a body is an object of the resource, and no count, id or other word of success."""
    return bool(read_id(body)) and (not resource.named_in or resource.named_in in body)


def judge_objects(contract: Contract, seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
    """Say what cannot be so of the objects that an answer shows, by this answer alone."""
    org = seen.sender.caller.org if seen.sender.caller else None
    opinion.add(_check_named(seen))
    for each in shown:
        if each.how != LIST:
            opinion.add(_check_same_object(seen, each))
        opinion.add(each.resource.find_contradictions(each.object, org))
        opinion.add(_check_foreign(each, org))
        if each.how == ONE:
            opinion.add(_check_personal(seen, each))
        if each.how == WRITE:
            opinion.add(_check_archived_at(seen, each))
            if not seen.sends_twice:
                opinion.add(_check_creation(contract, seen, each))
                opinion.add(_check_update(seen, each), _list_kept_rules(seen, each))


def _check_named(seen: ObservedExchange) -> Iterator[Breach]:
    """Yield a breach where something shown of, or in, an object that the path names is another's."""
    operation, body = seen.operation, seen.json if seen.is_answer_known else None
    if operation is None or not seen.exchange.has_succeeded:
        return
    found = [each for each in body if isinstance(each, Mapping)] if isinstance(body, list) else list_objects(body)
    every = [*found, *([body] if isinstance(body, Mapping) else [])]
    made = find_resource_made(operation)
    for parameter in (p for p in operation.path_parameters if p.resource):
        name = parameter.resource.name if parameter.resource else ""
        if made is not None and made.name == name:
            continue
        value = seen.values[parameter.name]
        if any(each.get(f"{name}_id", value) != value for each in every if "timestamp" not in each):
            said = f"what is of the {name}", "what is of another"
            rule = OF_NAMED.get(operation.tag, LISTED) if operation.is_safe else RIGHT
            yield Breach(rule, *said, evidence=from_list(*said))


def _check_same_object(seen: ObservedExchange, shown: ShownObject) -> Iterator[Breach]:
    """Yield a breach where another object is shown than the one that the path names."""
    operation, resource = seen.operation, shown.resource
    if operation is None or not resource.stays_away or find_resource_made(operation) is resource:
        return
    for parameter in operation.path_parameters:
        named = parameter.resource.name if parameter.resource else ""
        if named == resource.name and seen.values[parameter.name] != shown.id:
            evidence = from_field("id", seen.values[parameter.name], shown.id)
            yield Breach(RIGHT, f"the {resource} that the path names", "another one", evidence=evidence)


def _check_foreign(shown: ShownObject, org: str | None) -> Iterator[Breach]:
    """Yield each object that the caller's org must not see."""
    resource, of = shown.resource, shown.object.get(shown.resource.owner)
    strange = org is not None and isinstance(of, str) and of != org
    if resource.access.is_shared:
        strange = resource.access.shown_as(shown.object) is None and shown.object.get("owned") is False
    if strange:
        said = f"no {resource} that another org has for itself", "one"
        rule = NOT_LISTED if shown.how == LIST else HIDDEN
        yield Breach(rule, *said, effect=DataEffect.LEAKED, evidence=from_list(*said))


def _check_personal(seen: ObservedExchange, shown: ShownObject) -> Iterator[Breach]:
    """Yield each personal object of somebody else that the caller must not see."""
    personal, caller, operation = shown.resource.access.personal, seen.sender.caller, seen.operation
    if personal is None or caller is None or caller.user_id is None or operation is None:
        return
    if personal.hides(personal.find_person(shown.object), caller, caller.user_id, operation) is True:
        said = f"no {shown.resource} of somebody else", "one"
        yield Breach(personal.hidden, *said, effect=DataEffect.LEAKED, evidence=from_list(*said))


def _check_archived_at(seen: ObservedExchange, shown: ShownObject) -> Iterator[Breach]:
    """Yield a breach where an archived object shows no time of it, or one taken into use again does."""
    archiving, operation_id = shown.resource.archiving, seen.operation_id
    if archiving is None or operation_id not in (archiving.by, archiving.undone_by):
        return
    archived, stamp = operation_id == archiving.by, shown.object.get(archiving.shown_in)
    if (stamp is not None) is not archived:
        said = (f"a time in {archiving.shown_in}", "none") if archived else (f"no {archiving.shown_in}", "one")
        yield Breach(STAMPS, *said, evidence=from_fields([archiving.shown_in], {}, shown.object))


def _check_creation(contract: Contract, seen: ObservedExchange, shown: ShownObject) -> Iterator[Breach]:
    """Yield a breach where a creation does not show what was sent, or who sent it."""
    if seen.operation is None or not seen.is_request_known or find_resource_made(seen.operation) is not shown.resource:
        return
    user_id = seen.sender.caller.user_id if seen.sender.caller else None
    known = {name: value for name, value in shown.object.items() if not is_stand_in(value)}
    yield from shown.resource.check_made(contract, {**seen.sent_fields, **seen.sent_files}, known, user_id)


def _check_update(seen: ObservedExchange, shown: ShownObject) -> Iterator[Breach]:
    """Yield a breach where the answer to a write does not show the fields that were sent."""
    rule = _find_rule(seen, shown)
    sent, answered = seen.sent_fields, shown.object
    compared = _find_same_fields(seen, shown)
    differing = sorted(
        name for name in compared if not _is_shown_as_sent(shown.resource, name, sent[name], answered[name])
    )
    if rule is not None and differing:
        said = f"{', '.join(differing)} as sent", "another value"
        yield Breach(rule, *said, evidence=from_fields(differing, sent, answered))


def _list_kept_rules(seen: ObservedExchange, shown: ShownObject) -> tuple[str, ...]:
    """Return the rule that the answer keeps by showing what was sent."""
    rule = _find_rule(seen, shown)
    return (rule,) if rule is not None and _find_same_fields(seen, shown) else ()


def _find_same_fields(seen: ObservedExchange, shown: ShownObject) -> set[str]:
    """Return the names of fields that were sent, and are shown as they were."""
    names, known = seen.sent_fields.keys() & shown.object.keys(), shown.resource.fields
    return {each for each in names if each not in known or known[each].is_shown_as_sent}


def _find_rule(seen: ObservedExchange, shown: ShownObject) -> str | None:
    return shown.resource.find_behavior(seen.operation_id).applies


def _is_shown_as_sent(resource: Resource, name: str, sent: Any, answered: Any) -> bool:
    """Return whether a field is shown as it was sent; what is merged, or cleared, is not judged by one answer."""
    if sent is None or isinstance(sent, Mapping):
        return True
    if isinstance(sent, str) and isinstance(answered, str) and sent.casefold() == answered.casefold():
        return True
    return resource.is_alike(name, answered, sent)
