"""Control calls on the server: its health, its key set and its two contracts."""

from __future__ import annotations

import orjson

from mock_server.access.credentials import key_set
from mock_server.control import CONTROL_CONTRACT, ControlContext, control
from mock_server.operation import Reply, Request

_OWN_CONTRACT = CONTROL_CONTRACT.read_bytes()
"""Read at the start: a later change of the file does not count."""


@control("health.get")
async def health(context: ControlContext, _request: Request) -> Reply:
    """Say that the server is up, and what it cannot serve as it should; a node also says which it is."""
    return Reply(200, context.health())


@control("keys.get")
async def keys(_context: ControlContext, _request: Request) -> Reply:
    """Return the key set by which sessions are verified."""
    return Reply(200, key_set())


@control("contract.get")
async def contract(context: ControlContext, _request: Request) -> Reply:
    """Return the contract that is served, with its references."""
    # In YAML a status without quotes is a number.
    return Reply(200, orjson.dumps(context.document, option=orjson.OPT_NON_STR_KEYS))


@control("control_contract.get")
async def own_contract(_context: ControlContext, _request: Request) -> Reply:
    """Return the contract of the control API."""
    return Reply(200, _OWN_CONTRACT, "application/yaml")
