"""The compiler of what a contract declares of a resource into all that the suite needs to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

from conformance.contract.contract import Contract, NamedResource
from conformance.contract.file import load
from conformance.contract.resource_types import Keeper, OffSwitch, ResourceType
from conformance.declared.behaviors import UPDATED, DeclaredOperations, DeclaredSteps
from conformance.declared.plain_resources import find_plain_resources
from conformance.declared.shared import SharedResource, build_access
from conformance.declared.values import choose_private_fields, compile_fields, find_body_schema, find_cleared_fields
from conformance.oracle.archiving import NOT_ARCHIVED
from conformance.oracle.call import Call, ObjectInPath, Refusals
from conformance.oracle.declaration.fields import Field
from conformance.oracle.declaration.lifetime import Archiving, KeptInUse, Parent
from conformance.oracle.declaration.ownership import OrgOwned, PersonalObjects, SwitchableFeature
from conformance.oracle.declaration.provider_state import ORG, ProviderState
from conformance.oracle.declaration.registry import list_known_keys, list_written_resources, use
from conformance.oracle.declaration.resource import Resource
from conformance.profile import Profile, read_named_contract, read_profile


def make_fresh_key(session: Any, _caller: Any = None, _fact: Any = None) -> str:
    """Return a name that nothing has, so that the run may set it."""
    name: str = session.make_fresh_name()
    session.guard.allow_made(name)
    return name


class NameInPath(ObjectInPath):
    """The judge of a name in a path: whether the deletion of what is not there is refused is left open."""

    def add_refusals(self, call: Call, value: str, named: NamedResource, found: Refusals) -> None:
        fact = call.state.get_facts(named.name).get(value)
        if fact is None or not fact.is_owned_by(call.caller.org) or not call.state.is_certain(fact):
            found.add_possible(404, named.not_found, "CONTRACT-RIGHT-ANSWER")


HIDDEN, LISTED = "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-NOT-LISTED"


def compile_resources(contract: Contract, written: Mapping[str, Resource]) -> Iterator[Resource]:
    """Yield the resources written by hand, completed by the contract, then those that it alone declares."""
    declared, tenancy = contract.types, contract.features.tenancy or ""
    for name, resource in written.items():
        said = replace(resource, owner=resource.owner or tenancy)
        yield _complete_resource(contract, declared[name], said) if name in declared else said
    for name, each in declared.items():
        if name not in written:
            yield _complete_resource(contract, each, replace(_compile_plain(contract, each), owner=tenancy))


def _complete_resource(contract: Contract, declared: ResourceType, written: Resource) -> Resource:
    """Return the resource with what is declared in the place of all that was not written by hand."""
    archiving = _compile_archiving(declared, written.archiving)
    parent = written.parent or _compile_parent(contract, declared)
    operations = DeclaredOperations(contract, declared, archiving, parent)
    derived: dict[str, Any] = {
        "operations": tuple(operations.complete(written.operations)),
        "access": OrgOwned(personal=_compile_personal(declared)),
        "archiving": archiving,
        "parent": parent,
        "released": _compile_released(contract, declared),
        "merged": declared.merged,
        "clears": find_cleared_fields(contract, declared),
        "owner_only": declared.owner_only,
        "written": operations.written,
        "causes": operations.causes,
        "blames": operations.blames,
        **({"named_in": name} if (name := _name_field(declared)) else {}),
        **({"by_name": True, "in_path": NameInPath()} if declared.key else {}),
        **_compile_off(declared, declared.switched_off),
    }
    written = replace(written, owner=declared.owner or written.owner)
    return replace(written, **dict(_join_fields(replace(written, archiving=None, operations=()), derived)))


def _join_fields(written: Resource, derived: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields that were not written by hand; mappings are merged, and what is written wins."""
    for each in fields(Resource):
        if each.name in derived:
            default = each.default if each.default is not MISSING else None
            value, now = getattr(written, each.name), derived[each.name]
            if isinstance(now, Mapping):
                yield each.name, {**now, **value}
            elif value is default or value == default or value == _rebuild(each.default_factory):
                yield each.name, now


def _rebuild(factory: Any) -> Any:
    return None if factory is MISSING else factory()


def _compile_plain(contract: Contract, declared: ResourceType) -> Resource:
    """Return one that has no home, so that nothing is right for it but what the contract says."""
    said: dict[str, Any] = {
        "name": declared.name,
        "named_in": _name_field(declared),
        "fields": {
            **compile_fields(contract, declared),
            **({declared.key: Field(make_fresh_key)} if declared.key else {}),
        },
        "steps": DeclaredSteps,
    }
    if not declared.visible:
        return Resource(**said)
    private = choose_private_fields(contract, declared) if declared.parts.create else None
    if private is not None:
        said["access"] = build_access(declared, _compile_personal(declared))
    return SharedResource(**said, declared=declared, private=private)


def _name_field(declared: ResourceType) -> str:
    """Return the field in which an object shows the name that its creation gave it; empty where it has none."""
    return declared.key or next(reversed(declared.unique), "")


def _compile_archiving(declared: ResourceType, written: Archiving | None) -> Archiving | None:
    """Return how one is archived, by the operations that the contract has for it."""
    by, undone_by, archive = declared.parts.archive, declared.parts.unarchive, declared.archive
    if archive is None or by is None or undone_by is None:
        return written
    moves = frozenset({archive.stamp, UPDATED})
    completed = replace(written or Archiving(), by=by, undone_by=undone_by, shown_in=archive.stamp, moves=moves)
    kept = (
        _compile_kept_in_use(declared, archive.kept_by)
        if completed.kept_by is None and archive.kept_by
        else completed.kept_by
    )
    return replace(completed, kept_by=kept)


def _compile_kept_in_use(declared: ResourceType, kept: Keeper) -> KeptInUse:
    """Return the condition under which running objects keep one from being archived."""
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


def _compile_parent(contract: Contract, declared: ResourceType) -> Parent | None:
    """Return what one is based on: that which is archived with all that names it."""
    back = contract.operations.get(declared.parts.unarchive or "")
    codes = back.responses[409].codes if back and 409 in back.responses else ()
    refused = next((code for code in codes if code != NOT_ARCHIVED), None)
    for above in contract.types.values():
        field = above.archive.cascades.get(declared.name) if above.archive else None
        if field is not None and refused is not None:
            return Parent(resource=above.name, field=field, refused=refused)
    return None


def _compile_released(contract: Contract, declared: ResourceType) -> dict[str, Any]:
    """Return the fields by which one that is archived for good lets go of others that can be removed."""
    if declared.archive is None or declared.parts.remove is not None:
        return {}
    fields, types = find_body_schema(contract, declared.parts.update).get("properties", {}), contract.types
    lists = (each for each in declared.refers if fields.get(each, {}).get("type") == "array")
    named = {each: types.get(declared.refers[each].to) for each in lists}
    return {each: [] for each, of in named.items() if of is not None and of.parts.remove is not None}


def _compile_personal(declared: ResourceType) -> PersonalObjects | None:
    if (personal := declared.personal) is None:
        return None
    return PersonalObjects(shown_in=personal.field, scope=personal.all, hidden=HIDDEN, listed=LISTED)


def _compile_off(declared: ResourceType, switch: OffSwitch | None) -> dict[str, Any]:
    """Return what an org may be without, and the provider state in which it is."""
    if switch is None:
        return {}
    verb = "are" if switch.subsystem.endswith("s") else "is"
    state = f"{switch.subsystem} {verb} disabled"
    holds = ProviderState(f"The org cannot use {declared.name.replace('_', ' ')}s.", (ORG,))
    return {"switched_off": SwitchableFeature(state, switch.code), "states": {state: holds}}


def use_contract(contract: Contract) -> Contract:
    """Register the contract's resources, completed by those written by hand, and return the contract."""
    found = (
        find_plain_resources(contract)
        if contract.is_plain
        else compile_resources(contract.whole, list_written_resources())
    )
    use(found, contract.features.tenancy)
    return contract


def read_described(path: Path, contract: Path | None = None, overlay: Path | None = None) -> Profile:
    """Return the profile in a TOML file, whose keys depend on a contract: this one, else the one that it names.

    ProfileError or ContractError where one of them cannot be used.
    """
    judged_by = use_contract(load(contract or read_named_contract(path), overlay=overlay))
    return read_profile(path, list_known_keys(), has_orgs=not judged_by.is_plain)
