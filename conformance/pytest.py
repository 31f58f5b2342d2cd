"""The parts that a team needs for rules of its own about its API, in tests of its own: docs/own-rules.md.

These names stay as they are while the version's first number does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import making, requests
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

__all__ = [
    "Caller",
    "Exchange",
    "Fact",
    "Harness",
    "NotProvoked",
    "Request",
    "build_request",
    "make_own",
    "over",
    "rule",
]


def build_request(
    harness: Harness, operation_id: str, path: Mapping[str, str] | None = None, *, json: Any = None, query: str = ""
) -> Request:
    """Return a request of an operation of the contract; LookupError where it has none of this id.

    `path`: the values in its path, decoded; `json`: the value of its body; `query`: encoded.
    """
    operation = harness.contract.operations[operation_id]
    if json is not None:
        return requests.with_json(operation, dict(path or {}), json)
    return requests.build(operation, path, query=query)


def make_own(harness: Harness, resource: str, caller: Caller) -> Fact:
    """Return a new object of the caller's org, which is removed after the test; NotProvoked where none can be made.

    LookupError where the contract declares no resource of this name.
    """
    return making.create_owned(harness, require_resource(resource), caller.org)
