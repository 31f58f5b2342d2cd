"""What the contract says of workspaces: who sees one, what it does by itself, and which requests are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance.http.exchange import Exchange
from conformance.oracle import archiving
from conformance.oracle.call import Call, Refusals, WrongfulRefusal
from conformance.oracle.declaration.lifetime import Archiving, KeptInUse, Life
from conformance.oracle.declaration.ownership import Personal
from conformance.oracle.declaration.resource import Effect, Refusal
from conformance.oracle.facts import Fact, State

WORKSPACE = "workspace"
LIST, GET, CREATE = "workspaces.list", "workspaces.get", "workspaces.create"
ARCHIVE, UNARCHIVE, STOP = "workspaces.archive", "workspaces.unarchive", "workspaces.stop"
STOP_ALL, STOP_OF_ROLE = "workspaces.stop_all", "agent_roles.stop_workspaces"
RESUME, RESTART, FORK = "workspaces.resume", "workspaces.restart", "workspaces.fork"
NOT_VISIBLE, UNKNOWN_ROLE = "workspace_not_visible", "role_not_found"
INVALID, ARCHIVED, ROLE_ARCHIVED = "invalid_state", "workspace_archived", "role_archived"
VALIDATION = "validation_error"
NAMED, OF_ARCHIVED, STATE = "WORKSPACE-ROLE-NAMED", "WORKSPACE-ROLE-ARCHIVED", "ARCHIVE-WORKSPACE-STATE"
BY_ROLE = "role_name"
PERSONAL = Personal(
    shown_in="created_by_user_id",
    hidden="OWNERSHIP-WORKSPACE-HIDDEN",
    below="OWNERSHIP-WORKSPACE-BELOW",
    listed="OWNERSHIP-WORKSPACE-LIST",
    stays="WORKSPACE-CREATOR",
    refusal=(403, NOT_VISIBLE),
    nobodys_are_shown=None,
    state_param="created_by_user_id",
    others=frozenset({"audit:read"}),
)
ARCHIVING = Archiving(
    by=ARCHIVE,
    undone_by=UNARCHIVE,
    refused_again=True,
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
"""By operation: the statuses in which a plain request about a workspace is served; the usual one first."""
BEGINS: Mapping[str, str] = {STOP: "stopping", RESUME: "provisioning", RESTART: "provisioning"}
"""By operation: the status that it begins with."""
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
"""By operation: the rule that refuses it in all others."""
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


def _list(call: Call, refusals: Refusals) -> None:
    """A role that is asked for by name is there, or has been: archived ones are known."""
    for name in call.query.get(BY_ROLE, ()):
        there = call.state.name_taken(RUNNING.of, call.caller.org, name)
        if there is not True:
            refusals.add(404, UNKNOWN_ROLE, "LIST-ROLE-UNKNOWN", certain=there is False)


def of_one_role(call: Call, refusals: Refusals) -> None:
    """Of one role alone, which the org has and which is in use. Two ways to name it may be refused or not."""
    sent = {name: call.body[name] for name in (RUNNING.field, BY_ROLE) if name in call.body}
    if not sent:
        refusals.add(400, VALIDATION, NAMED)
    if len(sent) > 1:
        refusals.add(400, VALIDATION, NAMED, certain=_are_of_two(call, sent))
    for name, value in sent.items():
        _role(call, name, value, refusals)


def _are_of_two(call: Call, sent: Mapping[str, Any]) -> bool:
    """Whether an id and a name certainly are those of two roles."""
    named = call.state.facts(RUNNING.of).get(sent[RUNNING.field])
    return named is not None and named.owned_by(call.caller.org) and named.name not in (None, sent[BY_ROLE])


def _role(call: Call, name: str, value: str, refusals: Refusals) -> None:
    """The role that a field names: one that is not there is a 404 or a 400, an archived one a 409."""
    state, org = call.state, call.caller.org
    if name == BY_ROLE:
        there = state.name_taken(RUNNING.of, org, value)
        found = next((each for each in state.owned(RUNNING.of, org) if each.name == value), None)
    else:
        found = state.facts(RUNNING.of).get(value)
        known = state.is_known(RUNNING.of, value, org)
        there = (found is not None and found.visible_to(org)) if known else None
    if there is not True:
        refusals.add(404, UNKNOWN_ROLE, NAMED, certain=there is False)
        refusals.add(400, VALIDATION, NAMED, certain=there is False)
    archived = found is not None and found.archived if there else None
    if archived is not False and there is not False:
        refusals.add(409, ROLE_ARCHIVED, OF_ARCHIVED, certain=archived is True)


def _in_status(call: Call, refusals: Refusals) -> None:
    """What is served in some statuses alone, and never while it is archived."""
    operation_id = call.operation.operation_id
    fact, taken = call.object_of(WORKSPACE), frozenset(TAKEN[operation_id])
    statuses = statuses_of(fact) if fact is not None else None
    if fact is not None and fact.archived:
        refusals.add(409, INVALID, OF_STATE[operation_id])
    elif statuses is None or not statuses <= taken:
        never = statuses is not None and not statuses & taken
        refusals.add(409, INVALID, OF_STATE[operation_id], certain=never)


def statuses_of(fact: Fact) -> frozenset[str] | None:
    """The statuses that a workspace may have by now; None where nothing is known of it."""
    status = fact.shown.get(LIFE.shown_in)
    if not isinstance(status, str):
        return None
    return LIFE.becoming(status) if fact.passing else frozenset({status})


def _stopped(call: Call, _exchange: Exchange) -> State:
    """The state after a workspace began to stop."""
    fact = call.state.facts(WORKSPACE).get(call.named(WORKSPACE) or "")
    return call.state if fact is None else call.state.with_fact(going_on(fact, "stopping"))


def going_on(fact: Fact, status: str | None) -> Fact:
    """The workspace once it has come to a status, from which it goes on by itself; None: which is not known."""
    kept = {name: value for name, value in fact.shown.items() if name not in LIFE.moves}
    return replace(fact, passing=True, shown={**kept, **({LIFE.shown_in: status} if status else {})})


EFFECTS: Mapping[str, Effect] = {STOP: _stopped}
REFUSALS: Mapping[str, Refusal] = {
    LIST: _list,
    CREATE: of_one_role,
    ARCHIVE: _in_status,
    STOP: _in_status,
    **archiving.refusals_of(WORKSPACE, ARCHIVING),
}


def wrongful(call: Call) -> Iterator[WrongfulRefusal]:
    """What a refusal would break where there is no reason for it."""
    yield NOT_VISIBLE, "OWNERSHIP-WORKSPACE-SERVED"
    yield UNKNOWN_ROLE, "LIST-ROLE-NAME" if call.operation.operation_id == LIST else NAMED
    yield INVALID, OF_STATE.get(call.operation.operation_id, STATE)
    yield ROLE_ARCHIVED, OF_ARCHIVED
    yield archiving.NOT_ARCHIVED, archiving.RULE
