"""Control calls on provider states: list them, and bring a world into one of them, and out of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from mock_server.control import ControlContext, control
from mock_server.control.errors import NameTaken, StateUnknown, require_named
from mock_server.control.states import access_states, pack_states, workspace_states
from mock_server.control.states.context import StateContext, without
from mock_server.control.states.parameters import (
    OrgParams,
    Parameters,
    RecordParameters,
    ValueParameters,
    WorkspaceParams,
    describe_parameters,
)
from mock_server.errors import ValidationFailed
from mock_server.operation import Reply, Request
from mock_server.resources.workspaces.life.set_status import with_timers_started
from mock_server.resources.workspaces.life.table import STEPS, Step
from mock_server.state.collection import Collection
from mock_server.state.edit import find_missing
from mock_server.state.records import Record
from mock_server.state.state import State
from mock_server.state.value import Value

Values = dict[str, Any]
P = TypeVar("P")
V = TypeVar("V", bound=Value)


@dataclass(frozen=True, slots=True)
class ProviderState(Generic[P]):
    """The setup of a provider state, what it takes, and the teardown, which changes nothing where nothing is left."""

    parameters: Parameters[P]
    setup: Callable[[StateContext, P], tuple[State, Values]]
    teardown: Callable[[StateContext], State]


def _declare(
    kind: type[V],
    setup: Callable[[StateContext, V], tuple[State, Values]],
    teardown: Callable[[StateContext], State],
) -> ProviderState[V]:
    """Return the state whose parameters are the fields of a class of values."""
    return ProviderState(ValueParameters(kind), setup, teardown)


PROVIDER_STATES: Mapping[str, ProviderState[Any]] = {
    "org has billing posture": _declare(
        access_states.PostureParams, access_states.set_posture, access_states.reset_posture
    ),
    "auth is disabled": _declare(
        OrgParams, partial(access_states.switch_off, "auth"), partial(access_states.switch_on, "auth")
    ),
    "secrets are disabled": _declare(
        OrgParams, partial(access_states.switch_off, "secrets"), partial(access_states.switch_on, "secrets")
    ),
    "stored credential is": _declare(
        access_states.CredentialStatusParams,
        access_states.set_stored_status,
        access_states.reset_stored_status,
    ),
    "workspace is": _declare(
        workspace_states.WorkspaceStatusParams, workspace_states.set_workspace_status, workspace_states.let_workspace_go
    ),
    "task is": _declare(
        workspace_states.TaskStatusParams, workspace_states.set_task_status, workspace_states.let_task_go
    ),
    "workspace has file": _declare(
        workspace_states.FileParams, workspace_states.put_file, workspace_states.leave_as_is
    ),
    "agent is unreachable": _declare(
        WorkspaceParams, workspace_states.cut_agent_off, workspace_states.let_agent_answer
    ),
    "time has passed": _declare(workspace_states.TimeParams, workspace_states.pass_time, workspace_states.leave_as_is),
    "pack exists": _declare(pack_states.PackParams, pack_states.make_pack, pack_states.remove_pack),
    "role references pack": _declare(pack_states.RoleParams, pack_states.make_role, pack_states.remove_role),
    "image is available": _declare(pack_states.ImageParams, pack_states.put_image, pack_states.remove_image),
    "image of pack.yaml is available": _declare(
        pack_states.PackYamlParams, pack_states.put_image_of_pack_yaml, pack_states.remove_image
    ),
    "registry purge fails": _declare(pack_states.PurgeParams, pack_states.let_purges_fail, pack_states.let_purges_work),
    "request was decided": _declare(
        workspace_states.DecisionParams, workspace_states.decide, workspace_states.leave_as_is
    ),
    "credential is expired": _declare(
        access_states.CallerParams, access_states.make_expired_credential, access_states.forget_credential
    ),
    "credential is revoked": _declare(
        access_states.CallerParams, access_states.make_revoked_credential, access_states.forget_credential
    ),
    "credential has scopes": _declare(
        access_states.ScopesParams, access_states.make_scoped_credential, access_states.forget_person
    ),
    "invitation is accepted": _declare(
        access_states.InvitationParams, access_states.accept_invitation, access_states.remove_accepted
    ),
}


@control("states.list")
async def list_states(context: ControlContext, request: Request) -> Reply:
    """Return the provider states, what each does, and its parameters; and how workspaces and tasks live."""
    state = context.find_world(request).state
    shown = [
        {
            "state": name,
            "description": _describe(each),
            "parameters": describe_parameters(each.parameters.make_schema(state), state),
        }
        for name, each in sorted(_find_known(context).items())
    ]
    steps = () if context.api.authenticate is not None else STEPS
    return Reply(200, {"states": shown, "life_cycles": [_show_step(step) for step in steps]})


def _show_step(step: Step) -> dict[str, Any]:
    return {
        "of": step.of,
        "from": list(step.sources),
        "by": step.by,
        "to": step.to,
        "after_seconds": step.after,
        "when": step.when,
        "reason": step.reason,
        "snapshot": step.snapshot,
        "event": step.event,
    }


@control("states.change")
async def change_state(context: ControlContext, request: Request) -> Reply:
    """Set a provider state up and return its values, or tear it down.

    What it touched and does not hold has its timers from now on. Raises StateUnknown; OrgNotFound and PackNotFound for
    the objects that it needs; NameTaken; MemoryFull.
    """
    body = request.body
    provider = require_named("state", body["state"], _find_known(context), StateUnknown)
    world = context.find_world(request)
    params = {name: value for name, value in (body.get("params") or {}).items() if value is not None}
    values, rules = body.get("values") or {}, context.contract.archive.manifest
    state_context = StateContext(world.state, context.seed.state, world.read_clock(), params, values, rules)
    if body["action"] == "setup":
        state, answered = provider.setup(state_context, provider.parameters.read(state_context))
        context.commit(world, with_timers_started(state, world.state, state_context.now))
    else:
        answered = {}
        world.commit(with_timers_started(provider.teardown(state_context), world.state, state_context.now))
    world.catch_up()
    return Reply(200, answered)


def _find_known(context: ControlContext) -> Mapping[str, ProviderState[Any]]:
    existing = _make_existing(context)
    return existing if context.api.authenticate is not None else {**existing, **PROVIDER_STATES}


def _describe(state: ProviderState[Any]) -> str:
    """Return what the setup of a state does, from the first line of its documentation."""
    setup = state.setup.func if isinstance(state.setup, partial) else state.setup
    return (inspect.getdoc(setup) or "").partition("\n")[0]


def _make_existing(context: ControlContext) -> dict[str, ProviderState[Any]]:
    """Return the states that an object exists, for each collection of ids and a schema of the contract's."""
    return {
        f"{collection.noun} exists": ProviderState(
            RecordParameters(collection), partial(_make, collection), partial(_remove, collection)
        )
        for collection in context.seed.state.collections
        if collection.schema is not None and collection.id_prefix is not None
    }


def _make(collection: Collection[Any], context: StateContext, record: Record) -> tuple[State, Values]:
    """Make an object of these parameters.

    Raises ValidationFailed where they make none.
    """
    _check_named(collection, context, record)
    state, object_id = context.state.assign_id(collection)
    value = collection.from_record(object_id, record, lambda *_: None)
    if value is None:
        raise ValidationFailed(fields={"params": "An object that shares content has a state of its own."})
    return state.put(collection, value), {f"{collection.noun}_id": object_id}


def _check_named(collection: Collection[Any], context: StateContext, record: Record) -> None:
    """Raise OrgNotFound, or ValidationFailed, for what is not there, and NameTaken for what is taken in the org."""
    if "org_id" in record:
        context.find_org(record["org_id"])
    for field, text in find_missing(context.state, collection, record):
        raise ValidationFailed(fields={f"params.{field}": text})
    unique = {name: record.get(name) for name in collection.unique}
    if unique and context.state.select(collection, **unique):
        raise NameTaken(f"There is already a {collection.noun} named {record.get('name')}.")


def _remove(collection: Collection[Any], context: StateContext) -> State:
    return without(context.state, collection, context.read_made(f"{collection.noun}_id"))
