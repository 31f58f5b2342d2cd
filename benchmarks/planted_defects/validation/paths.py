"""Defects in which paths of files, and which ids, are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import denies, reads
from benchmarks.planted_defects.planting.runs import again
from benchmarks.planted_defects.scene import send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.packs import wrong_for_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.pipeline.gates.parameters import check_parameters
from mock_server.resources.packs.pack import Pack
from mock_server.worlds.call import Call

defect = Declarer(__name__)

NO_PACK = errors.PackNotFound("There is no pack of this id.")
INVALID, NOT_FOUND, NO_FILE = "400 validation_error", "404 pack_not_found", "404 file_not_found"
PACK = "/packs/pack_01HZ"


def _reads(name: str, read: Callable[[str], str]) -> Plan:
    """Plan that a value in the path is read otherwise."""

    def change(call: Call) -> None:
        call.raw_path_values = {**call.raw_path_values, name: read(call.raw_path_values[name])}

    return reads(check_parameters, change)


defect("files-slash-decoded", "FILE-PATH", on=ids.FILES)(
    "An encoded slash in the path of a file separates folders as a bare one does.",
    _reads("path", lambda path: re.sub("%2f", "/", path, flags=re.IGNORECASE)),
    shown(INVALID, "200", send, f"{PACK}/files/guides%2Ffirst-steps.md"),
)
defect("contract-encoded-id", "CONTRACT-RIGHT-ANSWER", on=ids.GET + ids.PATCH)(
    "An id of which a letter is percent-encoded is not found.",
    denies(check_parameters, lambda call: "%" in call.raw_path_values["id"], NO_PACK),
    shown("200", NOT_FOUND, send, "/packs/pack%5F01HZ"),
)
defect("contract-id-ends-at-nul", "CONTRACT-RIGHT-ANSWER", on=ids.ON_PACK)(
    "An id is read to its first NUL.",
    _reads("id", lambda key: key.partition("%00")[0]),
    shown(NOT_FOUND, "200", send, f"{PACK}%00.."),
)
defect("contract-id-with-format", "CONTRACT-RIGHT-ANSWER", on=ids.ON_PACK)(
    "An id may have a format behind it, as in `/packs/pack_1.json`.",
    _reads("id", lambda key: key.removesuffix(".json")),
    shown(NOT_FOUND, "200", send, f"{PACK}.json"),
)
defect("contract-id-not-utf-8", "CONTRACT-RIGHT-ANSWER", on=ids.ON_PACK)(
    "Bytes of an id that are not UTF-8 are left out.",
    _reads("id", lambda key: unquote(key, errors="ignore")),
    shown(NOT_FOUND, "200", send, f"{PACK}%FF"),
)


@defect("files-dots-resolved", "FILE-PATH", on=ids.READ_FILE).plans(lambda read: _reads("path", read))
@shown(INVALID, "200", send, f"{PACK}/files/guides/%2E%2E/pack.yaml")
def dots_resolved(path: str) -> str:
    """A double dot in the path of a file goes up one folder."""
    kept: list[str] = []
    for segment in path.split("/"):
        if unquote(segment) == ".." and kept:
            kept.pop()
        else:
            kept.append(segment)
    return "/".join(kept)


@defect("files-any-case", "FILE-NOT-FOUND", on=ids.READ_FILE).by(wrong_for_pack)
@shown(NO_FILE, "200", send, f"{PACK}/files/PACK.YAML")
def any_case(run: Run, pack: Pack) -> Outcome:
    """A file is found by its path without regard to case."""
    wanted = run.request.path["path"]
    alike = sorted(path for path in pack.image.files if path.lower() == wanted.lower())
    missed = wanted not in pack.image.files and alike
    return again(run, path={**run.request.path, "path": alike[0]}) if missed else run.done
