"""A server that others use, and that writes down what comes in: every unsafe request of a run is one that does no harm.

Told from what came in alone, whatever the suite thinks of it.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest

from tests.conformance.commands.test_dry_run import planned
from tests.conformance.targets import Judged, judge
from tests.examples.second import IN_PROFILE, PROFILE, ROOT, serving, sessions
from tests.openapi import CREATED_AT
from tests.proxy.messages import Request
from tests.proxy.proxy import Proxy, proxying

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


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, token in sessions().items():
        monkeypatch.setenv(name, token)


@pytest.fixture
def target() -> Iterator[Proxy]:
    with serving() as origin, proxying(origin) as between:
        yield between


def written(folder: Path, between: Proxy, *, states: bool, more: str = "", known: bool = True) -> Path:
    """The second server's profile, every request by way of the gateway."""
    text = PROFILE.read_text(encoding="utf-8").replace(IN_PROFILE, between.origin)
    if not states:
        text = re.sub("^states_url.*\n", "", text.replace('"provider-states"', '"none"'), flags=re.MULTILINE)
    if not known:
        text = text.partition("[known]")[0]
    path = folder / "profile.toml"
    path.write_text(f"{text}\n{more}", encoding="utf-8")
    return path


def at_rest(workspace: dict[str, Any]) -> dict[str, Any]:
    """The workspace but for what its tasks change of it by themselves."""
    runs = workspace["status"] in ("busy", "idle")
    return {**workspace, "status": "idle", "updated_at": None} if runs else workspace


def inventory(between: Proxy) -> dict[str, dict[str, Any]]:
    """Every object that somebody sees, as its owner is shown it where there is one."""
    found: dict[str, dict[str, Any]] = {}
    for variable in ("ALDER_OWNER_TOKEN", "BIRCH_OPERATOR_TOKEN", "CEDAR_OWNER_TOKEN"):
        headers = {"Authorization": f"Bearer {os.environ[variable]}"}
        for pack in httpx.get(f"{between.behind}/v1/packs", headers=headers).json()["packs"]:
            if pack["id"] not in found or pack["owned"]:
                found[pack["id"]] = pack
        providers = httpx.get(f"{between.behind}/v1/providers", headers=headers).json()["providers"]
        found |= {provider["id"]: provider for provider in providers}
        credentials = httpx.get(f"{between.behind}/v1/credentials", headers=headers).json()["credentials"]
        found |= {credential["id"]: credential for credential in credentials}
        roles = httpx.get(f"{between.behind}/v1/agent-roles", headers=headers).json()["agent_roles"]
        found |= {role["id"]: role for role in roles}
        workspaces = httpx.get(f"{between.behind}/v1/workspaces", headers=headers).json()["workspaces"]
        found |= {workspace["id"]: at_rest(workspace) for workspace in workspaces}
        secrets = httpx.get(f"{between.behind}/v1/secrets", headers=headers).json()["secrets"]
        found |= {f"{variable} {secret['name']}": secret for secret in secrets}
        org = next(caller["org"] for caller in CALLERS if caller["token"] == f"env:{variable}")
        rows = httpx.get(f"{between.behind}/v1/orgs/{org}/memberships", headers=headers).json()["memberships"]
        found |= {row["id"]: row for row in rows}
        keys = httpx.get(f"{between.behind}/v1/api-keys", headers=headers).json()["api_keys"]
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
                    self.made.add(json.loads(answer)["id"])
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


def run(target: Path, *options: str) -> tuple[Judged, dict[str, Any]]:
    report = target.with_name("report.json")
    judged = judge("--target", target, *options, "--report", f"json={report}", timeout=600)
    assert judged.code == 0, judged.said + judged.complained
    results: dict[str, Any] = json.loads(report.read_text())
    assert results["findings"] == results["errors"] == results["left_behind"] == []
    return judged, results


RUNS = [
    pytest.param(True, 1, "quick", id="states"),
    pytest.param(False, 2, "quick", id="no-states"),
    *(
        pytest.param(states, seed, "normal", id=f"{'states' if states else 'no-states'}-{seed}", marks=pytest.mark.long)
        for states in (True, False)
        for seed in (3, 4, 5)
    ),
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("states", "seed", "budget"), RUNS)
def test_every_unsafe_request_is_harmless(tmp_path: Path, target: Proxy, states: bool, seed: int, budget: str) -> None:
    """Of a whole run; what was there before is there afterwards as it was."""
    there, path = inventory(target), written(tmp_path, target, states=states)
    _, foreseen = planned("--target", path, "--budget", budget)
    _, results = run(path, "--seed", str(seed), "--budget", budget)
    assert abs(results["summary"]["requests"] / foreseen - 1) < 1 / 3
    log = Log(there).read(target)
    assert log.harmful == []
    assert log.unsafe > 1000
    assert len(log.impossible) > 5
    assert log.in_urls == []
    assert bool(log.issued) is states
    # Without states nothing of the platform can be made: the pack that the profile names is asked to stay as it is.
    assert bool(log.unchanging) is not states
    assert inventory(target) == there


@pytest.mark.parametrize("option", [(), ("--probe-unsafe",)], ids=["usual", "probing"])
def test_where_nothing_but_a_right_server_stands_between(
    tmp_path: Path, target: Proxy, option: tuple[str, ...]
) -> None:
    """Collections, /me and packs of others are left in peace, and the report says what would change that."""
    there = inventory(target)
    clauses = ("--clause", "protocol", "--clause", "envelope", "--clause", "ownership", "--only", "directed")
    _, results = run(written(tmp_path, target, states=False), "--seed", "3", *clauses, *option)
    reasons = {case["reason"] for case in results["cases"] if case["verdict"] == "NOT_PROVOKED"}
    told = [reason for reason in reasons if "--probe-unsafe" in reason]
    assert bool(told) is not bool(option)
    assert all("known.expendable" in reason or "world_url" in reason for reason in told)
    harmful = {each.split(" ", 2)[0] for each in Log(there).read(target).harmful}
    assert harmful == ({"DELETE", "PUT", "PATCH", "POST"} if option else set())
    # Not even then what a right server would serve.
    assert not any("alder" in OF_ORG.sub("", each) for each in Log(there).read(target).harmful)
    assert inventory(target) == there


def test_no_two_runs_make_up_the_same_ids(tmp_path: Path, target: Proxy) -> None:
    """Of one seed: what one of them was told of an id is not true of the other's."""
    made_up = []
    for _ in range(2):
        target.answered.clear()
        run(written(tmp_path, target, states=False), "--seed", "3", "--rule", "ENVELOPE-EVERY-ERROR")
        log = Log(inventory(target)).read(target)
        assert log.harmful == []
        made_up.append(log.impossible)
    assert all(made_up)
    assert not made_up[0] & made_up[1]


@pytest.mark.parametrize("limit", ["max_requests", "max_creations"])
def test_a_limit_counts_what_states_are_asked_for(tmp_path: Path, target: Proxy, limit: str) -> None:
    """Their setups and teardowns are requests, and what they make are objects; nothing is left all the same."""
    there = inventory(target)
    path = written(tmp_path, target, states=True, more=f"[limits]\n{limit} = 80")
    judged = judge("--target", path, "--seed", "3", "--clause", "scopes", "--clause", "billing", "--clause", "deletion")
    # Of a run that was cut short too little is known.
    assert judged.code == (3 if limit == "max_requests" else 0), judged.said + judged.complained
    asked = [json.loads(passed.body) for passed in target.passed if passed.target == "/_states"]
    assert len(asked) > 10
    if limit == "max_requests":
        assert 60 < len(target.passed) <= 80
    else:
        changing = ("org has billing posture", "registry purge fails", "auth is disabled", "secrets are disabled")
        changing += ("stored credential is",)
        by_state = sum(each["action"] == "setup" and each["state"] not in changing for each in asked)
        set_by_name = [each for each in target.answered if each.request.target.startswith("/v1/secrets/")]
        by_call = sum(each.request.method == "POST" and each.answer.status == 201 for each in target.answered)
        by_call += sum(each.request.method == "PUT" and each.answer.status == 200 for each in set_by_name)
        assert by_state > 10
        assert 70 < by_state + by_call <= 80
    assert inventory(target) == there


@pytest.mark.parametrize("how", ["command", "pytest"])
def test_nothing_is_written_into_the_working_folder(tmp_path: Path, how: str) -> None:
    """What is made up once is kept among the user's caches."""
    folder, caches = tmp_path / "empty", tmp_path / "caches"
    folder.mkdir()
    options = [
        "--target",
        "mock",
        "--seed",
        "1",
        "--budget",
        "quick",
        "--operation",
        "packs.upload",
        "--only=generated",
    ]
    plain = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--pyargs", "conformance"]
    command = plain if how == "pytest" else [str(Path(sys.executable).with_name("evershell-conformance")), "run"]
    without = {name: value for name, value in os.environ.items() if name != "HYPOTHESIS_STORAGE_DIRECTORY"}
    environment = without | {"XDG_CACHE_HOME": str(caches)}
    done = subprocess.run(
        [*command, *options], cwd=folder, env=environment, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(folder.iterdir()) == []
    assert any(caches.rglob("*"))
