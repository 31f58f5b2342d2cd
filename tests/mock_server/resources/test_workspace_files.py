"""Files of workspaces, as callers list, read and download them."""

import base64
from typing import Any

import pytest

from tests.archives import zipped

STOPPED, IDLE = "/v1/workspaces/ws_acme_stopped", "/v1/workspaces/ws_01HZ"
LOGO, LOG = "data/uploads/task_acme_upload/logo.png", "workspace/big.log"
OWNER = "acme-owner"


def made(api: Any, role_id: str = "role_acme_spare", **more: Any) -> str:
    params = {"org_id": "org_acme", "role_id": role_id, "status": "idle", **more}
    return str(api.set_up("workspace exists", **params)["workspace_id"])


def put(api: Any, workspace_id: str, path: str, content: bytes) -> None:
    encoded = base64.b64encode(content).decode()
    api.set_up("workspace has file", org_id="org_acme", workspace_id=workspace_id, path=path, content=encoded)


def brought(api: Any, workspace_id: str, status: str, **more: Any) -> None:
    api.set_up("workspace is", org_id="org_acme", workspace_id=workspace_id, status=status, **more)


def shown(api: Any, workspace_id: str) -> dict[str, Any]:
    return api.send("GET", f"/v1/workspaces/{workspace_id}", OWNER).json()


def sandbox(api: Any, workspace_id: str) -> Any:
    return api.send("GET", f"/v1/workspaces/{workspace_id}/sandbox/files", OWNER)


def snapshot(api: Any, workspace_id: str) -> Any:
    return api.send("GET", f"/v1/workspaces/{workspace_id}/snapshot/files", OWNER)


def entries(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200
    found = answer.json()["entries"]
    assert [each["path"] for each in found] == sorted(each["path"] for each in found)
    return {each["path"]: each for each in found}


def files(answer: Any) -> set[str]:
    return {path for path, each in entries(answer).items() if not each["is_dir"]}


def read(api: Any, path: str, query: str = "", workspace: str = STOPPED) -> Any:
    return api.send("GET", f"{workspace}/snapshot/files/{path}{query}", OWNER)


def downloaded(api: Any, workspace_id: str, path: str, of: str = "sandbox") -> bytes:
    answer = api.send("GET", f"/v1/workspaces/{workspace_id}/{of}/download/{path}", OWNER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    return answer.content


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


# Snapshots


def test_a_snapshot_lists_files_and_the_folders_that_they_are_in(api: Any) -> None:
    found = entries(snapshot(api, "ws_acme_stopped"))
    assert {path for path, each in found.items() if each["is_dir"]} == {
        "data",
        "data/uploads",
        "data/uploads/task_acme_upload",
        "workspace",
        "workspace/results",
    }
    assert found[LOGO] == {
        "path": LOGO,
        "size": 69,
        "is_dir": False,
        "mtime": 1780302000.0,
        "readonly": False,
        "mime_type": "image/png",
    }
    assert found["data"] == {"path": "data", "size": 0, "is_dir": True, "mtime": 1780302000.0, "readonly": False}
    assert found[LOG]["size"] == 600_000


def test_a_text_is_read_as_far_as_is_asked_for_less_the_character_that_is_cut(api: Any) -> None:
    data = api.send("GET", f"{STOPPED}/snapshot/download/{LOG}", OWNER).content
    usual = read(api, LOG).json()
    assert usual["truncated"] is True
    assert usual["content"] == data[: 524_288 - 1].decode(), "the default ends within a character"
    assert usual["entry"] == entries(snapshot(api, "ws_acme_stopped"))[LOG]
    for most, text in ((1, "d"), (7, "deploy "), (8, "deploy "), (9, "deploy "), (10, "deploy →")):
        assert read(api, LOG, f"?max_bytes={most}").json() == {**usual, "content": text}
    assert read(api, LOG, "?max_bytes=599999").json()["truncated"] is True
    assert read(api, LOG, "?max_bytes=600000").json() == {**usual, "content": data.decode(), "truncated": False}


def test_what_is_no_text_has_no_content_whether_it_is_cut_or_not(api: Any) -> None:
    assert [read(api, LOGO, query).json()["content"] for query in ("", "?max_bytes=1", "?max_bytes=20")] == [None] * 3
    assert [read(api, LOGO, f"?max_bytes={most}").json()["truncated"] for most in (68, 69, 70)] == [True, False, False]


@pytest.mark.parametrize(
    ("content", "most", "text"),
    [
        (b"", 1, ""),
        ("ä".encode(), 1, ""),
        ("ä".encode()[:1], 1, None),
        ("aä".encode()[:2], 5, None),
        (b"a\0b", 5, "a\0b"),
        (b"ab\xff", 2, "ab"),
        (b"a\xffb", 2, None),
        ("\ufeffx".encode(), 9, "\ufeffx"),
        ("📦".encode(), 3, ""),
    ],
)
def test_only_a_character_that_the_limit_cuts_is_left_out(
    api: Any, content: bytes, most: int, text: str | None
) -> None:
    workspace_id = made(api)
    put(api, workspace_id, "workspace/a", content)
    brought(api, workspace_id, "stopped")
    answer = read(api, "workspace/a", f"?max_bytes={most}", f"/v1/workspaces/{workspace_id}").json()
    assert (answer["content"], answer["truncated"]) == (text, len(content) > most)


@pytest.mark.parametrize("most", ["0", "8388609", "-1", "1.5", "many", ""])
def test_a_limit_that_can_be_none_is_refused(api: Any, most: str) -> None:
    answer = read(api, LOG, f"?max_bytes={most}")
    assert refused(answer) == (400, "validation_error")
    assert list(answer.json()["error"]["details"]["fields"]) == ["max_bytes"]


def test_a_download_is_the_file_and_says_its_name(api: Any) -> None:
    answer = api.send("GET", f"{STOPPED}/snapshot/download/{LOGO}", OWNER)
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["content-disposition"] == 'attachment; filename="logo.png"'
    assert (answer.headers["content-length"], answer.headers["content-type"]) == ("69", "application/octet-stream")


def test_a_name_that_a_header_cannot_hold_is_encoded(api: Any) -> None:
    workspace_id = made(api)
    put(api, workspace_id, 'workspace/"ä".txt', b"x")
    answer = api.send("GET", f'/v1/workspaces/{workspace_id}/sandbox/download/workspace/"ä".txt', OWNER)
    header = answer.headers["content-disposition"]
    assert header == "attachment; filename=\"___.txt\"; filename*=UTF-8''%22%C3%A4%22.txt"


@pytest.mark.parametrize(
    "path", ["workspace", "data/uploads", "workspace/none", "workspace/big.log/x", "WORKSPACE/big.log"]
)
def test_what_is_no_file_of_a_snapshot_is_not_found(api: Any, path: str) -> None:
    assert refused(read(api, path)) == (404, "file_not_found")
    assert refused(api.send("GET", f"{STOPPED}/snapshot/download/{path}", OWNER)) == (404, "file_not_found")


@pytest.mark.parametrize("path", ["a/../b", "./a", "a//b", "a%2Fb", "a%00", "a/"])
@pytest.mark.parametrize("of", ["snapshot/files", "snapshot/download", "sandbox/download"])
def test_a_path_that_no_file_can_have_is_refused(api: Any, of: str, path: str) -> None:
    workspace = IDLE if of.startswith("sandbox") else STOPPED
    raw = f"{workspace}/{of}/{path}"
    answer = api.send("GET", raw, OWNER)
    assert refused(answer) == (400, "validation_error") or "//" not in raw


@pytest.mark.parametrize("of", ["files", f"files/{LOG}", f"download/{LOG}"])
def test_a_workspace_that_was_never_stopped_has_no_snapshot(api: Any, of: str) -> None:
    assert refused(api.send("GET", f"{IDLE}/snapshot/{of}", OWNER)) == (404, "snapshot_not_found")


def test_a_snapshot_stays_until_the_next_stop(api: Any) -> None:
    workspace_id = made(api)
    put(api, workspace_id, "workspace/first", b"1")
    brought(api, workspace_id, "stopped")
    first, ref = snapshot(api, workspace_id).json(), shown(api, workspace_id)["snapshot_ref"]
    brought(api, workspace_id, "idle")
    assert "workspace/first" in files(sandbox(api, workspace_id)), "what was resumed has the files of its snapshot"
    put(api, workspace_id, "workspace/second", b"2")
    put(api, workspace_id, "workspace/first", b"changed")
    assert snapshot(api, workspace_id).json() == first
    assert shown(api, workspace_id)["snapshot_ref"] == ref
    brought(api, workspace_id, "stopped")
    assert {"workspace/first", "workspace/second"} < files(snapshot(api, workspace_id))
    assert downloaded(api, workspace_id, "workspace/first", "snapshot") == b"changed"
    assert shown(api, workspace_id)["snapshot_ref"] != ref


def test_an_agent_that_cannot_be_reached_loses_the_snapshot(api: Any) -> None:
    workspace_id = made(api)
    put(api, workspace_id, "workspace/first", b"1")
    brought(api, workspace_id, "stopped")
    brought(api, workspace_id, "idle")
    api.set_up("agent is unreachable", org_id="org_acme", workspace_id=workspace_id)
    brought(api, workspace_id, "stopped")
    lost = shown(api, workspace_id)
    assert lost["last_snapshot_error"]
    assert "snapshot_ref" not in lost
    assert refused(snapshot(api, workspace_id)) == (404, "snapshot_not_found")
    params = {"org_id": "org_acme", "workspace_id": workspace_id}
    body = {"action": "teardown", "state": "agent is unreachable", "params": params}
    api.send("POST", f"/_mock/worlds/{api.world}/states", json=body)
    brought(api, workspace_id, "idle")
    assert files(sandbox(api, workspace_id)) == {"workspace/README.md"}
    brought(api, workspace_id, "stopped")
    assert "last_snapshot_error" not in shown(api, workspace_id)
    assert files(snapshot(api, workspace_id)) == {"workspace/README.md"}


# Sandboxes


def test_a_sandbox_has_the_packs_of_its_role_as_they_were_then(api: Any) -> None:
    pack = {"pack.yaml": b"name: tools\nversion: 1.0.0\n", "guides/a.md": b"old"}
    pack_id = api.upload(pack).json()["id"]
    api.send("PATCH", "/v1/agent-roles/role_acme_spare", OWNER, json={"pack_ids": [pack_id]})
    workspace_id = made(api)
    found = entries(sandbox(api, workspace_id))
    assert {path for path, each in found.items() if each["readonly"]} == {
        f"workspace/packs/tools{each}" for each in ("", "/pack.yaml", "/guides", "/guides/a.md")
    }
    assert downloaded(api, workspace_id, "workspace/packs/tools/guides/a.md") == b"old"
    changed = {"Content-Type": "application/octet-stream"}
    api.send("PUT", f"/v1/packs/{pack_id}/files/guides/a.md", OWNER, content=b"newer", headers=changed)
    assert downloaded(api, workspace_id, "workspace/packs/tools/guides/a.md") == b"old"
    brought(api, workspace_id, "stopped")
    assert files(snapshot(api, workspace_id)) == {"workspace/README.md"}
    brought(api, workspace_id, "idle")
    assert downloaded(api, workspace_id, "workspace/packs/tools/guides/a.md") == b"newer"


def test_a_pack_that_is_attached_later_is_not_there(api: Any) -> None:
    workspace_id = made(api)
    api.send("PATCH", "/v1/agent-roles/role_acme_spare", OWNER, json={"pack_ids": ["pack_02HZ"]})
    assert files(sandbox(api, workspace_id)) == {"workspace/README.md"}


def test_what_has_several_packs_of_one_name_lists_each_path_once(api: Any) -> None:
    for persona in (OWNER, "globex-owner"):
        files_of = {"pack.yaml": f"name: twin\nversion: 1.0.0\ncategory: {persona}\n".encode()}
        api.send(
            "POST",
            "/v1/packs/upload",
            persona,
            files={"archive": ("a.tar.gz", zipped(files_of), "application/gzip")},
            data={"visibility": "community"},
        )
    listed = api.send("GET", "/v1/packs", OWNER).json()["packs"]
    twins = [each["id"] for each in listed if each["name"] == "twin"]
    api.send("PATCH", "/v1/agent-roles/role_acme_spare", OWNER, json={"pack_ids": twins})
    paths = [each["path"] for each in sandbox(api, made(api)).json()["entries"]]
    assert len(twins) == 2
    assert paths.count("workspace/packs/twin/pack.yaml") == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("provisioning", "workspace_provisioning"),
        ("stopping", "workspace_stopped"),
        ("stopped", "workspace_stopped"),
        ("failed", "workspace_failed"),
    ],
)
def test_what_does_not_run_has_no_sandbox(api: Any, status: str, code: str) -> None:
    workspace_id = made(api)
    brought(api, workspace_id, status)
    assert_bodyless(sandbox(api, workspace_id), 409)
    path = f"/v1/workspaces/{workspace_id}/sandbox/download/workspace/README.md"
    assert refused(api.send("GET", path, OWNER)) == (409, code)


def test_an_agent_that_cannot_be_reached_is_not_asked(api: Any) -> None:
    workspace_id = made(api)
    api.set_up("agent is unreachable", org_id="org_acme", workspace_id=workspace_id)
    assert_bodyless(sandbox(api, workspace_id), 502)
    path = f"/v1/workspaces/{workspace_id}/sandbox/download/none"
    assert refused(api.send("GET", path, OWNER)) == (502, "agent_unreachable")
    brought(api, workspace_id, "failed")
    assert sandbox(api, workspace_id).status_code == 409, "that it does not run comes first"


def assert_bodyless(answer: Any, status: int) -> None:
    assert (answer.status_code, answer.content) == (status, b"")
    assert "content-type" not in answer.headers
    assert answer.headers["content-length"] == "0"
    assert answer.headers["x-request-id"]


def test_a_preferred_answer_without_a_body_has_none(api: Any) -> None:
    answer = api.send("GET", f"{IDLE}/sandbox/files", OWNER, headers={"Prefer": "code=502"})
    assert_bodyless(answer, 502)


# Tasks


def test_a_completed_task_leaves_its_description(api: Any) -> None:
    workspace_id = made(api)
    params = {"org_id": "org_acme", "workspace_id": workspace_id, "description": "Zähle → bitte"}
    task_id = api.set_up("task exists", **params)["task_id"]
    for status in ("delivered", "running"):
        api.set_up("task is", org_id="org_acme", workspace_id=workspace_id, task_id=task_id, status=status)
        assert files(sandbox(api, workspace_id)) == {"workspace/README.md"}
    api.set_up("task is", org_id="org_acme", workspace_id=workspace_id, task_id=task_id, status="completed")
    path = f"workspace/results/{task_id}.md"
    assert downloaded(api, workspace_id, path) == "Zähle → bitte".encode()


# The state `workspace has file`


@pytest.mark.parametrize(
    "path",
    ["a/../b", "/a", "a//b", "a\0", "workspace", "workspace/README.md/a", "workspace/packs", "workspace/packs/x/y"],
)
def test_a_file_is_not_put_where_none_can_be(api: Any, path: str) -> None:
    params = {"org_id": "org_acme", "workspace_id": "ws_01HZ", "path": path, "content": ""}
    body = {"action": "setup", "state": "workspace has file", "params": params}
    answer = api.send("POST", f"/_mock/worlds/{api.world}/states", json=body)
    assert list(answer.json()["error"]["details"]["fields"]) == ["params.path"]


def test_a_file_is_not_put_into_what_does_not_run(api: Any) -> None:
    params = {"org_id": "org_acme", "workspace_id": "ws_acme_stopped", "path": "a", "content": ""}
    body = {"action": "setup", "state": "workspace has file", "params": params}
    answer = api.send("POST", f"/_mock/worlds/{api.world}/states", json=body)
    assert refused(answer) == (409, "status_impossible")


def test_who_sees_the_own_workspaces_alone_is_shown_the_files_of_no_other(api: Any) -> None:
    for of in ("sandbox/files", "sandbox/download/workspace/README.md", "snapshot/files", "snapshot/files/a"):
        assert refused(api.send("GET", f"{IDLE}/{of}", "acme-member")) == (403, "workspace_not_visible")
    assert snapshot(api, "ws_acme_stopped").status_code == 200
    for of in ("files", f"files/{LOG}", f"download/{LOG}"):
        assert api.send("GET", f"{STOPPED}/snapshot/{of}", "acme-member").status_code == 200
        assert refused(api.send("GET", f"{STOPPED}/snapshot/{of}", "globex-owner")) == (404, "workspace_not_found")
