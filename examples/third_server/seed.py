"""Fill an empty database with the accounts and objects of a seed file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from examples.third_server.api_keys import shorten_key
from examples.third_server.archives import read_manifest
from examples.third_server.auth import SYSTEM
from examples.third_server.database import (
    AgentRole,
    ApiKey,
    Checkpoint,
    Credential,
    Database,
    Image,
    Membership,
    Org,
    Pack,
    Provider,
    RegistryFault,
    RolePack,
    Secret,
    SessionToken,
    Task,
    Tree,
    User,
    Workspace,
    get_time_ms,
    hash_token,
    read_blob,
)
from examples.third_server.events import record, record_activity
from examples.third_server.lifecycle import mount_packs, take_snapshot
from examples.third_server.packs import describe
from examples.third_server.registry import push, split_reference
from examples.third_server.trees import digest_tree, keep_tree, sum_sizes

Entry = dict[str, Any]
Adder = Callable[[Session, str, Any], None]
HOUR = 3_600_000
DAY = 24 * HOUR
SESSION_DAYS = 365


def fill(database: Database, path: Path) -> None:
    """Fill a database that has no organisation yet."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    with database.writing() as session:
        if session.scalar(select(Org.id).limit(1)) is not None:
            return
        for image in content.get("images", []):
            _add_image(session, image)
        for org in content["orgs"]:
            _add_org(session, org)
        session.flush()
        _add_each(session, content["orgs"], ACCOUNTS)
        for pack in content.get("packs", []):
            _add_pack(session, pack)
        session.flush()
        _add_each(session, content["orgs"], OBJECTS)


def _add_each(
    session: Session, orgs: Iterable[Entry], adders: Mapping[str, Callable[[Session, str, Any], None]]
) -> None:
    """Add what the seed lists of each organisation, one kind after the other."""
    for org in orgs:
        for listed, add in adders.items():
            for entry in org.get(listed, []):
                add(session, org["id"], entry)


def _moment(entry: Entry, key: str = "days_ago", default: float = 30) -> int:
    """Return the moment so many days ago."""
    return get_time_ms() - round(float(entry.get(key, default)) * DAY)


def _add_image(session: Session, image: Entry) -> None:
    """Keep an image in a registry."""
    repository, tag, _ = split_reference(image["ref"])
    files = {path: text.encode() for path, text in image["files"].items()}
    push(session, repository, tag or "latest", keep_tree(session, files, get_time_ms()))
    if image.get("failing_purges"):
        session.add(RegistryFault(repository=repository, purges=image["failing_purges"]))


def _add_org(session: Session, org: Entry) -> None:
    """Add an organisation with its billing."""
    off = org.get("switched_off", [])
    trial = org.get("trial_days_left")
    session.add(
        Org(
            id=org["id"],
            slug=org["slug"],
            billing_status=org.get("billing", "active"),
            trial_ends_at=None if trial is None else get_time_ms() + trial * DAY,
            auth_disabled="auth" in off,
            secrets_disabled="secrets" in off,
        )
    )


def _add_member(session: Session, org_id: str, member: Entry) -> None:
    """Add a person and the tokens of that person, or an invitation."""
    user_id = member.get("user", "")
    email = member["email"]
    if user_id and session.get(User, user_id) is None:
        session.add(User(id=user_id, email=email))
        session.flush()
    invited = _moment(member)
    session.add(
        Membership(
            id=member["id"],
            org_id=org_id,
            user_id=user_id,
            email=email,
            email_key=email.lower(),
            role=member["role"],
            invited_by=member.get("invited_by"),
            invited_at=invited,
            accepted_at=invited + HOUR if user_id else None,
        )
    )
    lifetimes = {"token": SESSION_DAYS, "expired_token": -1}
    for key, days in lifetimes.items():
        if key in member:
            session.add(
                SessionToken(
                    digest=hash_token(member[key]),
                    org_id=org_id,
                    user_id=user_id,
                    role=member["role"],
                    expires_at=get_time_ms() + days * DAY,
                )
            )


def _add_api_key(session: Session, org_id: str, key: Entry) -> None:
    """Add an API key of a value that is known."""
    created = _moment(key)
    session.add(
        ApiKey(
            id=key["id"],
            org_id=org_id,
            label=key["label"],
            prefix=shorten_key(key["value"]),
            permission_set=key["permission_set"],
            digest=hash_token(key["value"]),
            created_at=created,
            revoked_at=created + HOUR if key.get("revoked") else None,
        )
    )


def _add_credential(session: Session, org_id: str, entry: Entry) -> None:
    """Add a credential."""
    minted = entry.get("minted", False)
    columns = {key: value for key, value in entry.items() if key not in ("minted", "user")}
    session.add(
        Credential(
            org_id=org_id,
            user_id=entry.get("user", ""),
            status=columns.pop("status", "active"),
            secret="example-of-a-secret",  # noqa: S106  # an example
            created_at=_moment(entry),
            last_minted_at=get_time_ms() - HOUR if minted else None,
            last_minted_status="ok" if minted else None,
            **columns,
        )
    )


def _add_secret(session: Session, org_id: str, name: str) -> None:
    """Add a secret with a value that is no secret."""
    moment = _moment({})
    session.add(
        Secret(
            org_id=org_id,
            name=name,
            value="example-of-a-value",
            created_at=moment,
            updated_at=moment,
        )
    )


def _add_pack(session: Session, entry: Entry) -> None:
    """Add a pack from an image that the seed has."""
    repository, tag, _ = split_reference(entry["image"])
    image = session.scalars(select(Image).where(Image.repository == repository, Image.tag == tag)).one()
    files: Tree = image.files
    manifest = read_manifest(_content(session, files, "pack.yaml"), "archive")
    moment = _moment(entry)
    session.add(
        Pack(
            id=entry["id"],
            org_id=entry.get("org"),
            tier=entry.get("tier", "community"),
            visibility=entry.get("visibility", "org"),
            image_origin=entry.get("origin", "image_ref"),
            image_ref=entry["image"],
            image_digest=digest_tree(files),
            size_bytes=sum_sizes(files),
            files=files,
            created_at=moment,
            updated_at=moment,
            **describe(manifest),
        )
    )


def _content(session: Session, files: Tree, path: str) -> bytes:
    """Return the bytes of a file of a tree."""
    return read_blob(session, files[path][0])


def _add_provider(session: Session, org_id: str, entry: Entry) -> None:
    """Add a provider, and the event of it."""
    moment = _moment(entry)
    archived = entry.pop("archived", False)
    session.add(
        Provider(
            org_id=org_id,
            created_at=moment,
            updated_at=moment,
            archived_at=moment + DAY if archived else None,
            **entry,
        )
    )
    session.flush()
    record(
        session,
        org_id=org_id,
        user_id=SYSTEM,
        event_type="provider.created",
        resource_id=entry["id"],
    )


def _add_role(session: Session, org_id: str, entry: Entry) -> None:
    """Add an agent role with its packs."""
    moment = _moment(entry)
    archived = entry.pop("archived", False)
    packs = entry.pop("packs", [])
    session.add(
        AgentRole(
            org_id=org_id,
            created_at=moment,
            updated_at=moment,
            archived_at=moment + DAY if archived else None,
            **entry,
        )
    )
    session.flush()
    for position, pack_id in enumerate(packs):
        session.add(RolePack(role_id=entry["id"], pack_id=pack_id, position=position))


def _add_workspace(session: Session, org_id: str, entry: Entry) -> None:
    """Add a workspace with its files and with tasks that have ended."""
    moment = _moment(entry, default=2)
    texts = {path: text.encode() for path, text in entry.get("files", {}).items()}
    role = session.get_one(AgentRole, entry["role"])
    workspace = Workspace(
        id=entry["id"],
        org_id=org_id,
        role_id=role.id,
        environment=entry.get("environment", role.environment),
        status=entry.get("status", "idle"),
        created_by=entry["created_by"],
        created_at=moment,
        updated_at=moment,
        archived_at=moment + HOUR if entry.get("archived") else None,
        files={},
        unreachable=entry.get("unreachable", False),
        failing_snapshots=entry.get("failing_snapshots", 0),
    )
    session.add(workspace)
    session.flush()
    session.add(Checkpoint(workspace_id=workspace.id, ended_tasks=0, files={}))
    record_activity(session, workspace, "workspace_created", workspace.created_by)
    workspace.files = keep_tree(session, texts, moment)
    for count, task in enumerate(entry.get("tasks", []), start=1):
        _add_task(session, workspace, task, moment + count * 60_000)
        session.add(Checkpoint(workspace_id=workspace.id, ended_tasks=count, files=workspace.files))
    if workspace.status == "idle":
        mount_packs(session, workspace)
    elif workspace.status == "stopped":
        take_snapshot(session, workspace)


def _add_task(session: Session, workspace: Workspace, entry: Entry, moment: int) -> None:
    """Add a task that has ended."""
    task = Task(
        id=entry["id"],
        org_id=workspace.org_id,
        workspace_id=workspace.id,
        submitted_by=workspace.created_by,
        description=entry["description"],
        status=entry.get("status", "completed"),
        reason=entry.get("reason"),
        created_at=moment,
        completed_at=moment + 30_000,
    )
    session.add(task)
    session.flush()
    record_activity(session, workspace, "task_submitted", task.submitted_by, task=task)
    record_activity(
        session,
        workspace,
        "task_completed",
        task.submitted_by,
        task=task,
        actor="agent",
        status=task.status,
    )


ACCOUNTS: dict[str, Adder] = {
    "members": _add_member,
    "api_keys": _add_api_key,
    "credentials": _add_credential,
    "secrets": _add_secret,
}
OBJECTS: dict[str, Adder] = {"providers": _add_provider, "roles": _add_role, "workspaces": _add_workspace}
