"""The contract on packs and their files beyond its schemas: refusals by state, and effects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from conformance.contract.contract import NamedResource
from conformance.http.exchange import Exchange
from conformance.mark import carries
from conformance.oracle.call import Call, ObjectInPath, Refusals, WrongfulRefusal, is_file_path
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.facts import Fact, State
from conformance.resources.packs import archives
from conformance.resources.packs.archives import MANIFEST, ArchiveRefused, may_be_refused, read_manifest
from conformance.values import copy_with

PLATFORM_TIERS = ("recommended", "verified")


@dataclass(frozen=True, kw_only=True)
class PackFact(Fact):
    """The knowledge of one pack that exists."""

    resource: str = "pack"
    name: str = ""
    version: str = ""
    visibility: str = "org"
    tier: str = "community"
    origin: str | None = None
    image_ref: str | None = None
    files: Mapping[str, bytes] | None = None  # every file of it; None: not known
    own_roles: int = 0
    foreign_roles: int = 0
    """Roles that the run attached, archived ones too; there are no others where the run made the pack."""
    purge_fails: bool = False

    @property
    def is_platform(self) -> bool:
        return self.tier in PLATFORM_TIERS

    @property
    def is_shareable(self) -> bool:
        return True

    def is_visible_to(self, org: str) -> bool:
        """Return whether the contract shows it to the org: own ones, the platform's, community packs."""
        return self.is_owned_by(org) or self.is_platform or self.visibility == "community"


@dataclass(frozen=True, kw_only=True)
class ImageFact(Fact):
    """An image that can be pulled; its id is its reference, its name what it says of itself."""

    resource: str = "image"
    version: str | None = None


def pack_facts(state: State) -> Mapping[str, PackFact]:
    """Return what is known of packs, by id."""
    return cast("Mapping[str, PackFact]", state.get_facts("pack"))


def list_owned_packs(state: State, org: str) -> Iterable[PackFact]:
    """Return the org's own packs, as far as they are known."""
    return (pack for pack in pack_facts(state).values() if pack.is_owned_by(org))


def list_former_packs(state: State) -> Iterable[PackFact]:
    """Return what was known last of the packs that the run deleted."""
    return (fact for fact in state.former.values() if isinstance(fact, PackFact))


def get_image_facts(state: State) -> Mapping[str, ImageFact]:
    """Return what is known of images, by reference."""
    return cast("Mapping[str, ImageFact]", state.get_facts("image"))


def is_made_of_name(shown: object, name: str) -> bool:
    """Return whether a name for people is made of a pack's name: its words, each that can with a capital first.

    How many blanks are between them and the case of all other letters are free.
    """
    words, parts = str(shown).split(), name.replace("-", " ").split()
    return [each.casefold() for each in words] == parts and all(
        word[0] == part[0].upper() or not part[0].isalpha() for word, part in zip(words, parts, strict=True)
    )


def read_pack(known: Fact | None, org: str, shown: Mapping[str, Any]) -> PackFact | None:
    """Return the pack that an answer shows to org; None where it is not shaped as one."""
    texts = ("id", "name", "version", "visibility", "tier")
    if not all(isinstance(shown.get(key), str) for key in texts) or not isinstance(shown.get("owned"), bool):
        return None
    # What has a tier of the platform's is the platform's, whatever an answer says of its owner.
    owned = shown["owned"] is True and shown["tier"] not in PLATFORM_TIERS
    fact = known if isinstance(known, PackFact) else PackFact(id=shown["id"])
    return copy_with(
        fact,
        name=shown["name"],
        version=shown["version"],
        visibility=shown["visibility"],
        tier=shown["tier"],
        owner=fact.owner or (org if owned else None),
        foreign_to=fact.foreign_to if owned else fact.foreign_to | {org},
        origin=shown.get("image_origin", fact.origin),
        image_ref=shown.get("image_ref", fact.image_ref),
        shown=dict(shown) if owned or fact.owner is None else fact.shown,
    )


VALIDATION = "validation_error"
LATEST = "latest"
"""The tag that a reference without one means, where it is taken at all."""


def _pack(call: Call) -> PackFact | None:
    """Return the pack that the path names, where it is certain what it is and that the caller's org can see it."""
    return cast("PackFact | None", call.find_object("pack"))


def _find_own_pack(call: Call) -> PackFact | None:
    """Return the pack if it is the caller's org's own: what is stored counts for no other."""
    fact = _pack(call)
    return fact if fact and fact.is_owned_by(call.caller.org) else None


def _is_none_there(call: Call) -> bool:
    """Return whether it is certain that no pack has the id, so that nothing stored speaks against what is sent."""
    named = call.find_named_id("pack") or ""
    return named not in pack_facts(call.state) and call.state.is_known("pack", named, call.caller.org)


class FileOfPack(ObjectInPath):
    """A file is where the pack is that it is in, if that has it."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        """Add the refusal of a file that the pack has not, if any file can have such a path."""
        if not is_file_path(value):
            return
        fact = _pack(call)
        if fact is None or fact.files is None:
            found.add_possible(404, named.not_found, "FILE-NOT-FOUND")
        elif value not in fact.files:
            found.add(404, named.not_found, "FILE-NOT-FOUND")

    def list_wrongful(self, _call: Call, _value: str, named: NamedResource) -> Iterator[WrongfulRefusal]:
        yield named.not_found, "FILE-BYTES"


def _check_image(call: Call, refusals: Refusals) -> ImageFact | None:
    """Return the image that the body names.

    Of one that a pack shows, or showed, it is not known whether it can be pulled.
    """
    image_ref, state = call.body["image_ref"], call.state
    image = get_image_facts(state).get(image_ref)
    if is_untagged(image_ref):
        refusals.add_possible(400, VALIDATION, "IMAGE-UNKNOWN")
        image = image or get_image_facts(state).get(f"{image_ref}:{LATEST}")
    former = () if state.is_closed else list_former_packs(state)  # a registry may keep an image when its pack is gone
    shown = any(_is_of(pack, image_ref) for pack in (*pack_facts(state).values(), *former))
    if image is None and (shown or any(_was_purged(pack, image_ref) for pack in list_former_packs(state))):
        refusals.add_possible(400, VALIDATION, "IMAGE-UNKNOWN")
        return ImageFact(id=image_ref)
    if image is None:
        # Of others' registries the run knows nothing, but that they have no image that it made up itself.
        certain = state.is_closed or carries(state.prefix, image_ref)
        refusals.add(400, VALIDATION, "IMAGE-UNKNOWN", certain=certain)
        return None if certain else ImageFact(id=image_ref)
    return image


def refuse_creation(call: Call, refusals: Refusals) -> None:
    """Add the refusals of a pack for its image, or for the name that this has."""
    image = _check_image(call, refusals)
    if image is None:
        return
    if image.name is None:
        refusals.add_possible(409, "pack_exists", "CREATE-NAME-TAKEN")
    else:
        _name(call, image.name, refusals)


def refuse_upload(call: Call, refusals: Refusals) -> None:
    """Add the refusals of what is no archive, or of a pack whose name or pack.yaml is wrong."""
    try:
        content = archives.read(call.body["archive"], call.state.contract)
    except ArchiveRefused as refused:
        refusals.add(400, VALIDATION, refused.rule, provenance=refused.provenance)
    else:
        _name(call, content.name, refusals)
        if may_be_refused(content.pack_yaml, call.state.contract):
            refusals.add_possible(400, VALIDATION, "CREATE-PACK-YAML")


def _name(call: Call, name: str, refusals: Refusals) -> None:
    taken = call.state.is_name_taken("pack", call.caller.org, name)
    refusals.add_if(409, "pack_exists", "CREATE-NAME-TAKEN", so=taken)


def refuse_image(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a new image of another repository or name than the old one."""
    fact, image_ref, image = _find_own_pack(call), call.body["image_ref"], _check_image(call, refusals)
    if fact is None:
        if not _is_none_there(call):
            refusals.add_possible(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
        return
    if fact.image_ref is None:
        refusals.add_possible(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
    elif find_repository(fact.image_ref) != find_repository(image_ref):
        refusals.add(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
    if image is not None and image.name != fact.name:
        refusals.add(400, VALIDATION, "IMAGE-NAME-STAYS", certain=image.name is not None)


def _is_of(fact: PackFact, image_ref: str) -> bool:
    """Return whether it is the image of a content that the pack has, or had: its registry may well hold that."""
    same = fact.image_ref is not None and find_repository(fact.image_ref) == find_repository(image_ref)
    return same and ("@" in image_ref or image_ref == fact.image_ref)


def _was_purged(former: PackFact, image_ref: str) -> bool:
    """Return whether its repository went with the upload that was deleted; what else was pushed there may be kept."""
    same = former.image_ref is not None and find_repository(former.image_ref) == find_repository(image_ref)
    return same and former.origin in (None, "upload")


def refuse_visibility(call: Call, refusals: Refusals) -> None:
    """Add the refusal to take a pack back from other orgs while a role of theirs references it."""
    fact = _find_own_pack(call)
    if fact is None or not (fact.visibility == "community" and call.body.get("visibility") == "org"):
        return
    _check_in_use(call, fact, "PACK-PATCH-IN-USE", refusals, own=False)


def _check_in_use(call: Call, fact: PackFact, rule: str, refusals: Refusals, *, own: bool) -> None:
    """Add the refusal while a role references the pack: one of another org, or of its own too.

    A state or a request made the role.
    """
    state, org = call.state, call.caller.org
    made = [each for each in state.get_facts("role").values() if fact.id in (each.shown.get("pack_ids") or ())]
    counted = [each for each in made if own or not each.is_owned_by(org)]
    certain = any(state.is_certain(each) for each in counted) or fact.foreign_roles + (fact.own_roles if own else 0) > 0
    lost = any(resource == "role" for resource, _ in state.unsettled)
    if certain or counted or lost or not fact.made:
        refusals.add(409, "pack_in_use", rule, certain=certain)


def refuse_deletion(call: Call, refusals: Refusals) -> None:
    """Add the refusals of a deletion: while a role references the pack, or where its image cannot be purged."""
    fact = _find_own_pack(call)
    if fact is None:
        return
    _check_in_use(call, fact, "DELETE-IN-USE", refusals, own=True)
    if fact.purge_fails:
        refusals.add(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")
    elif fact.origin in (None, "upload") and not fact.made:
        refusals.add_possible(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")


def refuse_file(call: Call, refusals: Refusals) -> None:
    """Add the refusal of replacing a file of no upload, or pack.yaml by one of another pack or version."""
    fact = _find_own_pack(call)
    if fact is not None and fact.origin != "upload":
        refusals.add(409, "pack_not_editable", "FILE-NOT-EDITABLE", certain=fact.origin is not None)
    if fact is not None and _is_past_the_limit(call, fact):
        refusals.add_possible(400, VALIDATION, "UPLOAD-LIMITS")
    if call.values.get("path") == MANIFEST:
        _check_new_manifest(call, fact, refusals)


def _check_new_manifest(call: Call, fact: PackFact | None, refusals: Refusals) -> None:
    """Add the refusal of a file that is no pack.yaml, or the pack.yaml of another pack or version."""
    try:
        said = read_manifest(call.body, call.state.contract)
    except ArchiveRefused:
        # That is true of the body alone, whatever pack it is for.
        refusals.add(400, VALIDATION, "FILE-PACK-YAML")
    else:
        if may_be_refused(said, call.state.contract):
            refusals.add_possible(400, VALIDATION, "FILE-PACK-YAML")
        if fact is None:
            if not _is_none_there(call):
                refusals.add_possible(400, VALIDATION, "FILE-PACK-YAML")
        elif (said["name"], said["version"]) != (fact.name, fact.version):
            refusals.add(400, VALIDATION, "FILE-PACK-YAML")


def _is_past_the_limit(call: Call, fact: PackFact) -> bool:
    """Return whether the new file brings the pack over what an archive may unpack to: a target may refuse it."""
    if not isinstance(call.body, bytes):
        return False
    others = (len(data) for path, data in (fact.files or {}).items() if path != call.values.get("path"))
    return sum(others, len(call.body)) > call.state.contract.archive.max_unpacked


def is_untagged(image_ref: str) -> bool:
    """Return whether an OCI reference has neither tag nor digest: then it is the tag `latest`, or refused."""
    return ":" not in image_ref.rpartition("/")[2]


def find_repository(image_ref: str) -> str:
    """Return an OCI reference without its tag and digest."""
    return re.sub(r":[A-Za-z0-9_][A-Za-z0-9_.-]*$", "", image_ref.partition("@")[0])


def learn_upload(call: Call, exchange: Exchange) -> State:
    """Return the state after an upload: the run knows its files."""
    try:
        content = archives.read(call.body["archive"], call.state.contract)
    except (ArchiveRefused, KeyError, TypeError):
        return call.state
    return call.state.change("pack", read_id(exchange.json), files=content.files)


def learn_image(call: Call, _exchange: Exchange) -> State:
    """Return the state after another image was taken: its files are not known."""
    return call.state.change("pack", call.values["id"], files=None)


def learn_file(call: Call, _exchange: Exchange) -> State:
    """Return the state after a file was replaced."""
    fact = pack_facts(call.state).get(call.values["id"])
    if fact is None or fact.files is None or not isinstance(call.body, bytes):
        return call.state
    return call.state.change("pack", fact.id, files={**fact.files, call.values["path"]: call.body})


def learn_deletion(call: Call, _exchange: Exchange) -> State:
    """Return the state after a deletion: with an upload its repository goes, so its images may not be pulled."""
    state, former = call.state, call.state.former.get(("pack", call.values["id"]))
    if not isinstance(former, PackFact):
        return state
    known = get_image_facts(state)
    kept = [image for image in known.values() if not _was_purged(former, image.id)]
    if len(kept) < len(known):
        state = state.forget("image")
        for image in kept:
            state = state.with_fact(image)
    return state
