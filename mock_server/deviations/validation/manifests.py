"""Defects in which pack.yaml is taken, and which image."""

from __future__ import annotations

from typing import Any

from mock_server.deviations import deviation
from mock_server.deviations.archives import with_manifest
from mock_server.deviations.operations import CREATE, REPLACE_IMAGE, UPLOAD
from mock_server.deviations.outcomes import Outcome, with_meta, with_transition
from mock_server.errors import ValidationFailed
from mock_server.resources.operation import Request, Transition
from mock_server.resources.packs.images import Image
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.packs.registry import REGISTRY, Reference, pulled
from mock_server.state.state import State
from mock_server.state.value import replace

_KEYS = {"name", "version", "display_name", "description", "category", "capabilities", "suggested_packs"}

Manifest = dict[str, Any]


@deviation("creation-version-short", "CREATE-PACK-YAML", on=UPLOAD, plant=with_manifest)
def version_short(said: Manifest) -> Manifest:
    """A version of two numbers is taken with a nought as the third."""
    version = said.get("version")
    return {**said, "version": f"{version}.0"} if isinstance(version, str) and version.count(".") == 1 else said


@deviation("creation-null-as-absent", "CREATE-PACK-YAML", on=UPLOAD, plant=with_manifest)
def null_as_absent(said: Manifest) -> Manifest:
    """A key of pack.yaml whose value is null counts as absent."""
    return {key: value for key, value in said.items() if value is not None}


@deviation(
    "creation-unknown-keys-refused", "CREATE-PACK-YAML", "CONTRACT-VALID-ACCEPTED", on=UPLOAD, plant=with_manifest
)
def unknown_keys_refused(said: Manifest) -> Manifest:
    """A pack.yaml with a key that is not listed is refused."""
    if unknown := sorted(str(key) for key in said if key not in _KEYS):
        raise ValidationFailed(fields={"archive": f"pack.yaml: {unknown[0]} is not a known key."})
    return said


def _reference(request: Request) -> Reference | None:
    """The reference that was sent; None for one that is refused anyway."""
    try:
        return Reference.of(request.body["image_ref"])
    except ValueError:
        return None


@deviation("images-any-tag", "IMAGE-UNKNOWN", on=CREATE, plant=with_transition)
def any_tag(right: Transition, state: State, request: Request) -> Outcome:
    """Where a repository does not hold the tag that was asked for another of its images is taken."""
    reference = _reference(request)
    repository = None if reference is None else state.get(REGISTRY, reference.repository)
    named = [tag for tag in repository.tags if ":" not in tag] if repository else []
    if reference is not None and named and pulled(state, reference) is None:
        held = f"{reference.repository}:{min(named)}"
        return right(state, request._replace(body={**request.body, "image_ref": held}))
    return right(state, request)


def _meant(state: State, request: Request) -> tuple[Reference, Image] | None:
    """The image that the caller would give the own pack; None where there is no such image or pack."""
    pack = state.all(PACKS).get(request.path["id"])
    reference = _reference(request)
    if pack is None or pack.org_id != request.caller.org_id or reference is None:
        return None
    image = pulled(state, reference)
    return (reference, image) if isinstance(image, Image) else None


@deviation("images-repository-by-name", "IMAGE-SAME-REPOSITORY", on=REPLACE_IMAGE, plant=with_transition)
def repository_by_name(right: Transition, state: State, request: Request) -> Outcome:
    """A repository of the same name in another registry or team counts as the same."""
    if (meant := _meant(state, request)) is not None:
        pack = state.all(PACKS)[request.path["id"]]
        repository = meant[0].repository
        if repository.rpartition("/")[2] == pack.reference.repository.rpartition("/")[2] != "":
            moved = replace(pack, image_ref=f"{repository}:{pack.reference.tag or pack.image.meta.version}")
            state = state.put(PACKS, moved)
    return right(state, request)


@deviation("images-renaming", "IMAGE-NAME-STAYS", "CONTENT-KEEPS-REST", on=REPLACE_IMAGE, plant=with_transition)
def renaming(right: Transition, state: State, request: Request) -> Outcome:
    """A new image whose pack.yaml has another name gives the pack that name."""
    if (meant := _meant(state, request)) is not None:
        pack = state.all(PACKS)[request.path["id"]]
        state = state.put(PACKS, with_meta(pack, name=meant[1].meta.name))
    return right(state, request)
