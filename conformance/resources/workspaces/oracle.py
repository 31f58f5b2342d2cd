"""The contract on workspaces: who sees one, what it does by itself, and which requests are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.http.exchange import Exchange
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.lifetime import Archiving, KeptInUse, Life
from conformance.oracle.declaration.ownership import PersonalObjects
from conformance.oracle.facts import Fact, State
from conformance.values import copy_with

WORKSPACE = "workspace"
LIST, GET, CREATE = "workspaces.list", "workspaces.get", "workspaces.create"
ARCHIVE, UNARCHIVE, STOP = "workspaces.archive", "workspaces.unarchive", "workspaces.stop"
STOP_ALL, STOP_OF_ROLE = "workspaces.stop_all", "agent_roles.stop_workspaces"
RESUME, RESTART, FORK = "workspaces.resume", "workspaces.restart", "workspaces.fork"
NOT_VISIBLE, UNKNOWN_ROLE = "workspace_not_visible", "role_not_found"
IDLE, AT_WORK = "idle", "busy"
INVALID, ARCHIVED, ROLE_ARCHIVED = "invalid_state", "workspace_archived", "role_archived"
VALIDATION = "validation_error"
NAMED, OF_ARCHIVED, STATE = "WORKSPACE-ROLE-NAMED", "WORKSPACE-ROLE-ARCHIVED", "ARCHIVE-WORKSPACE-STATE"
BY_ROLE = "role_name"
PERSONAL = PersonalObjects(
    shown_in="created_by_user_id",
    hidden="OWNERSHIP-WORKSPACE-HIDDEN",
    below="OWNERSHIP-WORKSPACE-BELOW",
    listed="OWNERSHIP-WORKSPACE-LIST",
    stays="WORKSPACE-CREATOR",
    refusal=(403, NOT_VISIBLE),
    are_nobodys_shown=None,
    state_param="created_by_user_id",
    others=frozenset({"audit:read"}),
)
ARCHIVING = Archiving(
    by=ARCHIVE,
    undone_by=UNARCHIVE,
    is_refused_again=True,
    by_state={"status": "stopped", "archived_at": "2026-01-01T00:00:00Z"},
)
GET_SESSION = "workspaces.get_session"
SUBMIT, SUBMIT_TO, CANCEL = "tasks.submit", "tasks.submit_to_workspace", "tasks.cancel"
TAKEN: Mapping[str, tuple[str, ...]] = {
    ARCHIVE: ("stopped", "failed"),
    STOP: ("idle", "busy"),
    RESUME: ("stopped",),
    RESTART: ("idle",),
    SUBMIT_TO: ("idle", "busy", "provisioning"),
    CANCEL: ("idle", "busy"),
    GET_SESSION: ("idle", "busy"),
}
"""The statuses in which a plain request about a workspace is served, the usual one first, by operation."""
BEGINS: Mapping[str, str] = {STOP: "stopping", RESUME: "provisioning", RESTART: "provisioning"}
"""The status that an operation begins with, by operation."""
LIFE = Life(
    moves=frozenset({"status", "updated_at", "snapshot_ref", "last_snapshot_error", "pack_status"}),
    onward={
        "provisioning": frozenset({"idle", "busy"}),
        "busy": frozenset({"idle"}),
        "stopping": frozenset({"stopped"}),
    },
    stopped_by=STOP,
    all_stopped_by=frozenset({STOP_ALL, STOP_OF_ROLE}),
    at_rest=frozenset({"stopped", "failed"}),
    taken=TAKEN,
    begins=BEGINS,
)
OF_STATE: Mapping[str, str] = {
    ARCHIVE: STATE,
    **dict.fromkeys((STOP, RESUME, RESTART), "WORKSPACE-STATE"),
}
"""The rule that refuses an operation in all other statuses, by operation."""
RUNNING = KeptInUse(
    by=WORKSPACE,
    field="role_id",
    of="role",
    running=frozenset({"provisioning", "idle", "busy", "stopping"}),
    assumed=frozenset({"stopping"}),
    refused="workspaces_active",
    counted="workspaces",
    given="active_role_id",
)


def refuse_list(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a role asked for by name that is not there and never was: archived ones are known."""
    for name in call.query.get(BY_ROLE, ()):
        there = call.state.is_name_taken(RUNNING.of, call.caller.org, name)
        refusals.add_unless(404, UNKNOWN_ROLE, "LIST-ROLE-UNKNOWN", so=there)


def refuse_role(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a role that the org has not, or that is archived; of two ways to name it, a possible one."""
    sent = {name: call.body[name] for name in (RUNNING.field, BY_ROLE) if name in call.body}
    if not sent:
        refusals.add(400, VALIDATION, NAMED)
    if len(sent) > 1:
        refusals.add(400, VALIDATION, NAMED, certain=_are_of_two(call, sent))
    for name, value in sent.items():
        _check_role(call, name, value, refusals)


def _are_of_two(call: Call, sent: Mapping[str, Any]) -> bool:
    """Return whether an id and a name certainly are those of two roles."""
    named = call.state.get_facts(RUNNING.of).get(sent[RUNNING.field])
    return named is not None and named.is_owned_by(call.caller.org) and named.name not in (None, sent[BY_ROLE])


def _check_role(call: Call, name: str, value: str, refusals: Refusals) -> None:
    """Add the refusal of a role named by a field: one that is not there by a 404 or a 400, an archived one by a 409."""
    state, org = call.state, call.caller.org
    if name == BY_ROLE:
        there = state.is_name_taken(RUNNING.of, org, value)
        found = next((each for each in state.list_owned(RUNNING.of, org) if each.name == value), None)
    else:
        found = state.get_facts(RUNNING.of).get(value)
        known = state.is_known(RUNNING.of, value, org)
        there = (found is not None and found.is_visible_to(org)) if known else None
    refusals.add_unless(404, UNKNOWN_ROLE, NAMED, so=there)
    refusals.add_unless(400, VALIDATION, NAMED, so=there)
    if there is not False:
        archived = found is not None and found.archived if there else None
        refusals.add_if(409, ROLE_ARCHIVED, OF_ARCHIVED, so=archived)


def refuse_by_status(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a request in a status in which it is not served, or while the workspace is archived."""
    operation_id = call.operation.operation_id
    _refuse_outside(call, refusals, TAKEN[operation_id], {INVALID: OF_STATE[operation_id]})


def _refuse_outside(call: Call, refusals: Refusals, taken: Iterable[str], archived: Mapping[str, str]) -> None:
    """Add the refusal in all statuses but these; `archived`: the rules of those while it is archived, by code."""
    fact = call.find_object(WORKSPACE)
    if fact is not None and fact.archived:
        for code, rule in archived.items():
            refusals.add(409, code, rule)
    else:
        refusals.add_unless(
            409, INVALID, OF_STATE[call.operation.operation_id], so=is_in(find_statuses_in(call), taken)
        )


def is_in(statuses: frozenset[str] | None, wanted: Iterable[str]) -> bool | None:
    """Return whether a workspace that may have these statuses is in one that is wanted; None where it may be or not."""
    if statuses is None:
        return None
    found = statuses & {*wanted}
    return None if found and found != statuses else bool(found)


def find_statuses_in(call: Call) -> frozenset[str] | None:
    """Return the statuses that the workspace which the path names may have by now; None where it is not known."""
    fact = call.find_object(WORKSPACE)
    found = find_statuses(fact) if fact is not None else None
    goes_on = found is not None and fact is not None and "idle" in found and _may_have_work(call.state, fact)
    return found | {"busy"} if found is not None and goes_on else found


def _may_have_work(state: State, fact: Fact) -> bool:
    """Return whether a task of the workspace may wait, so that one that is idle is busy before long."""
    known = state.get_facts(TASK)
    waiting = (each not in known or known[each].shown.get("status") not in ENDS for each in as_workspace(fact).tasks)
    return (state.is_recorded and not fact.made) or any(waiting)


def find_statuses(fact: Fact) -> frozenset[str] | None:
    """Return the statuses that a workspace may have by now; None where nothing is known of it."""
    status = fact.shown.get(LIFE.shown_in)
    if not isinstance(status, str):
        return None
    if not fact.is_passing:
        return frozenset({status})
    return LIFE.list_becoming(
        AT_WORK if status == IDLE else status
    )  # what is idle and passes has a task that may begin


def learn_beginning(call: Call, _exchange: Exchange) -> State:
    """Return the state after a workspace began to stop, or to provision again."""
    fact = call.state.get_facts(WORKSPACE).get(call.find_named_id(WORKSPACE) or "")
    status = BEGINS[call.operation.operation_id]
    return call.state if fact is None else call.state.with_fact(with_status_reached(fact, status))


def with_status_reached(fact: Fact, status: str | None) -> Fact:
    """Return the workspace once it has come to a status, from which it goes on by itself; None: which is not known.

    Where it may have begun to stop, a new snapshot is being taken, of which nothing is known yet.
    """
    shown = {name: value for name, value in fact.shown.items() if name not in LIFE.moves}
    moved = replace(fact, is_passing=True, shown={**shown, **({LIFE.shown_in: status} if status else {})})
    return copy_with(moved, kept={}) if isinstance(moved, WorkspaceFact) and status in (None, "stopping") else moved


@dataclass(frozen=True, kw_only=True)
class WorkspaceFact(Fact):
    """The knowledge of one workspace that exists."""

    resource: str = WORKSPACE
    tasks: tuple[str, ...] = ()
    """The ids of tasks that it has, as far as they are known."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The files that the run put into its sandbox, by path."""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    """The files of the sandbox that its snapshot has, as far as that is known."""
    listed: frozenset[str] = frozenset()
    """Paths of other files that were listed in its sandbox, before it was stopped last."""
    has_snapshot: bool | None = None
    """Whether it has a snapshot; None: that is not known."""
    is_unreachable: bool = False
    """Whether a state keeps everybody from its agent."""


def with_task(fact: Fact, task_id: str) -> WorkspaceFact:
    """Return the workspace, known to have this task too."""
    workspace = as_workspace(fact)
    return copy_with(workspace, tasks=(*workspace.tasks, task_id))


def as_workspace(fact: Fact) -> WorkspaceFact:
    """Return the fact, as that of a workspace."""
    if isinstance(fact, WorkspaceFact):
        return fact
    return WorkspaceFact(**{name: getattr(fact, name) for name in Fact.__dataclass_fields__})


def with_file(fact: Fact, path: str, content: bytes) -> WorkspaceFact:
    """Return the workspace, known to have this file in its sandbox too."""
    workspace = as_workspace(fact)
    return copy_with(workspace, files={**workspace.files, path: content})


def with_status(fact: Fact, status: str) -> WorkspaceFact:
    """Return the workspace in a status; a stopped one has a snapshot, if its agent answered."""
    workspace = as_workspace(fact)
    moved = copy_with(workspace, is_passing=False, shown={**workspace.shown, RUNNING.shown_in: status})
    if status != "stopped":
        return moved
    kept = {} if workspace.is_unreachable else workspace.files
    return copy_with(moved, has_snapshot=None if workspace.is_unreachable else True, kept=kept)


TASK = "task"
ENDS = ("completed", "failed", "cancelled", "delivery_failed")
"""The statuses in which a task has ended."""
BUSY, PROVIDER_ARCHIVED = "workspace_busy", "provider_archived"
REFUSES, PARENTS, WITHOUT_FORCE = "ARCHIVE-WORKSPACE-REFUSES", "WORKSPACE-RESUME-PARENTS", "WORKSPACE-RESTART-BUSY"
POINT = "FORK-POINT"
WHILE_ARCHIVED = {ARCHIVED: REFUSES, INVALID: REFUSES}
COUNT, FORCE = "fork_point_task_count", "force"
BEYOND = 1000
"""The number of tasks that is more than a workspace of a run has."""


def refuse_resume(call: Call, refusals: Refusals) -> None:
    """Add the refusal of resuming what is not stopped, or whose role or provider is not in use."""
    _refuse_outside(call, refusals, TAKEN[RESUME], WHILE_ARCHIVED)
    fact = call.find_object(WORKSPACE)
    if fact is not None:
        role = _find_parent(call.state, RUNNING.of, fact.shown.get(RUNNING.field))
        provider = _find_parent(call.state, "provider", role.shown.get("provider_id")) if role else None
        _add_unless_in_use(role, refusals, ROLE_ARCHIVED, PARENTS)
        _add_unless_in_use(provider, refusals, PROVIDER_ARCHIVED, PARENTS)


def refuse_restart(call: Call, refusals: Refusals) -> None:
    """Add the refusal of restarting what is not idle, nor busy with force."""
    forced = call.query.get(FORCE, ["false"])[-1] == "true"
    _refuse_outside(call, refusals, ("idle", "busy"), WHILE_ARCHIVED)
    if not forced:
        refusals.add_if(409, BUSY, WITHOUT_FORCE, so=is_in(find_statuses_in(call), ("busy",)))


def refuse_fork(call: Call, refusals: Refusals) -> None:
    """Add the refusals of a fork: of what is out of use, of a role that is, or beyond the tasks that have ended."""
    fact, count = call.find_object(WORKSPACE), call.body[COUNT]
    if fact is None or count > 0:
        refusals.add(400, VALIDATION, POINT, certain=fact is not None and count >= BEYOND)
    if fact is None:
        return
    if fact.archived:
        refusals.add(409, ARCHIVED, REFUSES)
    role = _find_parent(call.state, RUNNING.of, fact.shown.get(RUNNING.field))
    _add_unless_in_use(role, refusals, ROLE_ARCHIVED, OF_ARCHIVED)


def _find_parent(state: State, resource: str, object_id: object) -> Fact | None:
    """Return what a workspace is based on; None where the run is not certain of it."""
    fact = state.get_facts(resource).get(str(object_id))
    return fact if fact is not None and state.is_certain(fact) else None


def _add_unless_in_use(parent: Fact | None, refusals: Refusals, code: str, rule: str) -> None:
    if parent is None or parent.archived:
        refusals.add(409, code, rule, certain=parent is not None)


def learn_fork(call: Call, exchange: Exchange) -> State:
    """Return the state after a fork was made: what it has of its parent is known."""
    answer = exchange.json if isinstance(exchange.json, dict) else {}
    child = call.state.get_facts(WORKSPACE).get(str(answer.get("workspace_id")))
    parent = call.state.get_facts(WORKSPACE).get(call.find_named_id(WORKSPACE) or "")
    if not isinstance(child, WorkspaceFact) or parent is None or child.id == parent.id:
        return call.state
    kept = {name: parent.shown[name] for name in (RUNNING.field, "environment") if name in parent.shown}
    shown = {**child.shown, **kept, LIFE.shown_in: "provisioning", "parent_workspace_id": parent.id}
    return call.state.with_fact(replace(child, owner=parent.owner, is_passing=True, shown=shown))


def learn_stopping_all(call: Call, _exchange: Exchange) -> State:
    """Return the state after every workspace of the org, or of a role, that was idle or busy began to stop."""
    state, role_id = call.state, call.find_named_id(RUNNING.of)
    for fact in state.list_owned(WORKSPACE, call.caller.org):
        stops = is_in(find_statuses(fact), TAKEN[STOP])
        if role_id in (None, fact.shown.get(RUNNING.field)) and stops is not False:
            state = state.with_fact(with_status_reached(fact, "stopping" if stops else None))
    return state
