"""Serve content packs: from images and archives, and file by file."""

from __future__ import annotations

from typing import Any

import yaml
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from examples.third_server import registry
from examples.third_server.archives import MAX_UNPACKED, read_manifest, unpack
from examples.third_server.auth import Caller
from examples.third_server.bodies import Body
from examples.third_server.calls import Call, reply, validate
from examples.third_server.database import AgentRole, Pack, RolePack, Tree, get_time_ms, keep_blob, make_id, read_blob
from examples.third_server.errors import ApiError, refuse_field
from examples.third_server.events import record_change
from examples.third_server.operations import operation
from examples.third_server.schemas import (
    CreatePack,
    PackManifest,
    ReplacePackImage,
    UpdatePackVisibility,
    UploadPack,
)
from examples.third_server.times import show_time
from examples.third_server.trees import detect_media_type, digest_tree, keep_tree, parse_path, sum_sizes

WRITE = ("caps:write",)
OPTIONAL = ("description", "category", "capabilities", "suggested_packs")
UPLOAD = Body(("multipart/form-data",), 33_554_432, "archive", ("visibility",))
FILE = Body(("application/octet-stream",), 8_388_608)


def select_packs(org_id: str) -> Any:
    """Select the packs that an organisation sees."""
    return select(Pack).where(or_(Pack.org_id == org_id, Pack.org_id.is_(None), Pack.visibility == "community"))


def find_pack(session: Session, org_id: str, pack_id: str) -> Pack:
    """Find a pack that an organisation sees."""
    pack: Pack | None = session.scalar(select_packs(org_id).where(Pack.id == pack_id))
    if pack is None:
        raise ApiError("pack_not_found")
    return pack


def find_own_pack(session: Session, org_id: str, pack_id: str) -> Pack:
    """Find a pack that an organisation may change."""
    pack = find_pack(session, org_id, pack_id)
    if pack.org_id != org_id:
        raise ApiError("permission_denied", "The pack is not one of your organisation.")
    return pack


def show_pack(pack: Pack, org_id: str) -> dict[str, Any]:
    """Show a pack as the callers of an organisation see it."""
    owned = pack.org_id == org_id
    shown: dict[str, Any] = {"id": pack.id}
    if owned:
        shown["org_id"] = pack.org_id
    for name in ("name", "display_name", "description", "version", "tier", "visibility"):
        shown[name] = getattr(pack, name)
    for name in ("category", "capabilities", "suggested_packs", "image_origin"):
        shown[name] = getattr(pack, name)
    if owned:
        shown["image_ref"] = pack.image_ref
    shown |= {
        "image_digest": pack.image_digest,
        "size_bytes": pack.size_bytes,
        "created_at": show_time(pack.created_at),
        "updated_at": show_time(pack.updated_at),
        "owned": owned,
    }
    return {name: value for name, value in shown.items() if value is not None}


def describe(manifest: PackManifest) -> dict[str, Any]:
    """Turn a manifest into the columns of a pack."""
    sent = manifest.model_fields_set
    words = [word[:1].upper() + word[1:] for word in manifest.name.split("-")]
    return {
        "name": manifest.name,
        "version": manifest.version,
        "display_name": manifest.display_name or " ".join(words),
        "description": manifest.description if "description" in sent else None,
        "category": manifest.category if "category" in sent else None,
        "capabilities": yaml.safe_dump(manifest.capabilities, sort_keys=False),
        "suggested_packs": ",".join(manifest.suggested_packs),
    }


def _describe_image(session: Session, files: Tree) -> dict[str, Any]:
    """Read the manifest of an image."""
    if "pack.yaml" not in files:
        raise refuse_field("image_ref", "The image has no pack.yaml.")
    content = read_blob(session, files["pack.yaml"][0])
    return describe(read_manifest(content, "image_ref"))


def _add_pack(
    session: Session,
    caller: Caller,
    described: dict[str, Any],
    files: Tree,
    *,
    origin: str,
    reference: str,
    visibility: str,
) -> dict[str, Any]:
    """Add a pack of the caller's organisation, and show it."""
    moment = get_time_ms()
    pack = Pack(
        id=make_id("pack_"),
        org_id=caller.org_id,
        tier="community",
        visibility=visibility,
        image_origin=origin,
        image_ref=reference,
        image_digest=digest_tree(files),
        size_bytes=sum_sizes(files),
        files=files,
        created_at=moment,
        updated_at=moment,
        **described,
    )
    session.add(pack)
    session.flush()
    record_change(session, caller, "pack.created", pack.id)
    return show_pack(pack, caller.org_id)


def _require_free_name(session: Session, org_id: str, name: str) -> None:
    """Refuse a name that another pack of the organisation has."""
    taken = select(Pack.id).where(Pack.org_id == org_id, Pack.name == name)
    if session.scalar(taken) is not None:
        raise ApiError("pack_exists")


def _count_roles(session: Session, pack: Pack, *, of_others: bool) -> int:
    """Count the roles that reference a pack, of every organisation or of others alone."""
    counted = select(func.count()).select_from(RolePack).where(RolePack.pack_id == pack.id)
    if of_others:
        counted = counted.join(AgentRole, AgentRole.id == RolePack.role_id).where(AgentRole.org_id != pack.org_id)
    return session.scalar(counted) or 0


def _set_content(pack: Pack, files: Tree) -> None:
    """Give a pack other files."""
    pack.files = files
    pack.image_digest = digest_tree(files)
    pack.size_bytes = sum_sizes(files)


@operation("packs.list", "GET", "/packs")
def list_packs(call: Call) -> Response:
    """List the packs that the caller sees."""
    org_id = call.caller.org_id
    with call.reading() as session:
        packs = session.scalars(select_packs(org_id).order_by(Pack.name, Pack.id)).all()
        return reply({"packs": [show_pack(pack, org_id) for pack in packs]})


@operation("packs.create", "POST", "/packs", WRITE, billing="create", body=Body())
def create_pack(call: Call) -> Response:
    """Create a pack from an image of a registry."""
    sent = call.body(CreatePack)
    with call.writing() as session:
        files = registry.pull(session, sent.image_ref, call.caller.org_id)
        described = _describe_image(session, files)
        _require_free_name(session, call.caller.org_id, described["name"])
        shown = _add_pack(
            session,
            call.caller,
            described,
            files,
            origin="image_ref",
            reference=sent.image_ref,
            visibility=sent.visibility,
        )
    return reply(shown, 201)


@operation("packs.upload", "POST", "/packs/upload", WRITE, billing="create", body=UPLOAD)
def upload_pack(call: Call) -> Response:
    """Create a pack from an archive, of which the platform makes an image."""
    if call.form is None or len(call.form.files) != 1:
        raise refuse_field("archive", "Send one archive.")
    visibility = validate(UploadPack, call.form.texts).visibility
    unpacked = unpack(call.form.files[0][1])
    described = describe(read_manifest(unpacked["pack.yaml"], "archive"))
    org_id = call.caller.org_id
    with call.writing() as session:
        _require_free_name(session, org_id, described["name"])
        files = keep_tree(session, unpacked, get_time_ms())
        repository = registry.name_repository(org_id, described["name"])
        tag = described["version"].replace("+", "_")
        registry.push(session, repository, tag, files)
        shown = _add_pack(
            session,
            call.caller,
            described,
            files,
            origin="upload",
            reference=f"{repository}:{tag}",
            visibility=visibility,
        )
    return reply(shown, 201)


@operation("packs.get", "GET", "/packs/{id}")
def get_pack(call: Call) -> Response:
    """Show one pack."""
    with call.reading() as session:
        pack = find_pack(session, call.caller.org_id, call.path["id"])
        return reply(show_pack(pack, call.caller.org_id))


@operation("packs.replace_image", "PUT", "/packs/{id}", WRITE, billing="create", body=Body())
def replace_image(call: Call) -> Response:
    """Give a pack another image of its repository."""
    sent = call.body(ReplacePackImage)
    org_id = call.caller.org_id
    with call.writing() as session:
        pack = find_own_pack(session, org_id, call.path["id"])
        repository = registry.split_reference(pack.image_ref)[0]
        if registry.split_reference(sent.image_ref)[0] != repository:
            raise refuse_field("image_ref", "The image is of another repository.")
        files = registry.pull(session, sent.image_ref, org_id)
        described = _describe_image(session, files)
        if described["name"] != pack.name:
            raise refuse_field("image_ref", "The pack.yaml of the image has another name.")
        same = pack.image_digest == digest_tree(files)
        if not same or pack.image_ref != sent.image_ref:
            _set_content(pack, files)
            for column, value in described.items():
                setattr(pack, column, value)
            pack.image_ref = sent.image_ref
            pack.updated_at = max(get_time_ms(), pack.updated_at)
            record_change(session, call.caller, "pack.image_replaced", pack.id)
        shown = show_pack(pack, org_id)
    return reply(shown)


@operation("packs.update_visibility", "PATCH", "/packs/{id}", WRITE, billing="create", body=Body())
def update_visibility(call: Call) -> Response:
    """Change who sees a pack."""
    sent = call.body(UpdatePackVisibility)
    with call.writing() as session:
        pack = find_own_pack(session, call.caller.org_id, call.path["id"])
        if pack.visibility != sent.visibility:
            roles = _count_roles(session, pack, of_others=True)
            if sent.visibility == "org" and roles:
                raise ApiError("pack_in_use", details={"roles": roles})
            pack.visibility = sent.visibility
            pack.updated_at = max(get_time_ms(), pack.updated_at)
            record_change(session, call.caller, "pack.visibility_changed", pack.id)
        shown = show_pack(pack, call.caller.org_id)
    return reply(shown)


@operation("packs.delete", "DELETE", "/packs/{id}", WRITE, billing="wind-down")
def delete_pack(call: Call) -> Response:
    """Delete a pack, and purge its image where the platform keeps it."""
    failed = False
    with call.writing() as session:
        pack = find_pack(session, call.caller.org_id, call.path["id"])
        if pack.org_id != call.caller.org_id:
            raise ApiError("pack_not_found")
        roles = _count_roles(session, pack, of_others=False)
        if roles:
            raise ApiError("pack_in_use", details={"roles": roles})
        if pack.image_origin == "upload":
            repository = registry.split_reference(pack.image_ref)[0]
            failed = registry.purge_fails(session, repository)
            if not failed:
                registry.purge(session, repository)
        if not failed:
            session.delete(pack)
            record_change(session, call.caller, "pack.deleted", pack.id)
    if failed:
        raise ApiError("registry_cleanup_failed")
    return reply({"status": "deleted"})


@operation("packs.list_files", "GET", "/packs/{id}/files")
def list_pack_files(call: Call) -> Response:
    """List the files of a pack."""
    with call.reading() as session:
        pack = find_pack(session, call.caller.org_id, call.path["id"])
        entries = [
            {
                "path": path,
                "size": entry[1],
                "mime_type": detect_media_type(session, path, entry[0]),
            }
            for path, entry in sorted(pack.files.items())
        ]
        return reply({"entries": entries})


@operation("packs.read_file", "GET", "/packs/{id}/files/{path}")
def read_pack_file(call: Call) -> Response:
    """Send the bytes of one file of a pack."""
    path = parse_path(call.path["path"])
    with call.reading() as session:
        pack = find_pack(session, call.caller.org_id, call.path["id"])
        if path not in pack.files:
            raise ApiError("file_not_found")
        digest = pack.files[path][0]
        content = read_blob(session, digest)
        media_type = detect_media_type(session, path, digest)
    headers = {
        "Content-Type": media_type,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers)


@operation("packs.replace_file", "PUT", "/packs/{id}/files/{path}", WRITE, billing="create", body=FILE)
def replace_pack_file(call: Call) -> Response:
    """Replace one file of an uploaded pack, which makes another image of it."""
    path = parse_path(call.path["path"])
    with call.writing() as session:
        pack = find_own_pack(session, call.caller.org_id, call.path["id"])
        if pack.image_origin != "upload":
            raise ApiError("pack_not_editable")
        if path not in pack.files:
            raise ApiError("file_not_found")
        described: dict[str, Any] = {}
        if path == "pack.yaml":
            described = describe(read_manifest(call.raw, "body"))
            if (described["name"], described["version"]) != (pack.name, pack.version):
                raise refuse_field("body", "The name or version is not that of the pack.")
        moment = get_time_ms()
        changed = keep_blob(session, call.raw)
        if changed != pack.files[path][0]:
            files = pack.files | {path: [changed, len(call.raw), moment]}
            if sum_sizes(files) > MAX_UNPACKED:
                raise refuse_field("body", "The files of the pack would be too large.")
            _set_content(pack, files)
            for column, value in described.items():
                setattr(pack, column, value)
            repository, tag, _ = registry.split_reference(pack.image_ref)
            tag = tag or pack.version.replace("+", "_")
            registry.push(session, repository, tag, files)
            pack.image_ref = f"{repository}:{tag}"
            pack.updated_at = max(moment, pack.updated_at)
            record_change(session, call.caller, "pack.file_replaced", pack.id)
        shown = show_pack(pack, call.caller.org_id)
    return reply(shown)
