"""Control calls on the coverage: which answers of the contract a world has given."""

from __future__ import annotations

from mock_server.contract.compiled import cells
from mock_server.control import DELETED, ControlContext, control
from mock_server.resources.operation import Reply, Request


@control("coverage.get")
async def get(context: ControlContext, request: Request) -> Reply:
    """Return every declared cell, with how often a client and how often the console met it."""
    world = context.world(request)
    shown = [
        {
            "operation_id": operation_id,
            "status": status,
            "code": code,
            "count": world.coverage.get((operation_id, status, code), 0),
            "console_count": world.coverage_by_console.get((operation_id, status, code), 0),
        }
        for operation_id, status, code in cells(context.contract)
    ]
    return Reply(200, {"cells": shown})


@control("coverage.clear")
async def clear(context: ControlContext, request: Request) -> Reply:
    """Set all counts to zero."""
    world = context.world(request)
    world.coverage.clear()
    world.coverage_by_console.clear()
    return DELETED
