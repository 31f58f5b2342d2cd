"""Reading packs and their files back."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import JsonObject
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import require_resource
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.requests import build
from conformance.session.harness import Harness

GET, LIST, LIST_FILES, READ_FILE = "packs.get", "packs.list", "packs.list_files", "packs.read_file"


def read_pack(harness: Harness, caller: Caller, pack_id: str) -> Exchange:
    """Return the pack as the caller reads it; not provoked where it cannot be read."""
    return reading.read_object(harness, require_resource("pack"), caller, pack_id)


def read_back(harness: Harness, caller: Caller, pack_id: str) -> Exchange:
    """Return the pack as the caller reads it after a successful request; a finding where it cannot be read."""
    return reading.read_back(harness, require_resource("pack"), caller, pack_id)


def read_list(harness: Harness, caller: Caller) -> Exchange:
    """Return the list as the caller reads it."""
    return reading.read_list(harness, require_resource("pack"), caller)


def read_views(harness: Harness, caller: Caller, pack_id: str) -> Iterator[tuple[Exchange, JsonObject]]:
    """Yield the pack as the caller sees it, in each answer that shows it."""
    return reading.read_views(harness, require_resource("pack"), caller, pack_id)


def read_file(harness: Harness, caller: Caller, pack_id: str, path: str) -> Exchange:
    """Return a file of the pack; not provoked where it cannot be read."""
    return harness.hold(caller, _build_file_request(harness, pack_id, path))


def read_file_back(harness: Harness, caller: Caller, pack_id: str, path: str) -> Exchange:
    """Return a file of the pack after a request that succeeded: a finding where it cannot be read any more."""
    return harness.judge(caller, _build_file_request(harness, pack_id, path))


def _build_file_request(harness: Harness, pack_id: str, path: str) -> Request:
    return build(harness.contract.operations[READ_FILE], {"id": pack_id, "path": path})
