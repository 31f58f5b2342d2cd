"""What a list of packs, and a request for a pack, tell of one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from conformance.contract.contract import JsonObject
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.declaration import (
    FOREIGN_COMMUNITY,
    OWN_COMMUNITY,
    OWN_PRIVATE,
    PLATFORM,
    Ownership,
    Requested,
)
from conformance.oracle.facts import State
from conformance.resources.packs.archives import archive
from conformance.resources.packs.facts import PLATFORM_TIERS, image_facts


def shown_as(shown: JsonObject) -> Ownership | None:
    """How a listed pack stands to the org that asked."""
    shared = shown.get("visibility") == "community"
    if shown.get("owned") is True:
        return OWN_COMMUNITY if shared else OWN_PRIVATE
    if shown.get("tier") in PLATFORM_TIERS:
        return PLATFORM
    return FOREIGN_COMMUNITY if shared and shown.get("owned") is False else None


def known_image(listed: Sequence[JsonObject]) -> Mapping[str, str]:
    """An image that was pulled once; rather one whose pack the org does not have, since it could make one of it."""
    pulled = [each for each in listed if each.get("image_origin") == "image_ref" and _is_text(each.get("image_ref"))]
    pulled.sort(key=lambda each: each.get("owned") is True)
    return {"image_ref": str(pulled[0]["image_ref"])} if pulled else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def requested(state: State, request: Request) -> Requested:
    """What is made of an image has the image's name, what is made of an archive the name in its pack.yaml."""
    if request.media_type == multipart.MEDIA_TYPE:
        return Requested(_name_in_archive(request), {})
    try:
        body = json.loads(request.content or b"")
    except (ValueError, RecursionError):
        body = None
    image_ref = body.get("image_ref") if isinstance(body, dict) else None
    if not isinstance(image_ref, str):
        return Requested(None, {})
    image = image_facts(state).get(image_ref)
    return Requested(image.name if image else None, {"image_ref": image_ref})


def _name_in_archive(request: Request) -> str | None:
    try:
        parts = multipart.decode(request.content or b"", request.header("content-type") or "")
        return next((archive.read(part.content).name for part in parts if part.name == "archive"), None)
    except (archive.Refused, multipart.NotMultipart):
        return None
