"""What stays so whoever is at work, and what an answer shows of what was sent."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.archives import zipped
from tests.conformance.traffic.har import entry
from tests.conformance.traffic.judging import ALL_SCOPES, introduced, judged, pack, refused

COLLEAGUE = "a-token-of-a-colleague"
ME = introduced(permissions=ALL_SCOPES)
OTHER = entry(
    path="/me/session",
    token=COLLEAGUE,
    at=-1,
    answer={
        "user_id": "user_other",
        "email": "other@acme.example",
        "org_id": "org_acme",
        "role": "observer",
        "permissions": ["auth:write:own", "workspace:read:own"],
        "memberships": [],
    },
)
CREDENTIAL = {
    "id": "cred_1",
    "org_id": "org_acme",
    "name": "jira",
    "provider": "jira",
    "kind": "api_key",
    "status": "active",
    "created_at": "2026-01-01T00:00:00Z",
}
MADE = entry(
    "POST",
    "/credentials",
    status=201,
    answer=CREDENTIAL,
    body={"name": "jira", "provider": "jira", "kind": "api_key", "api_key": "no-key-of-anybody"},
    at=1,
)


def rules(folder: Path, *entries: Any) -> set[str]:
    """The rules of the findings that are about the entries behind the sessions."""
    return {rule for rule, operation in judged(folder, ME, OTHER, *entries).found if operation != "session.get"}


def read(at: float, **changed: Any) -> dict[str, Any]:
    return entry(path="/packs/pack_1", answer=pack(**changed), at=at)


def listed(at: float, *packs: Any) -> dict[str, Any]:
    return entry(answer={"packs": list(packs)}, at=at)


def test_what_is_there_before_and_after_was_there_in_between(tmp_path: Path) -> None:
    absent = refused("GET", "/packs/pack_1", 404, "pack_not_found", at=2)
    assert rules(tmp_path, read(1), absent, read(3)) == {"OWNERSHIP-OWN-SERVED"}
    assert rules(tmp_path, read(1), listed(2), read(3)) == {"OWNERSHIP-LISTED"}
    assert rules(tmp_path, read(1), absent, listed(4)) == set()
    assert rules(tmp_path, absent, read(3)) == set()


@pytest.mark.parametrize(
    "between",
    [
        refused("GET", "/packs/pack_1", 404, "pack_not_found", at=0.5, took=2.0),  # it was asked for before
        refused("GET", "/packs/pack_1/files/none.txt", 404, "file_not_found", at=2),
        refused("GET", "/packs/pack_2", 404, "pack_not_found", at=2),
    ],
)
def test_what_may_have_been_so_is_no_denial(tmp_path: Path, between: Any) -> None:
    assert rules(tmp_path, read(1), between, read(5)) == set()


ROLE = {
    "id": "role_1",
    "org_id": "org_acme",
    "provider_id": "provider_1",
    "name": "a-role",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "pack_ids": [],
    "environment": "development",
}
ARCHIVED_AT = "2026-03-03T00:00:00Z"


def role(at: float, **more: str) -> dict[str, Any]:
    shown = {**ROLE, **more}
    return entry(path=f"/agent-roles/{shown['id']}", answer=shown, at=at)


def test_a_roles_list_may_lack_what_was_archived_meanwhile(tmp_path: Path) -> None:
    without, with_archived = (
        entry(path=f"/agent-roles{query}", answer={"agent_roles": []}, at=2) for query in ("", "?include_archived=true")
    )
    assert "OWNERSHIP-LISTED" not in rules(tmp_path, role(1), without, role(3))
    assert "OWNERSHIP-LISTED" in rules(tmp_path, role(1), with_archived, role(3))


@pytest.mark.parametrize("stamped", [True, False, None])
def test_what_archives_need_not_set_when_a_role_was_changed(tmp_path: Path, *, stamped: bool | None) -> None:
    """A role with the `updated_at` of before was in use meanwhile where another shows that archiving sets it."""
    updated_at = ARCHIVED_AT if stamped else "2026-02-02T00:00:00Z"
    other = {"id": "role_2", "name": "other", "updated_at": updated_at}
    if stamped is not None:
        other["archived_at"] = ARCHIVED_AT
    before = role(0.5, **other), role(1)
    without = entry(path="/agent-roles", answer={"agent_roles": []}, at=2)
    assert ("OWNERSHIP-LISTED" in rules(tmp_path, *before, without, role(3))) is (stamped is True)
    assert rules(tmp_path, *before, role(3, archived_at=ARCHIVED_AT), role(4)) == set()
    assert rules(tmp_path, *before, role(3, description="Another.")) == {"EFFECT-NOTHING-ELSE"}


def test_what_changed_last_never_goes_back(tmp_path: Path) -> None:
    later = entry(
        "PATCH",
        "/packs/pack_1",
        body={"visibility": "community"},
        answer=pack(visibility="community", updated_at="2026-02-02T00:00:00Z"),
        at=2,
    )
    assert rules(tmp_path, read(1), later, read(3)) == {"PACK-PATCH-APPLIES"}
    assert rules(tmp_path, read(1), later, read(3, updated_at="2026-02-03T00:00:00Z")) == set()
    during = entry(path="/packs/pack_1", answer=pack(), at=2.001, took=0.1)
    assert rules(tmp_path, read(1), later, during) == set()
    newer = listed(1, pack(updated_at="2026-02-02T00:00:00Z"))
    assert rules(tmp_path, newer, read(2)) == {"OWNERSHIP-LIST-ITEM"}


def test_whose_a_credential_is_never_changes(tmp_path: Path) -> None:
    shown = entry(path="/credentials/cred_1", answer={**CREDENTIAL, "user_id": "user_publisher"}, at=2)
    assert "CREDENTIAL-PERSONAL" in rules(tmp_path, MADE, shown)
    assert "CREDENTIAL-PERSONAL" not in rules(
        tmp_path, MADE, entry(path="/credentials/cred_1", answer=CREDENTIAL, at=2)
    )


def test_what_is_the_orgs_is_not_removed_with_the_own_scope_alone(tmp_path: Path) -> None:
    removed = entry("DELETE", "/credentials/cred_1", answer={"status": "deleted"}, at=2, token=COLLEAGUE)
    assert "OWNERSHIP-CREDENTIAL-ORG" in rules(tmp_path, MADE, removed)
    assert "OWNERSHIP-CREDENTIAL-ORG" not in rules(tmp_path, removed)
    absent = refused("DELETE", "/credentials/cred_1", 404, "credential_not_found", at=2, token=COLLEAGUE)
    assert rules(tmp_path, MADE, absent) == set()  # somebody else may have removed it


def test_a_revoked_key_stays_away(tmp_path: Path) -> None:
    key = {
        "id": "api_key_1",
        "label": "CI",
        "prefix": "sk_...1234",
        "permission_set": "read_only",
        "created_at": "2026-01-01T00:00:00Z",
    }
    revoked = entry("DELETE", "/api-keys/api_key_1", answer={"status": "revoked"}, at=1)
    assert "DELETE-GONE" in rules(tmp_path, revoked, entry(path="/api-keys", answer={"api_keys": [key]}, at=2))
    assert "DELETE-GONE" in rules(tmp_path, revoked, {**revoked, "startedDateTime": "2026-11-27T12:00:09+00:00"})
    assert rules(tmp_path, revoked, entry(path="/api-keys", answer={"api_keys": []}, at=2)) == set()


@pytest.mark.parametrize(
    ("prefix", "broken"),
    [("sk_mock_...5678", False), ("sk_mock_0123456...5678", True), ("other...5678", True), ("sk_mock_...", True)],
)
def test_the_prefix_of_a_key_shows_its_ends(tmp_path: Path, prefix: str, *, broken: bool) -> None:
    body = {"label": "CI", "permission_set": "read_only"}
    key = {"id": "api_key_1", **body, "prefix": prefix, "value": "sk_mock_0123456789012345678"}
    made = entry("POST", "/api-keys", status=201, body=body, answer=key, at=1)
    said = judged(tmp_path, ME, made)
    assert ("KEY-PREFIX" in [rule for rule, _ in said.found]) is broken
    assert "0123456789012345678" not in said.output + (tmp_path / "report.json").read_text()


FILES = {"pack.yaml": b"name: a-pack\nversion: 1.0.0\ndescription: A pack.\n", "data/a.txt": b"content\n"}


@pytest.mark.parametrize(
    ("shown", "rule"),
    [
        ({}, None),
        ({"size_bytes": 8}, "CREATE-SIZE"),
        ({"display_name": "A pack"}, "CREATE-DISPLAY-NAME"),
        ({"image_origin": "image_ref"}, "CREATE-ORIGIN"),
    ],
)
def test_an_upload_shows_what_was_in_it(tmp_path: Path, shown: dict[str, Any], rule: str | None) -> None:
    head = b'--part\r\nContent-Disposition: form-data; name="archive"; filename="a.tgz"\r\n\r\n'
    form = head + zipped(FILES) + b"\r\n--part--\r\n"
    answer = pack(
        **{"size_bytes": sum(map(len, FILES.values())), "display_name": "A Pack", "image_origin": "upload", **shown}
    )
    sent = {"Content-Type": "multipart/form-data; boundary=part"}
    upload = entry("POST", "/packs/upload", 201, answer, body=form, sent=sent, at=1)
    upload["request"]["headers"] = [
        each for each in upload["request"]["headers"] if each["value"] != "application/json"
    ]
    upload["request"]["postData"] = {"mimeType": sent["Content-Type"], "text": _base64(form), "encoding": "base64"}
    assert rules(tmp_path, upload) == ({rule} if rule else set())


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_filtered_list_holds_nothing_else(tmp_path: Path) -> None:
    roles = [
        {
            "id": f"role_{name}",
            "org_id": "org_acme",
            "provider_id": "provider_1",
            "name": name,
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "pack_ids": [],
            "environment": "development",
        }
        for name in ("one", "two")
    ]
    workspace = {
        "id": "ws_1",
        "org_id": "org_acme",
        "role_id": "role_two",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "created_by_user_id": "user_publisher",
        "status": "idle",
        "environment": "development",
        "archived_at": None,
    }
    shown = entry(path="/agent-roles", answer={"agent_roles": roles}, at=1)

    def asked(name: str) -> dict[str, Any]:
        return entry(path=f"/workspaces?role_name={name}", answer={"workspaces": [workspace]}, at=2)

    assert "LIST-ROLE-NAME" in rules(tmp_path, shown, asked("one"))
    assert "LIST-ROLE-NAME" not in rules(tmp_path, shown, asked("two"))
    assert "LIST-ROLE-NAME" not in rules(tmp_path, asked("one"))


def _file(path: str, *, is_dir: bool = False) -> dict[str, Any]:
    return {"path": path, "size": 0 if is_dir else 8, "is_dir": is_dir, "mtime": 1.0, "readonly": False}


@pytest.mark.parametrize(
    ("entries", "broken"),
    [
        ([_file("data", is_dir=True), _file("data/a.txt")], False),
        ([_file("data/a.txt")], False),
        ([_file("data"), _file("data/a.txt")], True),
        ([_file("data/a.txt"), _file("data/a.txt")], True),
    ],
)
def test_a_path_is_listed_once_and_a_file_has_none_below(tmp_path: Path, entries: list[Any], *, broken: bool) -> None:
    files = entry(path="/workspaces/ws_1/sandbox/files", answer={"entries": entries}, at=1)
    assert ("FILES-LISTED" in rules(tmp_path, files)) is broken


def test_what_is_listed_of_a_workspace_is_of_that_workspace(tmp_path: Path) -> None:
    task = {
        "id": "task_1",
        "org_id": "org_acme",
        "workspace_id": "ws_2",
        "description": "Do it.",
        "created_at": "2026-01-01T00:00:00Z",
        "status": "running",
    }
    assert "TASK-READABLE" in rules(tmp_path, entry(path="/workspaces/ws_1/tasks", answer=[task], at=1))
    assert "TASK-READABLE" not in rules(tmp_path, entry(path="/workspaces/ws_2/tasks", answer=[task], at=1))


@pytest.mark.parametrize(("content", "broken"), [(b"12345678", False), (b"1234567", True)])
def test_a_file_has_as_many_bytes_as_were_listed(tmp_path: Path, content: bytes, *, broken: bool) -> None:
    """Where nobody else is at work, since anybody may replace it."""
    listed = {"path": "a.txt", "size": 8, "mime_type": "text/plain"}
    files = entry(path="/packs/pack_1/files", answer={"entries": [listed]}, at=1)
    read = entry(path="/packs/pack_1/files/a.txt", answer=content, at=2, got={"Content-Type": "text/plain"})
    said = judged(tmp_path, ME, files, read, options=("--alone",))
    assert ("FILE-LISTED" in [rule for rule, _ in said.found]) is broken
    assert "FILE-LISTED" not in rules(tmp_path, files, read)
