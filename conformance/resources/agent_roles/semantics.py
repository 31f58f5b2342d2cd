"""What the contract says of agent roles beyond its schemas: refusals by the provider and the packs that they name."""

from __future__ import annotations

import yaml

from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.lifetime import Archiving, Parent
from conformance.resources.workspaces.semantics import RUNNING

VALIDATION = "validation_error"
CREATE, UPDATE = "agent_roles.create", "agent_roles.update"
CONTENT, PACKS, MOVED = "CONFIG-CONTENT", "ROLE-PACKS-VISIBLE", "ROLE-PROVIDER-ARCHIVED"
PROVIDER = Parent(resource="provider", field="provider_id", refused="provider_archived")
ARCHIVING = Archiving(kept_by=RUNNING)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """An update names what the org sees, as a creation does."""
    refuse_content(call, refusals)
    if None in call.body.values():
        # Whether null clears a field or is refused is not judged.
        refusals.add_possible(400, VALIDATION, "CONTRACT-INVALID-REFUSED")


def refuse_content(call: Call, refusals: Refusals) -> None:
    """What the fields of a body name, and what they hold."""
    body = call.body
    if "provider_id" in body:
        _provider(call, body["provider_id"], refusals)
    for pack_id in body.get("pack_ids") or ():
        _named(call, "pack", pack_id, PACKS, refusals)
    if isinstance(body.get("capabilities"), str):
        is_list = _is_list(body["capabilities"])
        if is_list is not True:
            refusals.add(400, VALIDATION, CONTENT, certain=is_list is False)


def _provider(call: Call, provider_id: str, refusals: Refusals) -> None:
    """Whether the org has the provider and it is in use; the one that the role has already may be archived."""
    _named(call, "provider", provider_id, CONTENT, refusals)
    state, role = call.state, call.object_of("role")
    if role is not None and role.shown.get("provider_id") == provider_id:
        return
    fact = state.facts("provider").get(provider_id)
    if fact is not None and not fact.visible_to(call.caller.org):
        return
    if fact is None or not state.certain(fact) or (call.named("role") is not None and role is None):
        refusals.add_possible(409, PROVIDER.refused, MOVED)
    elif fact.archived:
        refusals.add(409, PROVIDER.refused, MOVED)


def _named(call: Call, resource: str, object_id: str, rule: str, refusals: Refusals) -> None:
    """What is right where the org does not see what a body names: a 400, or the 404 of it."""
    state, org = call.state, call.caller.org
    fact = state.facts(resource).get(object_id)
    known = state.is_known(resource, object_id, org)
    if fact is not None and fact.visible_to(org) and known:
        return
    refusals.add(400, VALIDATION, rule, certain=known)
    refusals.add(404, f"{resource}_not_found", rule, certain=known)


def _is_list(text: str) -> bool | None:
    """Whether a text is a YAML list; None where readers of YAML may disagree."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return False
    if not isinstance(node, yaml.SequenceNode):
        return False
    return True if not any(mark in text for mark in "!&*<%\0") else None
