"""Creations whose answer got lost: what they made, if they made it, is found by its name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.mark import carries
from conformance.oracle.facts import State
from conformance.resources.packs import archive


@dataclass(frozen=True, slots=True)
class Lost:
    """One such creation."""

    org: str
    name: str | None
    """Of the pack that it asks for; None where that cannot be read off it."""
    image_ref: str | None
    key: str | None = None
    """Of its entry in the ledger."""


def asked_for(state: State, org: str, request: Request, key: str | None) -> Lost:
    """What a creation asks for."""
    image_ref = image_in(request)
    image = state.facts("image").get(image_ref) if image_ref else None
    return Lost(org, image.name if image else _name_in(request), image_ref, key)


def image_in(request: Request) -> str | None:
    """The image of a creation: what is made of it has the image's name."""
    if request.media_type != "application/json":
        return None
    try:
        body = json.loads(request.content or b"")
    except (ValueError, RecursionError):
        return None
    image_ref = body.get("image_ref") if isinstance(body, dict) else None
    return image_ref if isinstance(image_ref, str) else None


def _name_in(request: Request) -> str | None:
    """What the archive of an upload says."""
    if request.media_type != multipart.MEDIA_TYPE:
        return None
    try:
        parts = multipart.decode(request.content or b"", request.header("content-type") or "")
        return next((archive.read(part.content).name for part in parts if part.name == "archive"), None)
    except (archive.Refused, multipart.NotMultipart):
        return None


def found_in(shown: Any, lost: Lost, mark: str, others: Iterable[str]) -> Iterator[str]:
    """The ids of the packs in a list that the creation made; others: the ids of what somebody else has."""
    for pack in packs_in(shown):
        if pack["id"] in others:
            continue
        if carries(mark, lost.name):
            if pack.get("name") == lost.name:
                yield pack["id"]
        elif lost.image_ref is not None and pack.get("image_ref") == lost.image_ref:
            yield pack["id"]


def packs_in(shown: Any, *, owned: bool = True) -> Iterator[Mapping[str, Any]]:
    """The packs in the answer to a list that have an id and belong, or do not, to the org that was answered."""
    listed = shown.get("packs") if isinstance(shown, Mapping) else None
    for pack in listed if isinstance(listed, list) else ():
        if isinstance(pack, Mapping) and pack.get("owned") is owned and isinstance(pack.get("id"), str):
            yield pack
