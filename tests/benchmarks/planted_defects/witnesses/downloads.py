"""What shows the defects of files of sandboxes and snapshots alike."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness
from tests.benchmarks.planted_defects.witnesses.snapshots import FILE, kept, made, put

STOPPED = "/workspaces/ws_acme_stopped/snapshot"
LOGO, LOG = "data/uploads/task_acme_upload/logo.png", "workspace/big.log"
UNKNOWN, HIDDEN = "404 file_not_found", "403 workspace_not_visible"


def entry(scene: Scene, path: str) -> Any:
    """What the list of a snapshot shows of a path."""
    found = scene.get(f"{STOPPED}/files").json()["entries"]
    return next((each for each in found if each["path"] == path), None)


def downloaded(scene: Scene, content: bytes) -> bytes:
    """What is downloaded of a file with this content."""
    workspace_id = made(scene)
    put(scene, workspace_id, content)
    return scene.get(f"/workspaces/{workspace_id}/sandbox/download/{FILE}").content


def asked(scene: Scene, path: str) -> str:
    return said(scene.get(f"{STOPPED}/download/{path}"))


@witness("downloads-folders-listed-as-files", right=True, wrong=False)
def folders_listed_as_files(scene: Scene) -> bool:
    return bool(entry(scene, "workspace")["is_dir"])


@witness("downloads-paths-without-folder", right=True, wrong=False)
def paths_without_folder(scene: Scene) -> bool:
    return entry(scene, LOG) is not None


@witness("downloads-listed-twice", right=1, wrong=2)
def listed_twice(scene: Scene) -> int:
    return [each["path"] for each in scene.get(f"{STOPPED}/files").json()["entries"]].count(LOG)


@witness("downloads-size-in-kibibytes", right=69, wrong=1)
def size_in_kibibytes(scene: Scene) -> Any:
    return entry(scene, LOGO)["size"]


@witness("downloads-entry-of-what-is-read", right=69, wrong=0)
def entry_of_what_is_read(scene: Scene) -> Any:
    return scene.get(f"{STOPPED}/files/{LOGO}").json()["entry"]["size"]


@witness("downloads-cut", right=600_000, wrong=524_288)
def cut(scene: Scene) -> int:
    return len(scene.get(f"{STOPPED}/download/{LOG}").content)


@witness("downloads-line-ends-tidied", right=b"a\r\n", wrong=b"a\n")
def line_ends_tidied(scene: Scene) -> bytes:
    return downloaded(scene, b"a\r\n")


@witness("downloads-as-text", right=b"a\xff", wrong="a\ufffd".encode())
def as_text(scene: Scene) -> bytes:
    return downloaded(scene, b"a\xff")


@witness("downloads-inline", right='attachment; filename="logo.png"', wrong="inline")
def inline(scene: Scene) -> str:
    return scene.get(f"{STOPPED}/download/{LOGO}").headers["content-disposition"]


@witness("downloads-typed", right="application/octet-stream", wrong="text/plain; charset=utf-8")
def typed(scene: Scene) -> str:
    return scene.get(f"{STOPPED}/download/{LOGO}").headers["content-type"]


@witness("downloads-folder-is-a-file", right=UNKNOWN, wrong="200")
def folder_is_a_file(scene: Scene) -> str:
    return asked(scene, "data/uploads")


@witness("downloads-any-case", right=UNKNOWN, wrong="200")
def any_case(scene: Scene) -> str:
    return asked(scene, LOG.upper())


@witness("downloads-below-a-file", right=UNKNOWN, wrong="200")
def below_a_file(scene: Scene) -> str:
    return asked(scene, f"{LOG}/more")


@witness("downloads-absent-is-empty", right=UNKNOWN, wrong="200")
def absent_is_empty(scene: Scene) -> str:
    return asked(scene, "workspace/none")


@witness("downloads-absent-without-snapshot", right=UNKNOWN, wrong="404 snapshot_not_found")
def absent_without_snapshot(scene: Scene) -> str:
    return asked(scene, "workspace/none")


@witness("ownership-sandboxes-of-others-listed", right=HIDDEN, wrong="200")
def sandboxes_of_others_listed(scene: Scene) -> str:
    return said(scene.get("/workspaces/ws_01HZ/sandbox/files", "acme-member"))


@witness("ownership-files-of-others-downloaded", right=HIDDEN, wrong="200")
def files_of_others_downloaded(scene: Scene) -> str:
    return said(scene.get("/workspaces/ws_01HZ/sandbox/download/workspace/README.md", "acme-member"))


@witness("ownership-snapshots-of-others-read", right=HIDDEN, wrong="200")
def snapshots_of_others_read(scene: Scene) -> str:
    return said(scene.get(f"/workspaces/{kept(scene, b'1')}/snapshot/files/{FILE}", "acme-member"))


@witness("ownership-files-of-all-orgs-downloaded", right="404 workspace_not_found", wrong="200")
def files_of_all_orgs_downloaded(scene: Scene) -> str:
    return said(scene.get("/workspaces/ws_globex_idle/sandbox/download/workspace/README.md"))
