"""The kinds of packs, and what each write may change of one."""

from __future__ import annotations

from collections.abc import Callable

from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact
from conformance.oracle.law import Kind
from conformance.resources.packs import images, making
from conformance.resources.packs.facts import PLATFORM_TIERS, PackFact
from conformance.resources.packs.sample_files import RICH, RICH_FILES, pack_files
from conformance.session.harness import Harness

OF_VISIBILITY = frozenset({"visibility", "updated_at"})
OF_PACK_YAML = frozenset({"description", "category", "capabilities", "suggested_packs", "display_name", "version"})
OF_CONTENT = OF_PACK_YAML | {"size_bytes", "image_ref", "image_digest", "updated_at"}
WRITTEN = OF_PACK_YAML | {"name"}


def shared_unasked(asked: object, got: object) -> DataEffect | None:
    """What it does that a pack has another visibility than was asked for: a private one is shown to all orgs."""
    return DataEffect.LEAKED if (asked, got) == ("org", "community") else None


def _name(session: Harness, org: str, like: Fact | None) -> str:
    """The name of what it is to be like, where the org has no pack of it any more; else one that nothing has."""
    if like is None or like.name is None:
        return session.fresh_name()
    free = like.owner != org or session.state.is_gone(like.resource, like.id)
    return like.name if free else session.fresh_name()


def _own(*origins: str, visibility: str = "org") -> Callable[[Harness, str, Fact | None], PackFact]:
    return lambda session, org, like: making.own(
        session, org, name=_name(session, org, like), visibility=visibility, origins=origins
    )


def _of_tier(tier: str) -> Callable[[Harness, str, Fact | None], PackFact]:
    return lambda session, _org, _like: making.of_tier(session, tier)


def _rich(session: Harness, org: str, like: Fact | None) -> PackFact:
    """An upload with every optional field, and files that are easily spoilt on their way."""
    files = pack_files(_name(session, org, like), **RICH) | dict(RICH_FILES)
    return making.uploaded(session, making.creator(session, making.UPLOAD, org), files)


def _rich_image(session: Harness, org: str, like: Fact | None) -> PackFact:
    """A pack of an image whose pack.yaml has every optional key."""
    name = _name(session, org, like)
    image_ref = images.rich_image(session, name)
    return making.created(session, making.creator(session, making.CREATE, org), name, image_ref=image_ref)


KINDS = (
    Kind("upload", _own("upload")),
    Kind("shared", _own("upload", visibility="community")),
    Kind("rich", _rich),
    Kind("image", _own("image_ref")),
    Kind("rich-image", _rich_image),
    Kind("clone", _own("clone")),
    *(Kind(tier, _of_tier(tier), owned=False) for tier in PLATFORM_TIERS),
)
