"""Compiles what a contract declares of a resource into all that the suite needs to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

from conformance.contract.contract import Contract, is_named
from conformance.contract.declarations import declares_whole
from conformance.contract.resource_types import KeptBy, OffSwitch, ResourceType
from conformance.declared.by_name import ByName, fresh_key, read_by, requested_by
from conformance.declared.refusals import DeclaredRefusals
from conformance.declared.shared import Sharing
from conformance.declared.steps import DeclaredSteps
from conformance.declared.values import body_of, cleared_fields, fields_of, private_fields
from conformance.oracle.archiving import NOT_ARCHIVED, laws_of
from conformance.oracle.declaration.fields import Field
from conformance.oracle.declaration.lifetime import Archiving, KeptInUse, Parent
from conformance.oracle.declaration.ownership import OrgOwned, Personal, SwitchedOff
from conformance.oracle.declaration.provider_state import ORG, ProviderState
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.law import EVERY_CALLER, Law

CREATED, CHANGED, REST = "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", "CONFIG-PATCH-REST"
UPDATED = "updated_at"
HIDDEN, LISTED = "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-NOT-LISTED"


def resources_of(contract: Contract, written: Mapping[str, Resource]) -> Iterator[Resource]:
    """Yield those that have a home, each with what the contract declares of it, then those that it declares alone."""
    declared = contract.types
    for name, resource in written.items():
        yield _completed(contract, declared[name], resource) if name in declared else resource
    for name, each in declared.items():
        if name not in written:
            yield _completed(contract, each, Resource(name=name), alone=True)


def _completed(contract: Contract, declared: ResourceType, written: Resource, *, alone: bool = False) -> Resource:
    """The resource with what is declared in the place of all that was not written by hand."""
    archiving = _archiving(declared, written.archiving)
    parent = written.parent or _parent(contract, declared)
    refusals = DeclaredRefusals(contract, declared, archiving, parent)
    derived: dict[str, Any] = {
        "access": OrgOwned(personal=_personal(declared)),
        "listed_by": declared.parts.list,
        "shown_by": declared.parts.read,
        "removed_by": declared.parts.remove,
        "updated_by": declared.parts.update,
        "made_by": tuple(filter(None, (declared.parts.create, declared.parts.put if declared.key else None))),
        "archiving": archiving,
        "parent": parent,
        "merged": declared.merged,
        "owner_only": declared.owner_only,
        **({"named_in": _name_field(declared)} if alone or _name_field(declared) else {}),
        **({"owner": declared.owner} if declared.owner else {}),
        **_off(declared, declared.switched_off),
    }
    if declared.key is not None:
        derived |= _by_name(declared, declared.key)
    derived |= _of_operations(contract, declared, refusals)
    derived |= _of_plain_ones(contract, declared, refusals) if alone else {}
    return replace(written, **dict(_joined(replace(written, archiving=None), derived)))


def _joined(written: Resource, derived: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields that were not written, and of those by operation, name or code what is beside the written."""
    for each in fields(Resource):
        if each.name in derived:
            default = each.default if each.default is not MISSING else None
            value, now = getattr(written, each.name), derived[each.name]
            if isinstance(now, Mapping):
                yield each.name, {**now, **value}
            elif value is default or value == default or value == _made_anew(each.default_factory):
                yield each.name, now


def _made_anew(factory: Any) -> Any:
    return None if factory is MISSING else factory()


def _of_operations(contract: Contract, declared: ResourceType, refusals: DeclaredRefusals) -> dict[str, Any]:
    """What follows for the operations: of one that has code as far as a rule is about it."""
    laws: dict[str, Law] = {}
    applied: dict[str, str] = {}
    for each in filter(None, (declared.parts.create, declared.parts.put)):
        applied |= {each: CREATED} if _is_about(contract, CREATED, each) else {}
    written = frozenset[str]()
    if update := declared.parts.update:
        changed, keeps = frozenset(body_of(contract, update).get("properties", {})), _is_about(contract, REST, update)
        if keeps or declares_whole(declared, update):
            laws[update] = Law(changed | {UPDATED}, keeps=REST if keeps else EVERY_CALLER)
        if _is_about(contract, CHANGED, update):
            applied[update], written = CHANGED, changed
    laws |= laws_of(refusals.archiving) if refusals.archiving is not None else {}
    return {
        "laws": laws,
        "applied": applied,
        "written": written,
        "refusals": refusals.by_operation,
        "causes": refusals.causes,
    }


def _of_plain_ones(contract: Contract, declared: ResourceType, refusals: DeclaredRefusals) -> dict[str, Any]:
    """What holds of those that have no home, so that nothing is right for them but what the contract says."""
    return {
        **(_shared(contract, declared) if declared.visible else {}),
        "fields": {**fields_of(contract, declared), **_key_field(declared)},
        "clears": cleared_fields(contract, declared),
        "wrongful": refusals.wrongful,
        "steps": DeclaredSteps,
    }


def _shared(contract: Contract, declared: ResourceType) -> dict[str, Any]:
    """What holds of objects that everybody sees in some cases; a way to make either is looked for."""
    private = private_fields(contract, declared)
    sharing = Sharing(declared, private or {})
    if private is None or declared.parts.create is None:
        return {"read": sharing.read}
    access = sharing.access(_personal(declared))
    return {"read": sharing.read, "access": access, "own": sharing.own, "given": sharing.given}


def _is_about(contract: Contract, rule: str, operation_id: str) -> bool:
    found = contract.whole.rules.get(rule)
    return found is not None and is_named(operation_id, found.operations)


def _name_field(declared: ResourceType) -> str:
    """The field in which an object shows the name that its creation gave it; empty where it has none."""
    return declared.key or next(reversed(declared.unique), "")


def _key_field(declared: ResourceType) -> dict[str, Field]:
    return {declared.key: Field(fresh_key)} if declared.key else {}


def _by_name(declared: ResourceType, key: str) -> dict[str, Any]:
    """What holds of objects that a path names by what their org calls them."""
    return {
        "by_name": True,
        "read": read_by(declared.name, key),
        "in_path": ByName(),
        "requests": requested_by(key),
    }


def _archiving(declared: ResourceType, written: Archiving | None) -> Archiving | None:
    """How one is archived, by the operations that the contract has for it."""
    by, undone_by, archive = declared.parts.archive, declared.parts.unarchive, declared.archive
    if archive is None or by is None or undone_by is None:
        return written
    moves = frozenset({archive.stamp, UPDATED})
    completed = replace(written or Archiving(), by=by, undone_by=undone_by, shown_in=archive.stamp, moves=moves)
    kept = _kept(declared, archive.kept_by) if completed.kept_by is None and archive.kept_by else completed.kept_by
    return replace(completed, kept_by=kept)


def _kept(declared: ResourceType, kept: KeptBy) -> KeptInUse:
    """What keeps one in use: something of it, or of what is archived with it."""
    of = next(iter(declared.archive.cascades if declared.archive else ()), declared.name)
    return KeptInUse(
        by=kept.resource,
        field=kept.by,
        of=of,
        running=frozenset(kept.statuses),
        assumed=frozenset(),
        refused=kept.code,
        counted=f"{kept.resource}s",
        given=f"active_{of}_id",
        shown_in=kept.shown_in,
    )


def _parent(contract: Contract, declared: ResourceType) -> Parent | None:
    """What one is based on: that which is archived with all that names it."""
    back = contract.operations.get(declared.parts.unarchive or "")
    codes = back.responses[409].codes if back and 409 in back.responses else ()
    refused = next((code for code in codes if code != NOT_ARCHIVED), None)
    for above in contract.types.values():
        field = above.archive.cascades.get(declared.name) if above.archive else None
        if field is not None and refused is not None:
            return Parent(resource=above.name, field=field, refused=refused)
    return None


def _personal(declared: ResourceType) -> Personal | None:
    if (personal := declared.personal) is None:
        return None
    return Personal(shown_in=personal.field, scope=personal.all, hidden=HIDDEN, listed=LISTED)


def _off(declared: ResourceType, switch: OffSwitch | None) -> dict[str, Any]:
    """What an org may be without, and the provider state in which it is."""
    if switch is None:
        return {}
    verb = "are" if switch.subsystem.endswith("s") else "is"
    state = f"{switch.subsystem} {verb} disabled"
    holds = ProviderState(f"The org cannot use {declared.name.replace('_', ' ')}s.", (ORG,))
    return {"switched_off": SwitchedOff(state, switch.code), "states": {state: holds}}
