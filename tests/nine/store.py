"""What the server keeps: orgs, their people and keys, their packs. SQLite, in memory."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

OWNER = "caps:write workspace:read workspace:write tasks:write:own audit:read auth:write secrets:write members:read"
OWNER += " members:write apikeys:write billing:write"
MEMBER = "workspace:read:own workspace:write:own tasks:write:own audit:read:own auth:write:own members:read"
SCOPES = {
    "owner": OWNER.split(),
    "member": MEMBER.split(),
    "full_access": ["caps:write", "workspace:read", "workspace:write", "tasks:write", "audit:read"],
    "submit_observe": ["workspace:read", "workspace:write", "tasks:write", "audit:read"],
    "read_only": ["workspace:read", "audit:read"],
}
PERMISSION_SETS = frozenset({"full_access", "submit_observe", "read_only"})
PEOPLE = (
    ("session-red-owner", "usr_red_owner", "org_red", "owner"),
    ("session-red-member", "usr_red_member", "org_red", "member"),
    ("session-blue-owner", "usr_blue_owner", "org_blue", "owner"),
)
FIRST_KEY = ("key_red_dashboards", "org_red", '"dashboards"', "read_only", "sk_red_dashboards_0a1b2c3d")
TABLES = """
CREATE TABLE people (token TEXT PRIMARY KEY, id TEXT, org TEXT, role TEXT);
CREATE TABLE keys (id TEXT PRIMARY KEY, org TEXT, label TEXT, permission_set TEXT, value TEXT, created TEXT,
                   revoked INTEGER DEFAULT 0);
CREATE TABLE packs (id TEXT PRIMARY KEY, org TEXT, name TEXT, visibility TEXT, shown TEXT, created TEXT, updated TEXT,
                    UNIQUE (org, name));
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: a person, or a program with a key of an org."""

    user_id: str
    org: str
    role: str = ""
    label: str = ""
    permission_set: str = ""

    @property
    def scopes(self) -> list[str]:
        """What it may do."""
        return SCOPES[self.role or self.permission_set]


def now() -> str:
    """Return the time in UTC (RFC 3339)."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Store:
    """The tables, and what is asked of them."""

    def __init__(self) -> None:
        self._data = sqlite3.connect(":memory:", check_same_thread=False)
        self._data.row_factory = sqlite3.Row
        self._data.executescript(TABLES)
        self._data.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", PEOPLE)
        self._data.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, 0)", (*FIRST_KEY, now()))

    def _rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._data.execute(query, values).fetchall()

    def person(self, token: str) -> Caller | None:
        """Return who has this session; None where nobody has."""
        found = self._rows("SELECT * FROM people WHERE token = ?", token)
        return Caller(found[0]["id"], found[0]["org"], role=found[0]["role"]) if found else None

    def key_holder(self, value: str, *, revoked_too: bool = False) -> Caller | None:
        """Return what has this key, unless it was revoked."""
        for row in self._rows("SELECT * FROM keys WHERE value = ?", value):
            if revoked_too or not row["revoked"]:
                return Caller(
                    "system", row["org"], label=json.loads(row["label"]), permission_set=row["permission_set"]
                )
        return None

    def keys(self, org: str) -> list[sqlite3.Row]:
        """Return the keys of an org that are not revoked."""
        return self._rows("SELECT * FROM keys WHERE org = ? AND NOT revoked", org)

    def add_key(self, org: str, label: str, permission_set: str) -> sqlite3.Row:
        """Return a new key."""
        key_id, value = f"key_{secrets.token_hex(8)}", f"sk_{secrets.token_hex(20)}"
        values = (key_id, org, json.dumps(label), permission_set, value, now())
        self._data.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, 0)", values)
        return self._rows("SELECT * FROM keys WHERE id = ?", key_id)[0]

    def revoke(self, org: str, key_id: str) -> bool:
        """Revoke a key; whether there was one to revoke."""
        query = "UPDATE keys SET revoked = 1 WHERE id = ? AND org = ? AND NOT revoked"
        return self._data.execute(query, (key_id, org)).rowcount == 1

    def packs(self, org: str) -> list[sqlite3.Row]:
        """Return the packs that an org sees."""
        return self._rows("SELECT * FROM packs WHERE org = ? OR visibility = 'community'", org)

    def pack(self, pack_id: str) -> sqlite3.Row | None:
        """Return a pack of any org; None where there is none of this id."""
        found = self._rows("SELECT * FROM packs WHERE id = ?", pack_id)
        return found[0] if found else None

    def has_pack_named(self, org: str, name: str) -> bool:
        """Whether the org has a pack of this name."""
        return bool(self._rows("SELECT 1 FROM packs WHERE org = ? AND name = ?", org, name))

    def add_pack(self, org: str, name: str, visibility: str, shown: dict[str, Any]) -> sqlite3.Row | None:
        """Return a new pack."""
        pack_id, time = f"pack_{secrets.token_hex(8)}", now()
        values = (pack_id, org, name, visibility, json.dumps(shown), time, time)
        self._data.execute("INSERT INTO packs VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        return self.pack(pack_id)

    def show_to(self, pack_id: str, visibility: str) -> None:
        """Change who sees a pack; nothing where that is so already."""
        query = "UPDATE packs SET visibility = ?, updated = ? WHERE id = ? AND visibility != ?"
        self._data.execute(query, (visibility, now(), pack_id, visibility))

    def remove_pack(self, pack_id: str) -> None:
        """Remove a pack."""
        self._data.execute("DELETE FROM packs WHERE id = ?", (pack_id,))
