"""Which answers of the contract a world has given."""

from __future__ import annotations

from mock_server.contract import cells
from mock_server.control import DELETED, Desk, control
from mock_server.operations import Reply, Request


@control("coverage.get")
async def get(desk: Desk, request: Request) -> Reply:
    """Return every declared cell with how often it was met."""
    met = desk.world(request).met
    shown = [
        {
            "operation_id": operation_id,
            "status": status,
            "code": code,
            "count": met.get((operation_id, status, code), 0),
        }
        for operation_id, status, code in cells(desk.contract)
    ]
    return Reply(200, {"cells": shown})


@control("coverage.clear")
async def clear(desk: Desk, request: Request) -> Reply:
    """Count anew."""
    desk.world(request).met.clear()
    return DELETED
