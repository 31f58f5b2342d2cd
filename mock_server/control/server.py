"""Control calls on the server: its health, its key set and its two contracts."""

from __future__ import annotations

import orjson

from mock_server.access.credentials import key_set
from mock_server.control import CONTROL_CONTRACT, ControlContext, control
from mock_server.resources.operation import Reply, Request
from mock_server.state.clock import timestamp

_OWN_CONTRACT = CONTROL_CONTRACT.read_bytes()
"""Read at the start: a later change of the file does not count."""


@control("health.get")
async def health(context: ControlContext, _request: Request) -> Reply:
    """Say that the server is up; a node also says which it is, since when, and what it serves."""
    node = context.node
    if node is None:
        return Reply(200, {"status": "ok"})
    told = {"node": node.name, "started": timestamp(node.started), "digest": context.digest}
    return Reply(200, {"status": "ok", **told})


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
