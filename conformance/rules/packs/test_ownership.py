"""Clause ownership, of packs alone: whose one is, and what its own org alone is shown."""

from __future__ import annotations

from conformance.budget import ValuePart
from conformance.contract.contract import Operation
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.ownership import Ownership
from conformance.oracle.declaration.registry import require_resource
from conformance.profile import Caller
from conformance.recipes.making import obtain
from conformance.recipes.reading import find_item, items
from conformance.resources import packs
from conformance.resources.packs.reading import read_list, read_views
from conformance.results.difference import from_field
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.rules.test_ownership import OWNERSHIPS, list_classes
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


@rule("OWNERSHIP-ORG-ID")
@over("caller", list_classes)
@over("ownership", lambda _: [each for each in OWNERSHIPS if each.is_visible])
def test_the_owner_is_shown_to_the_own_org_alone(harness: Harness, caller: Caller, ownership: Ownership) -> None:
    """The org reads org_id alone and in the list; for others the key is absent."""
    fact = obtain(harness, require_resource("pack"), ownership, caller)
    for exchange, pack in read_views(harness, caller, fact.id):
        if ownership.is_own:
            right = pack.get("org_id") == caller.org
            evidence = from_field("org_id", caller.org, pack.get("org_id"))
            harness.check(right, exchange, f"org_id {caller.org}", repr(pack.get("org_id")), evidence=evidence)
        else:
            evidence, leak = from_field("org_id", None, pack.get("org_id")), DataEffect.LEAKED
            said = "no org_id", repr(pack.get("org_id"))
            harness.check("org_id" not in pack, exchange, *said, evidence=evidence, effect=leak)


@rule("OWNERSHIP-OWNED")
@over("caller", list_classes)
@over("ownership", lambda _: [each for each in OWNERSHIPS if each.is_visible])
def test_owned_tells_own_packs_from_others(harness: Harness, caller: Caller, ownership: Ownership) -> None:
    """Only own packs show owned as true, alone and in the list."""
    fact = obtain(harness, require_resource("pack"), ownership, caller)
    for exchange, pack in read_views(harness, caller, fact.id):
        right = pack.get("owned") is ownership.is_own
        evidence = from_field("owned", ownership.is_own, pack.get("owned"))
        said = f"owned {ownership.is_own}".lower(), repr(pack.get("owned"))
        harness.check(right, exchange, *said, evidence=evidence)


@rule("OWNERSHIP-TIER")
@over("caller", list_classes)
def test_only_the_platform_has_tiers_of_its_own(harness: Harness, caller: Caller) -> None:
    """Every pack of an org has the tier community, whatever its visibility."""
    own = [obtain(harness, require_resource("pack"), ownership, caller) for ownership in OWNERSHIPS if ownership.is_own]
    answer = read_list(harness, caller)
    for fact in own:
        pack = find_item(answer, fact.id) or {}
        evidence = from_field("tier", "community", pack.get("tier"))
        said = "tier community", repr(pack.get("tier"))
        harness.check(pack.get("tier") == "community", answer, *said, evidence=evidence)
    for pack in items(answer):
        owned_tier = pack.get("owned") is True and pack.get("tier") != "community"
        evidence = from_field("tier", "community", pack.get("tier"))
        said = "tier community on every own pack", repr(pack.get("tier"))
        harness.check(not owned_tier, answer, *said, evidence=evidence)


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
