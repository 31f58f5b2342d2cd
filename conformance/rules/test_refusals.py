"""Laws of what is refused: for whatever reason that was, it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product

from conformance.contract.contract import Cell, JsonObject, Operation, Rule
from conformance.explorer.looks import Looker
from conformance.explorer.memory import NOTHING, SeenObjects
from conformance.http.exchange import Exchange, Request
from conformance.oracle.access import switch_off
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.ownership import SwitchableFeature
from conformance.oracle.declaration.registry import (
    find_resource_in_path,
    find_resource_made,
    find_resource_of,
    list_resources,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.causes import find_cause
from conformance.recipes.reading import list_differences
from conformance.recipes.requests import build
from conformance.recipes.steps import find_steps
from conformance.results.difference import from_fields
from conformance.rules.checks import check_equal
from conformance.running.binding import Scope, law
from conformance.session.harness import Harness

MOST = 2
"""The number of objects that are looked at one by one where the request names none."""


def _list_refusals(scope: Scope, rule: Rule) -> Iterator[tuple[Operation, Cell]]:
    """Yield each refusal that an operation declares and for which a cause is known."""
    for operation in scope.contract.list_operations_of(rule):
        for cell in operation.cells:
            if cell.status >= 400 and _find_changed_resource(operation) and find_cause(scope.contract, operation, cell):
                yield operation, cell


def _find_changed_resource(operation: Operation) -> Resource | None:
    """Return the resource that the operation changes; for a part of an object, the object's resource."""
    return find_resource_in_path(operation) or find_resource_made(operation) or find_resource_of(operation)


@law("REFUSED-CHANGES-NOTHING", "WORKSPACE-REFUSED-STAYS", names="operation, cell", values=_list_refusals)
def test_a_refusal_changes_nothing(harness: Harness, operation: Operation, cell: Cell) -> None:
    """It is refused by the cause of the code; object, parts and list are read before and afterwards."""
    resource, cause = _find_changed_resource(operation), find_cause(harness.contract, operation, cell)
    assert resource is not None  # the test is spread over such refusals alone
    assert cause is not None
    who, request = cause.provoking(harness, operation)
    facts = harness.knowledge.get_facts(resource.name)
    named = [facts[each] for each in request.path_values.values() if each in facts]
    objects = named or harness.knowledge.list_certainly_made(resource.name)[-MOST:]
    viewer = _find_viewer(harness, resource, objects, who)
    memory, switch = SeenObjects(), resource.switched_off
    off = switch if switch and switch.code == cell.code else None
    with _switch_on(harness, off, viewer.org):
        _look(harness, resource, viewer, objects, memory)
        before, lists = dict(memory.items), [*_read_lists(harness, resource, viewer, objects)]
    _refuse(harness, who, request)
    with _switch_on(harness, off, viewer.org):
        _look(harness, resource, viewer, objects, memory)
        _check_all_fields(harness, resource, viewer, objects, before)
        for was in lists:
            now = harness.judge(viewer, was.request)
            check_equal(harness, now, now.json, was.json, "the list as before", effect=DataEffect.LOST)


def _find_viewer(harness: Harness, resource: Resource, objects: list[Fact], who: Caller | Credential) -> Caller:
    """Return somebody who sees the objects, or what would be made; not provoked where there is nobody."""
    org = objects[0].owner if objects else who.org if isinstance(who, Caller) else None
    listing = harness.contract.operations.get(resource.listed_by or "")
    able = reading.list_readers(harness, resource, org)
    if not able or (listing is None and resource.shown_by not in harness.contract.operations):
        raise NotProvoked(f"nobody in the profile may look at a {resource}")
    return min(able, key=lambda each: listing is not None and resource.narrows(each, listing))


@contextmanager
def _switch_on(harness: Harness, off: SwitchableFeature | None, org: str) -> Iterator[None]:
    """Have what the org is without again, for as long as it is looked at."""
    if off is not None:
        harness.take_back(off.state, org=org)
        harness.knowledge = harness.knowledge.without(off.state, org)
    yield
    if off is not None:
        harness.provide(off.state, creates=False, alone=True, org=org)
        harness.knowledge = switch_off(harness.knowledge, off, org)


def _read_lists(harness: Harness, resource: Resource, viewer: Caller, objects: list[Fact]) -> Iterator[Exchange]:
    """Yield what is listed of each object, as far as that can be looked at, and stays as it is by itself."""
    still = [each for each in objects if harness.provider_states is not None and not each.is_passing]
    within = (each.operation_id for part in list_resources() for each in part.operations if each.part == "list within")
    found = [harness.contract.operations[each] for each in within if each in harness.contract.operations]
    for listing, fact in product([each for each in found if _find_changed_resource(each) is resource], still):
        answer, _ = harness.foresee(viewer, build(listing, choose_path_values(listing, fact)))
        if answer.has_succeeded:
            yield answer


def _refuse(harness: Harness, who: Caller | Credential, request: Request) -> None:
    """Send what has to be refused; not provoked where it is not."""
    refused, _ = harness.foresee(who, request)
    if refused.has_succeeded or refused.failure:
        raise NotProvoked(f"{refused.operation_id} was answered {refused}")


def _look(harness: Harness, resource: Resource, viewer: Caller, objects: list[Fact], memory: SeenObjects) -> None:
    """Look at the objects, their parts and their list: what was seen before is there, and as it was."""
    looker = Looker(
        harness, resource, find_steps(harness, resource, viewer, None), memory, harness.fail, harness.rule.id
    )
    seen = set[tuple[str, str]]()
    for fact in objects:
        for view, request in looker.find_views(fact).items():
            if (address := (request.path, request.query)) not in seen:
                seen.add(address)
                looker.look(viewer, view, fact, NOTHING)


def _check_all_fields(
    harness: Harness,
    resource: Resource,
    viewer: Caller,
    objects: list[Fact],
    before: Mapping[tuple[str, str], JsonObject],
) -> None:
    """Raise a finding where a field has changed of an object that does not go on by itself."""
    reading = harness.contract.operations.get(resource.shown_by or "")
    for fact in (each for each in objects if not each.is_passing):
        was = before.get((viewer.name, fact.id))
        if was is not None and reading is not None:
            now = harness.judge(viewer, build(reading, choose_path_values(reading, fact)))
            differing = list_differences(harness.contract, was, now.json)
            evidence, got = from_fields(differing, was, now.json), f"{', '.join(differing)} changed"
            effect = resource.find_loss(harness.contract, differing)
            harness.check(not differing, now, f"the {resource} as before", got, effect=effect, evidence=evidence)
