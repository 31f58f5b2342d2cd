"""The objects that a recorded answer shows, and what each says by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.judging.observed import Observed, stands_in
from conformance.judging.opinion import HIDDEN, LISTED, NOT_LISTED, RIGHT, Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import id_of, objects_in
from conformance.oracle.declaration.registry import resource_listed_in, resource_made_by, resource_named, resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.results.difference import of_field, of_fields, of_list

STAMPS = "ARCHIVE-STAMPS"
"""Fields that a client may send where it sends back what it was shown, and that nobody takes from it."""
OF_NAMED: Mapping[str, str] = {"tasks": "TASK-READABLE"}
"""The rule by which what is listed of an object is of that object, by tag."""
ONE, LIST, WRITE = "alone", "in the list", "by a write"


@dataclass(frozen=True, slots=True)
class Shown:
    """An object as an answer shows it."""

    resource: Resource
    object: JsonObject
    how: str
    """Alone, in a list, or in the answer to a write."""
    id: str
    """The id of the object; empty where it has none."""


def shown_by(seen: Observed) -> tuple[Shown, ...]:
    """Return the objects that an answer shows whole."""
    operation, body = seen.operation, seen.json
    if operation is None or not seen.exchange.succeeded or not seen.answer_known:
        return ()
    resource = resource_of(operation)
    if resource is None:
        return ()
    if operation.operation_id == resource.listed_by:
        return tuple(Shown(resource, each, LIST, id_of(each)) for each in objects_in(body))
    part = resource_listed_in(operation)
    if part is not None:
        return tuple(Shown(part, each, LIST, id_of(each)) for each in objects_in(body) if "id" in each)
    whole = (resource_named(resource.within) if resource.within else None) or resource
    made = resource_made_by(operation)
    beside = made is not None and bool(made.behavior(operation.operation_id).beside)
    named = (seen.values.get(p.name) for p in operation.path_parameters if p.resource)
    alone = operation.operation_id == whole.shown_by or (operation.safe and id_of(body) in named)
    if beside or not isinstance(body, Mapping) or not (alone or not operation.safe) or not _is_whole(whole, body):
        return ()
    return (Shown(whole, body, ONE if alone else WRITE, id_of(body)),)


def org_told_by(seen: Observed) -> str | None:
    """Return the org of who was served, by the path or by what it alone sees; None where that is open."""
    if seen.operation is None or not seen.exchange.succeeded:
        return None
    named = {seen.values[each.name] for each in seen.operation.path_parameters if each.own_org}
    own = (each for each in shown_by(seen) if not each.resource.access.shared or each.object.get("owned") is True)
    orgs = (each.object.get(each.resource.owner) for each in own)
    found = named.union(org for org in orgs if isinstance(org, str))
    return found.pop() if len(found) == 1 else None


def _is_whole(resource: Resource, body: Mapping[str, Any]) -> bool:
    """Return whether a body is an object of the resource, and no count, id or other word of success."""
    return bool(id_of(body)) and (not resource.named_in or resource.named_in in body)


def judge_objects(contract: Contract, seen: Observed, shown: tuple[Shown, ...], opinion: Opinion) -> None:
    """Say what cannot be so of the objects that an answer shows, by this answer alone."""
    org = seen.sender.caller.org if seen.sender.caller else None
    opinion.add(_of_what_is_named(seen))
    for each in shown:
        if each.how != LIST:
            opinion.add(_another(seen, each))
        opinion.add(each.resource.find_contradictions(each.object, org))
        opinion.add(_foreign(each, org))
        if each.how == ONE:
            opinion.add(_personal(seen, each))
        if each.how == WRITE:
            opinion.add(_unstamped(seen, each))
            if not seen.sends_twice:
                opinion.add(_made(contract, seen, each))
                opinion.add(_not_applied(seen, each), _applied(seen, each))


def _of_what_is_named(seen: Observed) -> Iterator[Breach]:
    """Yield a breach where something shown of, or in, an object that the path names is another's."""
    operation, body = seen.operation, seen.json if seen.answer_known else None
    if operation is None or not seen.exchange.succeeded:
        return
    found = [each for each in body if isinstance(each, Mapping)] if isinstance(body, list) else objects_in(body)
    every = [*found, *([body] if isinstance(body, Mapping) else [])]
    made = resource_made_by(operation)
    for parameter in (p for p in operation.path_parameters if p.resource):
        name = parameter.resource.name if parameter.resource else ""
        if made is not None and made.name == name:
            continue
        value = seen.values[parameter.name]
        if any(each.get(f"{name}_id", value) != value for each in every if "timestamp" not in each):
            said = f"what is of the {name}", "what is of another"
            rule = OF_NAMED.get(operation.tag, LISTED) if operation.safe else RIGHT
            yield Breach(rule, *said, evidence=of_list(*said))


def _another(seen: Observed, shown: Shown) -> Iterator[Breach]:
    """Yield the object that the path names is shown, and no other one."""
    operation, resource = seen.operation, shown.resource
    if operation is None or not resource.stays_away or resource_made_by(operation) is resource:
        return
    for parameter in operation.path_parameters:
        named = parameter.resource.name if parameter.resource else ""
        if named == resource.name and seen.values[parameter.name] != shown.id:
            evidence = of_field("id", seen.values[parameter.name], shown.id)
            yield Breach(RIGHT, f"the {resource} that the path names", "another one", evidence=evidence)


def _foreign(shown: Shown, org: str | None) -> Iterator[Breach]:
    """Yield an object that the caller's org is not to see."""
    resource, of = shown.resource, shown.object.get(shown.resource.owner)
    strange = org is not None and isinstance(of, str) and of != org
    if resource.access.shared:
        strange = resource.access.shown_as(shown.object) is None and shown.object.get("owned") is False
    if strange:
        said = f"no {resource} that another org has for itself", "one"
        rule = NOT_LISTED if shown.how == LIST else HIDDEN
        yield Breach(rule, *said, effect=DataEffect.LEAKED, evidence=of_list(*said))


def _personal(seen: Observed, shown: Shown) -> Iterator[Breach]:
    """Yield an object of somebody else that the caller is kept from."""
    personal, caller, operation = shown.resource.access.personal, seen.sender.caller, seen.operation
    if personal is None or caller is None or caller.user_id is None or operation is None:
        return
    if personal.hides(personal.person_in(shown.object), caller, caller.user_id, operation) is True:
        said = f"no {shown.resource} of somebody else", "one"
        yield Breach(personal.hidden, *said, effect=DataEffect.LEAKED, evidence=of_list(*said))


def _unstamped(seen: Observed, shown: Shown) -> Iterator[Breach]:
    """Yield a breach where an archived object shows no time of it, or one taken into use again does."""
    archiving, operation_id = shown.resource.archiving, seen.operation_id
    if archiving is None or operation_id not in (archiving.by, archiving.undone_by):
        return
    archived, stamp = operation_id == archiving.by, shown.object.get(archiving.shown_in)
    if (stamp is not None) is not archived:
        said = (f"a time in {archiving.shown_in}", "none") if archived else (f"no {archiving.shown_in}", "one")
        yield Breach(STAMPS, *said, evidence=of_fields([archiving.shown_in], {}, shown.object))


def _made(contract: Contract, seen: Observed, shown: Shown) -> Iterator[Breach]:
    """Yield a breach where a creation does not show what was sent, or who sent it."""
    if seen.operation is None or not seen.request_known or resource_made_by(seen.operation) is not shown.resource:
        return
    user_id = seen.sender.caller.user_id if seen.sender.caller else None
    known = {name: value for name, value in shown.object.items() if not stands_in(value)}
    yield from shown.resource.check_made(contract, {**seen.sent_fields, **seen.sent_files}, known, user_id)


def _not_applied(seen: Observed, shown: Shown) -> Iterator[Breach]:
    """Yield a breach where the answer to a write does not show the fields that were sent."""
    rule = _rule(seen, shown)
    sent, answered = seen.sent_fields, shown.object
    compared = _compared(seen, shown)
    differing = sorted(name for name in compared if not _alike(shown.resource, name, sent[name], answered[name]))
    if rule is not None and differing:
        said = f"{', '.join(differing)} as sent", "another value"
        yield Breach(rule, *said, evidence=of_fields(differing, sent, answered))


def _applied(seen: Observed, shown: Shown) -> tuple[str, ...]:
    """Return the rule that the answer keeps by showing what was sent."""
    rule = _rule(seen, shown)
    return (rule,) if rule is not None and _compared(seen, shown) else ()


def _compared(seen: Observed, shown: Shown) -> set[str]:
    """Return the names of fields that were sent, and are shown as they were."""
    names, known = seen.sent_fields.keys() & shown.object.keys(), shown.resource.fields
    return {each for each in names if each not in known or known[each].shown_as_sent}


def _rule(seen: Observed, shown: Shown) -> str | None:
    return shown.resource.behavior(seen.operation_id).applies


def _alike(resource: Resource, name: str, sent: Any, answered: Any) -> bool:
    """Return whether a field is shown as it was sent; what is merged, or cleared, is not judged by one answer."""
    if sent is None or isinstance(sent, Mapping):
        return True
    if isinstance(sent, str) and isinstance(answered, str) and sent.casefold() == answered.casefold():
        return True
    return resource.is_alike(name, answered, sent)
