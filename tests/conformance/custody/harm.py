"""What came in at a server that others use, told from its requests alone: which of them could do harm."""

from __future__ import annotations

import json
import os
import posixpath
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests import plain
from tests.examples.second import PROFILE, ROOT
from tests.openapi import CREATED_AT
from tests.proxy.messages import Request
from tests.proxy.proxy import Proxy

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
COLLECTIONS = "packs|providers|agent-roles|workspaces|credentials|secrets|api-keys|orgs/[^/]+/memberships"
OBJECT = re.compile(rf"/v1/(?:{COLLECTIONS})/([^/]+)(/.*)?", re.DOTALL)
OF_ORG = re.compile(r"/v1/orgs/(org_\w+)/")
CALLERS = list(tomllib.loads(PROFILE.read_text(encoding="utf-8"))["callers"].values())
SAMPLES = frozenset(
    re.findall(
        r"\b(?:pack|provider|role|ws|task|cred|api_key|mem|usr)_\w+",
        (ROOT / "openapi.yaml").read_text(encoding="utf-8"),
    )
)


def at_rest(workspace: dict[str, Any]) -> dict[str, Any]:
    """The workspace but for what its tasks change of it by themselves."""
    runs = workspace["status"] in ("busy", "idle")
    return {**workspace, "status": "idle", "updated_at": None} if runs else workspace


def inventory(between: Proxy) -> dict[str, dict[str, Any]]:
    """Every object that somebody sees, as its owner is shown it where there is one."""
    found: dict[str, dict[str, Any]] = {}
    for variable in ("ALDER_OWNER_TOKEN", "BIRCH_OPERATOR_TOKEN", "CEDAR_OWNER_TOKEN"):
        headers = {"Authorization": f"Bearer {os.environ[variable]}"}
        for pack in plain.get(f"{between.behind}/v1/packs", headers=headers).json()["packs"]:
            if pack["id"] not in found or pack["owned"]:
                found[pack["id"]] = pack
        providers = plain.get(f"{between.behind}/v1/providers", headers=headers).json()["providers"]
        found |= {provider["id"]: provider for provider in providers}
        credentials = plain.get(f"{between.behind}/v1/credentials", headers=headers).json()["credentials"]
        found |= {credential["id"]: credential for credential in credentials}
        roles = plain.get(f"{between.behind}/v1/agent-roles", headers=headers).json()["agent_roles"]
        found |= {role["id"]: role for role in roles}
        workspaces = plain.get(f"{between.behind}/v1/workspaces", headers=headers).json()["workspaces"]
        found |= {workspace["id"]: at_rest(workspace) for workspace in workspaces}
        secrets = plain.get(f"{between.behind}/v1/secrets", headers=headers).json()["secrets"]
        found |= {f"{variable} {secret['name']}": secret for secret in secrets}
        org = next(caller["org"] for caller in CALLERS if caller["token"] == f"env:{variable}")
        rows = plain.get(f"{between.behind}/v1/orgs/{org}/memberships", headers=headers).json()["memberships"]
        found |= {row["id"]: row for row in rows}
        keys = plain.get(f"{between.behind}/v1/api-keys", headers=headers).json()["api_keys"]
        found |= {key["id"]: key for key in keys}
    return found


def orgs_of_tokens() -> dict[str, str]:
    """By token, the org of each caller in the profile."""
    tokens = {caller["token"]: caller["org"] for caller in CALLERS}
    return {os.environ.get(token.removeprefix("env:"), token): org for token, org in tokens.items()}


IN_USE_ARCHIVED = ("POST", tomllib.loads(PROFILE.read_text(encoding="utf-8"))["known"]["active_role_id"], "/archive")
"""What the profile names a role for that is in use: that its archiving is refused."""


@dataclass
class Log:
    """What came in, read from its beginning to its end."""

    there: Mapping[str, Mapping[str, Any]]
    """What was there before the run."""
    given: frozenset[str] = frozenset()
    """Those that the profile calls expendable."""
    made: set[str] = field(default_factory=set)
    impossible: set[str] = field(default_factory=set)
    harmful: list[str] = field(default_factory=list)
    unchanging: list[Request] = field(default_factory=list)
    unsafe: int = 0
    issued: set[str] = field(default_factory=set)
    """Tokens that a state made, and that stood in a URL afterwards."""
    in_urls: list[str] = field(default_factory=list)
    _by_state: set[str] = field(default_factory=set)
    orgs: Mapping[str, str] = field(default_factory=orgs_of_tokens)

    def read(self, between: Proxy) -> Log:
        for each in between.answered:
            passed, status, answer = each.request, each.answer.status, each.answer.body
            path, query = urlsplit(passed.target).path, dict(parse_qsl(urlsplit(passed.target).query))
            given = {value for value in query.values() if value.startswith(("eyJ", "sk_fake_"))}
            self.issued |= given & self._by_state
            self.in_urls += sorted(given - self._by_state)
            if path.startswith("/_states"):
                self._made_by_state(passed, status, answer)
            elif passed.method not in SAFE:
                self.unsafe += 1
                if not self._harmless(passed, path):
                    self.harmful.append(f"{passed.method} {passed.target} {passed.body[:80]!r}: {status}")
                if self._creates(passed, path) and status == 201:
                    self.made.update(re.findall(rb'"id": ?"([^"]+)"', answer)[:1])
        return self

    def _made_by_state(self, passed: Request, status: int, answer: bytes) -> None:
        if status == 200 and b'"setup"' in passed.body:
            values = json.loads(answer)
            ids = ("pack_id", "provider_id", "role_id", "workspace_id", "credential_id", "user_id")
            self.made |= {value for key, value in values.items() if key in ids}
            self._by_state |= {value for key, value in values.items() if key == "token"}

    def _creates(self, passed: Request, path: str) -> bool:
        """Whether the path is that of a creation, in the own org where it names one."""
        named = OF_ORG.match(path)
        own = self.orgs.get(passed.headers.get("authorization", "").removeprefix("Bearer "))
        if named and named[1] not in ({own} if own else set(self.orgs.values())):
            return False
        return OF_ORG.sub("/v1/orgs/{id}/", path) in CREATED_AT

    def _harmless(self, passed: Request, path: str) -> bool:
        if passed.method == "POST" and self._creates(passed, path):
            return True
        every = {path, unquote(path), unquote(unquote(path))}
        every |= {posixpath.normpath(each) for each in every}
        return all(self._about_nothing_of_others(passed, each) for each in every)

    def _about_nothing_of_others(self, passed: Request, path: str) -> bool:
        found = OBJECT.fullmatch(path)
        if found is None:
            return False
        object_id = unquote(found[1])
        if object_id in self.made | self.given or (passed.method, object_id, found[2]) == IN_USE_ARCHIVED:
            return True
        if object_id in self.there:
            return self._changes_nothing(passed, found[2] or "", self.there[object_id])
        # A name that no server can have for an object: long, and none that the contract has for an example.
        self.impossible.add(object_id)
        return len(object_id) > 30 and object_id not in SAMPLES

    def _changes_nothing(self, passed: Request, rest: str, pack: Mapping[str, Any]) -> bool:
        self.unchanging.append(passed)
        if (passed.method, rest) not in {("PATCH", ""), ("PUT", "/image")}:
            return False
        org = self.orgs.get(passed.headers.get("authorization", "").removeprefix("Bearer "))
        return org not in (None, pack.get("org_id")) and json.loads(passed.body).items() <= pack.items()


def check_harmless(between: Proxy, there: Mapping[str, Mapping[str, Any]], *, states: bool) -> None:
    """Of a whole run; what was there before is there afterwards as it was."""
    log = Log(there).read(between)
    assert log.harmful == []
    assert log.unsafe > 1000
    assert len(log.impossible) > 5
    assert log.in_urls == []
    assert bool(log.issued) is states
    # Without states nothing of the platform can be made: the pack that the profile names is asked to stay as it is.
    assert bool(log.unchanging) is not states
    assert inventory(between) == there
