"""What an answer says of a pack by itself: whose it is, and what of it an org is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.oracle.breach import Breach
from conformance.oracle.effect import DataEffect
from conformance.resources.packs.archives import archive
from conformance.resources.packs.archives.manifest import Refused
from conformance.resources.packs.facts import PLATFORM_TIERS, is_made_of_name
from conformance.results.difference import of_field

ARCHIVE = "archive"
"""The part of an upload that has it."""
ORG_ID, OWNED, TIER, IMAGE_REF = "OWNERSHIP-ORG-ID", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", "OWNERSHIP-IMAGE-REF"


def contradictions(shown: JsonObject, org: str | None) -> Iterator[Breach]:
    """What cannot be so of a pack, whoever was shown it; org: the caller's, where it is known."""
    owned, named, platform = shown.get("owned"), shown.get("org_id"), shown.get("tier") in PLATFORM_TIERS
    if owned is True and named is None:
        others = platform or (shown.get("visibility") == "community" and "image_ref" not in shown)
        yield _wrong(OWNED if others else ORG_ID, "org_id", org or "the org's", None)
    elif owned is False and named is not None:
        if named == org:
            yield _wrong(OWNED, "owned", "true", "false")
        else:
            yield _wrong(ORG_ID, "org_id", None, named, effect=DataEffect.LEAKED)
    elif owned is True and org is not None and named != org:
        yield _wrong(OWNED, "owned", "false", "true")
    if owned is True and platform and named is not None:
        yield _wrong(TIER, "tier", "community", shown["tier"])
    if owned is True and named is not None and not shown.get("image_ref"):
        yield _wrong(IMAGE_REF, "image_ref", "one", None)


def as_asked(contract: Contract, sent: Mapping[str, Any], shown: JsonObject) -> Iterator[Breach]:
    """A new pack shows what it was made of, and without a visibility it is the org's alone."""
    packed = sent.get(ARCHIVE)
    right: dict[str, tuple[str, Any]] = {"image_origin": ("CREATE-ORIGIN", "image_ref" if packed is None else "upload")}
    if isinstance(packed, bytes):
        with suppress(Refused):
            right |= _of_content(archive.read(packed, contract))
    for name, (rule, value) in right.items():
        alike = name == "display_name" and value is None and is_made_of_name(shown.get(name), str(shown.get("name")))
        if name in shown and shown[name] != value and not alike:
            yield Breach(rule, f"{name} of what it was made of", "another", evidence=of_field(name, value, shown[name]))
    if "visibility" not in sent and shown.get("visibility") == "community":
        evidence = of_field("visibility", "org", "community")
        yield Breach("CREATE-VISIBILITY", "visibility org", "community", evidence=evidence)


def _of_content(content: archive.Content) -> dict[str, tuple[str, Any]]:
    """What a pack shows of the archive that it was made of, and the rule that says so."""
    return {
        "size_bytes": ("CREATE-SIZE", sum(map(len, content.files.values()))),
        "display_name": ("CREATE-DISPLAY-NAME", content.pack_yaml.get("display_name") or None),
    }


def _wrong(rule: str, name: str, right: str | None, got: object, *, effect: DataEffect | None = None) -> Breach:
    expected = f"{name} {right}" if name in ("owned", "tier") else f"{'an' if right else 'no'} {name}"
    said = expected, "none" if got is None else "another" if name in ("owned", "tier") else "one"
    return Breach(rule, *said, effect=effect, evidence=of_field(name, right, got))
