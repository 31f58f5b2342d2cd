"""Operations that do or show the wrong thing: their decorators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from mock_server.deviations.planting.deviation import Planter
from mock_server.errors import ApiError
from mock_server.operation import Handler, Prepare, Reply, Request, Transition
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.state import State
from mock_server.state.value import replace

Outcome = tuple[State, Reply | ApiError]
Refusal = TypeVar("Refusal", bound=ApiError)


@dataclass(frozen=True)
class Run:
    """One run of an operation: what it is given, and what comes of it where it is done rightly."""

    operation_id: str
    right: Transition
    state: State
    request: Request

    @cached_property
    def done(self) -> Outcome:
        """The state after it and what is answered; raises what it is refused with."""
        return self.right(self.state, self.request)

    @property
    def after(self) -> State:
        return self.done[0]

    @property
    def outcome(self) -> Reply | ApiError:
        return self.done[1]

    @property
    def org_id(self) -> str:
        return self.request.caller.org_id

    @property
    def pack_id(self) -> str:
        return self.request.path["id"]

    @property
    def pack(self) -> Pack:
        """The pack that the path names, as it was before; KeyError where there is none."""
        return self.state.all(PACKS)[self.pack_id]


@Planter
def wrong_outcome(hooks: Hooks, wrong: Callable[[Run], Outcome]) -> Hooks:
    """Plant what is done in the place of an operation."""

    def change_outcome(name: str, handler: Handler) -> Handler:
        right = handler.transition
        return replace(handler, transition=lambda state, request: wrong(Run(name, right, state, request)))

    return hooks.with_handler(change_outcome)


def in_place_of(refusal: type[Refusal] | str) -> Planter[Callable[[Run, Refusal], Outcome | None]]:
    """Plant what is done in the place of a refusal of this class, or with this code; None leaves it."""

    def plant(hooks: Hooks, wrong: Callable[[Run, Any], Outcome | None]) -> Hooks:
        def change_outcome(run: Run) -> Outcome:
            try:
                return run.done
            except ApiError as right:
                meant = right.code == refusal if isinstance(refusal, str) else isinstance(right, refusal)
                outcome = wrong(run, right) if meant else None
                if outcome is None:
                    raise
                return outcome

        return wrong_outcome.plant(hooks, change_outcome)

    return Planter(plant)


@Planter
def wrong_preparation(hooks: Hooks, wrong: Callable[[Prepare, Request], Awaitable[Request]]) -> Hooks:
    """Plant a change of what an operation prepares, where it prepares anything."""

    def change_outcome(_name: str, handler: Handler) -> Handler:
        right = handler.prepare
        if right is None:
            return handler
        return replace(handler, prepare=lambda request: wrong(right, request))

    return hooks.with_handler(change_outcome)


@Planter
def wrong_reply(hooks: Hooks, change: Callable[[Any, Run], Any]) -> Hooks:
    """Plant a change of the body of a reply."""

    def run_wrongly(run: Run) -> Outcome:
        after, outcome = run.done
        if isinstance(outcome, ApiError):
            return after, outcome
        return after, outcome._replace(body=change(outcome.body, run))

    return wrong_outcome.plant(hooks, run_wrongly)
