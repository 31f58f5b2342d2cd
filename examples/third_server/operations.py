"""Declare operations: their path, who may call them, and what they are sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from examples.third_server.bodies import Body
from examples.third_server.calls import Handler, answer_with_body, answer_without_body

Scopes = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Operation:
    """Describe one operation of the contract."""

    id: str
    method: str
    path: str
    scopes: Scopes = ()
    billing: str = "read"
    body: Body | None = None
    query: frozenset[str] = field(default_factory=frozenset)
    subsystem: str = ""
    own_org: bool = False
    stream: bool = False


OPERATIONS: dict[str, Operation] = {}


class OperationRoute(APIRoute):
    """Match what the gateway has found, which reads paths before they are decoded."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match where the gateway has resolved the request to this operation."""
        found = scope.get("operation")
        if found is None or found.id != self.name:
            return Match.NONE, {}
        return Match.FULL, {"endpoint": self.endpoint, "path_params": scope["path_values"]}


router = APIRouter(route_class=OperationRoute)


def operation(
    operation_id: str,
    method: str,
    path: str,
    *scopes: tuple[str, ...],
    query: tuple[str, ...] = (),
    **settings: Any,
) -> Callable[[Handler], Handler]:
    """Register a handler as an operation; of each list of scopes the caller needs one."""

    def register(handler: Handler) -> Handler:
        described = Operation(operation_id, method, path, scopes, query=frozenset(query), **settings)
        OPERATIONS[operation_id] = described
        if described.body is None:
            endpoint = answer_without_body(described, handler)
        else:
            endpoint = answer_with_body(described, described.body, handler)
        router.add_api_route(path, endpoint, methods=[method], name=operation_id, response_model=None)
        return handler

    return register
