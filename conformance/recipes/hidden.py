"""Packs that a caller may not know of, and all that an answer tells of one."""

from __future__ import annotations

import re
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import fields
from conformance.profile import Caller
from conformance.recipes.reading import field, shown
from conformance.recipes.valid import about
from conformance.resources.packs import factory as packs
from conformance.session.harness import Harness

VOLATILE = frozenset({"date", "x-request-id", "content-length", "server"})


def on_hidden(harness: Harness, operation: Operation, caller: Caller) -> Request:
    """A right request for a private pack of another org, which its own org can read."""
    fact = packs.pack(harness, packs.FOREIGN_PRIVATE, caller)
    for owner in harness.callers(fact.owner)[:1] if fact.owner else ():
        shown(harness, owner, fact.id)
    # Its image is in a repository that the caller cannot know; any image that exists does.
    like = fact if operation.body is None or "image_ref" not in fields(operation) else None
    return about(harness, operation, caller, fact, like=like)


def pack_parameter(operation: Operation) -> str:
    """The name of the path parameter that names the pack."""
    return next(p.name for p in operation.path_parameters if p.resource and p.resource.name == "pack")


def told(exchange: Exchange, pack_id: str) -> dict[str, Any]:
    """What an answer tells, but for the id that was asked for and the request's own."""
    error = field(exchange.json, "error")
    text = {key: value for key, value in error.items() if key != "request_id"} if isinstance(error, dict) else {}
    without_id = {key: re.sub(re.escape(pack_id), "{id}", repr(value)) for key, value in text.items()}
    headers = sorted({name for name, _ in exchange.headers} - VOLATILE)
    return {"status": exchange.status, "headers": headers, **without_id}
