"""What the server is: whether it is up, and by what its sessions are verified."""

from __future__ import annotations

from mock_server.control import Desk, control
from mock_server.credentials import key_set
from mock_server.operations import Reply, Request


@control("health.get")
async def health(_desk: Desk, _request: Request) -> Reply:
    """Say that the server is up."""
    return Reply(200, {"status": "ok"})


@control("keys.get")
async def keys(_desk: Desk, _request: Request) -> Reply:
    """Return the key set by which sessions are verified."""
    return Reply(200, key_set())
