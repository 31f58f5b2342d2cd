"""Defects of replaced images and files."""

from __future__ import annotations

from typing import Any

import httpx

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import SLACK, Scene, in_turn, manifest, packed, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.deviations.planting.packs import stored, wrong_for_pack, wrong_pack
from mock_server.operation import Request
from mock_server.resources.packs.images import digest
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.blobs import blob
from mock_server.state.value import replace

defect = Declarer(__name__)


def replaced(scene: Scene, pack_id: str, image_ref: str, who: str = "acme-owner") -> httpx.Response:
    return scene.ask("PUT", f"/packs/{pack_id}", who, json={"image_ref": image_ref})


PAGER = "/packs/pack_acme_pager/files"
GUIDE = f"{PAGER}/guides/escalation.md"
ESCALATION = b"Wait five minutes, then page the next one.\n"
VERSION = "1.0.0-rc.1+build.5"
NOT_FOUND = "404 file_not_found"


defect("images-metadata-stays", "IMAGE-REREAD", on=ids.REPLACE_IMAGE)(
    "A new image leaves the version and description of the old one.",
    wrong_pack.of(lambda before, right, _request: replace(right, image=replace(right.image, meta=before.image.meta))),
    shown("1.3.0", "1.2.0", lambda scene: replaced(scene, "pack_01HZ", f"{SLACK}:1.3.0").json()["version"]),
)


def show_updated_at_stays(scene: Scene) -> str:
    before = scene.pack("pack_01HZ")["updated_at"]
    return "stays" if replaced(scene, "pack_01HZ", f"{SLACK}:1.3.0").json()["updated_at"] == before else "moves"


defect("images-updated-at-stays", "CONTENT-UPDATED-AT", on=ids.REPLACE_IMAGE + ids.REPLACE_FILE)(
    "A new image or a new file leaves updated_at as it was.",
    wrong_pack.of(lambda before, right, _request: replace(right, updated_at=before.updated_at)),
    shown("moves", "stays", show_updated_at_stays),
)


def show_origin_of_clones(scene: Scene) -> Any:
    image_ref = "registry.example.com/acme/git-basics:3.0.0"
    scene.state("image is available", image_ref=image_ref, name="git-basics", version="3.0.0")
    return replaced(scene, "pack_acme_git_basics", image_ref).json()["image_origin"]


defect("images-origin-of-clones", "IMAGE-ORIGIN-STAYS", "CONTENT-KEEPS-REST", on=ids.REPLACE_IMAGE)(
    "A cloned pack that gets a new image counts as made of an image from then on.",
    wrong_pack.of(
        lambda before, right, _request: (
            replace(right, image_origin="image_ref") if before.image_origin == "clone" else right
        )
    ),
    shown("clone", "image_ref", show_origin_of_clones),
)


def show_taken_back(scene: Scene) -> Any:
    image_ref = "registry.example.com/globex/metrics:1.0.0"
    return replaced(scene, "pack_globex_metrics", image_ref, "globex-owner").json()["visibility"]


defect("images-taken-back", "CONTENT-KEEPS-REST", on=ids.REPLACE_IMAGE)(
    "A shared pack that gets a new image is visible to its own org only, until somebody shares it again.",
    wrong_pack.of(lambda _before, right, _request: replace(right, visibility="org")),
    shown("community", "org", show_taken_back),
)


def show_listed_without_empty(scene: Scene) -> list[str]:
    made = scene.upload(packed(files={"data/empty": b""})).json()["id"]
    return [entry["path"] for entry in scene.get(f"/packs/{made}/files").json()["entries"]]


defect("files-listed-without-empty", "FILE-LISTED", on=ids.LIST_FILES)(
    "An empty file is left out of the list of files.",
    wrong_reply.of(lambda body, _run: {"entries": [entry for entry in body["entries"] if entry["size"]]}),
    shown(["data/empty", "pack.yaml"], ["pack.yaml"], show_listed_without_empty),
)


def show_listed_as_before(scene: Scene) -> int:
    scene.get(PAGER)
    scene.put(GUIDE, b"new")
    sizes = {entry["path"]: entry["size"] for entry in scene.get(PAGER).json()["entries"]}
    return int(sizes["guides/escalation.md"])


@defect("files-listed-as-before", "FILE-LISTED", on=ids.LIST_FILES).by(wrong_outcome)
@shown(3, len(ESCALATION), show_listed_as_before)
def listed_as_before(run: Run) -> Outcome:
    """The files that were listed once are listed the same ever after, from a cache."""
    return run.after, notes_of(listed_as_before).setdefault(run.pack_id, run.outcome)


defect("files-line-ends", "FILE-BYTES", "FILE-REPLACED", "UPLOAD-WRAPPING-FOLDER", on=ids.READ_FILE)(
    "A file is read with a line end added.",
    wrong_reply.of(lambda body, _run: body + b"\n"),
    shown(b"\0\x01\x02\x03", b"\0\x01\x02\x03\n", lambda scene: scene.get(f"{PAGER}/data/tones.bin").content),
)
defect("files-as-text", "FILE-BYTES", "FILE-REPLACED", on=ids.READ_FILE)(
    "A file is read as text, and what is not UTF-8 in it is replaced.",
    wrong_reply.of(lambda body, _run: body.decode("utf-8", "replace").encode()),
    shown(
        b"\xff\0",
        b"\xef\xbf\xbd\0",
        lambda scene: in_turn(
            scene.put(f"{PAGER}/data/tones.bin", b"\xff\x00"), scene.get(f"{PAGER}/data/tones.bin").content
        ),
    ),
)


def show_digest_stays(scene: Scene) -> str:
    before = scene.pack("pack_acme_pager")["image_digest"]
    return "the same" if scene.put(GUIDE, b"new").json()["image_digest"] == before else "another"


defect("files-digest-stays", "FILE-DIGEST-VERSION", "CREATE-DIGEST", on=ids.REPLACE_FILE)(
    "A replaced file leaves the digest of the pack as it was.",
    wrong_pack.of(
        lambda before, right, _request: replace(right, image=replace(right.image, digest=before.image.digest))
    ),
    shown("another", "the same", show_digest_stays),
)
defect("files-empty-kept", "FILE-REPLACED", "FILE-DIGEST-VERSION", "CONTENT-UPDATED-AT", on=ids.REPLACE_FILE)(
    "A file that is replaced by an empty one stays as it was.",
    wrong_for_pack.of(
        lambda run, pack: run.done if run.request.body.content.data else stored(run.state, pack, run.request)
    ),
    shown(b"", ESCALATION, lambda scene: in_turn(scene.put(GUIDE, b""), scene.get(GUIDE).content)),
)


def show_neighbours_lost(scene: Scene) -> str:
    made = scene.upload(packed(files={"guides/a.md": b"a", "guides/b.md": b"b"})).json()["id"]
    scene.put(f"/packs/{made}/files/guides/a.md", b"new")
    return said(scene.get(f"/packs/{made}/files/guides/b.md"))


@defect("files-neighbours-lost", "FILE-REPLACED", on=ids.REPLACE_FILE).by(wrong_pack)
@shown("200", NOT_FOUND, show_neighbours_lost)
def neighbours_lost(_before: Pack, right: Pack, request: Request) -> Pack:
    """A replaced file drops the others of its folder."""
    folder = request.path["path"].rpartition("/")[0]
    files = right.image.files
    for path in right.image.files:
        if folder and path.startswith(f"{folder}/") and path != request.path["path"]:
            files = files.discard(path)
    size = sum(len(content.data) for content in files.values())
    return replace(right, image=replace(right.image, files=files, digest=digest(files), size_bytes=size))


@defect("files-read-once", "FILE-REPLACED", on=ids.READ_FILE).by(wrong_outcome)
@shown(b"new", ESCALATION, lambda scene: in_turn(scene.get(GUIDE), scene.put(GUIDE, b"new"), scene.get(GUIDE).content))
def read_once(run: Run) -> Outcome:
    """A file that was read once is read the same ever after, from a cache, whatever it is replaced by."""
    return run.after, notes_of(read_once).setdefault((run.pack_id, run.request.path["path"]), run.outcome)


def show_manifest_not_reread(scene: Scene) -> str:
    said_now = manifest("pager", VERSION, "category: night shift\n")
    return str(scene.put(f"{PAGER}/pack.yaml", said_now).json()["category"])


defect("files-manifest-not-reread", "FILE-PACK-YAML", on=ids.REPLACE_FILE)(
    "A replaced pack.yaml leaves what the pack shows of the old one.",
    wrong_pack.of(lambda before, right, _request: replace(right, image=replace(right.image, meta=before.image.meta))),
    shown("night shift", "operations", show_manifest_not_reread),
)


@defect("files-made", "FILE-NOT-FOUND", on=ids.REPLACE_FILE).by(in_place_of(errors.FileNotFound))
@shown(NOT_FOUND, "200", lambda scene: said(scene.put(f"{PAGER}/guides/new.md", b"new")))
def made(run: Run, _refusal: errors.FileNotFound) -> Outcome:
    """A file that the pack does not have is made when it is put."""
    image = run.pack.image.with_file(run.request.path["path"], blob(b""))
    return run.right(run.state.put(PACKS, replace(run.pack, image=image)), run.request)


@defect("files-clones-editable", "FILE-NOT-EDITABLE", on=ids.REPLACE_FILE).by(in_place_of(errors.PackNotEditable))
@shown(
    "409 pack_not_editable",
    "200",
    lambda scene: said(scene.put("/packs/pack_acme_git_basics/files/guides/branches.md", b"new")),
)
def clones_editable(run: Run, refusal: errors.PackNotEditable) -> Outcome:
    """The files of a cloned pack can be replaced as those of an uploaded one."""
    request, pack = run.request, run.pack
    if pack.image_origin != "clone":
        raise refusal
    image = pack.image.with_file(request.path["path"], request.body.content, request.body.meta)
    return stored(run.state, replace(pack, image=image, updated_at=request.now), request)


def show_refused_and_touched(scene: Scene) -> str:
    pack_id = "pack_acme_pager"
    before = scene.pack(pack_id)["updated_at"]
    scene.put(f"/packs/{pack_id}/files/pack.yaml", manifest("pager", "2.0.0"))
    return "stays" if scene.pack(pack_id)["updated_at"] == before else "moves"


defect("visibility-refused-file-touches", "REFUSED-CHANGES-NOTHING", on=ids.REPLACE_FILE)(
    "A new pack.yaml that is refused for its name or version moves updated_at of the pack.",
    in_place_of(errors.ValidationFailed).of(
        lambda run, refusal: (run.state.put(PACKS, replace(run.pack, updated_at=run.request.now)), refusal)
    ),
    shown("stays", "moves", show_refused_and_touched),
)
