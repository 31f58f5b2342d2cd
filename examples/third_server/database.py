"""Keep what the server knows in SQLite: the models, the engine and its transactions."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    ForeignKey,
    LargeBinary,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

from examples.third_server.event_clock import EventClock

# A tree of files: for each path the digest of its bytes, their number, and a time in milliseconds.
Tree = dict[str, list[Any]]


# How far the clock of the database is ahead whose transaction was opened last; a control may move it.
_AHEAD_MS: ContextVar[int] = ContextVar("ahead_ms", default=0)


def _learn_dialect() -> Dialect:
    """Return the dialect of the SQLite that is here, as it says itself what it can do."""
    engine = create_engine(_URL)
    with engine.connect():
        return engine.dialect


# A statement is compiled for its dialect: with one for all, each is compiled once, however many databases are opened.
_URL = make_url("sqlite://")
_DIALECT = _learn_dialect()
_STATEMENTS: LRUCache[Any, Any] = LRUCache(1000)


class Base(DeclarativeBase):
    """Collect the tables of the server."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON, list[str]: JSON, Tree: JSON}


class Org(Base):
    """Hold an organisation, its billing and what is switched off for it."""

    __tablename__ = "orgs"
    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    billing_status: Mapped[str] = mapped_column(default="active")
    trial_ends_at: Mapped[int | None]
    auth_disabled: Mapped[bool] = mapped_column(default=False)
    secrets_disabled: Mapped[bool] = mapped_column(default=False)


class User(Base):
    """Hold a person, who may be a member of several organisations."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]


class Membership(Base):
    """Hold the place of a person in an organisation, or an invitation to it."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("org_id", "email_key"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), index=True)
    user_id: Mapped[str] = mapped_column(default="", index=True)
    email: Mapped[str]
    email_key: Mapped[str]
    role: Mapped[str]
    invited_by: Mapped[str | None]
    invited_at: Mapped[int]
    accepted_at: Mapped[int | None]


class SessionToken(Base):
    """Hold a session of a person, with the role that it was issued for."""

    __tablename__ = "session_tokens"
    digest: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"))
    user_id: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[list[str] | None] = mapped_column(JSON)
    expires_at: Mapped[int | None]


class ApiKey(Base):
    """Hold an API key, of whose value only the digest is kept."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), index=True)
    label: Mapped[str]
    prefix: Mapped[str]
    permission_set: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[int]
    revoked_at: Mapped[int | None]


class Blob(Base):
    """Hold the bytes of a file once, by their digest."""

    __tablename__ = "blobs"
    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Image(Base):
    """Hold an image of a registry, which a tag names."""

    __tablename__ = "images"
    __table_args__ = (UniqueConstraint("repository", "tag"),)
    number: Mapped[int] = mapped_column(primary_key=True)
    repository: Mapped[str] = mapped_column(index=True)
    tag: Mapped[str]
    digest: Mapped[str]
    files: Mapped[Tree]


class RegistryFault(Base):
    """Hold how many purges of a repository fail before one succeeds."""

    __tablename__ = "registry_faults"
    repository: Mapped[str] = mapped_column(primary_key=True)
    purges: Mapped[int]


class Pack(Base):
    """Hold a pack of an organisation, or of the platform where it has none."""

    __tablename__ = "packs"
    __table_args__ = (UniqueConstraint("org_id", "name"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str | None] = mapped_column(ForeignKey("orgs.id"), index=True)
    name: Mapped[str]
    display_name: Mapped[str]
    description: Mapped[str | None]
    version: Mapped[str]
    tier: Mapped[str]
    visibility: Mapped[str]
    category: Mapped[str | None]
    capabilities: Mapped[str | None]
    suggested_packs: Mapped[str | None]
    image_origin: Mapped[str]
    image_ref: Mapped[str]
    image_digest: Mapped[str]
    size_bytes: Mapped[int]
    files: Mapped[Tree] = mapped_column(deferred=True)
    created_at: Mapped[int]
    updated_at: Mapped[int]


class Provider(Base):
    """Hold a provider of models."""

    __tablename__ = "providers"
    __table_args__ = (UniqueConstraint("org_id", "name"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    domain: Mapped[str]
    display_name: Mapped[str | None]
    credential_name: Mapped[str | None]
    default_model: Mapped[str | None]
    capabilities: Mapped[str | None]
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[int]
    updated_at: Mapped[int]
    archived_at: Mapped[int | None]


class AgentRole(Base):
    """Hold an agent role."""

    __tablename__ = "agent_roles"
    __table_args__ = (UniqueConstraint("org_id", "name"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), index=True)
    name: Mapped[str]
    provider_id: Mapped[str] = mapped_column(ForeignKey("providers.id"), index=True)
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    model: Mapped[str | None]
    capabilities: Mapped[str | None]
    environment: Mapped[str] = mapped_column(default="development")
    environment_description: Mapped[str | None]
    task_timeout_seconds: Mapped[int | None]
    idle_timeout_seconds: Mapped[int | None]
    thinking_effort: Mapped[str | None]
    max_continuations: Mapped[int | None]
    max_context_tokens: Mapped[int | None]
    pool_policy: Mapped[str] = mapped_column(default="")
    pool_size: Mapped[int | None]
    pool_max_size: Mapped[int | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    archived_at: Mapped[int | None]


class RolePack(Base):
    """Hold that a role attaches a pack, and at which place."""

    __tablename__ = "role_packs"
    role_id: Mapped[str] = mapped_column(ForeignKey("agent_roles.id"), primary_key=True)
    pack_id: Mapped[str] = mapped_column(ForeignKey("packs.id"), primary_key=True, index=True)
    position: Mapped[int]


class Workspace(Base):
    """Hold a workspace, its files, and when it takes its next step."""

    __tablename__ = "workspaces"
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), index=True)
    role_id: Mapped[str] = mapped_column(ForeignKey("agent_roles.id"), index=True)
    environment: Mapped[str]
    status: Mapped[str] = mapped_column(default="provisioning")
    created_by: Mapped[str]
    snapshot_ref: Mapped[str | None]
    last_snapshot_error: Mapped[str | None]
    parent_workspace_id: Mapped[str | None]
    fork_source_snapshot_ref: Mapped[str | None]
    fork_point_task_count: Mapped[int | None]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    archived_at: Mapped[int | None]
    files: Mapped[Tree] = mapped_column(default=dict, deferred=True)
    mounts: Mapped[Tree] = mapped_column(default=dict, deferred=True)
    mounted_packs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[int | None] = mapped_column(index=True)
    unreachable: Mapped[bool] = mapped_column(default=False)
    failing_snapshots: Mapped[int] = mapped_column(default=0)


class Snapshot(Base):
    """Hold the files of a workspace at one moment."""

    __tablename__ = "snapshots"
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    files: Mapped[Tree]


class Checkpoint(Base):
    """Hold the files that a workspace had after so many of its tasks."""

    __tablename__ = "checkpoints"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    ended_tasks: Mapped[int] = mapped_column(primary_key=True)
    files: Mapped[Tree]


class Task(Base):
    """Hold a task of a workspace."""

    __tablename__ = "tasks"
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"))
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    submitted_by: Mapped[str]
    description: Mapped[str]
    status: Mapped[str] = mapped_column(default="submitted", index=True)
    reason: Mapped[str | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    uploads: Mapped[Tree] = mapped_column(default=dict)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int]
    completed_at: Mapped[int | None]


class Credential(Base):
    """Hold a credential of an organisation, or of one person of it."""

    __tablename__ = "credentials"
    __table_args__ = (UniqueConstraint("org_id", "user_id", "name"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), index=True)
    user_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    provider: Mapped[str]
    kind: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(default=list)
    provider_config: Mapped[dict[str, Any]] = mapped_column(default=dict)
    allow_user_override: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str]
    secret: Mapped[str | None]
    oauth_state: Mapped[str | None]
    last_minted_at: Mapped[int | None]
    last_minted_status: Mapped[str | None]
    created_at: Mapped[int]


class Secret(Base):
    """Hold a named value of an organisation."""

    __tablename__ = "secrets"
    org_id: Mapped[str] = mapped_column(ForeignKey("orgs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    created_at: Mapped[int]
    updated_at: Mapped[int]


class Event(Base):
    """Hold something that happened, with one column for each that can be filtered by."""

    __tablename__ = "events"
    id: Mapped[str] = mapped_column(primary_key=True)
    org_id: Mapped[str] = mapped_column(index=True)
    user_id: Mapped[str]
    timestamp: Mapped[int] = mapped_column(index=True)
    event_type: Mapped[str]
    category: Mapped[str]
    actor: Mapped[str]
    resource_id: Mapped[str | None]
    workspace_id: Mapped[str | None] = mapped_column(index=True)
    task_id: Mapped[str | None]
    agent_role: Mapped[str | None]
    agent_provider: Mapped[str | None]
    destination: Mapped[str | None]
    method: Mapped[str | None]
    decision: Mapped[str | None]
    phase: Mapped[str | None]
    policy_type: Mapped[str | None]
    status: Mapped[str | None]
    measures: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Database:
    """Hand out transactions: any number that read, and one at a time that writes."""

    def __init__(self, path: str) -> None:
        self._path = path
        pool = QueuePool(self._connect, pool_size=64, max_overflow=64, use_lifo=True, dialect=_DIALECT)
        self._readers = Engine(pool, _DIALECT, _URL, execution_options={"compiled_cache": _STATEMENTS})
        event.listen(self._readers, "begin", _begin)
        self._writers = self._readers.execution_options(immediate=True)
        self._info = {"clock": EventClock()}
        self.ahead_ms = 0
        self.is_closed = False
        self._write_lock = threading.Lock()
        self.writes = 0
        self.on_change: Callable[[], None] | None = None

    def create_tables(self) -> None:
        """Create the tables that a file lacks."""
        Base.metadata.create_all(self._writers)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that sees one state of the database."""
        _AHEAD_MS.set(self.ahead_ms)
        with Session(self._readers, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open the one transaction that writes, and commit it unless it fails."""
        _AHEAD_MS.set(self.ahead_ms)
        with (
            self._write_lock,
            Session(self._writers, expire_on_commit=False, info=self._info) as session,
            session.begin(),
        ):
            yield session
        self.writes += 1
        self.tell_change()

    def tell_change(self) -> None:
        """Tell whoever watches that a step may be due: something was written, or the clock was moved."""
        if (tell := self.on_change) is not None:
            tell()

    def _connect(self) -> Any:  # SQLAlchemy's protocol of a connection has more than that of sqlite3
        """Open a connection that begins no transaction by itself."""
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def close(self) -> None:
        """Close every connection."""
        self.is_closed = True
        self._readers.dispose()

    def remove(self) -> None:
        """Remove the files of a database that is closed."""
        for ending in ("", "-wal", "-shm"):
            Path(self._path + ending).unlink(missing_ok=True)


def _begin(connection: Connection) -> None:
    """Begin a transaction, one that writes with the lock."""
    immediate = connection.get_execution_options().get("immediate")
    sqlite = connection.connection.driver_connection
    if sqlite is not None:
        sqlite.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")


def get_time_ms() -> int:
    """Tell the time in milliseconds since 1970, as the database has it that is in use."""
    return time.time_ns() // 1_000_000 + _AHEAD_MS.get()


def make_id(prefix: str) -> str:
    """Make an id that nothing else has."""
    return prefix + uuid.uuid4().hex


def hash_token(value: str) -> str:
    """Hash a token, so that no table holds what signs its bearer in."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()


def keep_blob(session: Session, content: bytes) -> str:
    """Keep the bytes of a file, and return the digest by which they are found."""
    digest = hashlib.sha256(content).hexdigest()
    if session.get(Blob, digest) is None:
        session.add(Blob(digest=digest, content=content))
        session.flush()
    return digest


def keep_blobs(session: Session, contents: dict[str, bytes]) -> None:
    """Keep the bytes of many files, by their digests."""
    digests = list(contents)
    for start in range(0, len(digests), 500):
        chunk = digests[start : start + 500]
        known = set(session.scalars(select(Blob.digest).where(Blob.digest.in_(chunk))))
        added = [{"digest": d, "content": contents[d]} for d in chunk if d not in known]
        if added:
            session.execute(insert(Blob), added)


def read_blob(session: Session, digest: str) -> bytes:
    """Return the bytes that a digest names."""
    blob = session.get(Blob, digest)
    return blob.content if blob is not None else b""
