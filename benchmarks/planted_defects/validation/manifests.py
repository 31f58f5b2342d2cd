"""Defects in which pack.yaml is taken, and which image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.archives import wrong_manifest
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import CREATE, REPLACE_IMAGE, UPLOAD
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.deviations.planting.packs import with_meta, wrong_for_pack
from mock_server.errors import ValidationFailed
from mock_server.operation import Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.images import Image
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.resources.packs.registry import REGISTRY, Reference, pulled
from mock_server.state.value import replace

_KEYS = {"name", "version", "display_name", "description", "category", "capabilities", "suggested_packs"}

Manifest = dict[str, Any]


@wrong_manifest("creation-version-short", "CREATE-PACK-YAML", on=UPLOAD)
def version_short(said: Manifest) -> Manifest:
    """A version of two numbers is taken with a nought as the third."""
    version = said.get("version")
    return {**said, "version": f"{version}.0"} if isinstance(version, str) and version.count(".") == 1 else said


@wrong_manifest("creation-null-as-absent", "CREATE-PACK-YAML", on=UPLOAD)
def null_as_absent(said: Manifest) -> Manifest:
    """A key of pack.yaml whose value is null counts as absent."""
    return {key: value for key, value in said.items() if value is not None}


@wrong_manifest("creation-unknown-keys-refused", "CREATE-PACK-YAML", "CONTRACT-VALID-ACCEPTED", on=UPLOAD)
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


@wrong_outcome("images-any-tag", "IMAGE-UNKNOWN", on=CREATE)
def any_tag(run: Run) -> Outcome:
    """Where a repository does not hold the tag that was asked for another of its images is taken."""
    reference = _reference(run.request)
    repository = None if reference is None else run.state.get(REGISTRY, reference.repository)
    named = [tag for tag in repository.tags if ":" not in tag] if repository else []
    if reference is None or not named or pulled(run.state, reference) is not None:
        return run.done
    held = f"{reference.repository}:{min(named)}"
    return run.right(run.state, run.request._replace(body={**run.request.body, "image_ref": held}))


@Planter
def _wrong_new_image(hooks: Hooks, change: Callable[[Pack, Reference, Image], Pack]) -> Hooks:
    """Plant a change of an own pack right before it is given an image; the function is given that, too."""

    def wrong(run: Run, pack: Pack) -> Outcome:
        reference = _reference(run.request)
        image = None if reference is None else pulled(run.state, reference)
        if pack.org_id != run.org_id or reference is None or not isinstance(image, Image):
            return run.done
        changed = change(pack, reference, image)
        return run.right(run.state if changed is pack else run.state.put(PACKS, changed), run.request)

    return wrong_for_pack.plant(hooks, wrong)


@_wrong_new_image("images-repository-by-name", "IMAGE-SAME-REPOSITORY", on=REPLACE_IMAGE)
def repository_by_name(pack: Pack, reference: Reference, _image: Image) -> Pack:
    """A repository of the same name in another registry or team counts as the same."""
    own, repository = pack.reference, reference.repository
    if repository.rpartition("/")[2] != own.repository.rpartition("/")[2]:
        return pack
    return replace(pack, image_ref=f"{repository}:{own.tag or pack.image.meta.version}")


@_wrong_new_image("images-renaming", "IMAGE-NAME-STAYS", "CONTENT-KEEPS-REST", on=REPLACE_IMAGE)
def renaming(pack: Pack, _reference: Reference, image: Image) -> Pack:
    """A new image whose pack.yaml has another name gives the pack that name."""
    return with_meta(pack, name=image.meta.name)
