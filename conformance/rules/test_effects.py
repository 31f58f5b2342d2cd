"""Clause effects: everybody who may see an object sees its writes, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.explorer.explorer import NOTHING_ELSE, SEEN_BY_ALL, explore_kind
from conformance.explorer.population import find_kinds
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import Kind
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
