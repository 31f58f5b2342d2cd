"""Defects in which workspaces are listed and read, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import GET_WORKSPACE, LIST_WORKSPACES
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, in_place_of_code, wrong_outcome
from mock_server.errors import ApiError, RoleNotFound, WorkspaceNotVisible, missing
from mock_server.operation import Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace


def _with_all(request: Request) -> Request:
    """The request of somebody who reads the workspaces of everybody in the org."""
    caller = request.caller
    return request._replace(caller=replace(caller, permissions=(*caller.permissions, READ)))


def _own_alone(run: Run) -> bool:
    return READ not in run.request.caller.permissions


def _shown(outcome: Any) -> list[Any]:
    assert isinstance(outcome, Reply)  # noqa: S101  # a list that was not refused
    found: list[Any] = outcome.body["workspaces"]
    return found


@Planter
def _wrongly_listed(hooks: Hooks, chosen: Callable[[list[Workspace], Run], list[Workspace]]) -> Hooks:
    """Plant a change of what a list holds, given all workspaces of the org that are in use."""

    def wrong(run: Run) -> Outcome:
        after, outcome = run.right(run.state, _with_all(run.request))
        found = [run.state.all(WORKSPACES)[each["id"]] for each in _shown(outcome)]
        return after, Reply(200, {"workspaces": [WORKSPACES.shown(each, run.org_id) for each in chosen(found, run)]})

    return wrong_outcome.plant(hooks, wrong)


@_wrongly_listed("ownership-workspaces-of-all-people-listed", "OWNERSHIP-WORKSPACE-LIST", on=LIST_WORKSPACES)
def of_all_people_listed(found: list[Workspace], _run: Run) -> list[Workspace]:
    """The list of workspaces holds those of everybody in the org, for everybody."""
    return found


@_wrongly_listed("ownership-workspaces-of-keys-listed", "OWNERSHIP-WORKSPACE-LIST", on=LIST_WORKSPACES)
def of_keys_listed(found: list[Workspace], run: Run) -> list[Workspace]:
    """With workspace:read:own alone the list holds those that an API key created, too."""
    mine = {run.request.caller.user_id, "system"}
    return [each for each in found if not _own_alone(run) or each.created_by_user_id in mine]


@_wrongly_listed(
    "ownership-workspaces-own-not-listed", "OWNERSHIP-WORKSPACE-LIST", "OWNERSHIP-LISTED", on=LIST_WORKSPACES
)
def own_not_listed(found: list[Workspace], run: Run) -> list[Workspace]:
    """With workspace:read:own alone the list is empty."""
    return [] if _own_alone(run) else found


@_wrongly_listed(
    "ownership-workspaces-own-alone-listed", "OWNERSHIP-WORKSPACE-LIST", "OWNERSHIP-LISTED", on=LIST_WORKSPACES
)
def own_alone_listed(found: list[Workspace], run: Run) -> list[Workspace]:
    """The list holds what the caller created alone, whatever the scope."""
    return [each for each in found if each.created_by_user_id == run.request.caller.user_id]


@wrong_outcome("ownership-workspaces-of-all-orgs-listed", "OWNERSHIP-NOT-LISTED", on=LIST_WORKSPACES)
def of_all_orgs_listed(run: Run) -> Outcome:
    """The list of workspaces holds those of every org."""
    others = [each for each in run.state.all(WORKSPACES).values() if each.org_id != run.org_id]
    after, outcome = run.done
    shown = [WORKSPACES.shown(each, each.org_id) for each in others if each.archived_at is None]
    return after, Reply(200, {"workspaces": [*_shown(outcome), *shown]})


@in_place_of(WorkspaceNotVisible)("ownership-workspaces-of-others-read", "OWNERSHIP-WORKSPACE-HIDDEN", on=GET_WORKSPACE)
def of_others_read(run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone every workspace of the org is read by its id."""
    return run.right(run.state, _with_all(run.request))


@in_place_of(WorkspaceNotVisible)("ownership-workspaces-of-keys-read", "OWNERSHIP-WORKSPACE-HIDDEN", on=GET_WORKSPACE)
def of_keys_read(run: Run, refusal: WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone a workspace that an API key created is read by its id."""
    if run.state.all(WORKSPACES)[run.request.path["id"]].created_by_user_id != "system":
        raise refusal
    return run.right(run.state, _with_all(run.request))


@in_place_of(WorkspaceNotVisible)(
    "ownership-workspaces-of-others-not-found", "OWNERSHIP-WORKSPACE-HIDDEN", on=GET_WORKSPACE
)
def of_others_not_found(_run: Run, _refusal: WorkspaceNotVisible) -> Outcome:
    """A workspace of somebody else in the org is a 404 in place of a 403 workspace_not_visible."""
    raise missing("workspace_not_found", "There is no workspace of this id.")


@wrong_outcome(
    "ownership-workspaces-creator-alone", "OWNERSHIP-WORKSPACE-SERVED", "OWNERSHIP-OWN-SERVED", on=GET_WORKSPACE
)
def creator_alone(run: Run) -> Outcome:
    """A workspace is read by its creator alone, whatever the scope."""
    after, outcome = run.done
    if run.state.all(WORKSPACES)[run.request.path["id"]].created_by_user_id != run.request.caller.user_id:
        raise WorkspaceNotVisible("Somebody else created the workspace.")
    return after, outcome


def _of_another_org(run: Run) -> Workspace | None:
    found = run.state.get(WORKSPACES, run.request.path["id"])
    return None if found is None or found.org_id == run.org_id else found


@in_place_of_code("workspace_not_found")(
    "ownership-workspaces-of-all-orgs-read", "OWNERSHIP-PRIVATE-HIDDEN", on=GET_WORKSPACE
)
def of_all_orgs_read(run: Run, refusal: ApiError) -> Outcome:
    """A workspace of another org is read by its id."""
    workspace = _of_another_org(run)
    if workspace is None:
        raise refusal
    return run.state, Reply(200, WORKSPACES.shown(workspace, workspace.org_id))


@in_place_of_code("workspace_not_found")(
    "ownership-workspaces-of-all-orgs-not-visible",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=GET_WORKSPACE,
)
def of_all_orgs_not_visible(run: Run, refusal: ApiError) -> Outcome:
    """A workspace of another org is a 403 workspace_not_visible, which tells that there is one."""
    if _of_another_org(run) is None:
        raise refusal
    raise WorkspaceNotVisible("Somebody else created the workspace.")


@wrong_outcome("archiving-workspaces-always-listed", "LIST-ARCHIVED", on=LIST_WORKSPACES)
def archived_always_listed(run: Run) -> Outcome:
    """Archived workspaces are in the list, whether they are asked for or not."""
    return run.right(run.state, run.request._replace(query={**run.request.query, "include_archived": True}))


@wrong_outcome("archiving-workspaces-never-listed", "LIST-ARCHIVED", on=LIST_WORKSPACES)
def archived_never_listed(run: Run) -> Outcome:
    """Archived workspaces are in no list, even where they are asked for."""
    return run.right(run.state, run.request._replace(query={**run.request.query, "include_archived": False}))


@wrong_outcome("archiving-workspaces-not-found", "ARCHIVE-STAMPS", on=GET_WORKSPACE)
def archived_not_found(run: Run) -> Outcome:
    """An archived workspace is not read by its id any more."""
    after, outcome = run.done
    if run.state.all(WORKSPACES)[run.request.path["id"]].archived_at is not None:
        raise missing("workspace_not_found", "There is no workspace of this id.")
    return after, outcome


@wrong_outcome("lists-role-name-ignored", "LIST-ROLE-NAME", "LIST-ROLE-UNKNOWN", on=LIST_WORKSPACES)
def role_name_ignored(run: Run) -> Outcome:
    """The role that a list asks for makes no difference."""
    query = {name: value for name, value in run.request.query.items() if name != "role_name"}
    return run.right(run.state, run.request._replace(query=query))


@in_place_of(RoleNotFound)("lists-role-unknown-empty", "LIST-ROLE-UNKNOWN", on=LIST_WORKSPACES)
def role_unknown_empty(run: Run, _refusal: RoleNotFound) -> Outcome:
    """The list of a role that the org lacks is empty, and no 404."""
    return run.state, Reply(200, {"workspaces": []})


@in_place_of(RoleNotFound)("lists-role-of-all-orgs-known", "LIST-ROLE-UNKNOWN", on=LIST_WORKSPACES)
def role_of_all_orgs_known(run: Run, refusal: RoleNotFound) -> Outcome:
    """The list of a role that another org has is empty, which tells that there is one."""
    if all(each.name != run.request.query["role_name"] for each in run.state.all(ROLES).values()):
        raise refusal
    return run.state, Reply(200, {"workspaces": []})


@wrong_outcome("lists-role-archived-unknown", "LIST-ROLE-NAME", on=LIST_WORKSPACES)
def role_archived_unknown(run: Run) -> Outcome:
    """The list of a role that is archived is a 404."""
    if any(each.archived_at is not None for each in _asked_for(run.state, run)):
        raise RoleNotFound("There is no role of this name.")
    return run.done


@wrong_outcome("lists-role-without-workspaces-unknown", "LIST-ROLE-NAME", on=LIST_WORKSPACES)
def role_without_workspaces_unknown(run: Run) -> Outcome:
    """The list of a role that has no workspaces is a 404, as one of an unknown role."""
    after, outcome = run.done
    if _asked_for(run.state, run) and not _shown(outcome):
        raise RoleNotFound("There is no role of this name.")
    return after, outcome


def _asked_for(state: State, run: Run) -> list[Any]:
    """The roles of the org that have the name that is asked for."""
    return list(state.where(ROLES, org_id=run.org_id, name=run.request.query.get("role_name", "")))


@in_place_of(RoleNotFound)("lists-role-name-in-part", "LIST-ROLE-UNKNOWN", on=LIST_WORKSPACES)
def role_name_in_part(run: Run, refusal: RoleNotFound) -> Outcome:
    """A list that asks for the beginning of a role's name holds the workspaces of that role."""
    asked = run.request.query["role_name"]
    named = [each.name for each in run.state.where(ROLES, org_id=run.org_id) if each.name.startswith(asked)]
    if not named:
        raise refusal
    return run.right(run.state, run.request._replace(query={**run.request.query, "role_name": named[0]}))
