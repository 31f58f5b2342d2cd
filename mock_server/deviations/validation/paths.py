"""Defects in which paths of files, and which ids, are taken."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from mock_server.deviations import deviation
from mock_server.deviations.operations import FILES, GET, PATCH, READ_FILE
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.deviations.requests import with_gate
from mock_server.errors import PackNotFound
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.parameters import parameters
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Request, Transition
from mock_server.resources.packs.pack import PACKS
from mock_server.state.state import State
from mock_server.worlds.call import Call


def _with_path(hooks: Hooks, change: Callable[[str], str]) -> Hooks:
    """The hooks in which another path of a file is read than was sent."""

    def read(right: Gate, call: Call) -> Awaitable[None] | None:
        sent = call.raw_path_values
        call.raw_path_values = {**sent, "path": change(sent["path"])}
        return right(call)

    return hooks.with_gate(parameters, read)


@deviation("files-dots-resolved", "FILE-PATH", on=READ_FILE, plant=_with_path)
def dots_resolved(path: str) -> str:
    """A double dot in the path of a file goes up one folder."""
    kept: list[str] = []
    for segment in path.split("/"):
        if unquote(segment) == ".." and kept:
            kept.pop()
        else:
            kept.append(segment)
    return "/".join(kept)


@deviation("files-slash-decoded", "FILE-PATH", on=FILES, plant=_with_path)
def slash_decoded(path: str) -> str:
    """An encoded slash in the path of a file separates folders as a bare one does."""
    return re.sub("%2f", "/", path, flags=re.IGNORECASE)


@deviation("files-any-case", "FILE-NOT-FOUND", on=READ_FILE, plant=with_transition)
def any_case(right: Transition, state: State, request: Request) -> Outcome:
    """A file is found by its path without regard to case."""
    pack = state.all(PACKS).get(request.path["id"])
    wanted = request.path["path"]
    if pack is not None and wanted not in pack.image.files:
        alike = sorted(path for path in pack.image.files if path.lower() == wanted.lower())
        request = request._replace(path={**request.path, "path": (alike or [wanted])[0]})
    return right(state, request)


@deviation("contract-encoded-id", "CONTRACT-RIGHT-ANSWER", on=GET + PATCH, plant=with_gate(parameters))
def encoded_id(right: Gate, call: Call) -> Awaitable[None] | None:
    """An id of which a letter is percent-encoded is not found."""
    if "%" in call.raw_path_values["id"]:
        raise PackNotFound("There is no pack of this id.")
    return right(call)
