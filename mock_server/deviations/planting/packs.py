"""Packs that are kept or shown wrongly: the decorators of operations on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_outcome, wrong_reply
from mock_server.errors import ApiError
from mock_server.operation import Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack import PACKS, Pack, show_pack_fields
from mock_server.state.state import State
from mock_server.state.value import replace

View = Mapping[str, Any]


@Planter
def wrong_for_pack(hooks: Hooks, wrong: Callable[[Run, Pack], Outcome]) -> Hooks:
    """Plant what is done where the pack of the path is there; the function is given it as it was before."""

    def change_pack(run: Run) -> Outcome:
        pack = run.state.get(PACKS, run.pack_id)
        return run.done if pack is None else wrong(run, pack)

    return wrong_outcome.plant(hooks, change_pack)


@Planter
def wrong_list(hooks: Hooks, change: Callable[[list[View], Run], list[View]]) -> Hooks:
    """Plant a change of the list of packs."""
    return wrong_reply.plant(hooks, lambda body, run: {"packs": change(body["packs"], run)})


@Planter
def wrong_view(hooks: Hooks, change: Callable[[View, Pack], View]) -> Hooks:
    """Plant a change of how a pack is shown, alone and in the list."""

    def change_pack(body: Any, run: Run) -> Any:
        if "packs" in body:
            return {"packs": [change_pack(view, run) for view in body["packs"]]}
        pack = run.after.get(PACKS, body["id"])
        return body if pack is None else change(body, pack)

    return wrong_reply.plant(hooks, change_pack)


@Planter
def wrong_pack(hooks: Hooks, change: Callable[[Pack, Pack, Request], Pack]) -> Hooks:
    """Plant a change of the pack that an operation leaves; it is stored and shown.

    The function is given the pack as it was, as it should be, and the request.
    """

    def run_wrongly(run: Run, before: Pack) -> Outcome:
        after, outcome = run.done
        rightly = after.get(PACKS, before.id)
        if rightly is None or isinstance(outcome, ApiError):
            return after, outcome
        return store_pack(after, change(before, rightly, run.request), run.request)

    return wrong_for_pack.plant(hooks, run_wrongly)


@Planter
def wrong_new_pack(hooks: Hooks, change: Callable[[Pack], Pack]) -> Hooks:
    """Plant a change of the pack that an operation makes; it is stored and shown."""

    def run_wrongly(run: Run) -> Outcome:
        after, outcome = run.done
        if isinstance(outcome, ApiError):
            return after, outcome
        return store_pack(after, change(after.all(PACKS)[outcome.body["id"]]), run.request, outcome.status)

    return wrong_outcome.plant(hooks, run_wrongly)


def store_pack(state: State, pack: Pack, request: Request, status: int = 200) -> tuple[State, Reply]:
    """Return the state with this pack, and the reply that shows it."""
    return state.put(PACKS, pack), Reply(status, show_pack(pack, request.caller.org_id))


def show_pack(pack: Pack, org_id: str) -> View:
    """Return a pack as an org is shown it: others than its own not whose it is."""
    shown = show_pack_fields(pack, org_id)
    return shown if pack.org_id == org_id else {name: each for name, each in shown.items() if name != "org_id"}


def with_meta(pack: Pack, **changes: Any) -> Pack:
    """Return the pack with parts of its metadata changed."""
    return replace(pack, image=replace(pack.image, meta=replace(pack.image.meta, **changes)))
