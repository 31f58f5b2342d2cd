"""Defects of replaced images and files."""

from __future__ import annotations

from typing import Any

from mock_server.deviations.planting.ids import LIST_FILES, READ_FILE, REPLACE_FILE, REPLACE_IMAGE
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.deviations.planting.packs import stored, wrong_for_pack, wrong_pack
from mock_server.errors import FileNotFound, PackNotEditable, ValidationFailed
from mock_server.operation import Request
from mock_server.resources.packs.images import digest
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.blobs import blob
from mock_server.state.value import replace


@wrong_pack("images-metadata-stays", "IMAGE-REREAD", on=REPLACE_IMAGE)
def metadata_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A new image leaves the version and description of the old one."""
    return replace(right, image=replace(right.image, meta=before.image.meta))


@wrong_pack("images-updated-at-stays", "CONTENT-UPDATED-AT", on=REPLACE_IMAGE + REPLACE_FILE)
def updated_at_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A new image or a new file leaves updated_at as it was."""
    return replace(right, updated_at=before.updated_at)


@wrong_pack("images-origin-of-clones", "IMAGE-ORIGIN-STAYS", "CONTENT-KEEPS-REST", on=REPLACE_IMAGE)
def origin_of_clones(before: Pack, right: Pack, _request: Request) -> Pack:
    """A cloned pack that gets a new image counts as made of an image from then on."""
    return replace(right, image_origin="image_ref") if before.image_origin == "clone" else right


@wrong_pack("images-taken-back", "CONTENT-KEEPS-REST", on=REPLACE_IMAGE)
def taken_back(_before: Pack, right: Pack, _request: Request) -> Pack:
    """A shared pack that gets a new image is visible to its own org only, until somebody shares it again."""
    return replace(right, visibility="org")


@wrong_reply("files-listed-without-empty", "FILE-LISTED", on=LIST_FILES)
def listed_without_empty(body: Any, _run: Run) -> Any:
    """An empty file is left out of the list of files."""
    return {"entries": [entry for entry in body["entries"] if entry["size"]]}


@wrong_outcome("files-listed-as-before", "FILE-LISTED", on=LIST_FILES)
def listed_as_before(run: Run) -> Outcome:
    """The files that were listed once are listed the same ever after, from a cache."""
    return run.after, notes_of(listed_as_before).setdefault(run.pack_id, run.outcome)


@wrong_reply("files-line-ends", "FILE-BYTES", "FILE-REPLACED", "UPLOAD-WRAPPING-FOLDER", on=READ_FILE)
def line_ends(body: bytes, _run: Run) -> bytes:
    """A file is read with a line end added."""
    return body + b"\n"


@wrong_reply("files-as-text", "FILE-BYTES", "FILE-REPLACED", on=READ_FILE)
def as_text(body: bytes, _run: Run) -> bytes:
    """A file is read as text, and what is not UTF-8 in it is replaced."""
    return body.decode("utf-8", "replace").encode()


@wrong_pack("files-digest-stays", "FILE-DIGEST-VERSION", "CREATE-DIGEST", on=REPLACE_FILE)
def digest_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A replaced file leaves the digest of the pack as it was."""
    return replace(right, image=replace(right.image, digest=before.image.digest))


@wrong_for_pack("files-empty-kept", "FILE-REPLACED", "FILE-DIGEST-VERSION", "CONTENT-UPDATED-AT", on=REPLACE_FILE)
def empty_kept(run: Run, pack: Pack) -> Outcome:
    """A file that is replaced by an empty one stays as it was."""
    replaced = run.done
    return replaced if run.request.body.content.data else stored(run.state, pack, run.request)


@wrong_pack("files-neighbours-lost", "FILE-REPLACED", on=REPLACE_FILE)
def neighbours_lost(_before: Pack, right: Pack, request: Request) -> Pack:
    """A replaced file drops the others of its folder."""
    folder = request.path["path"].rpartition("/")[0]
    files = right.image.files
    for path in right.image.files:
        if folder and path.startswith(f"{folder}/") and path != request.path["path"]:
            files = files.discard(path)
    size = sum(len(content.data) for content in files.values())
    return replace(right, image=replace(right.image, files=files, digest=digest(files), size_bytes=size))


@wrong_outcome("files-read-once", "FILE-REPLACED", on=READ_FILE)
def read_once(run: Run) -> Outcome:
    """A file that was read once is read the same ever after, from a cache, whatever it is replaced by."""
    return run.after, notes_of(read_once).setdefault((run.pack_id, run.request.path["path"]), run.outcome)


@wrong_pack("files-manifest-not-reread", "FILE-PACK-YAML", on=REPLACE_FILE)
def manifest_not_reread(before: Pack, right: Pack, _request: Request) -> Pack:
    """A replaced pack.yaml leaves what the pack shows of the old one."""
    return replace(right, image=replace(right.image, meta=before.image.meta))


@in_place_of(FileNotFound)("files-made", "FILE-NOT-FOUND", on=REPLACE_FILE)
def made(run: Run, _refusal: FileNotFound) -> Outcome:
    """A file that the pack does not have is made when it is put."""
    image = run.pack.image.with_file(run.request.path["path"], blob(b""))
    return run.right(run.state.put(PACKS, replace(run.pack, image=image)), run.request)


@in_place_of(PackNotEditable)("files-clones-editable", "FILE-NOT-EDITABLE", on=REPLACE_FILE)
def clones_editable(run: Run, refusal: PackNotEditable) -> Outcome:
    """The files of a cloned pack can be replaced as those of an uploaded one."""
    request, pack = run.request, run.pack
    if pack.image_origin != "clone":
        raise refusal
    image = pack.image.with_file(request.path["path"], request.body.content, request.body.meta)
    return stored(run.state, replace(pack, image=image, updated_at=request.now), request)


@in_place_of(ValidationFailed)("visibility-refused-file-touches", "REFUSED-CHANGES-NOTHING", on=REPLACE_FILE)
def refused_and_touched(run: Run, refusal: ValidationFailed) -> Outcome:
    """A new pack.yaml that is refused for its name or version moves updated_at of the pack."""
    return run.state.put(PACKS, replace(run.pack, updated_at=run.request.now)), refusal
