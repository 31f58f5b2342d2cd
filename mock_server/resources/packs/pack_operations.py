"""Content packs: create, replace, share, delete, and their files.

What each promises stands in openapi.yaml, in the rules of the clauses from ownership to deletion.
Each refuses in the same order: existence and ownership, then content that depends on what is
stored, then state, then upstream.
"""

from __future__ import annotations

from mimetypes import MimeTypes

from mock_server.errors import (
    ApiError,
    FileNotFound,
    PackExists,
    PackInUse,
    PackNotEditable,
    PackNotFound,
    PermissionDenied,
    RegistryCleanupFailed,
    ValidationFailed,
)
from mock_server.operation import Reply, Request, operation, run_in_thread
from mock_server.resources.agent_roles import count_roles_with
from mock_server.resources.packs.archive import read_image
from mock_server.resources.packs.images import Image, UnusableImage
from mock_server.resources.packs.pack import (
    PACKS,
    PURGE_FAILURES,
    ImageOrigin,
    Pack,
    show_pack_fields,
    with_purge_failures,
    without_pack,
)
from mock_server.resources.packs.pack_yaml import MANIFEST, ContentError, PackYaml, parse
from mock_server.resources.packs.registry import Reference, make_platform_reference, pull, with_image
from mock_server.resources.yaml_nodes import LITTLE
from mock_server.state.blobs import Blob, make_blob
from mock_server.state.rendered import render
from mock_server.state.state import State
from mock_server.state.value import Value, replace

_TYPES = MimeTypes()  # Python's own table: what is installed on a machine must not change an answer
for _extension, _type in {
    ".json": "application/json",
    ".md": "text/markdown",
    ".sh": "text/x-shellscript",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}.items():
    _TYPES.add_type(_type, _extension)


def find_media_type(path: str, content: bytes) -> str:
    """Return the media type of a file, with its charset where it is text in UTF-8."""
    named, encoding = _TYPES.guess_type(path.rpartition("/")[2])
    if encoding is not None:  # a compressed file is not of the type of what is in it
        return f"application/{encoding}"
    if named is not None and not named.startswith("text/"):
        return named
    text = _is_text(content)
    if named is None:
        return "text/plain; charset=utf-8" if text else "application/octet-stream"
    return f"{named}; charset=utf-8" if text else named


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


_EXAMPLE = "registry.example.com/team/pack:1.2.0"


@operation("packs.create")
def create(state: State, request: Request) -> tuple[State, Reply]:
    """Make a pack of an image that a registry holds; pack.yaml in it says all else."""
    text, reference = _read_reference(request)
    image = _pull(state, reference, request)
    return _create(state, request, image, origin="image_ref", image_ref=text)


async def unpack_archive(request: Request) -> Request:
    """Make an image of the archive part."""
    archive, limits = request.body["archive"], request.archive
    try:
        image = await read_image(archive, limits)
        return request._replace(body={**request.body, "archive": image})
    except ContentError as problem:
        raise _refuse_content("archive", str(problem)) from problem


@operation("packs.upload", prepare=unpack_archive)
def upload(state: State, request: Request) -> tuple[State, Reply]:
    """Make a pack of an archive; its image goes to the platform's own registry."""
    image: Image = request.body["archive"]
    image_ref = make_platform_reference(request.caller.org_id, image.meta.name, image.meta.version)
    try:
        Reference.parse(image_ref)
    except ValueError:
        raise _refuse_content("archive", "Its name and version make no reference that a registry could have.") from None
    created, reply = _create(state, request, image, origin="upload", image_ref=image_ref)
    return with_image(created, image_ref, image), reply


@operation("packs.replace_image")
def replace_image(state: State, request: Request) -> tuple[State, Reply]:
    """Give a pack another image of its repository; its id, name and origin stay."""
    text, reference = _read_reference(request)
    pack = _find_own_pack(state, request)
    repository = pack.reference.repository
    if reference.repository != repository:
        raise _refuse_content("image_ref", f"The image must come from the pack's repository, {repository}.")
    image = _pull(state, reference, request)
    if image.meta.name != pack.name:
        raise _refuse_content("image_ref", f"Its pack.yaml names the pack {image.meta.name}, not {pack.name}.")
    if (text, image.digest) == (pack.image_ref, pack.image.digest):
        return state, _show(pack, request)
    return _store(state, request, replace(pack, image_ref=text, image=image, updated_at=request.now))


@operation("packs.update_visibility")
def update_visibility(state: State, request: Request) -> tuple[State, Reply]:
    """Change who sees a pack; back into the org only while no role of another org references it."""
    pack = _find_own_pack(state, request)
    visibility = request.body["visibility"]
    if visibility == pack.visibility:
        return state, _show(pack, request)
    if visibility == "org":
        _check_unused(
            count_roles_with(state, pack.id, other_than=pack.org_id), "Roles of other orgs reference the pack."
        )
    return _store(state, request, replace(pack, visibility=visibility, updated_at=request.now))


@operation("packs.delete")
def delete(state: State, request: Request) -> tuple[State, Reply | ApiError]:
    """Delete a pack that no role references; of an uploaded one purge the image too.

    A failed purge leaves the pack, and one failure fewer to come.
    """
    pack = request.find(state, PACKS)
    if pack.org_id != request.caller.org_id:
        raise PackNotFound("There is no pack of this id.")
    _check_unused(count_roles_with(state, pack.id), "Roles reference the pack; detach it from them first.")
    if pack.image_origin == "upload":
        request.reach_upstream()
        if failure := state.get(PURGE_FAILURES, pack.id):
            refusal = RegistryCleanupFailed("The registry did not purge the image; repeat the call.")
            return with_purge_failures(state, pack.id, failure.times - 1), refusal
    return without_pack(state, pack.id), Reply(200, {"status": "deleted"})


@operation("packs.list_files")
def list_files(state: State, request: Request) -> tuple[State, Reply]:
    """Return what files a pack has, by path."""
    image = request.find(state, PACKS).image
    return state, Reply(200, render(image, "files", _show_files))


def _show_files(image: Image, _viewers: str) -> dict[str, object]:
    return {
        "entries": [
            {
                "path": path,
                "size": len(content.data),
                "mime_type": find_media_type(path, content.data).partition(";")[0],
            }
            for path, content in sorted(image.files.items())
        ]
    }


@operation("packs.read_file")
def read_file(state: State, request: Request) -> tuple[State, Reply]:
    """Return the bytes of one file."""
    path = request.path["path"]
    data = _find_file(request.find(state, PACKS), path).data
    return state, Reply(200, data, find_media_type(path, data))


_SMALL_FILE = 64 * 1024
"""The bytes of a file that others can wait for."""


class _NewFile(Value):
    content: Blob
    meta: PackYaml | None  # of a new pack.yaml


async def read_new_file(request: Request) -> Request:
    """Hash the new bytes, and read them when they are a pack.yaml."""

    def make_new_file() -> _NewFile:
        meta = parse(request.body, request.archive.manifest) if request.path["path"] == MANIFEST else None
        return _NewFile(make_blob(request.body), meta)

    try:
        small = LITTLE if request.path["path"] == MANIFEST else _SMALL_FILE
        return request._replace(body=await run_in_thread(make_new_file, size=len(request.body), small=small))
    except ContentError as problem:
        raise _refuse_content("body", str(problem)) from problem


@operation("packs.replace_file", prepare=read_new_file)
def replace_file(state: State, request: Request) -> tuple[State, Reply]:
    """Put new bytes in the place of one file of an uploaded pack: another digest, the same version."""
    path = request.path["path"]
    new: _NewFile = request.body
    pack = _find_own_pack(state, request)
    content = _find_file(pack, path)
    if new.meta and (new.meta.name, new.meta.version) != (pack.name, pack.image.meta.version):
        raise _refuse_content("body", f"pack.yaml must stay {pack.name} of version {pack.image.meta.version}.")
    try:
        image = pack.image.with_file(path, new.content, new.meta, most=request.archive.max_unpacked)
    except ContentError as problem:
        raise _refuse_content("body", str(problem)) from problem
    if pack.image_origin != "upload":
        raise PackNotEditable("Only the files of an uploaded pack can be replaced.")
    if content is new.content:
        return state, _show(pack, request)
    image_ref = pack.reference.write_tagged(image.meta.version)
    changed = replace(pack, image=image, image_ref=image_ref, updated_at=request.now)
    return _store(with_image(state, image_ref, image), request, changed)


def _show(pack: Pack, request: Request) -> Reply:
    return Reply(200, show_pack_fields(pack, request.caller.org_id))


def _find_own_pack(state: State, request: Request) -> Pack:
    pack = request.find(state, PACKS)
    if pack.org_id is None:
        raise PermissionDenied("The pack is shipped by the platform.")
    if pack.org_id != request.caller.org_id:
        raise PermissionDenied("The pack belongs to another org.")
    return pack


def _create(
    state: State, request: Request, image: Image, *, origin: ImageOrigin, image_ref: str
) -> tuple[State, Reply]:
    org_id, name = request.caller.org_id, image.meta.name
    if state.select(PACKS, org_id=org_id, name=name):
        raise PackExists(f"The org already has a pack named {name}.")
    state, pack_id = state.assign_id(PACKS)
    pack = Pack(
        id=pack_id,
        org_id=org_id,
        tier="community",
        visibility=request.body.get("visibility", "org"),
        image_origin=origin,
        image_ref=image_ref,
        image=image,
        created_at=request.now,
        updated_at=request.now,
    )
    return _store(state, request, pack, status=201)


def _store(state: State, request: Request, pack: Pack, *, status: int = 200) -> tuple[State, Reply]:
    # What is shown of a pack that is new is kept when somebody asks for it again, and not before.
    return state.put(PACKS, pack), Reply(status, show_pack_fields(pack, request.caller.org_id))


def _check_unused(roles: int, message: str) -> None:
    if roles:
        raise PackInUse(message, details={"roles": roles})


def _read_reference(request: Request) -> tuple[str, Reference]:
    text = request.body["image_ref"]
    try:
        return text, Reference.parse(text)
    except ValueError:
        raise _refuse_content("image_ref", f"It is not an OCI reference, such as {_EXAMPLE}.") from None


def _pull(state: State, reference: Reference, request: Request) -> Image:
    held = pull(state, reference)
    if held is None or reference.is_private_to_others(request.caller.org_id):
        raise _refuse_content("image_ref", "The registry holds no such image.")
    if isinstance(held, UnusableImage):
        raise _refuse_content("image_ref", f"The image is no pack. {held.reason}")
    try:  # an image is there before any contract is asked of it
        parse(held.files[MANIFEST].data, request.archive.manifest)
    except ContentError as problem:
        raise _refuse_content("image_ref", f"The image is no pack. {problem}") from problem
    return held


def _find_file(pack: Pack, path: str) -> Blob:
    content = pack.image.files.get(path)
    if content is None:
        raise FileNotFound("The pack has no file of this path.")
    return content


def _refuse_content(field: str, text: str) -> ValidationFailed:
    return ValidationFailed(fields={field: text})
