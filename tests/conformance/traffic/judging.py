"""The command on recordings that a test makes up, in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.file import load
from tests.conformance.traffic.har import entry, error, written

ALL_SCOPES = tuple(each for each in load().scopes if not each.endswith(":own"))
SESSION_PATH = "/me/session"


@dataclass(frozen=True, slots=True)
class Said:
    """What the command said of a recording."""

    code: int
    output: str
    report: Mapping[str, Any]

    @property
    def found(self) -> list[tuple[str, str | None]]:
        """The rules and operations of the findings."""
        return [(each["rule"], each["operation_id"]) for each in self.report["findings"]]

    def verdict(self, rule: str) -> str:
        return next(str(each["verdict"]) for each in self.report["rules"] if each["id"] == rule)


def judged(folder: Path, *entries: Mapping[str, Any], options: tuple[str, ...] = ()) -> Said:
    """What is said of these entries."""
    report = folder / "report.json"
    source = written(folder, *entries)
    given = ["traffic", str(source), "--report", f"json={report}", *options]
    result = CliRunner().invoke(main, given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.output, json.loads(report.read_text()) if report.exists() else {})


def session(org: str = "org_acme", role: str = "publisher", permissions: tuple[str, ...] = ("caps:write",)) -> Any:
    """What `GET /me/session` answers to a person; of a role that no contract names, with scopes of their own."""
    return {
        "user_id": f"user_{role}",
        "email": "somebody@acme.example",
        "org_id": org,
        "role": role,
        "permissions": list(permissions),
        "memberships": [{"org_id": org, "role": role, "billing_status": "active"}],
    }


def pack(object_id: str = "pack_1", **changed: Any) -> dict[str, Any]:
    """A pack of the caller's org."""
    return {
        "id": object_id,
        "org_id": "org_acme",
        "owned": True,
        "name": "a-pack",
        "display_name": "A Pack",
        "description": "What nobody else is to read.",
        "category": "tools",
        "version": "1.0.0",
        "tier": "community",
        "visibility": "org",
        "image_origin": "upload",
        "image_ref": "registry.example/a-pack:1.0.0",
        "image_digest": f"sha256:{'0' * 64}",
        "size_bytes": 12,
        "capabilities": "",
        "suggested_packs": "",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        **changed,
    }


def introduced(**changed: Any) -> dict[str, Any]:
    """The entry in which a caller is told who it is."""
    return entry(path=SESSION_PATH, answer=session(**changed), at=-1)


DETAILS: Mapping[str, Mapping[str, Any]] = {
    "validation_error": {"fields": {"body": "It is wrong."}},
    "pack_in_use": {"roles": 1},
}
"""What the envelope of a code has to say."""


def refused(method: str, path: str, status: int, code: str, **more: Any) -> dict[str, Any]:
    """An entry that is refused, with a request id of its own."""
    request_id = f"req-{method}-{path}-{more.get('at', 0)}-{status}"
    return entry(method, path, status, error(code, request_id, **DETAILS.get(code, {})), **more)
