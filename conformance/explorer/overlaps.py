"""Requests that are sent at once, about one object, and what is read after them: some order has to explain it all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum
from functools import partial

from conformance.contract.contract import Operation
from conformance.custody.ledger import MadeObject
from conformance.explorer.histories import CallerExchange, History, Misfit
from conformance.explorer.pairs import OperationPair, pair_with_reads, pair_writes
from conformance.explorer.parts import find_part_readings
from conformance.http.exchange import SAFE, Exchange, Request
from conformance.needs import WORLDS
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.ownership import OWN_PRIVATE
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_made,
    find_resource_of,
    find_resource_set,
    leaves_something,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.expect import may_succeed
from conformance.oracle.facts import FOR_GOOD, Fact, State
from conformance.oracle.judging import NotProvoked, Violation, check_decided
from conformance.oracle.learning import observe
from conformance.profile import Caller
from conformance.recipes.about import build_request_about, choose_path_values, with_right_body
from conformance.recipes.making import find_unnarrowed, make_ready, obtain, prepare_for, require_shown, with_parts
from conformance.recipes.reading import list_readers
from conformance.recipes.requests import BYTES, JSON, build, with_json
from conformance.recipes.steps import Steps, find_steps
from conformance.recipes.valid import build_valid
from conformance.results.explored import OVERLAP
from conformance.session.harness import Harness
from conformance.values import copy_with

Asked = tuple[Caller, Request]
MOST_PARTS = 2
"""Parts of an object that are read once others than the named ones may have changed."""


MOST_LOOKS = 20
"""Looks after a request that nothing overlaps, until what it left is right: a write may be done later than answered."""
LONG = 20_000
"""Bytes of a content that is written in more than one piece."""


class Way(Enum):
    """The way in which the two requests of a pair are sent."""

    IN_TURN = "in turn"
    SWAPPED = "swapped"
    """The second one goes out before the first: which of two begins is seldom left to chance."""
    APART = "apart"
    """The way in which both are for one operation, and each writes a field, part or name that is not there yet."""


def judge_pair(harness: Harness, pair: OperationPair) -> None:
    """Send both requests at once, in each way that makes a difference; a finding where no order explains it.

    Not provoked where one of them alone is not answered right, which is for other rules to say.
    """
    every = (*pair_writes(harness.contract), *pair_with_reads(harness.contract))
    harness.explored.possible.update((OVERLAP, str(each.first), str(each.second)) for each in every)
    harness.explored.note([(OVERLAP, str(pair.first), str(pair.second))])
    for way in _list_ways(pair):
        found = len(harness.findings)
        try:
            judge_together(harness, arrange(harness, pair, way))
        except Violation:
            if is_wrong_alone(harness, pair, way):
                del harness.findings[found:]
                raise NotProvoked(explain_wrong_alone(pair)) from None
            raise


def explain_wrong_alone(pair: OperationPair) -> str:
    """Return the reason why the overlap of a pair is not judged where `is_wrong_alone`."""
    return f"one of {pair} is not answered right where nothing overlaps it"


def is_wrong_alone(harness: Harness, pair: OperationPair, way: Way) -> bool:
    """Return whether one of the writes, or the other after it, lastingly leaves something wrong without any overlap."""
    known = {(pair.resource.name, each): FOR_GOOD for each in harness.knowledge.get_facts(pair.resource.name)}
    # What the overlap left of other objects is not certain.
    harness.knowledge = copy_with(harness.knowledge, unsettled={**harness.knowledge.unsettled, **known})
    try:
        writes = [each for each in arrange(harness, pair, way) if each[1].method not in SAFE]
        return not all(_is_right_soon(harness, each) for each in writes)
    except NotProvoked:
        return False


def _is_right_soon(harness: Harness, asked: Asked) -> bool:
    """Send a request alone; whether what it left is right in one of several looks, one after the other."""
    caller, request = asked
    before = harness.knowledge
    together = [CallerExchange(caller, harness.send(caller, request))]
    for _ in range(MOST_LOOKS):
        read = [CallerExchange(who, harness.send(who, it)) for who, it in look_at_objects(harness, together)]
        history = History(before, together, read, partial(_find_steps, harness), has_overlap=False)
        if (explained := history.find_explanation()) is not None:
            harness.knowledge = explained
            return True
    return False


def _find_steps(harness: Harness, resource: Resource, caller: Caller) -> Steps:
    return find_steps(harness, resource, caller, None)


def _list_ways(pair: OperationPair) -> Iterator[Way]:
    yield Way.IN_TURN
    if pair.first is not pair.second and not pair.second.is_safe:
        yield Way.SWAPPED
    elif pair.first is pair.second and _has_places(pair):
        yield Way.APART


def judge_together(
    harness: Harness,
    asked: Sequence[Asked],
    looks: Callable[[Harness, Sequence[CallerExchange]], Iterable[Asked]] | None = None,
) -> tuple[Exchange, ...]:
    """Send requests at once, each for its caller, and what reads what they left: the answers to the requests.

    A finding for the cited rule where no order of them explains all; else the session knows the state that is left.
    `looks`: what is read afterwards; None: the objects that the requests are about, their list, and what was written.
    """
    before = harness.knowledge
    exchanges = harness.send_together(asked)
    together = [CallerExchange(caller, exchange) for (caller, _), exchange in zip(asked, exchanges, strict=True)]
    for exchange in exchanges:
        check_decided(harness.contract, exchange, ())
        if exchange.operation_id:
            harness.judged[exchange.operation_id] = None
    harness.knowledge = _require_explanation(harness, before, together, ())
    read = [
        CallerExchange(caller, harness.send(caller, it)) for caller, it in (looks or look_at_objects)(harness, together)
    ]
    for each in read:
        check_decided(harness.contract, each.exchange, ())
    harness.knowledge = _require_explanation(harness, before, together, read)
    _keep_in_custody(harness)
    return exchanges


def _require_explanation(
    harness: Harness, before: State, together: Sequence[CallerExchange], looks: Sequence[CallerExchange]
) -> State:
    """Return the state that an order leaves; a finding where none explains the history."""
    lags = harness.profile.limits.settle_seconds > 0
    history = History(before, together, looks, partial(_find_steps, harness), has_overlap=lags)
    found = history.find_explanation()
    if found is None:
        _fail(harness, history.misfit, [each.exchange for each in together])
        raise AssertionError
    return found


def _fail(harness: Harness, misfit: Misfit, together: Sequence[Exchange]) -> None:
    """End the test with a finding, in whose story is all that was sent at once."""
    exchange = max(together, key=lambda each: each.number) if misfit.exchange in together else misfit.exchange
    harness.check(
        False,  # noqa: FBT003  # the claim itself
        exchange,
        misfit.expected,
        misfit.got,  # and not what else was answered, which one run and the next need not share
        evidence=misfit.evidence,
        effect=misfit.effect,
    )


def _keep_in_custody(harness: Harness) -> None:
    """Have what stands by the order that explains it removed, where it was taken for gone by the order of answers."""
    standing = {held for held, _ in harness.made.list_standing()}
    for name, facts in harness.knowledge.objects.items():
        resource = find_resource(name)
        for fact in facts.values() if resource and resource.removed_by else ():
            if resource and fact.made and fact.owner and resource.to_custody(fact.id) not in standing:
                harness.made.take_again(resource.to_custody(fact.id), MadeObject(name, fact.owner))


# What is sent


def arrange(harness: Harness, pair: OperationPair, way: Way) -> list[Asked]:
    """Return the requests for both operations, and for a list beside two writes.

    Not provoked where one cannot be had.
    """
    _check_lasting(harness, pair)
    caller = find_unnarrowed(harness, pair.first, pair.second)
    creations = [_is_creation(pair.resource, each) for each in (pair.first, pair.second)]
    if all(creations):
        both = _create_twice(harness, pair, caller)
    elif any(creations):
        creating, other = (pair.first, pair.second) if creations[0] else (pair.second, pair.first)
        both = _create_again(harness, pair.resource, creating, other, caller)
    else:
        both = _on_one_object(harness, pair, caller, way)
    asked = [(caller, both[0]), (_choose_colleague(harness, pair.resource, pair.second, caller), both[1])]
    sent = asked[::-1] if way is Way.SWAPPED else asked
    return sent if pair.second.is_safe else [*_list_beside(harness, pair.resource, caller), *sent]


def _check_lasting(harness: Harness, pair: OperationPair) -> None:
    """Raise NotProvoked where much has been made already that stays for good on a server that others use.

    Of what may be made so half is left for other rules.
    """
    stays = [each for each in (pair.first, pair.second) if leaves_something(each) or _is_stream(each)]
    most = harness.profile.limits.max_lasting
    if stays and not harness.is_alone and 2 * harness.client.limiter.lasting_left < most:
        raise NotProvoked(f"{stays[0]} would leave something for good, and half of limits.max_lasting is made", WORLDS)


def _is_stream(operation: Operation) -> bool:
    made = find_resource_made(operation)
    return made is not None and made.lasts


def _is_creation(resource: Resource, operation: Operation) -> bool:
    """Return whether the operation makes a new object of the resource, and names none."""
    made = find_resource_made(operation) is resource and find_resource_set(operation) is None
    return made and find_resource_in_path(operation) is None


def _has_places(pair: OperationPair) -> bool:
    """Return whether two requests for the operation may write different things of one object, fields or parts."""
    law = pair.resource.find_behavior(pair.first.operation_id).may_change
    part = law is not None and law.content == "part"
    return part or pair.first.operation_id == pair.resource.updated_by or find_resource_set(pair.first) is not None


def _create_twice(harness: Harness, pair: OperationPair, caller: Caller) -> tuple[Request, Request]:
    """Return the same creation twice, so of one name where they have names; of two operations, one of each."""
    request = build_valid(harness, pair.first, caller)
    return request, request if pair.first is pair.second else build_valid(harness, pair.second, caller)


def _create_again(
    harness: Harness, resource: Resource, creating: Operation, other: Operation, caller: Caller
) -> tuple[Request, Request]:
    """Return the creation of an object once more and a request about the object, in the order of the pair."""
    request = build_valid(harness, creating, caller)
    made = harness.hold(caller, request)
    shown = made.json if isinstance(made.json, dict) else {}
    fact = require_shown(harness, resource, resource.as_made(creating.operation_id, shown))
    fact = prepare_for(harness, resource, fact, other)
    return request, build_request_about(harness, other, caller, fact, like=fact)


def _on_one_object(harness: Harness, pair: OperationPair, caller: Caller, way: Way) -> tuple[Request, Request]:
    """Return requests of both operations about one object, which is as one of the two takes it."""
    if way is Way.APART and find_resource_set(pair.first) is not None:
        new = with_right_body(harness, pair.first, caller, {}, None)
        return new, with_right_body(harness, pair.second, caller, new.path_values, None)
    leading = pair.first if pair.second.is_safe else harness.random.choice([pair.first, pair.second])
    if pair.resource not in (
        find_resource_in_path(pair.first),
        find_resource_in_path(pair.second),
        find_resource_set(pair.first),
    ):
        return build(pair.first), build(pair.second)
    fact = obtain(harness, pair.resource, OWN_PRIVATE, caller, leading)
    fact = with_parts(harness, pair.second, with_parts(harness, pair.first, fact))
    fact = make_ready(harness, fact, leading)
    first = build_request_about(harness, pair.first, caller, fact, like=fact)
    second = build_request_about(
        harness, pair.second, caller, fact, like=_as_if_served(harness, pair, caller, first, fact)
    )
    if way is Way.APART:
        first, second = _keep_apart(harness, pair, first, second, fact)
    return _lengthen(harness, caller, first), _lengthen(harness, caller, second)


def _lengthen(harness: Harness, caller: Caller, request: Request) -> Request:
    """Return the request with its bytes several times over, where such a content is as right: a mixture would show."""
    if request.media_type != BYTES or not request.content:
        return request
    longer = replace(request, content=request.content * (LONG // len(request.content) + 1))
    return longer if may_succeed(harness.knowledge, caller, longer) else request


def _as_if_served(harness: Harness, pair: OperationPair, caller: Caller, request: Request, fact: Fact) -> Fact:
    """Return the object as it would be known once the request were served: what comes beside it sends other values."""
    sent = _read_sent_fields(request) if pair.first.operation_id == pair.resource.updated_by else {}
    body = json.dumps({**fact.shown, **sent}).encode()
    headers = (("Content-Type", JSON),)
    served = Exchange(caller.name, request, "", pair.first.success.status, headers, body, 0.0, number=fact.since)
    return observe(harness.knowledge, caller, served).get_facts(fact.resource).get(fact.id, fact)


def _keep_apart(
    harness: Harness, pair: OperationPair, first: Request, second: Request, fact: Fact
) -> tuple[Request, Request]:
    """Return the two requests, changed to write different fields or different parts."""
    if pair.first.operation_id == pair.resource.updated_by:
        names = list(_read_sent_fields(first))
        harness.random.shuffle(names)
        fields = [names[::2], names[1::2]] if names[1:] else [names, names]
        both = (
            with_json(pair.first, first.path_values, {name: _read_sent_fields(first)[name] for name in of_one})
            for of_one in fields
        )
        return next(both), next(both)
    part = find_resource_of(pair.second)
    others = list(part.list_parts(fact))[1:] if part is not None else []
    if part is None or not others:
        return first, second
    named = next(p.name for p in pair.second.path_parameters if p.resource and p.resource.name == part.name)
    values = {**choose_path_values(pair.second, fact), named: harness.random.choice(others)}
    content = part.make_new_content(fact, values)
    return first, replace(build(pair.second, values, content=content), headers=second.headers)


def _read_sent_fields(request: Request) -> dict[str, object]:
    sent = json.loads(request.content or b"{}")
    return sent if isinstance(sent, dict) else {}


def _choose_colleague(harness: Harness, resource: Resource, operation: Operation, caller: Caller) -> Caller:
    """Return somebody of the caller's org who may do the operation on everybody's objects, drawn by the seed."""
    able = [each for each in harness.callers(caller.org) if harness.is_permitted(each, operation)]
    return harness.random.choice([each for each in able if not resource.narrows(each, operation)] or [caller])


def _list_beside(harness: Harness, resource: Resource, caller: Caller) -> Iterator[Asked]:
    """Yield the list of the resource, read by somebody of the caller's org or of another, drawn by the seed."""
    operation = harness.contract.operations.get(resource.listed_by or "")
    able = [each for each in harness.callers() if operation is not None and harness.is_permitted(each, operation)]
    if operation is not None and able:
        own = [each for each in able if each.org == caller.org]
        yield harness.random.choice(own + own + able), build(operation)


# What is read afterwards


def look_at_objects(harness: Harness, together: Sequence[CallerExchange]) -> Iterator[Asked]:
    """Yield reads of each object that requests are about or have made, of their list, and of parts that were written.

    By whoever sent one, or somebody of that org, and by somebody of another org.
    """
    for resource, ids in _find_objects(harness, together).items():
        orgs = dict.fromkeys(each.caller.org for each in together if not _is_safe(harness, each.exchange))
        others = dict.fromkeys(caller.org for caller in harness.callers())
        for org in dict.fromkeys([*list(orgs)[:1], *[each for each in others if each not in orgs][:1]]):
            callers = _list_readers(harness, resource, org)
            facts = harness.knowledge.get_facts(resource.name)
            # That others do not see an object has rules of its own, which need nobody who writes meanwhile.
            seen = ids if org in orgs else [each for each in ids if each in facts and facts[each].is_visible_to(org)]
            for caller in callers[:1]:
                yield from _build_views(harness, resource, caller, seen)
                if org in orgs:
                    yield from _build_part_reads(harness, resource, caller, ids, together)


def _list_readers(harness: Harness, resource: Resource, org: str) -> Sequence[Caller]:
    """Return the callers of an org who may read and list, those who see everybody's objects first."""
    listing = harness.contract.operations.get(resource.listed_by or "")
    return sorted(
        list_readers(harness, resource, org), key=lambda it: listing is not None and resource.narrows(it, listing)
    )


def _find_objects(harness: Harness, together: Sequence[CallerExchange]) -> dict[Resource, list[str]]:
    """Return the ids of the objects that requests name or have made, by resource."""
    found: dict[Resource, list[str]] = {}
    for exchange in (each.exchange for each in together):
        operation = harness.contract.operations.get(exchange.operation_id or "")
        if operation is None:
            continue
        named = find_resource_in_path(operation) or find_resource_set(operation)
        for parameter in operation.path_parameters if named else ():
            if named and (parameter.resource is None or parameter.resource.name == named.name):
                found.setdefault(named, []).append(exchange.request.path_values.get(parameter.name, ""))
        made = find_resource_made(operation)
        if made is not None and exchange.has_succeeded and isinstance(exchange.json, dict):
            found.setdefault(made, []).append(read_id(made.as_made(operation.operation_id, exchange.json)))
        listed = find_resource_of(operation)
        if listed is not None and listed.listed_by == operation.operation_id:
            found.setdefault(listed, [])
    return {resource: list(dict.fromkeys(filter(None, ids))) for resource, ids in found.items()}


def _build_views(harness: Harness, resource: Resource, caller: Caller, ids: Sequence[str]) -> Iterator[Asked]:
    """Yield the objects one by one, and their list."""
    showing = harness.contract.operations.get(resource.shown_by or "")
    for each in ids if showing is not None else ():
        if showing is not None:
            yield caller, build(showing, {p.name: each for p in showing.path_parameters})
    listing = harness.contract.operations.get(resource.listed_by or "")
    if listing is not None:
        yield caller, build(listing)


def _build_part_reads(
    harness: Harness, resource: Resource, caller: Caller, ids: Sequence[str], together: Sequence[CallerExchange]
) -> Iterator[Asked]:
    """Yield the parts of objects that requests name or have made.

    Where one may have changed the content, a few others are among them.
    """
    laws = [resource.find_behavior(each.exchange.operation_id).may_change for each in together]
    most = MOST_PARTS if any(law is not None and law.content != "stays" for law in laws) else 0
    facts, named = (
        harness.knowledge.get_facts(resource.name),
        {each for seen in together for each in _find_texts(seen.exchange)},
    )
    for reading in find_part_readings(harness.contract, resource):
        for fact in (facts[each] for each in ids if each in facts):
            every = reading.part.list_parts(fact)
            with suppress(NotProvoked):
                for name in dict.fromkeys([*(each for each in every if each in named), *every[:most]]):
                    yield caller, reading.request(fact, name)


def _find_texts(exchange: Exchange) -> Iterator[str]:
    """Yield the values of a request's path, and the texts in its answer."""
    yield from exchange.request.path_values.values()
    shown = exchange.json if exchange.has_succeeded and isinstance(exchange.json, dict) else {}
    yield from (each for each in shown.values() if isinstance(each, str))


def _is_safe(harness: Harness, exchange: Exchange) -> bool:
    operation = harness.contract.operations.get(exchange.operation_id or "")
    return operation is not None and operation.is_safe
