"""The second server itself: its command, its states, and what it is independent of."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from examples.second_server import archive, data
from examples.second_server.defects import DEFECTS
from examples.second_server.limits import Limits
from examples.second_server.states import STATES
from tests import plain
from tests.examples.second import COMMAND, ROOT, serving
from tests.openapi import DOCUMENT
from tests.repo.sources import modules

KEY = "sk_fake_alder_full_access"
NAMED = {
    "org has billing posture": {"org_id": "org_alder", "posture": "past_due"},
    "pack exists": {"org_id": "org_alder", "name": "made"},
    "provider exists": {"org_id": "org_alder", "name": "made", "kind": "openai", "domain": "api.made.example"},
    "credential exists": {"org_id": "org_alder", "name": "made", "provider": "google", "kind": "api_key"},
    "auth is disabled": {"org_id": "org_alder"},
    "secrets are disabled": {"org_id": "org_alder"},
    "stored credential is": {"org_id": "org_alder", "credential_id": "credential-alder", "status": "failed"},
    "role exists": {"org_id": "org_alder", "name": "made", "provider_id": "provider-alder"},
    "workspace exists": {"org_id": "org_alder", "role_id": "role-alder", "status": "idle"},
    "workspace is": {"org_id": "org_alder", "workspace_id": "workspace-alder", "status": "failed"},
    "task exists": {"org_id": "org_alder", "workspace_id": "workspace-alder", "description": "Do it."},
    "workspace has file": {
        "org_id": "org_birch",
        "workspace_id": "workspace-birch",
        "path": "workspace/made.txt",
        "content": "bWFkZQ==",
    },
    "agent is unreachable": {"org_id": "org_alder", "workspace_id": "workspace-alder"},
    "task is": {
        "org_id": "org_birch",
        "workspace_id": "workspace-birch",
        "task_id": "task-birch",
        "status": "completed",
    },
    "role references pack": {"org_id": "org_birch", "pack_id": "pack-alder-notes"},
    "image is available": {"image_ref": "r.example/made:1.0.0", "name": "made", "version": "1.0.0"},
    "image of pack.yaml is available": {"image_ref": "r.example/a:1.0.0", "pack_yaml": "name: a\nversion: 1.0.0\n"},
    "request was decided": {"org_id": "org_alder", "workspace_id": "ws_alder", "decision": "deny"},
    "registry purge fails": {"pack_id": "pack-alder-notes", "times": 1},
    "credential is expired": {"org_id": "org_alder", "role": "owner"},
    "credential is revoked": {"org_id": "org_alder", "permission_set": "full_access"},
    "credential has scopes": {"org_id": "org_alder", "scopes": ["caps:write"]},
    "invitation is accepted": {"org_id": "org_alder", "membership_id": "mem-alder-invited"},
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving() as origin:
        yield origin


def ask(origin: str, action: str, state: str, params: Any, values: Any = None) -> httpx.Response:
    said = {"action": action, "state": state, "params": params, **({"values": values} if values is not None else {})}
    return plain.post(f"{origin}/_states", json=said)


def call(origin: str, method: str, path: str, token: str = KEY, **more: Any) -> httpx.Response:
    return plain.request(method, f"{origin}/v1{path}", headers={"Authorization": f"Bearer {token}"}, **more)


def test_it_imports_neither_program() -> None:
    foreign = {"conformance", "mock_server", "tests"}
    imported = {name.split(".")[0] for module in modules("examples/second_server") for _, name in module.imports()}
    assert imported & foreign == set()
    assert "starlette" in imported


def test_its_tables_are_those_of_the_contract() -> None:
    for held, keyword in ((data.SCOPES_OF_ROLE, "x-roles"), (data.SCOPES_OF_SET, "x-permission-sets")):
        assert {name: scopes.split() for name, scopes in held.items()} == DOCUMENT[keyword]
    said = DOCUMENT["components"]["schemas"]["UploadPack"]["properties"]["archive"]["x-archive"]
    limits = Limits()
    assert (limits.unpacked, limits.entries) == (said["max_unpacked"], said["max_entries"])
    assert (limits.file, limits.path) == (said["max_file"], said["max_path"])
    assert (set(said["files"]), set(said["folders"])) == (archive.FILES, archive.FOLDERS)


def test_the_help_lists_every_defect_with_its_rule() -> None:
    said = subprocess.run([*COMMAND, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for defect in DEFECTS.values():
        assert defect.id in said
        assert defect.sentence in said
        assert defect.rule in said


def test_an_unknown_defect_is_a_usage_error() -> None:
    done = subprocess.run([*COMMAND, "--defect", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nothing" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_has_the_states_that_the_protocol_names() -> None:
    assert set(STATES) == set(NAMED)


@pytest.mark.parametrize("state", NAMED)
def test_a_state_is_made_and_undone_and_undone_again(origin: str, state: str) -> None:
    before = call(origin, "GET", "/packs").json()
    made = ask(origin, "setup", state, NAMED[state])
    assert made.status_code == 200, made.text
    for _ in range(2):
        assert ask(origin, "teardown", state, NAMED[state], made.json()).status_code == 200
    assert call(origin, "GET", "/packs").json() == before
    assert call(origin, "GET", "/me/session").status_code == 200


def test_a_state_does_what_it_says(origin: str) -> None:
    org = {"org_id": "org_alder"}
    patch = {"json": {"visibility": "org"}}
    ask(origin, "setup", "org has billing posture", {**org, "posture": "trial_expired"})
    assert call(origin, "PATCH", "/packs/pack-alder-notes", **patch).status_code == 423
    ask(origin, "teardown", "org has billing posture", {**org, "posture": "trial_expired"}, {})
    assert call(origin, "PATCH", "/packs/pack-alder-notes", **patch).status_code == 200

    scoped = ask(origin, "setup", "credential has scopes", {**org, "scopes": ["audit:read"]}).json()["token"]
    assert call(origin, "GET", "/me/session", scoped).json()["permissions"] == ["audit:read"]
    for state in ("credential is expired", "credential is revoked"):
        for who in ({"role": "owner"}, {"permission_set": "read_only"}):
            token = ask(origin, "setup", state, {**org, **who}).json()["token"]
            assert call(origin, "GET", "/packs", token).status_code == 401


def test_a_null_counts_as_absent_and_a_pack_without_an_org_is_the_platforms(origin: str) -> None:
    params = {"org_id": None, "name": "of-all", "tier": "recommended", "visibility": None, "image_origin": None}
    values = ask(origin, "setup", "pack exists", params).json()
    assert call(origin, "GET", f"/packs/{values['pack_id']}").json()["tier"] == "recommended"
    ask(origin, "teardown", "pack exists", params, values)
    assert call(origin, "GET", f"/packs/{values['pack_id']}").status_code == 404


@pytest.mark.parametrize(
    ("state", "params", "status"),
    [
        ("the moon is full", {}, 404),
        ("org has billing posture", {"org_id": "org_nobody", "posture": "active"}, 404),
        ("org has billing posture", {"org_id": "org_alder", "posture": "rich"}, 400),
        ("org has billing posture", {"org_id": "org_alder"}, 400),
        ("pack exists", {"org_id": "org_alder", "name": "notes"}, 409),
        ("pack exists", {"org_id": "org_alder", "name": "No Slug"}, 400),
        ("role references pack", {"org_id": "org_alder", "pack_id": "pack-nobody"}, 409),
        ("registry purge fails", {"pack_id": "pack-nobody"}, 409),
        ("task exists", {"org_id": "org_alder", "workspace_id": "workspace-birch", "description": "Do it."}, 404),
        ("credential has scopes", {"org_id": "org_alder"}, 400),
        ("pack exists", ["org_alder"], 400),
    ],
)
def test_what_cannot_be_made_is_said(origin: str, state: str, params: Any, status: int) -> None:
    answer = ask(origin, "setup", state, params)
    assert answer.status_code == status
    assert answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"state": "pack exists"}', b'{"state": []}'])
def test_what_is_no_message_of_the_protocol_is_refused(origin: str, body: bytes) -> None:
    assert plain.post(f"{origin}/_states", content=body).status_code == 400


def test_without_states_the_endpoint_is_an_unknown_path() -> None:
    with serving("--no-states") as origin:
        assert ask(origin, "setup", "pack exists", NAMED["pack exists"]).status_code == 404
        assert call(origin, "GET", "/me/session", os.environ["CEDAR_OWNER_TOKEN"]).json()["role"] == "owner"
