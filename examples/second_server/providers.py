"""Providers of models: what is kept of one, the bodies that make and change it, and its operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from examples.second_server import events
from examples.second_server.call import Call
from examples.second_server.errors import Refused, archived, invalid
from examples.second_server.rendering import Json
from examples.second_server.store import Provider
from examples.second_server.variants import Variant
from examples.second_server.workspaces import refuse_while_running

SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
KINDS: Mapping[str, tuple[str, ...]] = {
    "anthropic": (),
    "openai": (),
    "gemini": (),
    "vertex": ("project", "location"),
    "azure-openai": ("api_version", "api_type"),
}
"""The settings of each kind."""


def show(provider: Provider) -> dict[str, Any]:
    """The provider as its org sees it."""
    shown = {
        "id": provider.id,
        "org_id": provider.org_id,
        "name": provider.name,
        "kind": provider.kind,
        **provider.said,
        "created_at": provider.created_at.isoformat(),
        "updated_at": provider.updated_at.isoformat(),
    }
    if provider.config:
        shown["config"] = dict(provider.config)
    if provider.archived_at is not None:
        shown["archived_at"] = provider.archived_at.isoformat()
    return shown


# Bodies


def slug(name: str) -> Callable[[Any], Any]:
    """Takes a slug as the value of a field."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or not SLUG.fullmatch(value):
            raise invalid(name, "is no slug")
        return value

    return read


def text(name: str, most: int, least: int = 1) -> Callable[[Any], Any]:
    """Takes a text of so many characters as the value of a field."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise invalid(name, f"has to have {least} to {most} characters")
        return value

    return read


def kind(value: Any) -> Any:
    """A known kind."""
    if not isinstance(value, str) or value not in KINDS:
        raise invalid("kind", f"is none of {', '.join(KINDS)}")
    return value


def domain(value: Any) -> Any:
    """A host name of two labels at least."""
    if not isinstance(value, str) or len(value) > 253 or not HOST.fullmatch(value):
        raise invalid("domain", "is no host name")
    return value


def config(value: Any) -> Any:
    """Settings, each a text."""
    if not isinstance(value, dict):
        raise invalid("config", "is no object")
    return {key: text("config", 256)(each) for key, each in value.items()}


def merging(value: Any) -> Any:
    """Settings, each a text or null."""
    if not isinstance(value, dict):
        raise invalid("config", "is no object")
    return {key: None if each is None else text("config", 256)(each) for key, each in value.items()}


def clearing(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Takes null too."""
    return lambda value: None if value is None else read(value)


OPTIONAL: Mapping[str, Callable[[Any], Any]] = {
    "display_name": text("display_name", 128),
    "credential_name": slug("credential_name"),
    "default_model": text("default_model", 128),
    "capabilities": text("capabilities", 65536, 0),
}
SET_BY_SERVER = ("id", "org_id", "created_at", "updated_at", "archived_at")
REQUIRED: Mapping[str, Callable[[Any], Any]] = {"name": slug("name"), "kind": kind, "domain": domain}
CREATED = {**OPTIONAL, "config": config}
UPDATED = {"domain": domain, "config": merging, **{name: clearing(read) for name, read in OPTIONAL.items()}}


# Operations


def listing(call: Call) -> Response:
    """The providers of the org."""
    archived = call.flag("include_archived")
    own = [each for each in call.rules.store.providers.values() if each.org_id == call.caller.org_id]
    return Json({"providers": [show(each) for each in own if archived or each.archived_at is None]})


def create(call: Call) -> Response:
    """A new provider."""
    store, body, org_id = call.rules.store, call.body, call.caller.org_id
    settings = _settings(body["kind"], {}, body.get("config", {}))
    _credential(call, body.get("credential_name"), body["kind"])
    if any(each.org_id == org_id and each.name == body["name"] for each in store.providers.values()):
        raise Refused(409, "provider_exists", f"Your org has a provider {body['name']} already.")
    said = {name: body[name] for name in ("domain", *OPTIONAL) if name in body}
    now = store.now()
    made = Provider(store.new_id("provider"), org_id, body["name"], body["kind"], now, now, said, settings)
    events.written(call, "provider.created", made.id)
    return Json(show(_kept(call, made)), 201)


def get(call: Call) -> Response:
    """One provider."""
    return Json(show(_own(call)))


def update(call: Call) -> Response:
    """Other values for some fields."""
    before = _own(call)
    if call.body.get("credential_name") != before.said.get("credential_name"):
        _credential(call, call.body.get("credential_name"), before.kind)
    said = {**before.said, **{name: value for name, value in call.body.items() if name != "config"}}
    said = {name: value for name, value in said.items() if value is not None}
    after = replace(before, said=said, config=_settings(before.kind, before.config, call.body.get("config", {})))
    if after != before:
        after = _kept(call, replace(after, updated_at=call.rules.store.now()))
        events.written(call, "provider.updated", after.id)
    return Json(show(after))


def archive(call: Call) -> Response:
    """Out of use, with the roles on it, unless somebody works with one of them."""
    provider, store, along = _own(call), call.rules.store, 0
    if provider.archived_at is None:
        roles = [each for each in store.roles.values() if each.provider_id == provider.id]
        refuse_while_running(store, {each.id for each in roles})
        now = store.now()
        _kept(call, replace(provider, archived_at=now, updated_at=now))
        for role in roles:
            if role.archived_at is None:
                store.roles[role.id] = replace(role, archived_at=now, updated_at=now)
                along += 1
                events.written(call, "role.archived", role.id)
        events.written(call, "provider.archived", provider.id)
    elif Variant.ARCHIVED_REFUSED in store.variants:
        raise archived()
    return Json({"status": "archived", "cascaded_roles": along})


def unarchive(call: Call) -> Response:
    """In use again."""
    provider = _own(call)
    if provider.archived_at is None:
        raise Refused(409, "not_archived", "The provider is in use.")
    _kept(call, replace(provider, archived_at=None, updated_at=call.rules.store.now()))
    events.written(call, "provider.unarchived", provider.id)
    return Json({"status": "unarchived"})


def _own(call: Call) -> Provider:
    provider = call.rules.store.providers.get(call.object_id)
    if provider is None or provider.org_id != call.caller.org_id:
        raise Refused(404, "provider_not_found", "Your org has no provider of this id.")
    return provider


def _kept(call: Call, provider: Provider) -> Provider:
    call.rules.store.providers[provider.id] = provider
    return provider


def _credential(call: Call, name: str | None, of: str) -> None:
    """400 unless the name, where there is one, is of a credential of the org for this kind."""
    kept = call.rules.store.credentials.values()
    own = [each for each in kept if each.org_id == call.caller.org_id and not each.user_id]
    if name is not None and not any((each.name, each.provider) == (name, of) for each in own):
        raise invalid("credential_name", f"is of no credential of your org for {of}")


def _settings(of: str, before: Mapping[str, str], sent: Mapping[str, str | None]) -> dict[str, str]:
    if strange := [key for key in sent if key not in KINDS[of]]:
        raise invalid("config", f"{strange[0]} is no setting of {of}")
    return {key: value for key, value in {**before, **sent}.items() if value is not None}
