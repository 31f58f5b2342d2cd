"""What the server starts with: three orgs, who may call, a few packs, two images to pull."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from examples.second_server import events, pack_yaml
from examples.second_server.files import stopped
from examples.second_server.store import (
    Caller,
    Credential,
    Files,
    Key,
    Member,
    Pack,
    Provider,
    Role,
    Secret,
    Store,
    Task,
    Workspace,
    Written,
)
from examples.second_server.workspaces import packs_of

SCOPES_OF_ROLE = {
    "owner": (
        "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write "
        "members:read members:write apikeys:write billing:write"
    ),
    "operator": (
        "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write "
        "members:read apikeys:write"
    ),
    "member": "workspace:read:own workspace:write:own tasks:write:own audit:read:own auth:write:own members:read",
}
SCOPES_OF_SET = {
    "full_access": "caps:write workspace:read workspace:write tasks:write audit:read",
    "submit_observe": "workspace:read workspace:write tasks:write audit:read",
    "read_only": "workspace:read audit:read",
}
POSTURES = {"org_alder": "active", "org_birch": "active", "org_cedar": "past_due"}
REGISTRY = "registry.second.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in."""

    org_id: str
    role: str

    @property
    def claims(self) -> dict[str, Any]:
        """What a session token says of them."""
        org = self.org_id.removeprefix("org_")
        return {
            "sub": f"person-{org}-{self.role}",
            "email": f"{self.role}@{org}.example",
            "org_id": self.org_id,
            "role": self.role,
            "permissions": SCOPES_OF_ROLE.get(self.role, "").split(),
        }


PEOPLE = {
    "alder-owner": Person("org_alder", "owner"),
    "alder-member": Person("org_alder", "member"),
    "birch-operator": Person("org_birch", "operator"),
    "cedar-owner": Person("org_cedar", "owner"),
}
KEYS = {
    "sk_fake_alder_full_access": ("org_alder", "full_access"),
    "sk_fake_alder_submit_observe": ("org_alder", "submit_observe"),
    "sk_fake_alder_read_only": ("org_alder", "read_only"),
    "sk_fake_birch_full_access": ("org_birch", "full_access"),
}
PACKS = (
    ("pack-platform-runbook", None, "runbook", "recommended", "community"),
    ("pack-platform-triage", None, "triage", "verified", "org"),
    ("pack-alder-notes", "org_alder", "notes", "community", "org"),
    ("pack-birch-ledger", "org_birch", "ledger", "community", "org"),
    ("pack-birch-forecast", "org_birch", "forecast", "community", "community"),
)
PROVIDERS = (
    ("provider-alder", "org_alder", "gemini", "gemini"),
    ("provider-birch", "org_birch", "openai", "openai"),
)
CREDENTIALS = (
    ("credential-alder", "org_alder", "", "gemini", "gemini", "api_key"),
    ("credential-birch", "org_birch", "", "openai", "openai", "api_key"),
    ("credential-birch-own", "org_birch", "person-birch-operator", "calendar", "google", "oauth2_authorization_code"),
)
ROLES = (
    ("role-alder", "org_alder", "helper", "provider-alder"),
    ("role-alder-busy", "org_alder", "on-call", "provider-alder"),
    ("role-birch", "org_birch", "helper", "provider-birch"),
)
WORKSPACES = (
    ("workspace-alder", "org_alder", "role-alder-busy", "busy", "person-alder-member"),
    ("workspace-alder-stopped", "org_alder", "role-alder", "stopped", "person-alder-owner"),
    ("workspace-birch", "org_birch", "role-birch", "idle", "system"),
)
KEPT = (
    "workspace-alder-stopped",
    {
        "workspace/notes.txt": "Grüße → alle\n".encode() * 50_000,
        "workspace/logo.bin": bytes(range(256)),
        "data/uploads/task/empty.txt": b"",
    },
)
"""What there is in a workspace that was stopped."""
TASKS = (("task-alder", "workspace-alder", "running"), ("task-birch", "workspace-birch", "submitted"))
SECRETS = (("org_alder", "WEBHOOK_TOKEN"), ("org_birch", "WEBHOOK_TOKEN"))
EVENTS = {"org_alder": 130, "org_birch": 8}
"""How much has happened before; every third time somebody set something up, else a request was decided."""
FIRST_EVENT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
IMAGES = (("weather", "1.0.0"), ("weather", "1.1.0"))


def key(org_id: str, permission_set: str) -> Key:
    """An API key of the org."""
    scopes = tuple(SCOPES_OF_SET[permission_set].split())
    return Key(Caller(org_id, scopes, permission_set=permission_set, label=f"{permission_set} of {org_id}"))


def image_of(org_id: str | None, name: str, digest: str) -> str:
    """Where the platform keeps the image of an uploaded pack: by its digest alone."""
    return f"{REGISTRY}/{org_id or 'platform'}/{name}@{digest}"


def fill(store: Store, digest_of: Callable[[Files], str]) -> Store:
    """Put everything into an empty store."""
    store.postures |= POSTURES
    for number, (token, belongs) in enumerate(KEYS.items()):
        store.keys[token] = replace(key(*belongs), id=f"api-key-{number}", created_at=store.now())
    for name, version in IMAGES:
        store.registry[f"{REGISTRY}/shared/{name}:{version}"] = {"pack.yaml": pack_yaml.written(name, version)}
    for pack_id, org_id, name, tier, visibility in PACKS:
        files = {"pack.yaml": pack_yaml.written(name, "1.0.0"), "behavior.md": f"# {name}\n".encode()}
        digest, now = digest_of(files), store.now()
        image_ref = image_of(org_id, name, digest)
        store.registry[image_ref] = files
        manifest = pack_yaml.read(files["pack.yaml"])
        store.put(Pack(pack_id, org_id, manifest, tier, visibility, "upload", image_ref, digest, files, now, now))
    _fill_roles(store)
    _fill_credentials(store)
    for org_id, name in SECRETS:
        now = store.now()
        store.secrets[org_id, name] = Secret("nobody reads it", now, now)
    for org_id, many in EVENTS.items():
        for number in range(many):
            _remember(store, org_id, number)
    _fill_people(store)
    return store


def _fill_people(store: Store) -> None:
    for org in ("alder", "birch"):
        invited = Member(f"mem-{org}-invited", f"org_{org}", f"invited@{org}.example", "member", store.now())
        store.members[invited.id] = invited
    for person in PEOPLE.values():
        said, now = person.claims, store.now()
        row = Member(store.new_id("mem"), person.org_id, said["email"], person.role, now, "", said["sub"], now)
        store.members[row.id] = row


def _remember(store: Store, org_id: str, number: int) -> None:
    """One event of the past; they lie two hours apart."""
    org = org_id.removeprefix("org_")
    kept = [workspace_id for workspace_id, owner, *_ in WORKSPACES if owner == org_id]
    person = {"user_id": f"person-{org}-{'owner' if number % 2 else 'member'}", "category": "audit"}
    set_up = {"event_type": "secret.set", "actor": "control-plane", "resource_id": f"SECRET_{number % 5}"}
    decided = {
        "event_type": "policy_decision",
        "actor": "policy-engine",
        "workspace_id": kept[number % len(kept)] if kept else f"ws-{org}",
        "agent_role": "helper",
        "destination": "api.second.example",
        "method": "GET" if number % 2 else "POST",
        "decision": "deny" if number % 7 == 0 else "allow",
        "latency_ms": 20 + number * 13 % 400,
        "debits": {"input_tokens": 100 + number, "output_tokens": number * 3},
    }
    worked = {
        "event_type": "task_running",
        "category": "activity",
        "actor": "agent",
        "workspace_id": kept[number // 5 % len(kept)] if kept else f"ws-{org}",
        "task_id": f"task-{org}-{number}",
        "agent_role": "helper",
    }
    happened = worked if number % 5 == 2 else decided if number % 3 else set_up
    events.keep(store, org_id, person | happened, FIRST_EVENT + timedelta(hours=2 * number))


def _fill_roles(store: Store) -> None:
    """Roles, the providers that they are on, and their workspaces."""
    for provider_id, org_id, name, kind in PROVIDERS:
        now, said = store.now(), {"domain": f"{name}.second.example"}
        store.providers[provider_id] = Provider(provider_id, org_id, name, kind, now, now, said)
    for role_id, org_id, name, provider_id in ROLES:
        now = store.now()
        store.roles[role_id] = Role(role_id, org_id, name, provider_id, now, now)
    for workspace_id, org_id, role_id, status, person in WORKSPACES:
        now = store.now()
        made = Workspace(workspace_id, org_id, role_id, status, now, now, person)
        store.workspaces[workspace_id], store.mounted[workspace_id] = made, packs_of(store, made)
    stopped_id, kept = KEPT
    store.sandboxes[stopped_id] = {path: Written(content, store.now()) for path, content in kept.items()}
    store.workspaces[stopped_id] = stopped(store, store.workspaces[stopped_id])
    for task_id, workspace_id, status in TASKS:
        store.tasks[task_id] = Task(task_id, workspace_id, "Sort the inbox.", status, store.now())


def _fill_credentials(store: Store) -> None:
    for credential_id, org_id, person, name, provider, kind in CREDENTIALS:
        now = store.now()
        store.credentials[credential_id] = Credential(
            credential_id, org_id, person, name, provider, kind, now, "active"
        )
