"""Updates the state after an exchange: objects shown, effects of a success, and what a lost answer leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.routing import Route, find_route
from conformance.http.exchange import Exchange
from conformance.http.gateways import may_have_been_done, may_have_been_done_twice
from conformance.oracle.bodies import read_body
from conformance.oracle.call import Call
from conformance.oracle.declaration.fields import list_objects, read_id
from conformance.oracle.declaration.lifetime import Archiving, asks_for_fewer
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_made,
    find_resource_of,
    list_based_on,
    list_resources,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import FOR_GOOD, Fact, State
from conformance.profile import Caller
from conformance.values import copy_with


def observe(state: State, caller: Caller | None, exchange: Exchange) -> State:
    """Return the state after the exchange."""
    where = find_route(state.contract, exchange.method, exchange.path)
    if caller is None or where.operation is None:
        return state
    if state.contract.is_plain:
        return _learn_plain_removal(state, where, exchange)
    if exchange.has_succeeded:
        body = read_body(state.contract, where.operation, exchange.request)
        call = Call(state, caller, where.operation, where.values, body.value)
        after = _learn_answer(call, exchange)
        return _learn_another(call, after, exchange) if may_have_been_done_twice(exchange) else after
    if may_have_been_done(exchange) and not where.operation.is_safe:
        return _learn_unanswered(Call(state, caller, where.operation, where.values, None), exchange)
    return state


def _learn_plain_removal(state: State, where: Route, exchange: Exchange) -> State:
    """Return the state after an exchange by a plain document: of what the run made, what it removed is gone."""
    resource = find_resource_of(where.operation) if where.operation else None
    if resource is None or not exchange.has_succeeded or exchange.operation_id != resource.removed_by:
        return state
    return state.without(resource.name, next(reversed([*where.values.values()]), ""))


def _learn_answer(call: Call, exchange: Exchange) -> State:
    state, org, operation, resource = call.state, call.caller.org, call.operation, find_resource_of(call.operation)
    if resource is None:
        return _learn_caller(call, exchange.json) if state.contract.does_tell_caller(str(operation)) else state
    whole = _find_whole(resource)
    if operation.operation_id == resource.listed_by:
        state = _learn_list(state, resource, org, exchange)
        query, archiving = exchange.request.query, resource.archiving
        whole_list = (archiving is None or archiving.is_listed(query)) and not asks_for_fewer(query, archiving)
        whole_list = whole_list and not resource.narrows(call.caller, operation)
        return copy_with(state, listed=state.listed | {(resource.name, org)}) if whole_list else state
    if not operation.is_safe or operation.operation_id == whole.shown_by:
        state = learn_shown(state, whole, org, exchange.json, made=call.creates, number=exchange.number)
    beside = whole.find_behavior(operation.operation_id).beside
    if call.creates and not beside and read_id(exchange.json) not in state.get_facts(whole.name):
        state = _learn_unseen(state, whole, org)
    state = _learn_made_beside(copy_with(call, state=state), exchange)
    if operation.operation_id == resource.removed_by and operation.method == "DELETE":
        state = _learn_removal(state, resource, call)
    if resource.archiving and operation.operation_id in (resource.archiving.by, resource.archiving.undone_by):
        state = _learn_archiving(state, resource, resource.archiving, call)
    effect = resource.find_behavior(operation.operation_id).learns or whole.find_behavior(operation.operation_id).learns
    unread = operation.body is not None and call.body is None  # such as of another media type, and served all the same
    return state if effect is None or unread else effect(copy_with(call, state=state), exchange)


def _learn_removal(state: State, resource: Resource, call: Call) -> State:
    """Return the state after an object was removed; what another org has under the same name is still there."""
    named = call.find_named_id(resource.name) or ""
    fact = state.get_facts(resource.name).get(named)
    elsewhere = resource.by_name and fact is not None and not fact.is_owned_by(call.caller.org)
    return state if elsewhere else state.without(resource.name, named)


def _learn_made_beside(call: Call, exchange: Exchange) -> State:
    """Return the state after an object was made beside the one asked about: the answer has its id at the most."""
    resource, name = find_resource_made(call.operation), call.operation.operation_id
    if resource is None or not resource.find_behavior(name).beside:
        return call.state
    shown = resource.as_made(name, exchange.json if isinstance(exchange.json, Mapping) else {})
    state = learn_shown(call.state, resource, call.caller.org, shown, made=True, number=exchange.number)
    known = read_id(shown) in state.get_facts(resource.name)
    return state if known else _learn_unseen(state, resource, call.caller.org)


def _learn_caller(call: Call, shown: Any) -> State:
    """Return the state after a caller whose user id was not known was told who it is."""
    user_id = shown.get("user_id") if isinstance(shown, Mapping) else None
    if not isinstance(user_id, str) or not user_id or call.state.find_person(call.caller):
        return call.state
    return call.state.with_person(call.caller, user_id)


def _learn_archiving(state: State, resource: Resource, archiving: Archiving, call: Call) -> State:
    """Return the state after an object was archived or taken into use again; when, only a later answer shows."""
    fact = state.get_facts(resource.name).get(call.find_named_id(resource.name) or "")
    if fact is None:
        return state
    archived = call.operation.operation_id == archiving.by
    state = _with_archived(state, archiving, fact, archived=archived)
    for each, below in _list_based_on(state, resource, fact.id) if archived else ():
        state = _with_archived(state, below, each, archived=True)
    return state


def _with_archived(state: State, archiving: Archiving, fact: Fact, *, archived: bool) -> State:
    if archived is fact.archived:
        return state
    shown = {name: value for name, value in fact.shown.items() if name not in archiving.moves}
    return state.with_fact(copy_with(fact, archived=archived, shown=shown))


def _list_based_on(state: State, resource: Resource, object_id: str) -> Iterator[tuple[Fact, Archiving]]:
    """Yield the objects that are based on one, as far as they are known; what archives that archives them too."""
    for each, parent in list_based_on(resource):
        archiving = each.archiving
        for fact in list(state.get_facts(each.name).values()):
            if archiving is not None and fact.shown.get(parent.field) == object_id:
                yield fact, archiving


def _learn_unanswered(call: Call, exchange: Exchange) -> State:
    """Return the state after a write that may have been done or not."""
    state, resource = call.state, find_resource_of(call.operation)
    if resource is None:
        return state
    whole = _find_whole(resource)
    state = _learn_another(call, state, exchange)
    number = FOR_GOOD if call.operation.method == "DELETE" else exchange.number
    named = call.values.values() if call.creates else (call.find_named_id(whole.name) or "",)
    keys = [(whole.name, each) for each in named]
    keys += [(fact.resource, fact.id) for _, each in keys for fact, _ in _list_based_on(state, whole, each)]
    together = [
        each for each in list_resources() if each.life and call.operation.operation_id in each.life.all_stopped_by
    ]
    keys += [(fact.resource, fact.id) for each in together for fact in state.list_owned(each.name, call.caller.org)]
    later = {key: max(number, state.unsettled.get(key, 0)) for key in keys}
    return copy_with(state, unsettled={**state.unsettled, **later})


def _learn_another(call: Call, state: State, exchange: Exchange) -> State:
    """Return the state after the call may have made something that no answer shows."""
    resource = find_resource_of(call.operation)
    made = _find_whole(resource) if resource and call.creates else find_resource_made(call.operation)
    return state.with_unseen(made.name, exchange.number, call.caller.org) if made else state


def _find_whole(resource: Resource) -> Resource:
    """Return the resource that is there by itself: the one that it is within, if it is within one."""
    return (find_resource(resource.within) if resource.within else None) or resource


def _learn_unseen(state: State, resource: Resource, org: str) -> State:
    """Return the state after something may have been made unseen: not every name of the org is known now."""
    return copy_with(state, listed=state.listed - {(resource.name, org)})


def _learn_list(state: State, resource: Resource, org: str, exchange: Exchange) -> State:
    """Return what a list that is shown to org teaches, as `learn_shown` says it of each object."""
    found: dict[str, Fact] = {}
    for shown in list_objects(exchange.json):
        known = found.get(read_id(shown)) or state.get_facts(resource.name).get(read_id(shown))
        fact = resource.read_fact(known, org, shown)
        if fact is not None and state.is_of_another_run(fact.name):
            state = copy_with(state, of_other_runs=state.of_other_runs | {(resource.name, fact.id)})
        elif fact is not None:
            found[fact.id] = copy_with(fact, made=known is not None and known.made, since=exchange.number)
    return state.with_facts(resource.name, found) if found else state


def learn_shown(
    state: State, resource: Resource, org: str, shown: Any, *, made: bool = False, number: int = 0
) -> State:
    """Return what an answer that shows an object to org teaches; the same state where it is not shaped as one.

    Of what another run made nothing but its id: it changes, and goes, while this one goes on.

    `made`: the answer is to a creation.
    """
    known = state.get_facts(resource.name).get(read_id(shown))
    fact = resource.read_fact(known, org, shown) if isinstance(shown, Mapping) else None
    if fact is None:
        return state
    if state.is_of_another_run(fact.name):
        return copy_with(state, of_other_runs=state.of_other_runs | {(resource.name, fact.id)})
    if made and not resource.stays_away:
        state = copy_with(state, gone=state.gone - {(resource.name, fact.id)})
    made = made and (state.is_own_world or not state.is_recorded)
    return state.with_fact(copy_with(fact, made=known.made if known else made, since=number))
