"""What the contract says of packs and their files beyond its schemas: refusals by state, and effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange
from conformance.oracle.bodies import Answer
from conformance.oracle.facts import UNREAD, Image, PackFact, State
from conformance.profile import Caller
from conformance.resources.packs import archive

VALIDATION = "validation_error"


@dataclass(slots=True)
class Verdicts:
    """Refusals found so far: those that are true, and those that the run cannot exclude."""

    certain: set[Answer] = field(default_factory=set)
    possible: set[Answer] = field(default_factory=set)

    def refuse(self, status: int, code: str, rule: str) -> None:
        """A refusal that is true of the request."""
        self.certain.add(Answer(status, code, rule))

    def maybe(self, status: int, code: str, rule: str) -> None:
        """A refusal that is right if what the run does not know is so."""
        self.possible.add(Answer(status, code, rule))


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for an operation by a caller, taken apart."""

    state: State
    caller: Caller
    operation: Operation
    values: Mapping[str, str]
    body: Any

    def pack(self) -> PackFact | None:
        """The pack that the path names, if the caller's org can see it."""
        for parameter in self.operation.path_parameters:
            if parameter.resource and parameter.resource.name == "pack":
                fact = self.state.packs.get(self.values[parameter.name])
                return fact if fact and fact.visible_to(self.caller.org) else None
        return None

    def own_pack(self) -> PackFact | None:
        """The same, if it is the caller's org's own: what is stored counts for no other."""
        fact = self.pack()
        return fact if fact and fact.owned_by(self.caller.org) else None


def pack_in_path(ask: Ask, value: str, not_found: str, verdicts: Verdicts) -> None:
    """Existence, visibility and ownership of the pack that a path names."""
    fact = ask.state.packs.get(value)
    if value in ask.state.of_other_runs:
        verdicts.maybe(404, not_found, "CONTRACT-RIGHT-ANSWER")
    elif fact is None:
        verdicts.refuse(404, not_found, "DELETE-GONE" if value in ask.state.gone else "CONTRACT-RIGHT-ANSWER")
    elif not fact.visible_to(ask.caller.org):
        verdicts.refuse(404, not_found, "OWNERSHIP-PRIVATE-HIDDEN")
    elif not ask.operation.safe and not fact.owned_by(ask.caller.org):
        if ask.operation.method == "DELETE":
            verdicts.refuse(404, not_found, "OWNERSHIP-SHARED-DELETE")
            verdicts.refuse(403, "permission_denied", "OWNERSHIP-SHARED-DELETE")
        else:
            verdicts.refuse(403, "permission_denied", "OWNERSHIP-SHARED-READ-ONLY")


def file_in_path(ask: Ask, value: str, not_found: str, verdicts: Verdicts) -> None:
    """The file's path itself, and whether the pack has it."""
    if not is_file_path(value):
        verdicts.refuse(400, VALIDATION, "FILE-PATH")
        verdicts.refuse(404, not_found, "FILE-PATH")
        verdicts.maybe(404, "not_found", "FILE-PATH")
        return
    fact = ask.pack()
    if fact is None or fact.files is None:
        verdicts.maybe(404, not_found, "FILE-NOT-FOUND")
    elif value not in fact.files:
        verdicts.refuse(404, not_found, "FILE-NOT-FOUND")


def is_file_path(path: str) -> bool:
    """Whether a decoded path is one that a file can have."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))


def _image(ask: Ask, verdicts: Verdicts) -> Image | None:
    """The image that the body names; of one that some pack shows it is not known whether it can be pulled."""
    image_ref = ask.body["image_ref"]
    image = ask.state.images.get(image_ref)
    if image is None and any(_is_of(pack, image_ref) for pack in ask.state.packs.values()):
        verdicts.maybe(400, VALIDATION, "IMAGE-UNKNOWN")
        return UNREAD
    if image is None:
        verdicts.refuse(400, VALIDATION, "IMAGE-UNKNOWN")
    return image


def _create(ask: Ask, verdicts: Verdicts) -> None:
    image = _image(ask, verdicts)
    if image is None:
        return
    if image.name is None:
        verdicts.maybe(409, "pack_exists", "CREATE-NAME-TAKEN")
    else:
        _name(ask, image.name, verdicts)


def _upload(ask: Ask, verdicts: Verdicts) -> None:
    try:
        content = archive.read(ask.body["archive"])
    except archive.Refused as refused:
        verdicts.refuse(400, VALIDATION, refused.rule)
    else:
        _name(ask, content.name, verdicts)


def _name(ask: Ask, name: str, verdicts: Verdicts) -> None:
    org = ask.caller.org
    if ask.state.name_taken(org, name):
        verdicts.refuse(409, "pack_exists", "CREATE-NAME-TAKEN")
    elif org not in ask.state.listed:
        verdicts.maybe(409, "pack_exists", "CREATE-NAME-TAKEN")


def _replace_image(ask: Ask, verdicts: Verdicts) -> None:
    fact, image_ref, image = ask.own_pack(), ask.body["image_ref"], _image(ask, verdicts)
    if fact is None:
        return
    if fact.image_ref is None:
        verdicts.maybe(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
    elif repository(fact.image_ref) != repository(image_ref):
        verdicts.refuse(400, VALIDATION, "IMAGE-SAME-REPOSITORY")
    if image is None or image.name == fact.name:
        return
    if image.name is None:
        verdicts.maybe(400, VALIDATION, "IMAGE-NAME-STAYS")
    else:
        verdicts.refuse(400, VALIDATION, "IMAGE-NAME-STAYS")


def _is_of(fact: PackFact, image_ref: str) -> bool:
    """Whether it is the image of a content that the pack has, or had: its registry may well hold that."""
    same = fact.image_ref is not None and repository(fact.image_ref) == repository(image_ref)
    return same and ("@" in image_ref or image_ref == fact.image_ref)


def _update_visibility(ask: Ask, verdicts: Verdicts) -> None:
    fact = ask.own_pack()
    if fact is None or not (fact.visibility == "community" and ask.body["visibility"] == "org"):
        return
    if fact.foreign_roles:
        verdicts.refuse(409, "pack_in_use", "PACK-PATCH-IN-USE")
    elif not fact.made:
        verdicts.maybe(409, "pack_in_use", "PACK-PATCH-IN-USE")


def _delete(ask: Ask, verdicts: Verdicts) -> None:
    fact = ask.own_pack()
    if fact is None:
        return
    if fact.foreign_roles or fact.own_roles:
        verdicts.refuse(409, "pack_in_use", "DELETE-IN-USE")
    elif not fact.made:
        verdicts.maybe(409, "pack_in_use", "DELETE-IN-USE")
    if fact.purge_fails:
        verdicts.refuse(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")
    elif fact.origin in (None, "upload") and not fact.made:
        verdicts.maybe(502, "registry_cleanup_failed", "DELETE-PURGE-FAILED")


def _replace_file(ask: Ask, verdicts: Verdicts) -> None:
    fact = ask.own_pack()
    if fact is not None and fact.origin is None:
        verdicts.maybe(409, "pack_not_editable", "FILE-NOT-EDITABLE")
    elif fact is not None and fact.origin != "upload":
        verdicts.refuse(409, "pack_not_editable", "FILE-NOT-EDITABLE")
    if ask.values.get("path") != "pack.yaml":
        return
    try:
        said = archive.read_pack_yaml(ask.body)
    except archive.Refused:
        # That is true of the body alone, whatever pack it is for.
        verdicts.refuse(400, VALIDATION, "FILE-PACK-YAML")
    else:
        if fact is not None and (said["name"], said["version"]) != (fact.name, fact.version):
            verdicts.refuse(400, VALIDATION, "FILE-PACK-YAML")


def repository(image_ref: str) -> str:
    """An OCI reference without its tag and digest."""
    return re.sub(r":[A-Za-z0-9_][A-Za-z0-9_.-]*$", "", image_ref.partition("@")[0])


REFUSALS: Mapping[str, Callable[[Ask, Verdicts], None]] = {
    "packs.create": _create,
    "packs.upload": _upload,
    "packs.replace_image": _replace_image,
    "packs.update_visibility": _update_visibility,
    "packs.delete": _delete,
    "packs.replace_file": _replace_file,
}
"""What only the operation's own meaning tells. An operation that is not here is judged by the rest."""

RESOURCES: Mapping[str, Callable[[Ask, str, str, Verdicts], None]] = {
    "pack": pack_in_path,
    "file": file_in_path,
}


def learn(ask: Ask, exchange: Exchange) -> State:
    """The state after an answer that was given: what it showed, and what a success did."""
    state, org, shown = ask.state, ask.caller.org, exchange.json
    if not exchange.succeeded:
        return state
    creates = ask.operation.method == "POST" and not ask.operation.resources
    if isinstance(shown, Mapping) and isinstance(shown.get("packs"), list):
        for item in shown["packs"]:
            state = state.seen(org, item)
        return replace(state, listed=state.listed | {org})
    state = state.seen(org, shown, made=creates)
    if creates and _id(shown) not in state.packs:
        # Something was made that the answer does not show: not every name of the org is known now.
        state = replace(state, listed=state.listed - {org})
    effect = _EFFECTS.get(ask.operation.operation_id)
    return effect(replace(ask, state=state), exchange) if effect else state


def _uploaded(ask: Ask, exchange: Exchange) -> State:
    try:
        content = archive.read(ask.body["archive"])
    except (archive.Refused, KeyError, TypeError):
        return ask.state
    return ask.state.changed(_id(exchange.json), files=content.files)


def _id(shown: Any) -> str:
    return str(shown.get("id")) if isinstance(shown, Mapping) else ""


def _deleted(ask: Ask, _exchange: Exchange) -> State:
    return ask.state.without_pack(ask.values["id"])


def _image_replaced(ask: Ask, _exchange: Exchange) -> State:
    return ask.state.changed(ask.values["id"], files=None)


def _file_replaced(ask: Ask, _exchange: Exchange) -> State:
    fact = ask.state.packs.get(ask.values["id"])
    if fact is None or fact.files is None or not isinstance(ask.body, bytes):
        return ask.state
    return ask.state.changed(fact.id, files={**fact.files, ask.values["path"]: ask.body})


_EFFECTS: Mapping[str, Callable[[Ask, Exchange], State]] = {
    "packs.upload": _uploaded,
    "packs.delete": _deleted,
    "packs.replace_image": _image_replaced,
    "packs.replace_file": _file_replaced,
}
