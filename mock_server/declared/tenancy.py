"""The field that names the org of an object, where a contract calls it otherwise than the mock does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mock_server.declared.resource_types import OWNER
from mock_server.errors import ContractError
from mock_server.operation import Feed, Handler, Reply, Request
from mock_server.state.rendered import dump
from mock_server.state.state import State
from mock_server.state.value import replace

POINTER = "/x-features/tenancy/field"


def find_owner_field(document: Mapping[str, Any]) -> str:
    """Return what a contract calls the field of an object that names its org."""
    return str(document.get("x-features", {}).get("tenancy", {}).get("field", OWNER))


def with_usual_owner(document: dict[str, Any]) -> dict[str, Any]:
    """Return the contract in which that field is called as it is in the mock.

    ContractError where something in it is called so already.
    """
    field = find_owner_field(document)
    if field == OWNER:
        return document
    text, usual, called = json.dumps(document, default=str), json.dumps(OWNER), json.dumps(field)
    if usual in text:
        raise ContractError(f"{POINTER}: is {field!r}, and the contract has {OWNER} too; let the field have one name")
    found: dict[str, Any] = json.loads(text.replace(called, usual))
    return found


def rename_owner(handler: Handler, field: str) -> Handler:
    """Return what serves an operation and calls the field as a contract does."""

    def serve(state: State, request: Request) -> Any:
        after, outcome = handler.transition(state, request)
        if not isinstance(outcome, Reply) or isinstance(outcome.body, bytes):
            return after, outcome
        if isinstance(outcome.body, Feed):
            return after, outcome._replace(body=_RenamingFeed(outcome.body.org_id, outcome.body, field))
        return after, outcome._replace(body=_rename(orjson.loads(dump(outcome.body)), field))

    return replace(handler, transition=serve)


@dataclass(frozen=True, slots=True)
class _RenamingFeed(Feed):
    """A stream whose events call the field as a contract does."""

    feed: Feed
    field: str

    def shows(self, event: Any, state: State) -> bool:
        return self.feed.shows(event, state)

    def read_missed(self, state: State) -> Iterator[Any]:
        return self.feed.read_missed(state)

    def write(self, event: Any) -> bytes:
        return self.feed.write(event).replace(f'"{OWNER}":'.encode(), f"{json.dumps(self.field)}:".encode())


def _rename(body: Any, field: str) -> Any:
    if isinstance(body, list):
        return [_rename(each, field) for each in body]
    if not isinstance(body, dict):
        return body
    return {field if name == OWNER else name: _rename(each, field) for name, each in body.items()}
