"""Defects in which paths of files, and which ids, are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import FILES, GET, ON_PACK, PATCH, READ_FILE
from mock_server.deviations.planting.operations import Outcome, Run
from mock_server.deviations.planting.packs import wrong_for_pack
from mock_server.errors import PackNotFound
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack import Pack
from mock_server.worlds.call import Call


@Planter
def _wrong_path(hooks: Hooks, change: Callable[[str], str]) -> Hooks:
    """Plant a change of the path of a file that was sent."""

    def read(right: Gate, call: Call) -> Passing:
        sent = call.raw_path_values
        call.raw_path_values = {**sent, "path": change(sent["path"])}
        return right(call)

    return hooks.with_gate(parameters, read)


@_wrong_path("files-dots-resolved", "FILE-PATH", on=READ_FILE)
def dots_resolved(path: str) -> str:
    """A double dot in the path of a file goes up one folder."""
    kept: list[str] = []
    for segment in path.split("/"):
        if unquote(segment) == ".." and kept:
            kept.pop()
        else:
            kept.append(segment)
    return "/".join(kept)


@_wrong_path("files-slash-decoded", "FILE-PATH", on=FILES)
def slash_decoded(path: str) -> str:
    """An encoded slash in the path of a file separates folders as a bare one does."""
    return re.sub("%2f", "/", path, flags=re.IGNORECASE)


@wrong_for_pack("files-any-case", "FILE-NOT-FOUND", on=READ_FILE)
def any_case(run: Run, pack: Pack) -> Outcome:
    """A file is found by its path without regard to case."""
    wanted = run.request.path["path"]
    alike = sorted(path for path in pack.image.files if path.lower() == wanted.lower())
    if wanted in pack.image.files or not alike:
        return run.done
    return run.right(run.state, run.request._replace(path={**run.request.path, "path": alike[0]}))


@wrong_gate(parameters)("contract-encoded-id", "CONTRACT-RIGHT-ANSWER", on=GET + PATCH)
def encoded_id(right: Gate, call: Call) -> Passing:
    """An id of which a letter is percent-encoded is not found."""
    if "%" in call.raw_path_values["id"]:
        raise PackNotFound("There is no pack of this id.")
    return right(call)


@wrong_gate(parameters)("contract-id-ends-at-nul", "CONTRACT-RIGHT-ANSWER", on=ON_PACK)
def id_ends_at_nul(right: Gate, call: Call) -> Passing:
    """An id is read to its first NUL."""
    return _with_id(right, call, call.raw_path_values["id"].partition("%00")[0])


@wrong_gate(parameters)("contract-id-with-format", "CONTRACT-RIGHT-ANSWER", on=ON_PACK)
def id_with_format(right: Gate, call: Call) -> Passing:
    """An id may have a format behind it, as in `/packs/pack_1.json`."""
    return _with_id(right, call, call.raw_path_values["id"].removesuffix(".json"))


@wrong_gate(parameters)("contract-id-not-utf-8", "CONTRACT-RIGHT-ANSWER", on=ON_PACK)
def id_not_utf_8(right: Gate, call: Call) -> Passing:
    """Bytes of an id that are not UTF-8 are left out."""
    return _with_id(right, call, unquote(call.raw_path_values["id"], errors="ignore"))


def _with_id(right: Gate, call: Call, read: str) -> Passing:
    call.raw_path_values = {**call.raw_path_values, "id": read}
    return right(call)
