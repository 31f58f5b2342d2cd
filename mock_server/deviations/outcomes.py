"""Defects of what an operation does, and of what it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mock_server.errors import ApiError
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Handler, Prepare, Reply, Request, Transition
from mock_server.resources.packs.pack import PACKS, Pack, pack_view
from mock_server.state.state import State
from mock_server.state.value import replace

Outcome = tuple[State, Reply | ApiError]
View = Mapping[str, Any]


def with_transition(hooks: Hooks, wrong: Callable[[Transition, State, Request], Outcome]) -> Hooks:
    """Plant a change of a transition; the function is given the right one, the state and the request."""

    def changed(_name: str, handler: Handler) -> Handler:
        right = handler.transition
        return replace(handler, transition=lambda state, request: wrong(right, state, request))

    return hooks.with_handler(changed)


def with_prepare(hooks: Hooks, wrong: Callable[[Prepare, Request], Awaitable[Request]]) -> Hooks:
    """Plant a change of what an operation prepares, where it prepares anything."""

    def changed(_name: str, handler: Handler) -> Handler:
        right = handler.prepare
        if right is None:
            return handler
        return replace(handler, prepare=lambda request: wrong(right, request))

    return hooks.with_handler(changed)


def with_reply(hooks: Hooks, change: Callable[[Reply, State, Request], Reply]) -> Hooks:
    """Plant a change of a reply; the function is given the state after the operation, too."""

    def wrong(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        return after, outcome if isinstance(outcome, ApiError) else change(outcome, after, request)

    return with_transition(hooks, wrong)


def with_view(hooks: Hooks, change: Callable[[View, Pack, Request], View]) -> Hooks:
    """Plant a change of how a pack is shown, alone and in the list."""

    def shown(view: View, state: State, request: Request) -> View:
        pack = state.all(PACKS).get(view["id"])
        return view if pack is None else change(view, pack, request)

    def changed(reply: Reply, state: State, request: Request) -> Reply:
        if "packs" in reply.body:
            return reply._replace(body={"packs": [shown(view, state, request) for view in reply.body["packs"]]})
        return reply._replace(body=shown(reply.body, state, request))

    return with_reply(hooks, changed)


def without_keys(view: View, *names: str) -> View:
    """Return what is shown without these keys."""
    return {name: value for name, value in view.items() if name not in names}


def with_pack_after(hooks: Hooks, change: Callable[[Pack, Pack, Request], Pack]) -> Hooks:
    """Plant a change of the pack that an operation leaves; it is stored and shown.

    The function is given the pack as it was, as it should be, and the request.
    """

    def wrong(right: Transition, state: State, request: Request) -> Outcome:
        before = state.all(PACKS).get(request.path["id"])
        after, outcome = right(state, request)
        rightly = after.all(PACKS).get(request.path["id"])
        if before is None or rightly is None or isinstance(outcome, ApiError):
            return after, outcome
        return stored(after, change(before, rightly, request), request)

    return with_transition(hooks, wrong)


def with_new_pack(hooks: Hooks, change: Callable[[Pack, Request], Pack]) -> Hooks:
    """Plant a change of the pack that an operation makes; it is stored and shown."""

    def wrong(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        if isinstance(outcome, ApiError):
            return after, outcome
        return stored(after, change(after.all(PACKS)[outcome.body["id"]], request), request, outcome.status)

    return with_transition(hooks, wrong)


def stored(state: State, pack: Pack, request: Request, status: int = 200) -> tuple[State, Reply]:
    """Return the state with this pack, and the reply that shows it."""
    return state.put(PACKS, pack), Reply(status, pack_view(pack, request.caller.org_id))


def with_meta(pack: Pack, **changes: Any) -> Pack:
    """Return the pack with parts of its metadata changed."""
    return replace(pack, image=replace(pack.image, meta=replace(pack.image.meta, **changes)))
