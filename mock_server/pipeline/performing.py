"""Running an operation once its call has passed the gates."""

from __future__ import annotations

from collections.abc import Awaitable

from mock_server.errors import ApiError, ContractBreach, PayloadTooLarge
from mock_server.operation import Feed, Handler, Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.pipeline.response_check import find_breach
from mock_server.pipeline.waiting import wait_for
from mock_server.state.state import State
from mock_server.worlds.answer import Answer, render
from mock_server.worlds.call import Call
from mock_server.worlds.faults import UpstreamFailed, pause
from mock_server.worlds.world import World


def serve_operation(call: Call, world: World, request_id: str, hooks: Hooks) -> Answer | Awaitable[Answer]:
    """Prepare, then transition, check and commit; nothing waits between the last three.

    Whoever has waited passes the gates again right before the transition. A refusal that is raised, or an answer
    outside the contract, leaves the world as it was.
    """
    handler: Handler = call.operation.handler
    faults = call.fault_outcome
    upstream = None if faults is None or faults.upstream is None else faults.upstream.reach
    request = Request(
        call.caller,
        call.now,
        call.path_values,
        call.query,
        call.body,
        call.header_values,
        upstream,
        call.operation.resources,
        call.contract.archive,
        call.contract.kinds,
    )
    if handler.prepare is None and upstream is None:
        return _serve(handler, request, call, world, request_id)
    return _prepare_and_serve(request, call, world, request_id, hooks)


async def _prepare_and_serve(request: Request, call: Call, world: World, request_id: str, hooks: Hooks) -> Answer:
    handler: Handler = call.operation.handler
    if handler.prepare is not None:
        request = await wait_for(call, world, hooks, handler.prepare(request))
        request = request._replace(caller=call.caller, now=call.now)
    try:
        return _serve(handler, request, call, world, request_id)
    except UpstreamFailed as failure:
        if call.fault_outcome is not None:
            world.faults.fail(failure, call.fault_outcome)
            await wait_for(call, world, hooks, pause(call.fault_outcome.delay_ms))
        raise failure.error from failure


def _serve(handler: Handler, request: Request, call: Call, world: World, request_id: str) -> Answer:
    before = world.state
    after, outcome = handler.transition(before, request)
    declared = call.operation.events
    if declared and after is not before and type(outcome) is Reply:
        after = world.product.with_events(after, before, declared, call.caller, call.now)
    answer = render_checked(call, outcome, request_id)
    if after is not before:
        if not world.admit(after):
            _commit_without_room(after, call, world)
        call.before = before
    if type(outcome) is Reply and isinstance(outcome.body, Feed):
        return answer._replace(events=world.open_stream(outcome.body))
    return answer


def _commit_without_room(after: State, call: Call, world: World) -> None:
    """Commit a state for which there is no memory; PayloadTooLarge where its operation declares that, or is not ours.

    An operation that writes events is let in where the oldest event of the org can go.
    """
    if call.operation.events and world.admit(world.product.without_oldest_event(after, call.caller.org_id)):
        return
    is_foreign = call.contract.foreign_errors is not None
    if is_foreign or PayloadTooLarge.status in call.operation.responses:
        why, limit = world.explain_full()
        raise PayloadTooLarge(why, details={"limit": limit})
    world.commit(after)


def render_checked(call: Call, outcome: Reply | ApiError, request_id: str) -> Answer:
    """Return the answer; ContractBreach when it is not one that the contract declares."""
    try:
        answer = render(outcome, request_id, call.contract.errors)
    except TypeError as error:
        raise ContractBreach(f"{call.operation.id}: its body is not JSON: {error}") from error
    source = outcome.body if type(outcome) is Reply else None
    if problem := find_breach(call.contract, call.operation, answer, source):
        raise ContractBreach(f"{call.operation.id}: {problem}")
    return answer
