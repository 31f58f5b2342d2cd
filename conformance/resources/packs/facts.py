"""What is known of a pack, and of an image that one may be made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from conformance.frozen import changed
from conformance.oracle.facts import Fact, State

PLATFORM_TIERS = ("recommended", "verified")


@dataclass(frozen=True, kw_only=True)
class PackFact(Fact):
    """What is known of one pack that exists."""

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
    def platform(self) -> bool:
        return self.tier in PLATFORM_TIERS

    @property
    def shareable(self) -> bool:
        return True

    def visible_to(self, org: str) -> bool:
        """By the contract: own ones, the platform's, community packs."""
        return self.owned_by(org) or self.platform or self.visibility == "community"


@dataclass(frozen=True, kw_only=True)
class ImageFact(Fact):
    """An image that can be pulled; its id is its reference, its name what it says of itself."""

    resource: str = "image"
    version: str | None = None


def pack_facts(state: State) -> Mapping[str, PackFact]:
    """What is known of packs, by id."""
    return cast("Mapping[str, PackFact]", state.facts("pack"))


def owned_packs(state: State, org: str) -> Iterable[PackFact]:
    """The org's own packs, as far as they are known."""
    return (pack for pack in pack_facts(state).values() if pack.owned_by(org))


def former_packs(state: State) -> Iterable[PackFact]:
    """What was known last of the packs that the run deleted."""
    return (fact for fact in state.former.values() if isinstance(fact, PackFact))


def image_facts(state: State) -> Mapping[str, ImageFact]:
    """What is known of images, by reference."""
    return cast("Mapping[str, ImageFact]", state.facts("image"))


def is_made_of_name(shown: object, name: str) -> bool:
    """Whether a name for people is one that is made of a pack's name: its words, each that can with a capital first.

    How many blanks are between them and the case of all other letters are free.
    """
    words, parts = str(shown).split(), name.replace("-", " ").split()
    return [each.casefold() for each in words] == parts and all(
        word[0] == part[0].upper() or not part[0].isalpha() for word, part in zip(words, parts, strict=True)
    )


def read_pack(known: Fact | None, org: str, shown: Mapping[str, Any]) -> PackFact | None:
    """The pack that an answer shows to org; None where it is not shaped as one."""
    texts = ("id", "name", "version", "visibility", "tier")
    if not all(isinstance(shown.get(key), str) for key in texts) or not isinstance(shown.get("owned"), bool):
        return None
    # What has a tier of the platform's is the platform's, whatever an answer says of its owner.
    owned = shown["owned"] is True and shown["tier"] not in PLATFORM_TIERS
    fact = known if isinstance(known, PackFact) else PackFact(id=shown["id"])
    return changed(
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
