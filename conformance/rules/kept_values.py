"""Values of every kind are written, and read back unchanged by everybody who may read them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from conformance.budget import ValuePart
from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.http.exchange import Exchange, Request
from conformance.judging.opinion import LISTED
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.ownership import OWN_PRIVATE
from conformance.oracle.declaration.registry import (
    find_resource,
    find_resource_in_path,
    find_resource_made,
    find_resource_of,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.expect import may_succeed
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import boundaries, reading
from conformance.recipes.draw import derive_seed
from conformance.recipes.making import obtain
from conformance.recipes.valid import build_valid
from conformance.recipes.values.value_kinds import ROUNDS, ValueKind, deal, find_kinds_of_field
from conformance.recipes.values.writing import find_refusals, list_tried_fields, make_value
from conformance.results.difference import from_field, from_list
from conformance.results.explored import VALUE
from conformance.running.binding import F, Scope, over
from conformance.running.binding import in_full as judged_in_full
from conformance.session.harness import Harness

READABLE, ACCEPTED = "CREATE-READABLE", "CONTRACT-VALID-ACCEPTED"
"""The rule of what an operation made that has none of its own, and that of what shows nothing that was sent."""
LARGE = 64 * 1024
"""Bytes of an answer that one caller reads in the place of all: a case holds all that it was answered."""
MOST_MEMBERS = 8
"""The number of members of an enum of which each makes an object that nobody can remove."""
TRIED = frozenset(
    {
        READABLE,
        "CONFIG-CREATE-APPLIES",
        "CONFIG-PATCH-APPLIES",
        "CREDENTIAL-APPLIES",
        "MEMBER-PENDING",
        "OWNERSHIP-IMAGE-REF",
    }
)
"""The rules that have cases of their own for values of every kind."""

Kinds = Mapping[str, ValueKind]
"""The kind of the value that a field is to have, by field."""
Expected = Mapping[str, tuple[Any, str]]
"""The value that a field is to show, and the rule that says so, by field."""


def list_parts(scope: Scope) -> tuple[ValuePart, ...]:
    """Return the cases in which values of every kind are sent; where they share a place one has all of them."""
    found = scope.budget.value_parts
    return found if scope.profile.world_url else tuple(each.whole for each in found[:1])


def deal_rounds(
    harness: Harness,
    part: ValuePart,
    kinds: Mapping[str, Sequence[ValueKind]],
    *,
    lasting: bool = False,
    in_full: bool = False,
) -> Iterator[Kinds]:
    """Yield which kinds the fields have together in a part; the parts of three seeds together have every kind.

    The first part begins with the limits of the fields: the first of each together, then the second, and so on.
    `lasting`: each makes an object that nobody can remove, so that a server that stays gets one of each sort, and of
    an enum each member, or a part of the members by the seed where there are many.
    `in_full`: the parts of one seed have every kind.
    """
    begin = harness.seed + derive_seed(0, harness.case.removesuffix(f"{part.number}]"))
    in_full = in_full or harness.is_in_full or part.is_in_full
    dealt = {name: deal(of, begin, place, in_full=in_full) for place, (name, of) in enumerate(kinds.items())}
    turns = range(part.number - 1, max(map(len, dealt.values()), default=0), part.of)
    most = 1 if lasting and not harness.is_alone else part.most
    limits = [[(name, each) for each in of if each.is_limit] for name, of in kinds.items()]
    alike = [*enumerate(zip_longest(*limits))]
    if alike and most != part.most:
        members = max(sum(each.is_member for each in of) for of in kinds.values())
        count = min(members, MOST_MEMBERS)
        places = {(harness.seed * count + each) % members for each in range(count)}
        alike = [alike[place] for place in sorted({harness.seed % len(alike), *places})]
    for place, together in alike if part.number == 1 else ():
        harness.random.seed(f"{harness.seed}/{harness.case}/limit-{place}")
        yield dict(filter(None, together))
    count = len(turns) if most is None else min(most, len(turns))
    for place in range(count):
        turn = turns[(harness.seed // ROUNDS * count + place) % len(turns)]
        harness.random.seed(f"{harness.seed}/{harness.case}/{turn}")  # whichever turns were before it
        yield {name: of[turn % len(of)] for name, of in dealt.items() if of}


def parametrize_kept(rule_id: str) -> Callable[[F], F]:
    """Parametrize a test over the operations that send what this rule says is kept, and over parts of all values."""

    def mark(function: F) -> F:
        spread = over(
            "operation",
            lambda scope: [each for each in scope.operations if _find_keeping_rule(scope.contract, each) == rule_id],
        )
        return judged_in_full(over("part", list_parts)(spread(function)))

    return mark


def _find_keeping_rule(contract: Contract, operation: Operation) -> str | None:
    """Return the rule by which an operation shows what was sent, where that has cases for it.

    None: it has no such field.
    """
    names = list_tried_fields(operation)
    whole = _find_whole(operation)
    if not names or whole is None:
        return ACCEPTED if names else None
    own = [whole.fields[name].kept_by for name in names if name in whole.fields and whole.fields[name].kept_by]
    behavior = whole.find_behavior(operation.operation_id)
    found = next(iter(own), None) or behavior.applies or behavior.read_back or READABLE
    rule = contract.rules.get(found) if found in TRIED else None
    is_about = rule is not None and (found != READABLE or operation in contract.list_operations_of(rule))
    return found if is_about else ACCEPTED


def _find_whole(operation: Operation) -> Resource | None:
    """Return the resource of the objects that an operation writes, whole ones."""
    made = find_resource_made(operation) or find_resource_of(operation)
    return find_resource(made.within) if made is not None and made.within else made


def write_and_read(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Send the operation values of every kind in all fields; what is taken is read as it was sent, by all who may.

    NotProvoked where this part of the values has none that can be sent.
    """
    caller, fact, has_sent = harness.able(operation), None, False
    resource = find_resource_in_path(operation)
    made = find_resource_made(operation)
    if resource is not None and made is not resource:
        fact = obtain(harness, resource, OWN_PRIVATE, caller, operation)
    kinds = {name: find_kinds_of_field(harness.contract, operation, name) for name in list_tried_fields(operation)}
    harness.explored.possible.update(
        (VALUE, f"{operation}.{name}", str(kind)) for name, of in kinds.items() for kind in of
    )
    for together in deal_rounds(harness, part, kinds, lasting=made is not None and made.lasts):
        now = fact and harness.knowledge.get_facts(fact.resource).get(fact.id, fact)
        for request, sent in _build_requests(harness, operation, caller, now, together):
            answer = harness.judge(caller, request)
            has_sent = True
            harness.explored.note((VALUE, f"{operation}.{name}", str(together[name])) for name in sent)
            if answer.has_succeeded:
                check_kept(harness, operation, answer, sent)
    if not has_sent:
        raise NotProvoked(f"no value of this part could be sent to {operation}")


def _build_requests(
    harness: Harness, operation: Operation, caller: Caller, fact: Fact | None, kinds: Kinds
) -> Iterator[tuple[Request, JsonObject]]:
    """Yield the requests that have these values and may be served, each with its values: one of all that suit others.

    A value that does not is sent alone, and so is one of a kind that may be refused; one of which it is not known
    whether it names something is not sent.
    """
    request = right = build_valid(harness, operation, caller, fact=fact)
    usual = find_refusals(harness, caller, right) or frozenset()
    together: dict[str, Any] = {}
    alone: dict[str, Any] = {}
    for name, kind in kinds.items():
        value = make_value(harness, operation, right, name, kind, random=harness.random)
        if value is None or not boundaries.make_right(harness, operation, name, value):
            continue
        changed = boundaries.with_value(operation, request, name, value)
        refusals = find_refusals(harness, caller, changed)
        if refusals is not None and refusals <= usual:
            request, together[name] = changed, value
        elif refusals is None or kind.may_be_refused:
            alone[name] = value
    if together:
        said = ", ".join(f"{name}: {kinds[name]}" for name in together)
        yield replace(request, tried=said) if together.keys() - {next(iter(together))} else request, together
    for name, value in alone.items():
        changed = boundaries.with_value(operation, build_valid(harness, operation, caller, fact=fact), name, value)
        if may_succeed(harness.knowledge, caller, changed):
            yield changed, {name: value}


def check_kept(
    harness: Harness, operation: Operation, answer: Exchange, sent: JsonObject, rules: Mapping[str, str] | None = None
) -> None:
    """Raise a finding unless the answer to a write, and what all are shown who may see it, has the values as sent.

    `rules`: by field, the rule that says so, where the operation does not.
    """
    resource = _find_whole(operation)
    fact = harness.knowledge.get_facts(resource.name).get(read_id(answer.json)) if resource else None
    shown = _list_properties(harness.contract, next(iter(operation.success.schemas.values()), {}))
    if resource is None or fact is None or shown.isdisjoint(sent):
        return
    behavior = resource.find_behavior(operation.operation_id)
    own = {name: field.kept_by for name, field in resource.fields.items() if field.kept_by} | dict(rules or {})
    usual = behavior.applies or behavior.read_back or READABLE
    expected = {name: (value, own.get(name, usual)) for name, value in sent.items() if name in shown}
    _check(harness, resource, answer, answer.json, expected)
    large: set[str | None] = set()
    for caller in harness.random.sample(harness.callers(), len(harness.callers())):
        for exchange, read in _read_views(harness, resource, fact, caller, leaving=large):
            hidden = (
                frozenset() if fact.is_owned_by(caller.org) else resource.owner_only | (expected.keys() - read.keys())
            )
            told = {name: each for name, each in expected.items() if name not in hidden}
            _check(harness, resource, exchange, read, told)
            large |= {exchange.operation_id} if len(exchange.body) > LARGE else set()


def _read_views(
    harness: Harness, resource: Resource, fact: Fact, caller: Caller, *, leaving: Container[str | None]
) -> Iterator[tuple[Exchange, JsonObject]]:
    """Yield the object as a caller who may see it is shown it, alone and in the list.

    `leaving`: the operations whose answers one caller has shown to be too large to be read by everybody.
    """
    contract = harness.contract
    named = (contract.operations.get(each or "") for each in (resource.shown_by, resource.listed_by))
    for reads in (each for each in named if each is not None and fact.is_visible_to(caller.org)):
        if reads.operation_id in leaving or not harness.is_permitted(caller, reads):
            continue
        if resource.hides(harness.knowledge, fact, caller, reads) is not False:
            continue
        if reads.operation_id == resource.shown_by:
            exchange = reading.read_back(harness, resource, caller, fact.id)
            if isinstance(exchange.json, Mapping):
                yield exchange, exchange.json
            continue
        exchange = reading.read_list(harness, resource, caller)
        item = reading.find_item(exchange, fact.id)
        if item is None:
            said = f"every visible {resource} in the list", "one is not in it"
            breach = Breach(LISTED, *said, effect=DataEffect.LOST, evidence=from_list(*said))
            harness.fail(harness.build_finding(breach, exchange))
        yield exchange, item


def _check(harness: Harness, resource: Resource, exchange: Exchange, shown: Any, expected: Expected) -> None:
    """Raise a finding unless an object is shown with these values."""
    for name, (value, rule) in expected.items():
        got = reading.get_field(shown, name)
        if not (_is_merged(got, value) if isinstance(value, Mapping) else resource.is_alike(name, got, value)):
            said = f"{name} as it was sent", repr(got)
            breach = Breach(rule, *said, effect=DataEffect.LOST, evidence=from_field(name, value, got))
            harness.fail(harness.build_finding(breach, exchange))


def _is_merged(got: Any, sent: Mapping[str, Any]) -> bool:
    """Return whether an object has each key that was sent; one of nothing may be left out."""
    return all(isinstance(got, Mapping) and key in got and got[key] == value for key, value in sent.items())


def _list_properties(contract: Contract, schema: JsonObject) -> frozenset[str]:
    """Return the fields that objects of a schema may have."""
    found = resolve(contract.document, schema)
    parts = (_list_properties(contract, each) for each in found.get("allOf", ()))
    return frozenset(found.get("properties", {})).union(*parts)
