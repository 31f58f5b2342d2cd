"""Agent roles: what is kept of one, the bodies that make and change it, and its operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import yaml
from starlette.responses import Response

from examples.second_server import events
from examples.second_server.call import Call
from examples.second_server.errors import Refused, archived, invalid
from examples.second_server.pack_yaml import as_shown
from examples.second_server.providers import clearing, slug, text
from examples.second_server.rendering import Json
from examples.second_server.store import USUAL, Role
from examples.second_server.variants import Variant
from examples.second_server.workspaces import refuse_while_running

MOST_PACKS = 64


def show(role: Role, variants: frozenset[Variant]) -> dict[str, Any]:
    """The role as its org sees it."""
    shown = {
        "id": role.id,
        "org_id": role.org_id,
        "name": role.name,
        "provider_id": role.provider_id,
        **role.said,
        "pack_ids": list(role.packs),
        "created_at": role.created_at.isoformat(),
        "updated_at": role.updated_at.isoformat(),
    }
    if "capabilities" in shown:
        shown["capabilities"] = as_shown(shown["capabilities"], variants)
    if role.archived_at is not None:
        shown["archived_at"] = role.archived_at.isoformat()
    return shown


# Bodies


def one_of(name: str, *known: str) -> Callable[[Any], Any]:
    """Takes one of these texts as the value of a field."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise invalid(name, f"is none of {', '.join(known)}")
        return value

    return read


def whole(name: str, least: int, most: int) -> Callable[[Any], Any]:
    """Takes a whole number within these as the value of a field; 1.0 is one too."""

    def read(value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(name, "is no whole number")
        if not least <= value <= most:
            raise invalid(name, f"is not from {least} to {most}")
        return value

    return read


def names_provider(value: Any) -> Any:
    """An id."""
    if not isinstance(value, str) or not value:
        raise invalid("provider_id", "is no id")
    return value


def names_packs(value: Any) -> Any:
    """Ids, each once."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise invalid("pack_ids", "is no list of ids")
    if len(value) > MOST_PACKS or len(set(value)) < len(value):
        raise invalid("pack_ids", f"has one of them twice, or more than {MOST_PACKS}")
    return tuple(value)


NEED_NOT_BE: Mapping[str, Callable[[Any], Any]] = {
    "display_name": text("display_name", 128),
    "description": text("description", 4096),
    "model": text("model", 128),
    "capabilities": text("capabilities", 65536, 0),
    "environment_description": text("environment_description", 4096),
    "task_timeout_seconds": whole("task_timeout_seconds", 1, 86400),
    "idle_timeout_seconds": whole("idle_timeout_seconds", 1, 86400),
    "thinking_effort": one_of("thinking_effort", "high", "medium", "low", "off"),
    "max_continuations": whole("max_continuations", 0, 1000),
    "max_context_tokens": whole("max_context_tokens", 1, 10_000_000),
    "pool_size": whole("pool_size", 0, 100),
    "pool_max_size": whole("pool_max_size", 0, 100),
}
ALWAYS: Mapping[str, Callable[[Any], Any]] = {
    "environment": one_of("environment", "development", "staging", "production"),
    "pool_policy": one_of("pool_policy", "", "static", "dynamic"),
    "pack_ids": names_packs,
}
REQUIRED: Mapping[str, Callable[[Any], Any]] = {"name": slug("name"), "provider_id": names_provider}
CREATED = {**NEED_NOT_BE, **ALWAYS}
UPDATED = {"provider_id": names_provider, **ALWAYS, **{n: clearing(read) for n, read in NEED_NOT_BE.items()}}


# Operations


def listing(call: Call) -> Response:
    """The roles of the org."""
    archived = call.flag("include_archived")
    own = [each for each in call.rules.store.roles.values() if each.org_id == call.caller.org_id]
    return Json(
        {"agent_roles": [show(each, call.rules.store.variants) for each in own if archived or each.archived_at is None]}
    )


def create(call: Call) -> Response:
    """A new role."""
    store, body, org_id = call.rules.store, call.body, call.caller.org_id
    _content(call)
    if any(each.org_id == org_id and each.name == body["name"] for each in store.roles.values()):
        raise Refused(409, "role_exists", f"Your org has a role {body['name']} already.")
    _in_use(call, body["provider_id"])
    now = store.now()
    made = Role(store.new_id("role"), org_id, body["name"], body["provider_id"], now, now)
    events.written(call, "role.created", made.id)
    return Json(show(_kept(call, _with(made, body)), store.variants), 201)


def get(call: Call) -> Response:
    """One role."""
    return Json(show(own(call), call.rules.store.variants))


def update(call: Call) -> Response:
    """Other values for some fields."""
    before = own(call)
    _content(call)
    after = _with(before, call.body)
    if after.provider_id != before.provider_id:
        _in_use(call, after.provider_id)
    if after != before:
        after = _kept(call, replace(after, updated_at=call.rules.store.now()))
        events.written(call, "role.updated", after.id)
    return Json(show(after, call.rules.store.variants))


def archive(call: Call) -> Response:
    """Out of use, unless somebody works with it."""
    role = own(call)
    if role.archived_at is None:
        refuse_while_running(call.rules.store, {role.id})
        now = call.rules.store.now()
        _kept(call, replace(role, archived_at=now, updated_at=now))
        events.written(call, "role.archived", role.id)
    elif Variant.ARCHIVED_REFUSED in call.rules.store.variants:
        raise archived()
    return Json({"status": "archived"})


def unarchive(call: Call) -> Response:
    """In use again, on a provider that is."""
    role = own(call)
    if role.archived_at is None:
        raise Refused(409, "not_archived", "The role is in use.")
    _in_use(call, role.provider_id)
    _kept(call, replace(role, archived_at=None, updated_at=call.rules.store.now()))
    events.written(call, "role.unarchived", role.id)
    return Json({"status": "unarchived"})


def own(call: Call) -> Role:
    """The role of the org that the path names."""
    role = call.rules.store.roles.get(call.object_id)
    if role is None or role.org_id != call.caller.org_id:
        raise Refused(404, "role_not_found", "Your org has no role of this id.")
    return role


def _kept(call: Call, role: Role) -> Role:
    call.rules.store.roles[role.id] = role
    return role


def _with(role: Role, sent: Mapping[str, Any]) -> Role:
    """The role with the fields that were sent; a null takes one away."""
    said = {**role.said, **{name: sent[name] for name in (*NEED_NOT_BE, *USUAL) if name in sent}}
    return replace(
        role,
        provider_id=sent.get("provider_id", role.provider_id),
        packs=sent.get("pack_ids", role.packs),
        said={name: value for name, value in said.items() if value is not None},
    )


def _content(call: Call) -> None:
    """400 for a provider or a pack that the org does not see, and for capabilities that are no list."""
    rules, body = call.rules, call.body
    provider = rules.store.providers.get(body.get("provider_id", ""))
    if "provider_id" in body and (provider is None or provider.org_id != call.caller.org_id):
        raise invalid("provider_id", "is the id of no provider of your org")
    for pack_id in body.get("pack_ids", ()):
        pack = rules.store.packs.get(pack_id)
        if pack is None or not rules.sees(call.caller, pack):
            raise invalid("pack_ids", f"has {pack_id}, and your org sees no such pack")
    if isinstance(body.get("capabilities"), str) and not _is_list(body["capabilities"]):
        raise invalid("capabilities", "is no list in YAML")


def _is_list(said: str) -> bool:
    try:
        return isinstance(yaml.safe_load(said), list)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False


def _in_use(call: Call, provider_id: str) -> None:
    if call.rules.store.providers[provider_id].archived_at is not None:
        raise Refused(409, "provider_archived", "The provider of the role is archived.")
