"""Packs of every kind, made by public calls where that is possible, else asked of the target's side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import yaml

from conformance import needs
from conformance.http import multipart
from conformance.oracle.judging import NotProvoked, TargetFull
from conformance.profile import Caller
from conformance.recipes.requests import build, with_json, with_parts
from conformance.resources.packs import archive
from conformance.resources.packs.facts import ImageFact, PackFact, pack_facts
from conformance.resources.packs.kinds import (
    FOREIGN_COMMUNITY,
    FOREIGN_PRIVATE,
    KINDS,
    OWN_COMMUNITY,
    OWN_PRIVATE,
    PLATFORM,
    Kind,
)
from conformance.resources.packs.semantics import repository
from conformance.session.harness import Harness

__all__ = ["FOREIGN_COMMUNITY", "FOREIGN_PRIVATE", "KINDS", "OWN_COMMUNITY", "OWN_PRIVATE", "PLATFORM", "Kind"]

CREATE, UPLOAD, GET, DELETE = "packs.create", "packs.upload", "packs.get", "packs.delete"
FILE = "data/sample.txt"
FILE_CONTENT = b"kept by the conformance suite\n"
VERSION = "1.2.3"


def pack(harness: Harness, kind: Kind, caller: Caller, *, origin: str = "upload") -> PackFact:
    """A pack that stands so to the caller's org; not provoked where none can be had."""
    if kind.own:
        return own(harness, caller.org, visibility=kind.visibility, origin=origin)
    if kind.platform:
        return _platform(harness)
    return _foreign(harness, kind, caller)


def visible(harness: Harness, caller: Caller) -> dict[str, PackFact]:
    """A pack of every kind that can be had and that the caller should see."""
    found = {}
    for kind in KINDS:
        if kind.visible:
            try:
                found[kind.id] = pack(harness, kind, caller)
            except NotProvoked:
                continue
    if not found:
        raise NotProvoked("the target has no pack that the caller could see")
    return found


def own(harness: Harness, org: str, *, visibility: str = "org", origin: str = "upload") -> PackFact:
    """A new pack of the org: by one of its callers, else by the target's side, which alone can make a clone."""
    name = harness.fresh_name()
    try:
        if origin == "image_ref":
            return created(harness, _creator(harness, CREATE, org), name, visibility)
        if origin == "upload":
            return uploaded(harness, _creator(harness, UPLOAD, org), pack_files(name), visibility)
        raise NotProvoked(f"no public call makes a pack of the origin {origin}")
    except (Unlike, TargetFull):
        raise
    except NotProvoked as reason:
        other = harness.fresh_name() if harness.belongings.lost else name  # there may be one of the name by now
        return _asked_for(harness, reason, org, name=other, visibility=visibility, origin=origin)


class Unlike(NotProvoked):
    """What was made is not what was asked for, so it can be no precondition."""


def _as_asked(fact: PackFact, visibility: str, origin: str) -> PackFact:
    """The same, if it is what was asked for: what the rules of creation say is not said by the others again."""
    if fact.visibility != visibility or fact.origin not in (origin, None):
        raise Unlike(
            f"its precondition does not hold: asked for {visibility} and {origin}, "
            f"the target shows {fact.visibility} and {fact.origin}"
        )
    return fact


def _creator(harness: Harness, operation_id: str, org: str) -> Caller:
    return harness.able(harness.contract.operations[operation_id], org)


def uploaded(harness: Harness, caller: Caller, files: Mapping[str, bytes], visibility: str = "org") -> PackFact:
    """A pack that the caller uploads."""
    operation = harness.contract.operations[UPLOAD]
    request = with_parts(operation, {}, archive_parts(archive.write_files(files), visibility))
    return _as_asked(_fact(harness, harness.hold(caller, request).json), visibility, "upload")


def created(harness: Harness, caller: Caller, name: str, visibility: str = "org") -> PackFact:
    """A pack that the caller makes from an image, of this name where one can be had."""
    image_ref = pullable(harness, caller, name)
    operation = harness.contract.operations[CREATE]
    request = with_json(operation, {}, {"image_ref": image_ref, "visibility": visibility})
    return _as_asked(_fact(harness, harness.hold(caller, request).json), visibility, "image_ref")


def _fact(harness: Harness, shown: Any) -> PackFact:
    if fact := pack_facts(harness.state).get(shown.get("id", "")) if isinstance(shown, Mapping) else None:
        return fact
    raise NotProvoked("its precondition does not hold: a creation did not answer with a pack")


def _asked_for(harness: Harness, reason: NotProvoked, org: str | None, **params: Any) -> PackFact:
    try:
        values = harness.provide(
            "pack exists",
            org_id=org,
            name=params.get("name"),
            visibility=params.get("visibility"),
            image_origin=params.get("origin"),
            tier=params.get("tier"),
        )
    except NotProvoked as second:
        raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    fact = PackFact(
        id=str(values["pack_id"]),
        name=params.get("name", ""),
        version="",
        visibility=params.get("visibility", "community"),
        tier=params.get("tier", "community"),
        owner=org,
        origin=params.get("origin"),
        made=True,
    )
    harness.state = harness.state.with_fact(fact)
    return _read(harness, fact)


def _read(harness: Harness, fact: PackFact) -> PackFact:
    """What somebody who can see the pack is shown of it, learned."""
    operation = harness.contract.operations[GET]
    for caller in harness.callers(fact.owner):
        harness.send(caller, build(operation, {"id": fact.id}))
        break
    return pack_facts(harness.state).get(fact.id, fact)


def _platform(harness: Harness) -> PackFact:
    """One of the run's own where that can be had: the target's own may be read, but never put at risk."""
    found = sorted((fact for fact in pack_facts(harness.state).values() if fact.platform), key=lambda fact: fact.id)
    if ours := [fact for fact in found if harness.guard.may_change(fact.id)]:
        return ours[0]
    name = harness.fresh_name()
    reason = NotProvoked("the target shows no pack of the platform", needs.PLATFORM_PACK)
    try:
        return _asked_for(harness, reason, None, name=name, tier="verified")
    except NotProvoked:
        # The one that the profile names may be asked for what changes nothing of it.
        found.sort(key=lambda fact: fact.id != harness.profile.known.platform_pack)
        if found:
            return found[0]
        raise


def _foreign(harness: Harness, kind: Kind, caller: Caller) -> PackFact:
    known = harness.profile.known
    given = known.foreign_community_pack if kind.visible else known.foreign_private_pack
    others = [c.org for c in harness.profile.callers if c.org != caller.org]
    reasons: list[NotProvoked] = []
    for org in dict.fromkeys(others):
        try:
            return own(harness, org, visibility=kind.visibility)
        except NotProvoked as reason:
            reasons.append(reason)
    if given is not None and caller.org == harness.profile.callers[0].org:
        fact = PackFact(id=given, visibility=kind.visibility, foreign_to=frozenset({caller.org}))
        harness.state = harness.state.with_fact(fact)
        return fact
    line = needs.FOREIGN_COMMUNITY_PACK if kind.visible else needs.FOREIGN_PRIVATE_PACK
    first = reasons[0] if reasons else NotProvoked("the profile has callers of one org only", needs.SECOND_ORG)
    raise NotProvoked(str(first), *first.needs, line)


def pack_yaml(name: str, version: str = VERSION, **more: Any) -> bytes:
    """A pack.yaml; a key given as None is left out. The description tells a mark that the name may not."""
    said = {"name": name, "version": version, "description": f"Made by the conformance suite: {name}"} | more
    kept = {key: value for key, value in said.items() if value is not None}
    return yaml.dump(kept, Dumper=yaml.CSafeDumper, sort_keys=False).encode()


@lru_cache(maxsize=64)
def _usual_pack_yaml(name: str) -> bytes:
    return pack_yaml(name)


def pack_files(name: str, **said: Any) -> dict[str, bytes]:
    """The files of a small pack."""
    manifest = pack_yaml(name, **said) if said else _usual_pack_yaml(name)
    return {"pack.yaml": manifest, FILE: FILE_CONTENT, "behavior.md": b"# Behave\n"}


def archive_parts(packed: bytes, visibility: str | None = "org") -> list[multipart.Part]:
    """The form of an upload."""
    parts = [multipart.Part("archive", packed, "pack.tar.gz", "application/gzip")]
    if visibility is not None:
        parts.append(multipart.Part("visibility", visibility.encode()))
    return parts


def image(harness: Harness, name: str, version: str = VERSION, *, of: str | None = None, tag: str | None = None) -> str:
    """A reference to an image that can be pulled and says this name, in the repository of another one."""
    base = of or f"registry.conformance.example/{name}"
    image_ref = f"{base}:{tag or version}"
    harness.provide("image is available", image_ref=image_ref, name=name, version=version)
    harness.state = harness.state.with_fact(ImageFact(id=image_ref, name=name, version=version, made=True))
    return image_ref


def next_image(harness: Harness, fact: PackFact, version: str = "1.3.0") -> str:
    """A newer image in the repository of the pack's own."""
    if fact.image_ref is None:
        raise NotProvoked(f"pack {fact.id} shows no image_ref, so its repository is not known")
    return image(harness, fact.name, version, of=repository(fact.image_ref))


def pullable(harness: Harness, caller: Caller, name: str) -> str:
    """An image of this name, else the one that the profile says the target has."""
    try:
        return image(harness, name)
    except NotProvoked as reason:
        given = harness.profile.known.image_ref
        if given is None or caller.org != harness.profile.callers[0].org:
            raise NotProvoked(str(reason), *reason.needs, needs.IMAGE_REF) from None
    harness.state = harness.state.with_fact(ImageFact(id=given))
    return given


def pullable_next(harness: Harness, fact: PackFact) -> str:
    """A newer image of the pack, else the one that the profile says the target has in its repository."""
    try:
        return next_image(harness, fact)
    except NotProvoked as reason:
        given = harness.profile.known.next_image_ref
        if given is None or fact.image_ref is None or repository(given) != repository(fact.image_ref):
            raise NotProvoked(str(reason), *reason.needs, needs.NEXT_IMAGE_REF) from None
    harness.state = harness.state.with_fact(ImageFact(id=given))
    return given


def referenced(harness: Harness, fact: PackFact, org: str, *, archived: bool = False) -> PackFact:
    """The pack with one more role of the org that references it."""
    harness.provide("role references pack", org_id=org, pack_id=fact.id, archived=archived)
    counted = "own_roles" if fact.owned_by(org) else "foreign_roles"
    fact = replace(fact, **{counted: getattr(fact, counted) + 1})
    harness.state = harness.state.with_fact(fact)
    return fact


def purge_fails(harness: Harness, fact: PackFact, times: int = 1) -> None:
    """The registry refuses to purge the pack's image so many times."""
    harness.provide("registry purge fails", pack_id=fact.id, times=times)
    harness.state = harness.state.changed("pack", fact.id, purge_fails=True)


Field = Callable[[Harness, Caller, PackFact | None], Any]


def _image_ref(harness: Harness, caller: Caller, fact: PackFact | None) -> str:
    if fact is None:
        return pullable(harness, caller, harness.fresh_name())
    return pullable_next(harness, fact)


def _archive(harness: Harness, _caller: Caller, _fact: PackFact | None) -> bytes:
    return archive.write_files(pack_files(harness.fresh_name()))


def _visibility(_harness: Harness, _caller: Caller, fact: PackFact | None) -> str:
    return "community" if fact is None or fact.visibility == "org" else "org"


FIELDS: Mapping[str, Field] = {
    "image_ref": _image_ref,
    "archive": _archive,
    "visibility": _visibility,
}
"""How a field of a body gets a value that is right for the pack that the path names, if it names one."""
