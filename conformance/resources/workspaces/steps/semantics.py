"""What the contract says of workspaces that are resumed, restarted, forked, or stopped several at once."""

from __future__ import annotations

from dataclasses import replace

from conformance.http.exchange import Exchange
from conformance.oracle.call import Call, Refusals
from conformance.oracle.facts import Fact, State
from conformance.resources.workspaces.facts import WorkspaceFact
from conformance.resources.workspaces.semantics import (
    ARCHIVED,
    INVALID,
    LIFE,
    OF_ARCHIVED,
    OF_STATE,
    RESUME,
    ROLE_ARCHIVED,
    RUNNING,
    STOP,
    TAKEN,
    VALIDATION,
    WORKSPACE,
    going_on,
    statuses_of,
)

BUSY, PROVIDER_ARCHIVED = "workspace_busy", "provider_archived"
REFUSES, PARENTS, WITHOUT_FORCE = "ARCHIVE-WORKSPACE-REFUSES", "WORKSPACE-RESUME-PARENTS", "WORKSPACE-RESTART-BUSY"
POINT = "FORK-POINT"
COUNT, FORCE = "fork_point_task_count", "force"
BEYOND = 1000
"""More tasks than a workspace of a run has."""


def refuse_resume(call: Call, refusals: Refusals) -> None:
    """Only what is stopped, and of a role and a provider that are in use."""
    _in_status(call, refusals, frozenset(TAKEN[RESUME]))
    fact = call.object_of(WORKSPACE)
    if fact is not None:
        role = _parent(call.state, RUNNING.of, fact.shown.get(RUNNING.field))
        provider = _parent(call.state, "provider", role.shown.get("provider_id")) if role else None
        _unless_in_use(role, refusals, ROLE_ARCHIVED, PARENTS)
        _unless_in_use(provider, refusals, PROVIDER_ARCHIVED, PARENTS)


def refuse_restart(call: Call, refusals: Refusals) -> None:
    """Only what is idle, and what is busy with force."""
    forced = call.query.get(FORCE, ["false"])[-1] == "true"
    _in_status(call, refusals, frozenset({"idle", "busy"}))
    fact = call.object_of(WORKSPACE)
    statuses = statuses_of(fact) if fact is not None else None
    if not forced and (statuses is None or "busy" in statuses):
        refusals.add(409, BUSY, WITHOUT_FORCE, certain=statuses == frozenset({"busy"}))


def refuse_fork(call: Call, refusals: Refusals) -> None:
    """Whatever its status, as long as it and its role are in use, and up to as many tasks as have ended."""
    fact, count = call.object_of(WORKSPACE), call.body[COUNT]
    if fact is None or count > 0:
        refusals.add(400, VALIDATION, POINT, certain=fact is not None and count >= BEYOND)
    if fact is None:
        return
    if fact.archived:
        refusals.add(409, ARCHIVED, REFUSES)
    role = _parent(call.state, RUNNING.of, fact.shown.get(RUNNING.field))
    _unless_in_use(role, refusals, ROLE_ARCHIVED, OF_ARCHIVED)


def _in_status(call: Call, refusals: Refusals, taken: frozenset[str]) -> None:
    fact = call.object_of(WORKSPACE)
    statuses = statuses_of(fact) if fact is not None else None
    if fact is not None and fact.archived:
        refusals.add(409, ARCHIVED, REFUSES)
        refusals.add(409, INVALID, REFUSES)
    elif statuses is None or not statuses <= taken:
        never = statuses is not None and not statuses & taken
        refusals.add(409, INVALID, OF_STATE[call.operation.operation_id], certain=never)


def _parent(state: State, resource: str, object_id: object) -> Fact | None:
    """What a workspace is based on; None where the run is not certain of it."""
    fact = state.facts(resource).get(str(object_id))
    return fact if fact is not None and state.certain(fact) else None


def _unless_in_use(parent: Fact | None, refusals: Refusals, code: str, rule: str) -> None:
    if parent is None or parent.archived:
        refusals.add(409, code, rule, certain=parent is not None)


def learn_provisioning(call: Call, _exchange: Exchange) -> State:
    """The state after a workspace began to provision again."""
    fact = call.state.facts(WORKSPACE).get(call.named(WORKSPACE) or "")
    return call.state if fact is None else call.state.with_fact(going_on(fact, "provisioning"))


def learn_fork(call: Call, exchange: Exchange) -> State:
    """The state after a fork was made: what it has of its parent is known."""
    answer = exchange.json if isinstance(exchange.json, dict) else {}
    child = call.state.facts(WORKSPACE).get(str(answer.get("workspace_id")))
    parent = call.state.facts(WORKSPACE).get(call.named(WORKSPACE) or "")
    if not isinstance(child, WorkspaceFact) or parent is None or child.id == parent.id:
        return call.state
    kept = {name: parent.shown[name] for name in (RUNNING.field, "environment") if name in parent.shown}
    shown = {**child.shown, **kept, LIFE.shown_in: "provisioning", "parent_workspace_id": parent.id}
    return call.state.with_fact(replace(child, owner=parent.owner, passing=True, shown=shown))


def stopped_together(call: Call, _exchange: Exchange) -> State:
    """The state after every workspace of the org, or of a role, that was idle or busy began to stop."""
    state, role_id = call.state, call.named(RUNNING.of)
    for fact in state.owned(WORKSPACE, call.caller.org):
        of_role = fact.shown.get(RUNNING.field)
        statuses = statuses_of(fact)
        if role_id not in (None, of_role) or (statuses is not None and not statuses & {*TAKEN[STOP]}):
            continue
        certain = statuses is not None and statuses <= {*TAKEN[STOP]}
        state = state.with_fact(going_on(fact, "stopping" if certain else None))
    return state
