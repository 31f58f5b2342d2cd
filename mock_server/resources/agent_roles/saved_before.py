"""Roles of documents that were saved when a role told no more than its packs: they get a provider and their times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]

MADE = "2026-01-01T00:00:00Z"
"""The time of what was saved without one."""


def with_providers(document: Document) -> Document:
    """Return the document in which every role has a provider and its times; the same where none lacks them.

    A role gets the oldest provider in use of its org, else one that is made for the org. What is not shaped as
    records of roles and providers stays as it is, to be refused.
    """
    roles, providers = document.get("roles", {}), document.get("providers", {})
    if not (_is_records(roles) and _is_records(providers)):
        return document
    if all("provider_id" in role for role in roles.values()):
        return document
    providers = dict(providers)
    told = {key: role if "provider_id" in role else _completed(role, providers) for key, role in roles.items()}
    return {**document, "roles": told, "providers": providers}


def _is_records(part: Any) -> bool:
    return isinstance(part, Mapping) and all(isinstance(record, Mapping) for record in part.values())


def _completed(role: Document, providers: dict[str, Any]) -> Document:
    times = {"created_at": MADE, "updated_at": role.get("archived_at", MADE)}
    defaults = {"environment": "development", "pool_policy": ""}
    return {**defaults, **times, **role, "provider_id": _provider_for(role.get("org_id"), providers)}


def _provider_for(org_id: Any, providers: dict[str, Any]) -> str:
    in_use = [key for key, each in providers.items() if each.get("org_id") == org_id and "archived_at" not in each]
    if in_use:
        return min(in_use, key=lambda key: (str(providers[key].get("created_at")), key))
    made = f"provider_{str(org_id).removeprefix('org_')}_restored"
    providers[made] = {
        "org_id": org_id,
        "name": "restored",
        "kind": "anthropic",
        "domain": "api.anthropic.example",
        "created_at": MADE,
        "updated_at": MADE,
    }
    return made
