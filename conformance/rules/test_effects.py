"""Clause effects: everybody who may see an object sees its writes, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Operation
from conformance.explorer.explorer import NOTHING_ELSE, SEEN_BY_ALL, explore_kind
from conformance.explorer.population import find_kinds
from conformance.oracle.declaration.ownership import OWN_PRIVATE
from conformance.oracle.declaration.registry import find_resource_in_path, list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.recipes import reading
from conformance.recipes.making import choose_other_org, make_alike, obtain
from conformance.recipes.reading import list_differences, list_views_now
from conformance.recipes.valid import build_valid
from conformance.rules.checks import check_unchanged
from conformance.running.binding import Scope, over, rule, sends
from conformance.session.harness import Harness


def _list_kinds(scope: Scope) -> Iterator[tuple[Resource, Kind]]:
    """Yield each kind of the resources of which somebody can make objects."""
    found = [each for each in list_resources() if any(made in scope.contract.operations for made in each.made_by)]
    return ((resource, kind) for resource in found for kind in find_kinds(resource))


@rule("EFFECT-EVERY-CALLER")
@sends(250)
@over("resource, kind", lambda scope: (pair for pair in _list_kinds(scope) if pair[1].is_owned))
def test_every_caller_sees_what_a_write_did(harness: Harness, resource: Resource, kind: Kind) -> None:
    """An object of the kind lives through every write, more than once; callers of every org are asked after each."""
    explore_kind(harness, resource, kind, SEEN_BY_ALL)


@rule("EFFECT-NOTHING-ELSE")
@sends(180)
@over("resource, kind", _list_kinds)
def test_a_write_changes_nothing_else(harness: Harness, resource: Resource, kind: Kind) -> None:
    """Strangers try every write on an object of the kind, then its org does; others like it stand beside it."""
    explore_kind(harness, resource, kind, NOTHING_ELSE)


def _list_writes(scope: Scope) -> Iterator[tuple[Resource, Operation]]:
    """Yield the writes to an object that has a name of its own in its org."""
    for operation in scope.operations:
        resource = find_resource_in_path(operation)
        if resource is None or operation.is_safe or not (resource.kinds or resource.named_in):
            continue
        if any(made in scope.contract.operations for made in resource.made_by):
            yield resource, operation


@rule("EFFECT-NOTHING-ELSE")
@over("resource, operation", _list_writes)
def test_what_is_alike_in_another_org_stays(harness: Harness, resource: Resource, operation: Operation) -> None:
    """Two orgs have an object of one name and content; that of one is written to, and the other org reads its own."""
    caller = harness.able(operation)
    org = choose_other_org(harness, caller)
    fact = obtain(harness, resource, OWN_PRIVATE, caller, operation)
    twin = make_alike(harness, resource, org, fact)
    reader = next(iter(reading.list_readers(harness, resource, org)), None)
    if reader is None:
        raise NotProvoked(f"nobody in {org} reads what is like it")
    before = [shown for _, shown in list_views_now(harness, resource, reader, twin)]
    harness.hold(caller, build_valid(harness, operation, caller, fact=fact))
    for was, (exchange, now) in zip(before, list_views_now(harness, resource, reader, twin), strict=True):
        moved = list_differences(harness.contract, was, now, ignoring=resource.moves)
        check_unchanged(harness, exchange, moved, f"the {resource} of another org as before", (was, now))
