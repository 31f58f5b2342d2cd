"""Packs, made by public calls where that is possible, else asked of the target's side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from conformance import needs
from conformance.contract.contract import Operation
from conformance.oracle.bodies import fields
from conformance.oracle.declaration.ownership import PLATFORM, Ownership
from conformance.oracle.declaration.registry import require_resource, resource_named
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, TargetFull
from conformance.profile import Caller
from conformance.recipes.about import path_values
from conformance.recipes.making import Unlike, expendable, learned, shown_fact
from conformance.recipes.making import own as own_of
from conformance.recipes.requests import build, with_json, with_parts
from conformance.resources.packs.archives import archive
from conformance.resources.packs.facts import PackFact, pack_facts
from conformance.resources.packs.images import pullable
from conformance.resources.packs.sample_files import archive_parts, pack_files
from conformance.session.harness import Harness

CREATE, UPLOAD, GET, DELETE = "packs.create", "packs.upload", "packs.get", "packs.delete"
UPDATE = "packs.update_visibility"
FILES = "/packs/{id}/files"
UPLOADED, IMAGE = ("upload",), ("image_ref",)
ANY = (*UPLOADED, *IMAGE)
"""The origins of a pack that public calls make, those first that ask for least."""
REFERENCED = "role references pack"


def make_own(harness: Harness, org: str, ownership: Ownership, operation: Operation | None) -> PackFact:
    """A new pack of the org on which the operation is allowed: only one of an image can be given another.

    The run knows the files of what it uploads, so one whose files are asked for is uploaded.
    """
    by_image = operation is not None and "image_ref" in fields(operation)
    by_files = operation is None or operation.path.startswith(FILES)
    return own(
        harness, org, visibility=ownership.visibility, origins=IMAGE if by_image else UPLOADED if by_files else ANY
    )


def own(
    harness: Harness,
    org: str,
    *,
    visibility: str = "org",
    origins: tuple[str, ...] = UPLOADED,
    name: str | None = None,
) -> PackFact:
    """A pack of the org, of the first of these origins that can be had.

    By one of its callers, else by the target's side, which alone can make a clone, else what the profile calls
    expendable.
    """
    name = name or harness.fresh_name()
    reasons: list[NotProvoked] = []
    for origin in origins:
        try:
            return _made_by_call(harness, org, origin, name, visibility)
        except (Unlike, TargetFull):
            raise
        except NotProvoked as reason:
            reasons.append(reason)
            name = harness.fresh_name() if harness.made.lost else name  # there may be one of the name by now
    said = NotProvoked("; ".join(map(str, reasons)), *(need for each in reasons for need in each.needs))
    try:
        return _asked_for(harness, said, org, name=name, visibility=visibility, image_origin=origins[0])
    except NotProvoked as reason:
        if not harness.profile.known.expendable:
            raise
        return _expendable(harness, org, visibility, origins, reason)


def _made_by_call(harness: Harness, org: str, origin: str, name: str, visibility: str) -> PackFact:
    if origin == "image_ref":
        return created(harness, creator(harness, CREATE, org), name, visibility)
    if origin == "upload":
        return uploaded(harness, creator(harness, UPLOAD, org), pack_files(name), visibility)
    raise NotProvoked(f"no public call makes a pack of the origin {origin}")


def _expendable(harness: Harness, org: str, visibility: str, origins: tuple[str, ...], reason: NotProvoked) -> PackFact:
    """A pack that the profile lets the run change and delete, once its visibility is as it is asked for."""
    try:
        fact = cast(
            "PackFact",
            expendable(harness, require_resource("pack"), org, lambda each: getattr(each, "origin", None) in origins),
        )
        if fact.visibility != visibility:
            operation = harness.contract.operations[UPDATE]
            request = with_json(operation, path_values(operation, fact), {"visibility": visibility})
            harness.hold(harness.able(operation, org), request)
    except NotProvoked as second:
        raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    return _as_asked(pack_facts(harness.state)[fact.id], visibility, fact.origin or origins[0])


def _as_asked(made: Fact, visibility: str, origin: str) -> PackFact:
    """The same, if it is what was asked for: what the rules of creation say is not said by the others again."""
    fact = cast("PackFact", made)
    if fact.visibility != visibility or fact.origin not in (origin, None):
        raise Unlike(
            f"its precondition does not hold: asked for {visibility} and {origin}, "
            f"the target shows {fact.visibility} and {fact.origin}"
        )
    return fact


def creator(harness: Harness, operation_id: str, org: str) -> Caller:
    """A caller of the org who may make a pack by this operation."""
    return harness.able(harness.contract.operations[operation_id], org)


def uploaded(harness: Harness, caller: Caller, files: Mapping[str, bytes], visibility: str = "org") -> PackFact:
    """A pack that the caller uploads."""
    operation = harness.contract.operations[UPLOAD]
    request = with_parts(operation, {}, archive_parts(archive.write_files(files), visibility))
    return _as_asked(
        shown_fact(harness, require_resource("pack"), harness.hold(caller, request).json), visibility, "upload"
    )


def created(
    harness: Harness, caller: Caller, name: str, visibility: str = "org", *, image_ref: str | None = None
) -> PackFact:
    """A pack that the caller makes from an image, by default from one of this name where it can be had."""
    image_ref = image_ref or pullable(harness, caller, name)
    operation = harness.contract.operations[CREATE]
    request = with_json(operation, {}, {"image_ref": image_ref, "visibility": visibility})
    return _as_asked(
        shown_fact(harness, require_resource("pack"), harness.hold(caller, request).json), visibility, "image_ref"
    )


def _asked_for(harness: Harness, reason: NotProvoked, org: str | None, **params: Any) -> PackFact:
    """A pack that a state makes with these parameters; where it makes none, what it says is added to the reason."""
    try:
        values = harness.provide(require_resource("pack").state, org=org, **params)
    except NotProvoked as second:
        raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    fact = PackFact(
        id=str(values["pack_id"]),
        name=params["name"],
        visibility=params.get("visibility", "community"),
        tier=params.get("tier", "community"),
        owner=org,
        origin=params.get("image_origin"),
        made=True,
    )
    return cast("PackFact", learned(harness, require_resource("pack"), fact))


def make_platform(harness: Harness) -> PackFact:
    """One of the run's own where that can be had: the target's own may be read, but never put at risk."""
    found = sorted((fact for fact in pack_facts(harness.state).values() if fact.platform), key=lambda fact: fact.id)
    if ours := [fact for fact in found if harness.guard.may_change(fact.id)]:
        return ours[0]
    name, key = harness.fresh_name(), require_resource("pack").known_key(PLATFORM) or ""
    reason = NotProvoked("the target shows no pack of the platform", needs.known(key))
    try:
        return _asked_for(harness, reason, None, name=name, tier="verified")
    except NotProvoked:
        # The one that the profile names may be asked for what changes nothing of it.
        found.sort(key=lambda fact: fact.id != harness.profile.known.named.get(key))
        if found:
            return found[0]
        raise


def of_tier(harness: Harness, tier: str) -> PackFact:
    """A new pack of the platform."""
    reason = NotProvoked("no public call makes a pack of the platform")
    return _asked_for(harness, reason, None, name=harness.fresh_name(), tier=tier)


def referenced(harness: Harness, fact: PackFact, org: str, *, archived: bool = False) -> PackFact:
    """The pack with one more role of the org that references it."""
    try:
        harness.provide(REFERENCED, org=org, pack_id=fact.id, archived=archived)
    except NotProvoked as reason:
        _attached(harness, fact, org, reason, archived=archived)
        return fact
    counted = "own_roles" if fact.owned_by(org) else "foreign_roles"
    fact = replace(fact, **{counted: getattr(fact, counted) + 1})
    harness.state = harness.state.with_fact(fact)
    return fact


def _attached(harness: Harness, fact: PackFact, org: str, reason: NotProvoked, *, archived: bool) -> None:
    """Have a role of the org attach the pack by public calls, where no state does it."""
    role = resource_named("role")
    if role is None or role.archiving is None or role.made_by[0] not in harness.contract.operations:
        raise reason
    operations = harness.contract.operations
    update, archive = operations[role.updated_by or ""], operations[role.archiving.by]
    try:
        caller, made = harness.able(update, org), own_of(harness, role, org)
        body = {"pack_ids": [fact.id]}
        harness.hold(caller, with_json(update, path_values(update, made), body))
        if archived:
            harness.hold(harness.able(archive, org), build(archive, path_values(archive, made)))
    except NotProvoked as second:
        raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None


def purge_fails(harness: Harness, fact: PackFact, times: int = 1) -> None:
    """The registry refuses to purge the pack's image so many times."""
    harness.provide("registry purge fails", creates=False, pack_id=fact.id, times=times)
    harness.state = harness.state.changed("pack", fact.id, purge_fails=True)
