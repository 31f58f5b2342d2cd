"""Defects of replaced images and files."""

from __future__ import annotations

from mock_server.deviations import deviation
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import READ_FILE, REPLACE_FILE, REPLACE_IMAGE
from mock_server.deviations.outcomes import Outcome, stored, with_pack_after, with_reply, with_transition
from mock_server.errors import FileNotFound, PackNotEditable, ValidationFailed
from mock_server.resources.operation import Reply, Request, Transition
from mock_server.resources.packs.images import digest
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.blobs import blob
from mock_server.state.state import State
from mock_server.state.value import replace


@deviation("images-metadata-stays", "IMAGE-REREAD", on=REPLACE_IMAGE, plant=with_pack_after)
def metadata_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A new image leaves the version and description of the old one."""
    return replace(right, image=replace(right.image, meta=before.image.meta))


@deviation("images-updated-at-stays", "CONTENT-UPDATED-AT", on=REPLACE_IMAGE + REPLACE_FILE, plant=with_pack_after)
def updated_at_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A new image or a new file leaves updated_at as it was."""
    return replace(right, updated_at=before.updated_at)


@deviation(
    "images-origin-of-clones", "IMAGE-ORIGIN-STAYS", "CONTENT-KEEPS-REST", on=REPLACE_IMAGE, plant=with_pack_after
)
def origin_of_clones(before: Pack, right: Pack, _request: Request) -> Pack:
    """A cloned pack that gets a new image counts as made of an image from then on."""
    return replace(right, image_origin="image_ref") if before.image_origin == "clone" else right


@deviation("images-taken-back", "CONTENT-KEEPS-REST", on=REPLACE_IMAGE, plant=with_pack_after)
def taken_back(_before: Pack, right: Pack, _request: Request) -> Pack:
    """A shared pack that gets a new image is visible to its own org only, until somebody shares it again."""
    return replace(right, visibility="org")


@deviation("files-line-ends", "FILE-BYTES", "FILE-REPLACED", "UPLOAD-WRAPPING-FOLDER", on=READ_FILE, plant=with_reply)
def line_ends(reply: Reply, _state: State, _request: Request) -> Reply:
    """A file is read with a line end added."""
    return reply._replace(body=reply.body + b"\n")


@deviation("files-as-text", "FILE-BYTES", "FILE-REPLACED", on=READ_FILE, plant=with_reply)
def as_text(reply: Reply, _state: State, _request: Request) -> Reply:
    """A file is read as text, and what is not UTF-8 in it is replaced."""
    return reply._replace(body=reply.body.decode("utf-8", "replace").encode())


@deviation("files-digest-stays", "FILE-DIGEST-VERSION", "CREATE-DIGEST", on=REPLACE_FILE, plant=with_pack_after)
def digest_stays(before: Pack, right: Pack, _request: Request) -> Pack:
    """A replaced file leaves the digest of the pack as it was."""
    return replace(right, image=replace(right.image, digest=before.image.digest))


@deviation(
    "files-empty-kept",
    "FILE-REPLACED",
    "FILE-DIGEST-VERSION",
    "CONTENT-UPDATED-AT",
    on=REPLACE_FILE,
    plant=with_transition,
)
def empty_kept(right: Transition, state: State, request: Request) -> Outcome:
    """A file that is replaced by an empty one stays as it was."""
    after, outcome = right(state, request)
    pack = state.all(PACKS)[request.path["id"]]
    return (after, outcome) if request.body.content.data else stored(state, pack, request)


@deviation("files-neighbours-lost", "FILE-REPLACED", on=REPLACE_FILE, plant=with_pack_after)
def neighbours_lost(_before: Pack, right: Pack, request: Request) -> Pack:
    """A replaced file drops the others of its folder."""
    folder = request.path["path"].rpartition("/")[0]
    files = right.image.files
    for path in right.image.files:
        if folder and path.startswith(f"{folder}/") and path != request.path["path"]:
            files = files.discard(path)
    size = sum(len(content.data) for content in files.values())
    return replace(right, image=replace(right.image, files=files, digest=digest(files), size_bytes=size))


@deviation("files-read-once", "FILE-REPLACED", on=READ_FILE, plant=remembering(with_reply))
def read_once(notes: Notes, reply: Reply, _state: State, request: Request) -> Reply:
    """A file that was read once is read the same ever after, from a cache, whatever it is replaced by."""
    kept: Reply = notes.setdefault((request.path["id"], request.path["path"]), reply)
    return kept


@deviation("files-manifest-not-reread", "FILE-PACK-YAML", on=REPLACE_FILE, plant=with_pack_after)
def manifest_not_reread(before: Pack, right: Pack, _request: Request) -> Pack:
    """A replaced pack.yaml leaves what the pack shows of the old one."""
    return replace(right, image=replace(right.image, meta=before.image.meta))


@deviation("files-made", "FILE-NOT-FOUND", on=REPLACE_FILE, plant=with_transition)
def made(right: Transition, state: State, request: Request) -> Outcome:
    """A file that the pack does not have is made when it is put."""
    try:
        return right(state, request)
    except FileNotFound:
        pack = state.all(PACKS)[request.path["id"]]
        image = pack.image.with_file(request.path["path"], blob(b""))
        return right(state.put(PACKS, replace(pack, image=image)), request)


@deviation("files-clones-editable", "FILE-NOT-EDITABLE", on=REPLACE_FILE, plant=with_transition)
def clones_editable(right: Transition, state: State, request: Request) -> Outcome:
    """The files of a cloned pack can be replaced as those of an uploaded one."""
    try:
        return right(state, request)
    except PackNotEditable:
        pack = state.all(PACKS)[request.path["id"]]
        if pack.image_origin != "clone":
            raise
        image = pack.image.with_file(request.path["path"], request.body.content, request.body.meta)
        return stored(state, replace(pack, image=image, updated_at=request.now), request)


@deviation("visibility-refused-file-touches", "REFUSED-CHANGES-NOTHING", on=REPLACE_FILE, plant=with_transition)
def refused_and_touched(right: Transition, state: State, request: Request) -> Outcome:
    """A new pack.yaml that is refused for its name or version moves updated_at of the pack."""
    try:
        return right(state, request)
    except ValidationFailed as refusal:
        pack = state.all(PACKS)[request.path["id"]]
        return state.put(PACKS, replace(pack, updated_at=request.now)), refusal
