"""Clause ownership, of packs alone: whose one is, and what its own org alone is shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from conformance.budget import ValuePart
from conformance.contract.contract import Operation, Rule
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.ownership import Ownership
from conformance.oracle.declaration.registry import require_resource
from conformance.profile import Caller
from conformance.recipes.making import obtain
from conformance.resources import packs
from conformance.resources.packs.reading import read_views
from conformance.results.difference import from_field
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.rules.test_ownership import OWNERSHIPS, list_classes
from conformance.running.binding import Scope, law, over, rule
from conformance.session.harness import Harness

WHOSE = {"OWNERSHIP-ORG-ID": "org_id", "OWNERSHIP-OWNED": "owned", "OWNERSHIP-TIER": "tier"}
"""The field that says whose a pack is, by the rule of it."""


def _list_visible(scope: Scope, rule: Rule) -> Iterator[tuple[Ownership, Caller]]:
    """Yield the ownerships of packs that the rule is about and somebody sees, for callers of every kind."""
    own_alone = WHOSE[rule.id] == "tier"
    found = [each for each in OWNERSHIPS if each.is_visible and (each.is_own or not own_alone)]
    return product(found, list_classes(scope))


@law(*WHOSE, names="ownership, caller", values=_list_visible)
def test_a_pack_says_whose_it_is(harness: Harness, ownership: Ownership, caller: Caller) -> None:
    """A pack is read alone and in the list: its org reads org_id, that it is owned, and the tier community."""
    fact, name = obtain(harness, require_resource("pack"), ownership, caller), WHOSE[harness.rule.id]
    right = {"org_id": caller.org if ownership.is_own else None, "owned": ownership.is_own, "tier": "community"}[name]
    said = f"no {name}" if right is None else f"{name} {str(right).lower() if name == 'owned' else right}"
    leak = DataEffect.LEAKED if right is None else None
    for exchange, pack in read_views(harness, caller, fact.id):
        evidence = from_field(name, right, pack.get(name))
        holds = name not in pack if right is None else pack.get(name) == right
        harness.check(holds, exchange, said, repr(pack.get(name)), evidence=evidence, effect=leak)


@rule("OWNERSHIP-IMAGE-REF")
@parametrize_kept("OWNERSHIP-IMAGE-REF")
def test_references_of_every_kind_are_shown(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Packs are made of images by references of every kind; all who may read them, alone and in the list."""
    write_and_read(harness, operation, part)


@rule("OWNERSHIP-IMAGE-REF")
@over("origin", lambda _: ["upload", "image_ref"])
@over("caller", list_classes)
def test_an_own_pack_shows_its_image(harness: Harness, origin: str, caller: Caller) -> None:
    """Callers of every kind see the image_ref of own packs of either origin."""
    fact = packs.create_owned_pack(harness, caller.org, origins=(origin,))
    for exchange, pack in read_views(harness, caller, fact.id):
        there = isinstance(pack.get("image_ref"), str) and pack["image_ref"] != ""
        evidence = from_field("image_ref", "one", pack.get("image_ref"))
        harness.check(there, exchange, "an image_ref", repr(pack.get("image_ref")), evidence=evidence)
