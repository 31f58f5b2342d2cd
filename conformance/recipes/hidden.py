"""Requests for objects that a caller may not know of, and what an answer tells of one."""

from __future__ import annotations

import re
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration import FOREIGN_PRIVATE
from conformance.oracle.resource import Resource
from conformance.profile import Caller
from conformance.recipes.about import about, suited
from conformance.recipes.making import obtain
from conformance.recipes.reading import field, shown
from conformance.session.harness import Harness

VOLATILE = frozenset({"date", "x-request-id", "content-length", "server"})


def on_hidden(harness: Harness, resource: Resource, operation: Operation, caller: Caller) -> Request:
    """A right request for a private object of another org, which its own org can read."""
    fact = obtain(harness, resource, FOREIGN_PRIVATE, caller)
    for owner in harness.callers(fact.owner)[:1] if fact.owner and resource.shown_by else ():
        shown(harness, resource, owner, fact.id)
    return about(harness, operation, caller, fact, like=suited(operation, fact))


def id_parameter(resource: Resource, operation: Operation) -> str:
    """The name of the path parameter that names an object of the resource."""
    return next(p.name for p in operation.path_parameters if p.resource and p.resource.name == resource.name)


def told(exchange: Exchange, object_id: str) -> dict[str, Any]:
    """What an answer tells, but for the id that was asked for and the request's own."""
    error = field(exchange.json, "error")
    text = {key: value for key, value in error.items() if key != "request_id"} if isinstance(error, dict) else {}
    without_id = {key: re.sub(re.escape(object_id), "{id}", repr(value)) for key, value in text.items()}
    headers = sorted({name for name, _ in exchange.headers} - VOLATILE)
    return {"status": exchange.status, "headers": headers, **without_id}
