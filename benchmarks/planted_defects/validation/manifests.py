"""Defects in which pack.yaml is taken, and which image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.archives import wrong_manifest
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.runs import again, resent
from benchmarks.planted_defects.scene import SLACK, Scene, build_manifest, pack_files, read_status, zip_files
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.packs import with_meta, wrong_for_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Request
from mock_server.resources.packs.images import Image
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.resources.packs.registry import REGISTRY, Reference, pull
from mock_server.state.value import replace

defect = Declarer(__name__)

_KEYS = {"name", "version", "display_name", "description", "category", "capabilities", "suggested_packs"}
Manifest = dict[str, Any]
INVALID, OTHER_TEAM = "400 validation_error", "registry.example.com/other/slack:2.0.0"


def _reference(request: Request) -> Reference | None:
    """Return the reference that was sent; None for one that is refused anyway."""
    try:
        return Reference.parse(request.body["image_ref"])
    except ValueError:
        return None


def _changes_before_new_image(change: Callable[[Pack, Reference, Image], Pack]) -> Plan:
    """Plan that an own pack is another right before it is given an image; the function is given that, too."""

    def wrong(run: Run, pack: Pack) -> Outcome:
        reference = _reference(run.request)
        image = None if reference is None else pull(run.state, reference)
        if pack.org_id != run.org_id or reference is None or not isinstance(image, Image):
            return run.done
        changed = change(pack, reference, image)
        return again(run, run.state if changed is pack else run.state.put(PACKS, changed))

    return wrong_for_pack.make_plan(wrong)


def upload(scene: Scene, more: str) -> str:
    return read_status(scene.upload(pack_files(more=more)))


def with_image(scene: Scene, image_ref: str) -> str:
    return read_status(scene.ask("PUT", "/packs/pack_01HZ", json={"image_ref": image_ref}))


def with_image_of_another_team(scene: Scene) -> str:
    scene.state("image is available", image_ref=OTHER_TEAM, name="slack", version="2.0.0")
    return with_image(scene, OTHER_TEAM)


defect("creation-null-as-absent", "CREATE-PACK-YAML", on=ids.UPLOAD)(
    "A key of pack.yaml whose value is null counts as absent.",
    wrong_manifest.make_plan(lambda said: {key: value for key, value in said.items() if value is not None}),
    shown(INVALID, "201", upload, "description: null\n"),
)
defect("images-renaming", "IMAGE-NAME-STAYS", "CONTENT-KEEPS-REST", on=ids.REPLACE_IMAGE)(
    "A new image whose pack.yaml has another name gives the pack that name.",
    _changes_before_new_image(lambda pack, _reference, image: with_meta(pack, name=image.meta.name)),
    shown(INVALID, "200", with_image, f"{SLACK}:renamed"),
)


@defect("creation-version-short", "CREATE-PACK-YAML", on=ids.UPLOAD).by(wrong_manifest)
@shown(
    INVALID,
    "201",
    lambda scene: read_status(scene.upload(zip_files({"pack.yaml": build_manifest("witness", "'1.2'")}))),
)
def version_short(said: Manifest) -> Manifest:
    """A version of two numbers is taken with a nought as the third."""
    version = said.get("version")
    return {**said, "version": f"{version}.0"} if isinstance(version, str) and version.count(".") == 1 else said


@defect("creation-unknown-keys-refused", "CREATE-PACK-YAML", "CONTRACT-VALID-ACCEPTED", on=ids.UPLOAD).by(
    wrong_manifest
)
@shown("201", INVALID, upload, "homepage: none\n")
def unknown_keys_refused(said: Manifest) -> Manifest:
    """A pack.yaml with a key that is not listed is refused."""
    if unknown := sorted(str(key) for key in said if key not in _KEYS):
        raise errors.ValidationFailed(fields={"archive": f"pack.yaml: {unknown[0]} is not a known key."})
    return said


@defect("images-any-tag", "IMAGE-UNKNOWN", on=ids.CREATE).wrongly
@shown(INVALID, "201", lambda scene: read_status(scene.create(f"{SLACK}:9.9.9", "globex-owner")))
def any_tag(run: Run) -> Outcome:
    """Where a repository does not hold the tag that was asked for another of its images is taken."""
    reference = _reference(run.request)
    repository = None if reference is None else run.state.get(REGISTRY, reference.repository)
    named = [tag for tag in repository.tags if ":" not in tag] if repository else []
    if reference is None or not named or pull(run.state, reference) is not None:
        return run.done
    return resent(run, image_ref=f"{reference.repository}:{min(named)}")


@defect("images-repository-by-name", "IMAGE-SAME-REPOSITORY", on=ids.REPLACE_IMAGE).plans(_changes_before_new_image)
@shown(INVALID, "200", with_image_of_another_team)
def repository_by_name(pack: Pack, reference: Reference, _image: Image) -> Pack:
    """A repository of the same name in another registry or team counts as the same."""
    own, repository = pack.reference, reference.repository
    if repository.rpartition("/")[2] != own.repository.rpartition("/")[2]:
        return pack
    return replace(pack, image_ref=f"{repository}:{own.tag or pack.image.meta.version}")
