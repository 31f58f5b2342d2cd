"""Everything the server remembers. It lives in memory and ends with the process."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from examples.second_server.pack_yaml import Manifest
from examples.second_server.variants import Variant

Files = Mapping[str, bytes]
USUAL: Mapping[str, Any] = {"environment": "development", "pool_policy": ""}
"""The fields that every role has, as they are where nobody gave them."""
A_MOMENT = timedelta(seconds=1)
"""How late events show, where they do."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a person with a role, or an API key with a permission set."""

    org_id: str
    scopes: tuple[str, ...]
    role: str = ""
    user_id: str = "system"
    email: str = ""
    permission_set: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key."""

    caller: Caller
    revoked: bool = False
    expired: bool = False
    id: str = ""
    """Empty for one that a state made, which no list has."""
    created_at: datetime = _NEVER


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack; without an org it is the platform's."""

    id: str
    org_id: str | None
    manifest: Manifest
    tier: str
    visibility: str
    image_origin: str
    image_ref: str
    digest: str
    files: Files
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of an org; `said` has the fields that its org gave it and may change."""

    id: str
    org_id: str
    name: str
    kind: str
    created_at: datetime
    updated_at: datetime
    said: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role of an org on one of its providers; `said` has the fields that its org gave it and may change."""

    id: str
    org_id: str
    name: str
    provider_id: str
    created_at: datetime
    updated_at: datetime
    packs: tuple[str, ...] = ()
    said: Mapping[str, Any] = field(default_factory=lambda: USUAL)
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace of a role."""

    id: str
    org_id: str
    role_id: str
    status: str
    created_at: datetime
    updated_at: datetime
    created_by: str = "system"
    environment: str = "development"
    archived_at: datetime | None = None
    forked_from: str = ""
    forked_at: int | None = None
    """After how many ended tasks of its parent it begins."""
    source: str = ""
    snapshot: str = ""
    moves_at: datetime | None = None
    """When it goes on to another status by itself."""
    snapshot_error: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a file of a workspace holds, and since when."""

    content: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a workspace; one that has ended says when, and why it was not completed."""

    id: str
    workspace_id: str
    description: str
    status: str
    created_at: datetime
    ended_at: datetime | None = None
    reason: str = ""
    by: str = "system"
    """Who submitted it."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What came with it, by name."""
    held: bool = False
    """Whether nobody works on it until somebody says so."""
    leaves: bool = False
    """Whether it is being cancelled."""
    compacted: bool = False
    """Whether it runs again after it was compacted."""
    moves_at: datetime | None = None
    """When it goes on to another status by itself."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential of an org, or of the person whose user id it has; its secret is kept nowhere."""

    id: str
    org_id: str
    user_id: str
    name: str
    provider: str
    kind: str
    created_at: datetime
    status: str
    scopes: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in an org, or an invitation that nobody has accepted: it has no user and no such time."""

    id: str
    org_id: str
    email: str
    role: str
    invited_at: datetime
    invited_by: str = ""
    user_id: str = ""
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of an org, whose value no answer shows."""

    value: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, and what is shown of it."""

    at: datetime
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Walk:
    """Somebody's way through a list of events: whose, which of them, and the last that was shown."""

    org_id: str
    asked: Any
    ascending: bool
    after: Event | None


@dataclass(slots=True)
class Store:
    """The collections, each by id where nothing else is said."""

    postures: dict[str, str] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    sandboxes: dict[str, dict[str, Written]] = field(default_factory=dict)
    """By workspace, then by path."""
    snapshots: dict[str, dict[str, Written]] = field(default_factory=dict)
    """By workspace, then by path: what was kept at its last stop."""
    mounted: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """By workspace: the packs that it provisioned with, by id, with their digests."""
    unreachable: set[str] = field(default_factory=set)
    """Workspaces whose agents do not answer."""
    secrets: dict[tuple[str, str], Secret] = field(default_factory=dict)
    """By org and name."""
    events: dict[str, list[Event]] = field(default_factory=dict)
    """By org, as they came."""
    followers: set[asyncio.Event] = field(default_factory=set)
    """Set when something has come."""
    walks: dict[str, Walk] = field(default_factory=dict)
    """By the cursor that goes on with one."""
    credentials: dict[str, Credential] = field(default_factory=dict)
    switched_off: set[tuple[str, str]] = field(default_factory=set)
    """Orgs, each with a part of the API that it cannot use."""
    keys: dict[str, Key] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    removed: set[tuple[str, str]] = field(default_factory=set)
    """Orgs and users who are in them no longer."""
    revoked_sessions: set[str] = field(default_factory=set)
    registry: dict[str, Files] = field(default_factory=dict)
    """What can be pulled, by its reference."""
    variants: frozenset[Variant] = frozenset()
    """The free ways that this server takes."""
    purges_to_fail: dict[str, int] = field(default_factory=dict)
    """How many more times the registry refuses to purge the image of a pack."""
    _last: datetime = _NEVER

    def now(self) -> datetime:
        """The time, later at each call, so that two changes never carry the same."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return self._last

    def later(self, phase: timedelta) -> datetime:
        """When what begins now and lasts so long is over."""
        return self.now() + (timedelta(0) if Variant.NO_PHASES in self.variants else phase)

    def log(self, org_id: str) -> list[Event]:
        """The events of an org that show by now."""
        found = self.events.get(org_id, [])
        if Variant.LATE_EVENTS not in self.variants:
            return found
        shown_until = self.now() - A_MOMENT
        return [each for each in found if each.at <= shown_until]

    def put(self, pack: Pack) -> Pack:
        """Keep the pack in the place of what had its id."""
        self.packs[pack.id] = pack
        return pack

    def new_id(self, kind: str) -> str:
        """An id that nothing else has."""
        return f"{kind}-{uuid.uuid4()}"
