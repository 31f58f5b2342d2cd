"""Defects in which pack.yaml is taken, and which image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from benchmarks.planted_defects.planting.archives import wrong_manifest
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import SLACK, Scene, manifest, packed, said, zipped
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.deviations.planting.packs import with_meta, wrong_for_pack
from mock_server.operation import Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.images import Image
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.resources.packs.registry import REGISTRY, Reference, pulled
from mock_server.state.value import replace

defect = Declarer(__name__)

_KEYS = {"name", "version", "display_name", "description", "category", "capabilities", "suggested_packs"}


Manifest = dict[str, Any]


INVALID = "400 validation_error"
INVALID = "400 validation_error"


def replaced(scene: Scene, pack_id: str, image_ref: str, who: str = "acme-owner") -> httpx.Response:
    return scene.ask("PUT", f"/packs/{pack_id}", who, json={"image_ref": image_ref})


@defect("creation-version-short", "CREATE-PACK-YAML", on=ids.UPLOAD).by(wrong_manifest)
@shown(INVALID, "201", lambda scene: said(scene.upload(zipped({"pack.yaml": manifest("witness", "'1.2'")}))))
def version_short(said: Manifest) -> Manifest:
    """A version of two numbers is taken with a nought as the third."""
    version = said.get("version")
    return {**said, "version": f"{version}.0"} if isinstance(version, str) and version.count(".") == 1 else said


defect("creation-null-as-absent", "CREATE-PACK-YAML", on=ids.UPLOAD)(
    "A key of pack.yaml whose value is null counts as absent.",
    wrong_manifest.of(lambda said: {key: value for key, value in said.items() if value is not None}),
    shown(INVALID, "201", lambda scene: said(scene.upload(packed(more="description: null\n")))),
)


@defect("creation-unknown-keys-refused", "CREATE-PACK-YAML", "CONTRACT-VALID-ACCEPTED", on=ids.UPLOAD).by(
    wrong_manifest
)
@shown("201", INVALID, lambda scene: said(scene.upload(packed(more="homepage: none\n"))))
def unknown_keys_refused(said: Manifest) -> Manifest:
    """A pack.yaml with a key that is not listed is refused."""
    if unknown := sorted(str(key) for key in said if key not in _KEYS):
        raise errors.ValidationFailed(fields={"archive": f"pack.yaml: {unknown[0]} is not a known key."})
    return said


def _reference(request: Request) -> Reference | None:
    """The reference that was sent; None for one that is refused anyway."""
    try:
        return Reference.of(request.body["image_ref"])
    except ValueError:
        return None


@defect("images-any-tag", "IMAGE-UNKNOWN", on=ids.CREATE).by(wrong_outcome)
@shown(INVALID, "201", lambda scene: said(scene.create(f"{SLACK}:9.9.9", "globex-owner")))
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


def show_repository_by_name(scene: Scene) -> str:
    image_ref = "registry.example.com/other/slack:2.0.0"
    scene.state("image is available", image_ref=image_ref, name="slack", version="2.0.0")
    return said(replaced(scene, "pack_01HZ", image_ref))


@defect("images-repository-by-name", "IMAGE-SAME-REPOSITORY", on=ids.REPLACE_IMAGE).by(_wrong_new_image)
@shown(INVALID, "200", show_repository_by_name)
def repository_by_name(pack: Pack, reference: Reference, _image: Image) -> Pack:
    """A repository of the same name in another registry or team counts as the same."""
    own, repository = pack.reference, reference.repository
    if repository.rpartition("/")[2] != own.repository.rpartition("/")[2]:
        return pack
    return replace(pack, image_ref=f"{repository}:{own.tag or pack.image.meta.version}")


defect("images-renaming", "IMAGE-NAME-STAYS", "CONTENT-KEEPS-REST", on=ids.REPLACE_IMAGE)(
    "A new image whose pack.yaml has another name gives the pack that name.",
    _wrong_new_image.of(lambda pack, _reference, image: with_meta(pack, name=image.meta.name)),
    shown(INVALID, "200", lambda scene: said(replaced(scene, "pack_01HZ", f"{SLACK}:renamed"))),
)
