"""What the contract says of packs and their files beyond its schemas: refusals by state, and effects."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conformance.http.exchange import Exchange
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import UNREAD, Image, PackFact, State
from conformance.oracle.learning import shown_id
from conformance.oracle.resource import Effect, Refusal
from conformance.resources.packs import archive

VALIDATION = "validation_error"


def _pack(call: Call) -> PackFact | None:
    """The pack that the path names, if the caller's org can see it."""
    fact = call.state.packs.get(call.named("pack") or "")
    return fact if fact and fact.visible_to(call.caller.org) else None


def _own_pack(call: Call) -> PackFact | None:
    """The same, if it is the caller's org's own: what is stored counts for no other."""
    fact = _pack(call)
    return fact if fact and fact.owned_by(call.caller.org) else None


def pack_in_path(call: Call, value: str, not_found: str, refusals: Refusals) -> None:
    """Existence, visibility and ownership of the pack that a path names."""
    fact = call.state.packs.get(value)
    if value in call.state.of_other_runs:
        refusals.add_possible(404, not_found, "CONTRACT-RIGHT-ANSWER")
    elif fact is None:
        refusals.add(404, not_found, "DELETE-GONE" if value in call.state.gone else "CONTRACT-RIGHT-ANSWER")
    elif not fact.visible_to(call.caller.org):
        refusals.add(404, not_found, "OWNERSHIP-PRIVATE-HIDDEN")
    elif not call.operation.safe and not fact.owned_by(call.caller.org):
        if call.operation.method == "DELETE":
            refusals.add(404, not_found, "OWNERSHIP-SHARED-DELETE")
            refusals.add(403, "permission_denied", "OWNERSHIP-SHARED-DELETE")
        else:
            refusals.add(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY")


def file_in_path(call: Call, value: str, not_found: str, refusals: Refusals) -> None:
    """The file's path itself, and whether the pack has it."""
    if not is_file_path(value):
        refusals.add(400, VALIDATION, "FILE-PATH")
        refusals.add(404, not_found, "FILE-PATH")
        refusals.add_possible(404, "not_found", "FILE-PATH")
        return
    fact = _pack(call)
    if fact is None or fact.files is None:
        refusals.add_possible(404, not_found, "FILE-NOT-FOUND")
    elif value not in fact.files:
        refusals.add(404, not_found, "FILE-NOT-FOUND")


def is_file_path(path: str) -> bool:
    """Whether a decoded path is one that a file can have."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def _image(call: Call, refusals: Refusals) -> Image | None:
    """The image that the body names; of one that some pack shows it is not known whether it can be pulled."""
    image_ref = call.body["image_ref"]
    image = call.state.images.get(image_ref)
    if image is None and any(_is_of(pack, image_ref) for pack in call.state.packs.values()):
        refusals.add_possible(400, VALIDATION, "IMAGE-UNKNOWN")
        return UNREAD
    if image is None:
        refusals.add(400, VALIDATION, "IMAGE-UNKNOWN")
    return image


def _create(call: Call, refusals: Refusals) -> None:
    image = _image(call, refusals)
    if image is None:
        return
    if image.name is None:
        refusals.add_possible(409, "pack_exists", "CREATE-NAME-TAKEN")
    else:
        _name(call, image.name, refusals)


def _upload(call: Call, refusals: Refusals) -> None:
    try:
        content = archive.read(call.body["archive"])
    except archive.Refused as refused:
        refusals.add(400, VALIDATION, refused.rule)
    else:
        _name(call, content.name, refusals)


def _name(call: Call, name: str, refusals: Refusals) -> None:
    org = call.caller.org
    if call.state.name_taken(org, name):
        refusals.add(409, "pack_exists", "CREATE-NAME-TAKEN")
    elif org not in call.state.listed:
        refusals.add_possible(409, "pack_exists", "CREATE-NAME-TAKEN")


def _replace_image(call: Call, refusals: Refusals) -> None:
    fact, image_ref, image = _own_pack(call), call.body["image_ref"], _image(call, refusals)
    if fact is None:
        return
    if fact.image_ref is None:
        refusals.add_possible(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
    elif repository(fact.image_ref) != repository(image_ref):
        refusals.add(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
    if image is None or image.name == fact.name:
        return
    if image.name is None:
        refusals.add_possible(400, VALIDATION, "IMAGE-NAME-STAYS")
    else:
        refusals.add(400, VALIDATION, "IMAGE-NAME-STAYS")


def _is_of(fact: PackFact, image_ref: str) -> bool:
    """Whether it is the image of a content that the pack has, or had: its registry may well hold that."""
    same = fact.image_ref is not None and repository(fact.image_ref) == repository(image_ref)
    return same and ("@" in image_ref or image_ref == fact.image_ref)


def _update_visibility(call: Call, refusals: Refusals) -> None:
    fact = _own_pack(call)
    if fact is None or not (fact.visibility == "community" and call.body["visibility"] == "org"):
        return
    if fact.foreign_roles:
        refusals.add(409, "pack_in_use", "PACK-PATCH-IN-USE")
    elif not fact.made:
        refusals.add_possible(409, "pack_in_use", "PACK-PATCH-IN-USE")


def _delete(call: Call, refusals: Refusals) -> None:
    fact = _own_pack(call)
    if fact is None:
        return
    if fact.foreign_roles or fact.own_roles:
        refusals.add(409, "pack_in_use", "DELETE-IN-USE")
    elif not fact.made:
        refusals.add_possible(409, "pack_in_use", "DELETE-IN-USE")
    if fact.purge_fails:
        refusals.add(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")
    elif fact.origin in (None, "upload") and not fact.made:
        refusals.add_possible(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")


def _replace_file(call: Call, refusals: Refusals) -> None:
    fact = _own_pack(call)
    if fact is not None and fact.origin is None:
        refusals.add_possible(409, "pack_not_editable", "FILE-NOT-EDITABLE")
    elif fact is not None and fact.origin != "upload":
        refusals.add(409, "pack_not_editable", "FILE-NOT-EDITABLE")
    if call.values.get("path") != "pack.yaml":
        return
    try:
        said = archive.read_pack_yaml(call.body)
    except archive.Refused:
        # That is true of the body alone, whatever pack it is for.
        refusals.add(400, VALIDATION, "FILE-PACK-YAML")
    else:
        if fact is not None and (said["name"], said["version"]) != (fact.name, fact.version):
            refusals.add(400, VALIDATION, "FILE-PACK-YAML")


def repository(image_ref: str) -> str:
    """An OCI reference without its tag and digest."""
    return re.sub(r":[A-Za-z0-9_][A-Za-z0-9_.-]*$", "", image_ref.partition("@")[0])


REFUSALS: Mapping[str, Refusal] = {
    "packs.create": _create,
    "packs.upload": _upload,
    "packs.replace_image": _replace_image,
    "packs.update_visibility": _update_visibility,
    "packs.delete": _delete,
}
REFUSALS_OF_FILES: Mapping[str, Refusal] = {"packs.replace_file": _replace_file}


def _uploaded(call: Call, exchange: Exchange) -> State:
    try:
        content = archive.read(call.body["archive"])
    except (archive.Refused, KeyError, TypeError):
        return call.state
    return call.state.changed(shown_id(exchange.json), files=content.files)


def _deleted(call: Call, _exchange: Exchange) -> State:
    return call.state.without_pack(call.values["id"])


def _image_replaced(call: Call, _exchange: Exchange) -> State:
    return call.state.changed(call.values["id"], files=None)


def _file_replaced(call: Call, _exchange: Exchange) -> State:
    fact = call.state.packs.get(call.values["id"])
    if fact is None or fact.files is None or not isinstance(call.body, bytes):
        return call.state
    return call.state.changed(fact.id, files={**fact.files, call.values["path"]: call.body})


EFFECTS: Mapping[str, Effect] = {
    "packs.upload": _uploaded,
    "packs.delete": _deleted,
    "packs.replace_image": _image_replaced,
}
EFFECTS_ON_FILES: Mapping[str, Effect] = {"packs.replace_file": _file_replaced}
