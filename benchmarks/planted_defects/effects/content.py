"""Defects of replaced images and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import edits
from benchmarks.planted_defects.planting.runs import again
from benchmarks.planted_defects.scene import SLACK, Scene, build_manifest, do_in_turn, pack_files, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.packs import store_pack, wrong_for_pack, wrong_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of
from mock_server.operation import Request
from mock_server.resources.packs.images import compute_digest
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.blobs import make_blob
from mock_server.state.value import replace

defect = Declarer(__name__)

PAGER, OWN, CLONE = "pack_acme_pager", "pack_01HZ", "pack_acme_git_basics"
FILES, GUIDE = f"/packs/{PAGER}/files", f"/packs/{PAGER}/files/guides/escalation.md"
TONES, ESCALATION = f"{FILES}/data/tones.bin", b"Wait five minutes, then page the next one.\n"
NEWER = f"{SLACK}:1.3.0"
METRICS, NOT_FOUND = "registry.example.com/globex/metrics:1.0.0", "404 file_not_found"


def _keeps_image(*names: str) -> Plan:
    """Plan that parts of the image of a pack stay as they were."""

    def change(before: Pack, right: Pack, _request: Request) -> Pack:
        old = {name: getattr(before.image, name) for name in names}
        return replace(right, image=replace(right.image, **old))

    return wrong_pack.make_plan(change)


def new_image(scene: Scene, column: str, pack_id: str = OWN, ref: str = NEWER, who: str = "acme-owner") -> Any:
    """Return what a pack shows in a column with a new image."""
    return scene.ask("PUT", f"/packs/{pack_id}", who, json={"image_ref": ref}).json()[column]


def image_of_clone(scene: Scene) -> Any:
    image_ref = "registry.example.com/acme/git-basics:3.0.0"
    scene.state("image is available", image_ref=image_ref, name="git-basics", version="3.0.0")
    return new_image(scene, "image_origin", CLONE, image_ref)


def stays(scene: Scene, pack_id: str, column: str, deed: Callable[[Scene], object]) -> bool:
    """Return whether a pack shows the same in a column afterwards."""
    before = scene.pack(pack_id)[column]
    deed(scene)
    return bool(scene.pack(pack_id)[column] == before)


def listed(scene: Scene, files: str = FILES) -> dict[str, int]:
    """Return the files of a pack, with their sizes."""
    return {entry["path"]: entry["size"] for entry in scene.get(files).json()["entries"]}


def put(scene: Scene, content: bytes = b"new", path: str = GUIDE) -> Any:
    return scene.put(path, content)


def read(scene: Scene, path: str = GUIDE, *contents: bytes, first: bool = False) -> bytes:
    """Return what is read of a file after it was replaced by each of these; `first` it is read before."""
    if first:
        scene.get(path)
    for each in contents:
        scene.put(path, each)
    return scene.get(path).content


def neighbour(scene: Scene) -> str:
    made = scene.upload(pack_files(files={"guides/a.md": b"a", "guides/b.md": b"b"})).json()["id"]
    return read_status(
        put(scene, path=f"/packs/{made}/files/guides/a.md"), scene.get(f"/packs/{made}/files/guides/b.md")
    )


def listed_with_empty(scene: Scene) -> list[str]:
    made = scene.upload(pack_files(files={"data/empty": b""})).json()["id"]
    return [*listed(scene, f"/packs/{made}/files")]


def new_manifest(scene: Scene, version: str = "1.0.0-rc.1+build.5") -> Any:
    return scene.put(f"{FILES}/pack.yaml", build_manifest("pager", version, "category: night shift\n"))


defect("images-metadata-stays", "IMAGE-REREAD", on=ids.REPLACE_IMAGE)(
    "A new image leaves the version and description of the old one.",
    _keeps_image("meta"),
    shown("1.3.0", "1.2.0", new_image, "version"),
)
defect("images-updated-at-stays", "CONTENT-UPDATED-AT", on=ids.REPLACE_IMAGE + ids.REPLACE_FILE)(
    "A new image or a new file leaves updated_at as it was.",
    wrong_pack.make_plan(lambda before, right, _request: replace(right, updated_at=before.updated_at)),
    shown(False, True, stays, OWN, "updated_at", lambda scene: new_image(scene, "id")),
)
defect("images-taken-back", "CONTENT-KEEPS-REST", on=ids.REPLACE_IMAGE)(
    "A shared pack that gets a new image is visible to its own org only, until somebody shares it again.",
    wrong_pack.make_plan(lambda _before, right, _request: replace(right, visibility="org")),
    shown("community", "org", new_image, "visibility", "pack_globex_metrics", METRICS, who="globex-owner"),
)
defect("files-listed-without-empty", "FILE-LISTED", on=ids.LIST_FILES)(
    "An empty file is left out of the list of files.",
    edits(lambda body: {"entries": [entry for entry in body["entries"] if entry["size"]]}),
    shown(["data/empty", "pack.yaml"], ["pack.yaml"], listed_with_empty),
)
defect("files-line-ends", "FILE-BYTES", "FILE-REPLACED", "UPLOAD-WRAPPING-FOLDER", on=ids.READ_FILE)(
    "A file is read with a line end added.",
    edits(lambda body: body + b"\n"),
    shown(b"\0\x01\x02\x03", b"\0\x01\x02\x03\n", read, TONES),
)
defect("files-as-text", "FILE-BYTES", "FILE-REPLACED", on=ids.READ_FILE)(
    "A file is read as text, and what is not UTF-8 in it is replaced.",
    edits(lambda body: body.decode("utf-8", "replace").encode()),
    shown(b"\xff\0", b"\xef\xbf\xbd\0", read, TONES, b"\xff\0"),
)
defect("files-digest-stays", "FILE-DIGEST-VERSION", "CREATE-DIGEST", on=ids.REPLACE_FILE)(
    "A replaced file leaves the digest of the pack as it was.",
    _keeps_image("digest"),
    shown(False, True, stays, PAGER, "image_digest", put),
)
defect("files-manifest-not-reread", "FILE-PACK-YAML", on=ids.REPLACE_FILE)(
    "A replaced pack.yaml leaves what the pack shows of the old one.",
    _keeps_image("meta"),
    shown("night shift", "operations", lambda scene: str(new_manifest(scene).json()["category"])),
)
defect("effects-refused-file-touches", "REFUSED-CHANGES-NOTHING", on=ids.REPLACE_FILE)(
    "A new pack.yaml that is refused for its name or version moves updated_at of the pack.",
    in_place_of(errors.ValidationFailed).make_plan(
        lambda run, refusal: (run.state.put(PACKS, replace(run.pack, updated_at=run.request.now)), refusal)
    ),
    shown(True, False, stays, PAGER, "updated_at", lambda scene: new_manifest(scene, "2.0.0")),
)


@defect("images-origin-of-clones", "IMAGE-ORIGIN-STAYS", "CONTENT-KEEPS-REST", on=ids.REPLACE_IMAGE).by(wrong_pack)
@shown("clone", "image_ref", image_of_clone)
def origin_of_clones(before: Pack, right: Pack, _request: Request) -> Pack:
    """A cloned pack that gets a new image counts as made of an image from then on."""
    return replace(right, image_origin="image_ref") if before.image_origin == "clone" else right


@defect("files-listed-as-before", "FILE-LISTED", on=ids.LIST_FILES).wrongly
@shown(3, len(ESCALATION), lambda scene: do_in_turn(listed(scene), put(scene), listed(scene)["guides/escalation.md"]))
def listed_as_before(run: Run) -> Outcome:
    """The files that were listed once are listed the same ever after, from a cache."""
    return run.after, read_notes(listed_as_before).setdefault(run.pack_id, run.outcome)


@defect(*("files-empty-kept", "FILE-REPLACED", "FILE-DIGEST-VERSION", "CONTENT-UPDATED-AT"), on=ids.REPLACE_FILE).by(
    wrong_for_pack
)
@shown(b"", ESCALATION, read, GUIDE, b"")
def empty_kept(run: Run, pack: Pack) -> Outcome:
    """A file that is replaced by an empty one stays as it was."""
    return run.done if run.request.body.content.data else store_pack(run.state, pack, run.request)


@defect("files-neighbours-lost", "FILE-REPLACED", on=ids.REPLACE_FILE).by(wrong_pack)
@shown("200", NOT_FOUND, neighbour)
def neighbours_lost(_before: Pack, right: Pack, request: Request) -> Pack:
    """A replaced file drops the others of its folder."""
    folder = request.path["path"].rpartition("/")[0]
    files = right.image.files
    for path in right.image.files:
        if folder and path.startswith(f"{folder}/") and path != request.path["path"]:
            files = files.discard(path)
    size = sum(len(content.data) for content in files.values())
    return replace(right, image=replace(right.image, files=files, digest=compute_digest(files), size_bytes=size))


@defect("files-read-once", "FILE-REPLACED", on=ids.READ_FILE).wrongly
@shown(b"new", ESCALATION, read, GUIDE, b"new", first=True)
def read_once(run: Run) -> Outcome:
    """A file that was read once is read the same ever after, from a cache, whatever it is replaced by."""
    return run.after, read_notes(read_once).setdefault((run.pack_id, run.request.path["path"]), run.outcome)


@defect("files-made", "FILE-NOT-FOUND", on=ids.REPLACE_FILE).grants(errors.FileNotFound)
@shown(NOT_FOUND, "200", lambda scene: read_status(put(scene, path=f"{FILES}/guides/new.md")))
def made(run: Run) -> Outcome:
    """A file that the pack does not have is made when it is put."""
    image = run.pack.image.with_file(run.request.path["path"], make_blob(b""))
    return again(run, run.state.put(PACKS, replace(run.pack, image=image)))


@defect("files-clones-editable", "FILE-NOT-EDITABLE", on=ids.REPLACE_FILE).grants(errors.PackNotEditable)
@shown(
    "409 pack_not_editable",
    "200",
    lambda scene: read_status(put(scene, path=f"/packs/{CLONE}/files/guides/branches.md")),
)
def clones_editable(run: Run) -> Outcome | None:
    """The files of a cloned pack can be replaced as those of an uploaded one."""
    request, pack = run.request, run.pack
    if pack.image_origin != "clone":
        return None
    image = pack.image.with_file(request.path["path"], request.body.content, request.body.meta)
    return store_pack(run.state, replace(pack, image=image, updated_at=request.now), request)
