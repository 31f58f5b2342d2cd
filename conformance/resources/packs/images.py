"""Images that a pack can be made of: made by the target's side, else the one that the profile names."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from conformance import needs
from conformance.contract.contract import Operation
from conformance.mark import marked_reference
from conformance.oracle.declaration.fields import Field
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.resources.packs.facts import ImageFact, PackFact
from conformance.resources.packs.sample_files import OTHERWISE, RICH, VERSION, pack_yaml
from conformance.resources.packs.semantics import repository
from conformance.session.harness import Harness

AVAILABLE = "image is available"
OF_PACK_YAML = "image of pack.yaml is available"
IMAGE_REF = needs.known("image_ref")
NEXT_IMAGE_REF = needs.known("next_image_ref")
KNOWN = {
    "image_ref": "an image that the first caller's org can pull, and of which it has no pack",
    "next_image_ref": "a newer image in the same repository",
}
LONGEST_NAME = 255
"""Registries bound the name of an image so, where the grammar of the contract does not."""


def made_up_reference(name: str) -> str:
    """A reference to an image that nobody has."""
    return f"registry.conformance.example/{name}:1.0.0"


def image(harness: Harness, name: str, version: str = VERSION, *, of: str | None = None, tag: str | None = None) -> str:
    """A reference to an image that can be pulled and says this name, in the repository of another one."""
    base = of or f"registry.conformance.example/{name}"
    return available(harness, f"{base}:{tag or version}", name, version)


def rich_image(
    harness: Harness,
    name: str,
    version: str = VERSION,
    *,
    of: str | None = None,
    tag: str | None = None,
    said: Mapping[str, Any] = RICH,
) -> str:
    """The same of an image whose pack.yaml has every optional key."""
    image_ref = f"{of or f'registry.conformance.example/{name}'}:{tag or version}"
    harness.provide(OF_PACK_YAML, image_ref=image_ref, pack_yaml=pack_yaml(name, version, **said).decode())
    return _learned(harness, image_ref, name, version)


def available(harness: Harness, image_ref: str, name: str, version: str = VERSION) -> str:
    """The same reference, by which an image can be pulled that says this name and version."""
    harness.provide(AVAILABLE, image_ref=image_ref, name=name, version=version)
    return _learned(harness, image_ref, name, version)


def _learned(harness: Harness, image_ref: str, name: str, version: str) -> str:
    harness.state = harness.state.with_fact(ImageFact(id=image_ref, name=name, version=version, made=True))
    return image_ref


def next_image(harness: Harness, fact: PackFact, version: str | None = None) -> str:
    """A newer image in the repository of the pack's own; as rich as the pack is, where such a one can be had."""
    if fact.image_ref is None:
        raise NotProvoked(f"pack {fact.id} shows no image_ref, so its repository is not known")
    version = version or ("1.4.0" if fact.version == "1.3.0" else "1.3.0")
    if fact.shown.keys() >= RICH.keys():
        said = RICH if fact.shown["category"] == OTHERWISE["category"] else OTHERWISE
        with suppress(NotProvoked):
            return rich_image(harness, fact.name, version, of=repository(fact.image_ref), said=said)
    return image(harness, fact.name, version, of=repository(fact.image_ref))


def pullable(harness: Harness, caller: Caller, name: str) -> str:
    """An image of this name, else the one that the profile says the target has."""
    try:
        return image(harness, name)
    except NotProvoked as reason:
        given = harness.profile.known.named.get("image_ref")
        if given is None or caller.org != harness.profile.callers[0].org:
            raise NotProvoked(str(reason), *reason.needs, IMAGE_REF) from None
    return _given(harness, given)


def pullable_next(harness: Harness, fact: PackFact) -> str:
    """A newer image of the pack, else the one that the profile says the target has in its repository."""
    try:
        return next_image(harness, fact)
    except NotProvoked as reason:
        given = harness.profile.known.named.get("next_image_ref")
        if given is None or fact.image_ref is None or repository(given) != repository(fact.image_ref):
            raise NotProvoked(str(reason), *reason.needs, NEXT_IMAGE_REF) from None
    return _given(harness, given)


def _given(harness: Harness, image_ref: str) -> str:
    """What the image says of itself nobody has told."""
    harness.state = harness.state.with_fact(ImageFact(id=image_ref))
    return image_ref


def _value(harness: Harness, caller: Caller | None, fact: PackFact | None) -> str:
    if caller is None:
        return made_up_reference(harness.fresh_name())
    return pullable(harness, caller, harness.fresh_name()) if fact is None else pullable_next(harness, fact)


def _needs(operation: Operation) -> tuple[needs.Need, ...]:
    return needs.state(AVAILABLE), NEXT_IMAGE_REF if operation.resources else IMAGE_REF


def _marked(harness: Harness, value: str) -> str | None:
    return None if "@" in value else marked_reference(value, harness.prefix)


def _have(harness: Harness, value: str) -> bool:
    if "@" in value or len(value) > LONGEST_NAME:
        # A digest says what is in the image, so no image can be made for it.
        return False
    available(harness, value, harness.fresh_name())
    return True


FIELD = Field(_value, _needs, owner_knows=True, marked=_marked, shown_as_sent=False, have=_have)
"""`image_ref` in a body: of a pack that is there, an image in its own repository."""
