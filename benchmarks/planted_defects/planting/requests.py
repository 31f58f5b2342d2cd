"""Requests that are read wrongly before an operation sees them: the decorators of wrong gates."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from benchmarks.planted_defects.scene import Scene, read_status
from mock_server.access.callers import Caller
from mock_server.deviations.planting.answers import edit_error, undeclared_refusal
from mock_server.deviations.planting.deviation import Plan, Planter
from mock_server.errors import ApiError
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import check_credential
from mock_server.pipeline.gates.body import check_body
from mock_server.pipeline.hooks import Hooks
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Authenticate, Call, Receive, return_none

PACK, SAME = "/packs/pack_01HZ", b'{"visibility": "org"}'
"""A pack of Acme, and the body of a PATCH that changes nothing of it."""

Passing = Awaitable[None] | None
"""The result of a gate: what is to be awaited, if anything."""


def wrong_gate(gate: Gate) -> Planter[Callable[[Gate, Call], Passing]]:
    """Plant a change of a gate; the function is given the right gate, and the call."""
    return Planter(lambda hooks, change: hooks.with_gate(gate, change))


def open_gate(gate: Gate) -> Planter[Callable[[Call], bool]]:
    """Let calls pass a gate unasked, those for which the function is true."""
    return Planter(
        lambda hooks, passes: hooks.with_gate(gate, lambda right, call: None if passes(call) else right(call))
    )


def reads(gate: Gate, change: Callable[[Call], object]) -> Plan:
    """Plan that a call is changed before it comes to a gate."""
    return wrong_gate(gate).make_plan(lambda right, call: (change(call), right(call))[1])


def denies(gate: Gate, when: Callable[[Call], bool], refusal: ApiError) -> Plan:
    """Plan that a gate refuses some calls, whether it would let them pass or not."""

    def passing(right: Gate, call: Call) -> Passing:
        if when(call):
            raise type(refusal)(refusal.message)
        return right(call)

    return wrong_gate(gate).make_plan(passing)


def refuses_served(when: Callable[[Call], bool], refusal: ApiError) -> Plan:
    """Plan that some of what would have been served is refused, though the operation declares no such error."""
    return undeclared_refusal.make_plan(lambda call: refusal if when(call) else None)


@Planter
def wrong_caller(hooks: Hooks, wrong: Callable[[Authenticate, str, State, datetime], Caller]) -> Hooks:
    """Plant a change of whom a token stands for; the function is given the right way, too."""

    def asked(gate: Gate, call: Call) -> Passing:
        right = call.authenticate
        call.authenticate = lambda token, state, now: wrong(right, token, state, now)
        try:
            return gate(call)
        finally:  # who has waited passes the gate again
            call.authenticate = right

    return hooks.with_gate(check_credential, asked)


@Planter
def wrong_body(hooks: Hooks, change: Callable[[bytes], bytes]) -> Hooks:
    """Plant a change of the body that was sent."""

    def read(right: Gate, call: Call) -> Passing:
        call.receive, call.arrived = _changed(call.receive, change), return_none
        return right(call)

    return hooks.with_gate(check_body, read)


@Planter
def wrong_json(hooks: Hooks, change: Callable[[Any], Any]) -> Hooks:
    """Plant a change of the JSON body that was sent; a body that is not JSON stays as it is."""

    def changed(sent: bytes) -> bytes:
        try:
            return orjson.dumps(change(orjson.loads(sent)))
        except orjson.JSONDecodeError:
            return sent

    return wrong_body.plant(hooks, changed)


def quoting(call: Call, answer: Answer, field: str) -> Answer:
    """Return the answer, which quotes a field of the body that was sent where that is refused as not valid."""
    if answer.status != 400:
        return answer
    try:
        sent = orjson.loads(call.sent)
    except orjson.JSONDecodeError:
        return answer
    if not isinstance(sent, dict) or field not in sent:
        return answer
    return edit_error(answer, message=f"The request is not valid: {field} is {sent[field]}.")


def patched(scene: Scene, content: bytes, media_type: str = "application/json") -> str:
    """Return what a PATCH with this body is answered."""
    return read_status(scene.ask("PATCH", PACK, content=content, headers={"Content-Type": media_type}))


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
