"""The oracle's state: what the run made and observed through public calls, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.contract import Contract
from conformance.mark import FORM

INACTIVE = ("past_due", "decommissioning", "trial_expired")
PLATFORM_TIERS = ("recommended", "verified")


@dataclass(frozen=True, slots=True)
class Image:
    """What an image in a registry says of itself."""

    name: str | None
    version: str | None


UNREAD = Image(None, None)
"""An image that can be pulled; what it says of itself nobody has told."""


@dataclass(frozen=True, slots=True)
class PackFact:
    """What is known of one pack that exists."""

    id: str
    name: str
    version: str
    visibility: str
    tier: str
    owner: str | None = None
    """The org; None: the platform's, or an org that the run cannot name."""
    foreign_to: frozenset[str] = frozenset()
    """Orgs that were told `owned: false`."""
    origin: str | None = None
    image_ref: str | None = None
    files: Mapping[str, bytes] | None = None
    """Every file of it; None: not known."""
    own_roles: int = 0
    foreign_roles: int = 0
    """Roles that the run attached, archived ones too."""
    made: bool = False
    """By this run, so that no role is attached but those counted here."""
    purge_fails: bool = False
    shown: Mapping[str, Any] = field(default_factory=dict)
    """The last answer about it, as its owner's org saw it; else as anybody did."""

    @property
    def platform(self) -> bool:
        """Shipped by the platform: no org owns it."""
        return self.tier in PLATFORM_TIERS

    def owned_by(self, org: str) -> bool:
        return self.owner == org

    def visible_to(self, org: str) -> bool:
        """By the contract: own ones, the platform's, community packs."""
        return self.owned_by(org) or self.platform or self.visibility == "community"


@dataclass(frozen=True, slots=True)
class State:
    """All that the oracle knows when a request is judged."""

    contract: Contract
    packs: Mapping[str, PackFact] = field(default_factory=dict)
    postures: Mapping[str, str] = field(default_factory=dict)
    """Billing posture by org, where known."""
    images: Mapping[str, Image] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    """Packs that were deleted."""
    listed: frozenset[str] = frozenset()
    """Orgs whose every pack is known, so that a name not among them is free."""
    of_other_runs: frozenset[str] = frozenset()
    """Packs that were shown and that another run of the suite made: no more is certain of them."""
    prefix: str = ""
    """How the names of what this run makes begin."""

    def with_pack(self, pack: PackFact) -> State:
        """The state with this fact in place of what was known of the pack."""
        return replace(self, packs={**self.packs, pack.id: pack})

    def without_pack(self, pack_id: str) -> State:
        left = {k: v for k, v in self.packs.items() if k != pack_id}
        return replace(self, packs=left, gone=self.gone | {pack_id})

    def with_posture(self, org: str, posture: str) -> State:
        return replace(self, postures={**self.postures, org: posture})

    def with_image(self, image_ref: str, image: Image) -> State:
        return replace(self, images={**self.images, image_ref: image})

    def changed(self, pack_id: str, **changes: Any) -> State:
        """The state with some fields of one fact changed; the same where the pack is not known."""
        pack = self.packs.get(pack_id)
        return self.with_pack(replace(pack, **changes)) if pack else self

    def owned(self, org: str) -> Iterable[PackFact]:
        return (pack for pack in self.packs.values() if pack.owned_by(org))

    def name_taken(self, org: str, name: str) -> bool:
        return any(pack.name == name for pack in self.owned(org))

    def of_another_run(self, name: object) -> bool:
        """Whether something of this name was made by a run of the suite, and not by this one."""
        of_a_run = FORM.match(str(name))
        return of_a_run is not None and self.prefix != "" and of_a_run[0] != self.prefix

    def seen(self, org: str, shown: Any, *, made: bool = False) -> State:
        """What an answer that shows a pack to org teaches; the same where it is not shaped as one.

        Of what another run made nothing but its id: it changes, and goes, while this one goes on.

        `made`: the answer is to a creation.
        """
        if not _is_pack(shown):
            return self
        if self.of_another_run(shown["name"]):
            return replace(self, of_other_runs=self.of_other_runs | {shown["id"]})
        known = self.packs.get(shown["id"])
        # What has a tier of the platform's is the platform's, whatever an answer says of its owner.
        owned = shown["owned"] is True and shown["tier"] not in PLATFORM_TIERS
        fact = known or PackFact(shown["id"], "", "", "", "", made=made)
        fact = replace(
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
        return self.with_pack(fact)


def _is_pack(shown: Any) -> bool:
    texts = ("id", "name", "version", "visibility", "tier")
    return (
        isinstance(shown, Mapping)
        and all(isinstance(shown.get(key), str) for key in texts)
        and isinstance(shown.get("owned"), bool)
    )
