"""Defects in which paths of files, and which ids, are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.scene import said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run
from mock_server.deviations.planting.packs import wrong_for_pack
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack import Pack
from mock_server.worlds.call import Call

defect = Declarer(__name__)


@Planter
def _wrong_path(hooks: Hooks, change: Callable[[str], str]) -> Hooks:
    """Plant a change of the path of a file that was sent."""

    def read(right: Gate, call: Call) -> Passing:
        sent = call.raw_path_values
        call.raw_path_values = {**sent, "path": change(sent["path"])}
        return right(call)

    return hooks.with_gate(parameters, read)


READ_ONLY = "/packs/pack_01HZ/files"
INVALID = "400 validation_error"
NOT_FOUND = "404 file_not_found"


@defect("files-dots-resolved", "FILE-PATH", on=ids.READ_FILE).by(_wrong_path)
@shown(INVALID, "200", lambda scene: said(scene.get(f"{READ_ONLY}/guides/%2E%2E/pack.yaml")))
def dots_resolved(path: str) -> str:
    """A double dot in the path of a file goes up one folder."""
    kept: list[str] = []
    for segment in path.split("/"):
        if unquote(segment) == ".." and kept:
            kept.pop()
        else:
            kept.append(segment)
    return "/".join(kept)


defect("files-slash-decoded", "FILE-PATH", on=ids.FILES)(
    "An encoded slash in the path of a file separates folders as a bare one does.",
    _wrong_path.of(lambda path: re.sub("%2f", "/", path, flags=re.IGNORECASE)),
    shown(INVALID, "200", lambda scene: said(scene.get(f"{READ_ONLY}/guides%2Ffirst-steps.md"))),
)


@defect("files-any-case", "FILE-NOT-FOUND", on=ids.READ_FILE).by(wrong_for_pack)
@shown(NOT_FOUND, "200", lambda scene: said(scene.get(f"{READ_ONLY}/PACK.YAML")))
def any_case(run: Run, pack: Pack) -> Outcome:
    """A file is found by its path without regard to case."""
    wanted = run.request.path["path"]
    alike = sorted(path for path in pack.image.files if path.lower() == wanted.lower())
    if wanted in pack.image.files or not alike:
        return run.done
    return run.right(run.state, run.request._replace(path={**run.request.path, "path": alike[0]}))


@defect("contract-encoded-id", "CONTRACT-RIGHT-ANSWER", on=ids.GET + ids.PATCH).by(wrong_gate(parameters))
@shown("200", "404 pack_not_found", lambda scene: said(scene.get("/packs/pack%5F01HZ")))
def encoded_id(right: Gate, call: Call) -> Passing:
    """An id of which a letter is percent-encoded is not found."""
    if "%" in call.raw_path_values["id"]:
        raise errors.PackNotFound("There is no pack of this id.")
    return right(call)


defect("contract-id-ends-at-nul", "CONTRACT-RIGHT-ANSWER", on=ids.ON_PACK)(
    "An id is read to its first NUL.",
    wrong_gate(parameters).of(
        lambda right, call: _with_id(right, call, call.raw_path_values["id"].partition("%00")[0])
    ),
    shown("404 pack_not_found", "200", lambda scene: said(scene.get("/packs/pack_01HZ%00.."))),
)
defect("contract-id-with-format", "CONTRACT-RIGHT-ANSWER", on=ids.ON_PACK)(
    "An id may have a format behind it, as in `/packs/pack_1.json`.",
    wrong_gate(parameters).of(
        lambda right, call: _with_id(right, call, call.raw_path_values["id"].removesuffix(".json"))
    ),
    shown("404 pack_not_found", "200", lambda scene: said(scene.get("/packs/pack_01HZ.json"))),
)
defect("contract-id-not-utf-8", "CONTRACT-RIGHT-ANSWER", on=ids.ON_PACK)(
    "Bytes of an id that are not UTF-8 are left out.",
    wrong_gate(parameters).of(
        lambda right, call: _with_id(right, call, unquote(call.raw_path_values["id"], errors="ignore"))
    ),
    shown("404 pack_not_found", "200", lambda scene: said(scene.get("/packs/pack_01HZ%FF"))),
)


def _with_id(right: Gate, call: Call, read: str) -> Passing:
    call.raw_path_values = {**call.raw_path_values, "id": read}
    return right(call)
