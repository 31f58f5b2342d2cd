"""Packs and images that they are made of, by public calls where that is possible, else asked of the target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from conformance import needs
from conformance.contract.contract import Operation
from conformance.mark import mark_reference
from conformance.oracle.bodies import list_fields
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import Field
from conformance.oracle.declaration.ownership import PLATFORM, Ownership
from conformance.oracle.declaration.registry import find_resource, require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked, TargetFull, Unanswered
from conformance.oracle.law import Kind
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import WrongPrecondition, choose_expendable, learn_state_made, require_shown
from conformance.recipes.making import create_owned as own_of
from conformance.recipes.requests import build, with_json, with_parts
from conformance.resources.packs import archives as archive
from conformance.resources.packs.oracle import PLATFORM_TIERS, ImageFact, PackFact, find_repository, pack_facts
from conformance.resources.packs.sample_files import (
    OTHERWISE,
    RICH,
    RICH_FILES,
    VERSION,
    archive_parts,
    pack_files,
    pack_yaml,
)
from conformance.session.harness import Harness

AVAILABLE = "image is available"
YAML_AVAILABLE = "image of pack.yaml is available"
IMAGE_REF = needs.need_known("image_ref")
NEXT_IMAGE_REF = needs.need_known("next_image_ref")
KNOWN = {
    "image_ref": "an image that the first caller's org can pull, and of which it has no pack",
    "next_image_ref": "a newer image in the same repository",
}
LONGEST_NAME = 255
"""Registries bound the name of an image so, where the grammar of the contract does not."""


def make_up_reference(name: str) -> str:
    """Return a reference to an image that nobody has."""
    return f"registry.conformance.example/{name}:1.0.0"


def image(harness: Harness, name: str, version: str = VERSION, *, of: str | None = None, tag: str | None = None) -> str:
    """Return a reference to an image that can be pulled and says this name, in the repository of another one."""
    base = of or f"registry.conformance.example/{name}"
    return provide_image(harness, f"{base}:{tag or version}", name, version)


def make_rich_image(
    harness: Harness,
    name: str,
    version: str = VERSION,
    *,
    of: str | None = None,
    tag: str | None = None,
    said: Mapping[str, Any] = RICH,
) -> str:
    """Return a new image whose pack.yaml has every optional key."""
    image_ref = f"{of or f'registry.conformance.example/{name}'}:{tag or version}"
    harness.provide(YAML_AVAILABLE, image_ref=image_ref, pack_yaml=pack_yaml(name, version, **said).decode())
    return _learn_image_made(harness, image_ref, name, version)


def provide_image(harness: Harness, image_ref: str, name: str, version: str = VERSION) -> str:
    """Have the target know an image that says this name and version, and return its reference."""
    harness.provide(AVAILABLE, image_ref=image_ref, name=name, version=version)
    return _learn_image_made(harness, image_ref, name, version)


def make_unusable_image(harness: Harness, of: str, written: str) -> str:
    """Return a reference to an image in this repository whose pack.yaml, which is no right one, is written so."""
    image_ref = f"{of}:unusable"
    harness.provide(YAML_AVAILABLE, image_ref=image_ref, pack_yaml=written)
    return image_ref


def _learn_image_made(harness: Harness, image_ref: str, name: str, version: str) -> str:
    harness.knowledge = harness.knowledge.with_fact(ImageFact(id=image_ref, name=name, version=version, made=True))
    return image_ref


def make_next_image(harness: Harness, fact: PackFact, version: str | None = None) -> str:
    """Return a newer image in the repository of the pack's own; as rich as the pack is, where such a one can be had."""
    if fact.image_ref is None:
        raise NotProvoked(f"pack {fact.id} shows no image_ref, so its repository is not known")
    version = version or ("1.4.0" if fact.version == "1.3.0" else "1.3.0")
    if fact.shown.keys() >= RICH.keys():
        said = RICH if fact.shown["category"] == OTHERWISE["category"] else OTHERWISE
        with suppress(NotProvoked):
            return make_rich_image(harness, fact.name, version, of=find_repository(fact.image_ref), said=said)
    return image(harness, fact.name, version, of=find_repository(fact.image_ref))


def choose_pullable(harness: Harness, caller: Caller, name: str) -> str:
    """Return an image of this name, else the one that the profile says the target has."""
    try:
        return image(harness, name)
    except NotProvoked as reason:
        given = harness.profile.known.named.get("image_ref")
        if given is None or caller.org != harness.profile.callers[0].org:
            raise NotProvoked(str(reason), *reason.needs, IMAGE_REF) from None
    return _note_image(harness, given)


def choose_pullable_next(harness: Harness, fact: PackFact) -> str:
    """Return a newer image of the pack, else the one that the profile says the target has in its repository."""
    try:
        return make_next_image(harness, fact)
    except NotProvoked as reason:
        given = harness.profile.known.named.get("next_image_ref")
        if given is None or fact.image_ref is None or find_repository(given) != find_repository(fact.image_ref):
            raise NotProvoked(str(reason), *reason.needs, NEXT_IMAGE_REF) from None
    return _note_image(harness, given)


def _note_image(harness: Harness, image_ref: str) -> str:
    """Return the reference of an image, noted as one of whose content nothing is known."""
    harness.knowledge = harness.knowledge.with_fact(ImageFact(id=image_ref))
    return image_ref


def _choose_image_ref(harness: Harness, caller: Caller | None, fact: PackFact | None) -> str:
    if caller is None:
        return make_up_reference(harness.make_fresh_name())
    return (
        choose_pullable(harness, caller, harness.make_fresh_name())
        if fact is None
        else choose_pullable_next(harness, fact)
    )


def _needs(operation: Operation) -> tuple[needs.Need, ...]:
    return needs.state(AVAILABLE), NEXT_IMAGE_REF if operation.resources else IMAGE_REF


def _mark_reference(harness: Harness, value: str) -> str | None:
    return None if "@" in value else mark_reference(value, harness.prefix)


def _provide_value(harness: Harness, value: str) -> bool:
    if "@" in value or len(value) > LONGEST_NAME:
        # A digest says what is in the image, so no image can be made for it.
        return False
    provide_image(harness, value, harness.make_fresh_name())
    return True


IMAGE_FIELD = Field(
    _choose_image_ref,
    _needs,
    owner_knows=True,
    marked=_mark_reference,
    is_shown_as_sent=False,
    kept_by="OWNERSHIP-IMAGE-REF",
    have=_provide_value,
)
"""`image_ref` in a body: of a pack that is there, an image in its own repository."""


CREATE, UPLOAD, GET, DELETE = "packs.create", "packs.upload", "packs.get", "packs.delete"
UPDATE = "packs.update_visibility"
FILES = "/packs/{id}/files"
UPLOADED, IMAGE = ("upload",), ("image_ref",)
ANY = (*UPLOADED, *IMAGE)
"""The origins of a pack that public calls make, those first that ask for least."""
REFERENCED = "role references pack"


def make_own(harness: Harness, org: str, ownership: Ownership, operation: Operation | None) -> PackFact:
    """Return a new pack of the org on which the operation is allowed: only one of an image can be given another.

    The run knows the files of what it uploads, so one whose files are asked for is uploaded.
    """
    by_image = operation is not None and "image_ref" in list_fields(operation)
    by_files = operation is None or operation.path.startswith(FILES)
    return create_owned_pack(
        harness, org, visibility=ownership.visibility, origins=IMAGE if by_image else UPLOADED if by_files else ANY
    )


def create_owned_pack(
    harness: Harness,
    org: str,
    *,
    visibility: str = "org",
    origins: tuple[str, ...] = UPLOADED,
    name: str | None = None,
    is_rich: bool = False,
) -> PackFact:
    """Return a pack of the org, of the first of these origins that can be had.

    By one of its callers, else by the target's side, which alone can make a clone, else what the profile calls
    expendable. `is_rich`: its pack.yaml has every optional key, where a caller uploads it.
    """
    name = name or harness.make_fresh_name()
    reasons: list[NotProvoked] = []
    for origin in origins:
        try:
            return _create_by_call(harness, org, origin, name, visibility, is_rich=is_rich)
        except (WrongPrecondition, TargetFull):
            raise
        except NotProvoked as reason:
            reasons.append(reason)
            # There may be one of the name by now.
            name = harness.make_fresh_name() if harness.made.lost or isinstance(reason, Unanswered) else name
    said = NotProvoked("; ".join(map(str, reasons)), *(need for each in reasons for need in each.needs))
    try:
        return _create_by_state(harness, said, org, name=name, visibility=visibility, image_origin=origins[0])
    except NotProvoked as reason:
        if not harness.profile.known.expendable:
            raise
        return _choose_expendable(harness, org, visibility, origins, reason)


def _create_by_call(harness: Harness, org: str, origin: str, name: str, visibility: str, *, is_rich: bool) -> PackFact:
    if origin == "image_ref":
        return create_pack(harness, find_creator(harness, CREATE, org), name, visibility)
    if origin == "upload":
        files = pack_files(name, **(RICH if is_rich else {}))
        return upload_pack(harness, find_creator(harness, UPLOAD, org), files, visibility)
    raise NotProvoked(f"no public call makes a pack of the origin {origin}")


def _choose_expendable(
    harness: Harness, org: str, visibility: str, origins: tuple[str, ...], reason: NotProvoked
) -> PackFact:
    """Return a pack that the profile lets the run change and delete, once its visibility is as it is asked for."""
    try:
        fact = cast(
            "PackFact",
            choose_expendable(
                harness, require_resource("pack"), org, lambda each: getattr(each, "origin", None) in origins
            ),
        )
        if fact.visibility != visibility:
            operation = harness.contract.operations[UPDATE]
            request = with_json(operation, choose_path_values(operation, fact), {"visibility": visibility})
            harness.hold(harness.able(operation, org), request)
    except NotProvoked as second:
        raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    return _as_asked(pack_facts(harness.knowledge)[fact.id], visibility, fact.origin or origins[0])


def _as_asked(made: Fact, visibility: str, origin: str) -> PackFact:
    """Return the pack; Unlike where its visibility or origin is not the one asked for."""
    fact = cast("PackFact", made)
    if fact.visibility != visibility or fact.origin not in (origin, None):
        raise WrongPrecondition(
            f"its precondition does not hold: asked for {visibility} and {origin}, "
            f"the target shows {fact.visibility} and {fact.origin}"
        )
    return fact


def find_creator(harness: Harness, operation_id: str, org: str) -> Caller:
    """Return a caller of the org who may make a pack by this operation."""
    return harness.able(harness.contract.operations[operation_id], org)


def upload_pack(
    harness: Harness, caller: Caller, content: Mapping[str, bytes] | bytes, visibility: str = "org"
) -> PackFact:
    """Return a pack that the caller uploads, of files or of an archive."""
    packed = content if isinstance(content, bytes) else archive.write_files(content)
    request = with_parts(harness.contract.operations[UPLOAD], {}, archive_parts(packed, visibility))
    return _as_asked(
        require_shown(harness, require_resource("pack"), harness.hold(caller, request).json), visibility, "upload"
    )


def create_pack(
    harness: Harness, caller: Caller, name: str, visibility: str = "org", *, image_ref: str | None = None
) -> PackFact:
    """Return a pack that the caller makes from an image, by default from one of this name where it can be had."""
    image_ref = image_ref or choose_pullable(harness, caller, name)
    operation = harness.contract.operations[CREATE]
    request = with_json(operation, {}, {"image_ref": image_ref, "visibility": visibility})
    return _as_asked(
        require_shown(harness, require_resource("pack"), harness.hold(caller, request).json), visibility, "image_ref"
    )


def _create_by_state(harness: Harness, reason: NotProvoked, org: str | None, **params: Any) -> PackFact:
    """Return a pack that a state makes with these parameters.

    Where it makes none, what it says is added to the reason.
    """
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
    return cast("PackFact", learn_state_made(harness, require_resource("pack"), fact))


def make_platform(harness: Harness) -> PackFact:
    """Return one of the run's own where that can be had: the target's own may be read, but never put at risk."""
    found = sorted(
        (fact for fact in pack_facts(harness.knowledge).values() if fact.is_platform), key=lambda fact: fact.id
    )
    if ours := [fact for fact in found if harness.guard.may_change(fact.id)]:
        return ours[0]
    name, key = harness.make_fresh_name(), require_resource("pack").find_known_key(PLATFORM) or ""
    reason = NotProvoked("the target shows no pack of the platform", needs.need_known(key))
    try:
        return _create_by_state(harness, reason, None, name=name, tier="verified")
    except NotProvoked:
        # The one that the profile names may be asked for what changes nothing of it.
        found.sort(key=lambda fact: fact.id != harness.profile.known.named.get(key))
        if found:
            return found[0]
        raise


def create_of_tier(harness: Harness, tier: str) -> PackFact:
    """Return a new pack of the platform."""
    reason = NotProvoked("no public call makes a pack of the platform")
    return _create_by_state(harness, reason, None, name=harness.make_fresh_name(), tier=tier)


def reference_pack(harness: Harness, fact: PackFact, org: str, *, archived: bool = False) -> PackFact:
    """Return the pack with one more role of the org that references it."""
    try:
        harness.provide(REFERENCED, org=org, pack_id=fact.id, archived=archived)
    except Unanswered:
        raise  # it may have been done, and one role more would be one too many
    except NotProvoked as reason:
        _attach_to_role(harness, fact, org, reason, archived=archived)
        return fact
    counted = "own_roles" if fact.is_owned_by(org) else "foreign_roles"
    fact = replace(fact, **{counted: getattr(fact, counted) + 1})
    harness.knowledge = harness.knowledge.with_fact(fact)
    return fact


def _attach_to_role(harness: Harness, fact: PackFact, org: str, reason: NotProvoked, *, archived: bool) -> None:
    """Have a role of the org attach the pack by public calls, where no state does it."""
    role = find_resource("role")
    if role is None or role.archiving is None or role.made_by[0] not in harness.contract.operations:
        raise reason
    operations = harness.contract.operations
    update, archive = operations[role.updated_by or ""], operations[role.archiving.by]
    try:
        caller, made = harness.able(update, org), own_of(harness, role, org)
        body = {"pack_ids": [fact.id]}
        harness.hold(caller, with_json(update, choose_path_values(update, made), body))
        if archived:
            harness.hold(harness.able(archive, org), build(archive, choose_path_values(archive, made)))
    except NotProvoked as second:
        raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None


def let_purge_fail(harness: Harness, fact: PackFact, times: int = 1) -> None:
    """Let the registry refuse to purge the pack's image so many times."""
    harness.provide("registry purge fails", creates=False, pack_id=fact.id, times=times)
    harness.knowledge = harness.knowledge.change("pack", fact.id, purge_fails=True)


OF_VISIBILITY = frozenset({"visibility", "updated_at"})
OF_PACK_YAML = frozenset({"description", "category", "capabilities", "suggested_packs", "display_name", "version"})
OF_CONTENT = OF_PACK_YAML | {"size_bytes", "image_ref", "image_digest", "updated_at"}
WRITTEN = OF_PACK_YAML | {"name"}


def find_sharing_effect(asked: object, got: object) -> DataEffect | None:
    """Return the effect of another visibility of a pack than asked for: a private one is shown to all orgs."""
    return DataEffect.LEAKED if (asked, got) == ("org", "community") else None


def _name(session: Harness, org: str, like: Fact | None) -> str:
    """Return the name of the pack to imitate where it is free again, else a fresh name."""
    if like is None or like.name is None:
        return session.make_fresh_name()
    free = like.owner != org or session.knowledge.is_gone(like.resource, like.id)
    return like.name if free else session.make_fresh_name()


def _make_owned(*origins: str) -> Callable[[Harness, str, Fact | None], PackFact]:
    return lambda session, org, like: create_owned_pack(session, org, name=_name(session, org, like), origins=origins)


def _make_shared(session: Harness, org: str, like: Fact | None) -> PackFact:
    """Return an upload that every org sees, with every optional field: else what others must not see may be absent."""
    name = _name(session, org, like)
    return create_owned_pack(session, org, name=name, visibility="community", origins=("upload",), is_rich=True)


def _make_of_tier(tier: str) -> Callable[[Harness, str, Fact | None], PackFact]:
    return lambda session, _org, _like: create_of_tier(session, tier)


def _make_rich(session: Harness, org: str, like: Fact | None) -> PackFact:
    """Return an upload with every optional field, and files that are easily spoilt on their way."""
    files = pack_files(_name(session, org, like), **RICH) | dict(RICH_FILES)
    return upload_pack(session, find_creator(session, UPLOAD, org), files)


def _make_of_rich_image(session: Harness, org: str, like: Fact | None) -> PackFact:
    """Return a pack of an image whose pack.yaml has every optional key."""
    name = _name(session, org, like)
    image_ref = make_rich_image(session, name)
    return create_pack(session, find_creator(session, CREATE, org), name, image_ref=image_ref)


KINDS = (
    Kind("upload", _make_owned("upload")),
    Kind("shared", _make_shared),
    Kind("rich", _make_rich),
    Kind("image", _make_owned("image_ref")),
    Kind("rich-image", _make_of_rich_image),
    Kind("clone", _make_owned("clone")),
    *(Kind(tier, _make_of_tier(tier), is_owned=False) for tier in PLATFORM_TIERS),
)
