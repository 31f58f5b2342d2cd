"""Defects of how a request is read, before an operation sees it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from mock_server.access.callers import Caller
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.pipeline.gates.body import body
from mock_server.pipeline.hooks import Hooks
from mock_server.state.state import State
from mock_server.worlds.call import Authenticate, Call, Receive, not_known

AUTHORIZATION = b"authorization"


def with_gate(gate: Gate) -> Callable[[Hooks, Callable[[Gate, Call], Awaitable[None] | None]], Hooks]:
    """Plant a change of a gate; the function is given the right gate, and the call."""
    return lambda hooks, change: hooks.with_gate(gate, change)


def without_gate(gate: Gate) -> Callable[[Hooks, Callable[[Call], bool]], Hooks]:
    """Let calls pass a gate unasked, those for which the function is true."""
    return lambda hooks, passes: hooks.with_gate(gate, lambda right, call: None if passes(call) else right(call))


def with_authentication(hooks: Hooks, wrong: Callable[[Authenticate, str, State, datetime], Caller]) -> Hooks:
    """Plant a change of whom a token stands for; the function is given the right way, too."""

    def asked(gate: Gate, call: Call) -> Awaitable[None] | None:
        right = call.authenticate
        call.authenticate = lambda token, state, now: wrong(right, token, state, now)
        try:
            return gate(call)
        finally:  # who has waited passes the gate again
            call.authenticate = right

    return hooks.with_gate(credential, asked)


def with_authorization(hooks: Hooks, change: Callable[[bytes], bytes]) -> Hooks:
    """Plant a change of the Authorization header, where one was sent."""

    def read(right: Gate, call: Call) -> Awaitable[None] | None:
        if (sent := call.headers.get(AUTHORIZATION)) is not None:
            call.headers = {**call.headers, AUTHORIZATION: change(sent)}
        return right(call)

    return hooks.with_gate(credential, read)


def with_sent(hooks: Hooks, change: Callable[[bytes], bytes]) -> Hooks:
    """Plant a change of the body that was sent."""

    def read(right: Gate, call: Call) -> Awaitable[None] | None:
        call.receive, call.arrived = _changed(call.receive, change), not_known
        return right(call)

    return hooks.with_gate(body, read)


def with_sent_json(hooks: Hooks, change: Callable[[Any], Any]) -> Hooks:
    """Plant a change of the JSON body that was sent; a body that is not JSON stays as it is."""

    def changed(sent: bytes) -> bytes:
        try:
            return orjson.dumps(change(orjson.loads(sent)))
        except orjson.JSONDecodeError:
            return sent

    return with_sent(hooks, changed)


def _changed(receive: Receive, change: Callable[[bytes], bytes]) -> Receive:
    async def received() -> Mapping[str, Any]:
        whole = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return message
            whole += message.get("body", b"")
            if not message.get("more_body", False):
                return {"type": "http.request", "body": change(whole)}

    return received
