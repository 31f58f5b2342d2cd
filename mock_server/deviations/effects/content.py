"""Defects of replaced images and files."""

from __future__ import annotations

from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import Outcome, stored, with_pack_after, with_reply, with_transition
from mock_server.errors import FileNotFound, PackNotEditable, ValidationFailed
from mock_server.pipeline.hooks import Seams
from mock_server.resources.models import Pack
from mock_server.resources.operation import Reply, Request, Transition
from mock_server.resources.packs.images import digest
from mock_server.state.blobs import blob
from mock_server.state.state import State

_IMAGE = ("packs.replace_image",)
_FILE = ("packs.replace_file",)
_READ = ("packs.read_file",)


@deviation("images-metadata-stays", "IMAGE-REREAD", on=_IMAGE)
def metadata_stays(seams: Seams) -> Seams:
    """A new image leaves the version and description of the old one."""
    return with_pack_after(
        seams,
        lambda before, right, _request: replace(right, image=replace(right.image, meta=before.image.meta)),
    )


@deviation("images-updated-at-stays", "CONTENT-UPDATED-AT", on=("packs.replace_image", "packs.replace_file"))
def updated_at_stays(seams: Seams) -> Seams:
    """A new image or a new file leaves updated_at as it was."""
    return with_pack_after(seams, lambda before, right, _request: replace(right, updated_at=before.updated_at))


@deviation("images-origin-of-clones", "IMAGE-ORIGIN-STAYS", "CONTENT-KEEPS-REST", on=_IMAGE)
def origin_of_clones(seams: Seams) -> Seams:
    """A cloned pack that gets a new image counts as made of an image from then on."""
    return with_pack_after(
        seams,
        lambda before, right, _request: (
            replace(right, image_origin="image_ref") if before.image_origin == "clone" else right
        ),
    )


@deviation("images-taken-back", "CONTENT-KEEPS-REST", on=_IMAGE)
def taken_back(seams: Seams) -> Seams:
    """A shared pack that gets a new image is visible to its own org only, until somebody shares it again."""
    return with_pack_after(seams, lambda _before, right, _request: replace(right, visibility="org"))


@deviation("files-line-ends", "FILE-BYTES", "FILE-REPLACED", "UPLOAD-WRAPPING-FOLDER", on=_READ)
def line_ends(seams: Seams) -> Seams:
    """A file is read with a line end added."""
    return with_reply(seams, lambda reply, _state, _request: reply._replace(body=reply.body + b"\n"))


@deviation("files-as-text", "FILE-BYTES", "FILE-REPLACED", on=_READ)
def as_text(seams: Seams) -> Seams:
    """A file is read as text, and what is not UTF-8 in it is replaced."""
    return with_reply(
        seams, lambda reply, _state, _request: reply._replace(body=reply.body.decode("utf-8", "replace").encode())
    )


@deviation("files-digest-stays", "FILE-DIGEST-VERSION", "CREATE-DIGEST", on=_FILE)
def digest_stays(seams: Seams) -> Seams:
    """A replaced file leaves the digest of the pack as it was."""
    return with_pack_after(
        seams,
        lambda before, right, _request: replace(right, image=replace(right.image, digest=before.image.digest)),
    )


@deviation("files-empty-kept", "FILE-REPLACED", "FILE-DIGEST-VERSION", "CONTENT-UPDATED-AT", on=_FILE)
def empty_kept(seams: Seams) -> Seams:
    """A file that is replaced by an empty one stays as it was."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        pack = state.packs[request.path["id"]]
        return (after, outcome) if request.body.content.data else stored(state, pack, request)

    return with_transition(seams, spoilt)


@deviation("files-neighbours-lost", "FILE-REPLACED", on=_FILE)
def neighbours_lost(seams: Seams) -> Seams:
    """A replaced file drops the others of its folder."""

    def alone(_before: Pack, right: Pack, request: Request) -> Pack:
        folder = request.path["path"].rpartition("/")[0]
        files = right.image.files
        for path in right.image.files:
            if folder and path.startswith(f"{folder}/") and path != request.path["path"]:
                files = files.discard(path)
        size = sum(len(content.data) for content in files.values())
        return replace(right, image=replace(right.image, files=files, digest=digest(files), size_bytes=size))

    return with_pack_after(seams, alone)


@deviation("files-read-once", "FILE-REPLACED", on=_READ)
def read_once(seams: Seams) -> Seams:
    """A file that was read once is read the same ever after, from a cache, whatever it is replaced by."""
    memory = Memory()

    def cached(reply: Reply, _state: State, request: Request) -> Reply:
        kept: Reply = memory.here.setdefault((request.path["id"], request.path["path"]), reply)
        return kept

    return memory.kept(with_reply(seams, cached))


@deviation("files-manifest-not-reread", "FILE-PACK-YAML", on=_FILE)
def manifest_not_reread(seams: Seams) -> Seams:
    """A replaced pack.yaml leaves what the pack shows of the old one."""
    return with_pack_after(
        seams,
        lambda before, right, _request: replace(right, image=replace(right.image, meta=before.image.meta)),
    )


@deviation("files-made", "FILE-NOT-FOUND", on=_FILE)
def made(seams: Seams) -> Seams:
    """A file that the pack does not have is made when it is put."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        try:
            return right(state, request)
        except FileNotFound:
            pack = state.packs[request.path["id"]]
            image = pack.image.with_file(request.path["path"], blob(b""))
            return right(state.with_pack(replace(pack, image=image)), request)

    return with_transition(seams, spoilt)


@deviation("files-clones-editable", "FILE-NOT-EDITABLE", on=_FILE)
def clones_editable(seams: Seams) -> Seams:
    """The files of a cloned pack can be replaced as those of an uploaded one."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        try:
            return right(state, request)
        except PackNotEditable:
            pack = state.packs[request.path["id"]]
            if pack.image_origin != "clone":
                raise
            image = pack.image.with_file(request.path["path"], request.body.content, request.body.meta)
            return stored(state, replace(pack, image=image, updated_at=request.now), request)

    return with_transition(seams, spoilt)


@deviation("visibility-refused-file-touches", "REFUSED-CHANGES-NOTHING", on=_FILE)
def refused_and_touched(seams: Seams) -> Seams:
    """A new pack.yaml that is refused for its name or version moves updated_at of the pack."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        try:
            return right(state, request)
        except ValidationFailed as refusal:
            pack = state.packs[request.path["id"]]
            return state.with_pack(replace(pack, updated_at=request.now)), refusal

    return with_transition(seams, spoilt)
