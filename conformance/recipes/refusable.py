"""Requests to send without a right credential: the only reason why they are refused."""

from __future__ import annotations

import json

from conformance.contract.contract import Operation
from conformance.http import multipart
from conformance.http.exchange import Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.requests import JSON, build
from conformance.recipes.valid import valid
from conformance.resources.packs import factory as packs
from conformance.resources.packs.archive import write_files
from conformance.session.harness import Harness


def refusable(harness: Harness, operation: Operation) -> Request:
    """A request that somebody would be served; where the profile has nobody, one on ids that cannot exist."""
    if harness.callers():
        return valid(harness, operation, harness.able(operation))
    return on_nothing(harness, operation)


def refusable_once_served(harness: Harness, operation: Operation) -> Request:
    """The same, after one like it was served; where the profile has nobody that cannot be shown."""
    if harness.callers():
        caller = harness.able(operation)
        harness.hold(caller, valid(harness, operation, caller))
    return refusable(harness, operation)


def anybody(harness: Harness) -> Caller | Credential:
    """Whoever may do most; nobody where the profile has nobody."""
    return max(harness.callers(), key=lambda caller: len(caller.held), default=ANONYMOUS)


def on_nothing(harness: Harness, operation: Operation) -> Request:
    """A request right in its form, on ids that cannot exist."""
    values = {p.name: packs.FILE if p.spans_segments else harness.absent_id() for p in operation.path_parameters}
    if operation.body is None:
        return build(operation, values)
    media_type, schema = next(iter(operation.body.schemas.items()))
    given = {
        "image_ref": f"registry.conformance.example/{harness.fresh_name()}:1.0.0",
        "archive": write_files(packs.pack_files(harness.fresh_name())),
        "visibility": "org",
    }
    lacking = [name for name in schema.get("required", ()) if name not in given]
    if lacking:
        raise NotProvoked(f"no recipe gives a {lacking[0]} for {operation}")
    fields = {name: given[name] for name in schema.get("properties", {}) if name in given}
    if media_type == JSON:
        return build(operation, values, content=json.dumps(fields).encode(), media_type=JSON)
    if media_type == multipart.MEDIA_TYPE:
        parts = packs.archive_parts(given["archive"], "org")  # type: ignore[arg-type]
        return build(operation, values, content=multipart.encode(parts), media_type=multipart.content_type())
    return build(operation, values, content=packs.FILE_CONTENT, media_type=media_type)
