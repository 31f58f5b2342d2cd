"""Defects in which workspaces are listed and read, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.operation import Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.state import State
from mock_server.state.value import replace

defect = Declarer(__name__)


def _with_all(request: Request) -> Request:
    """The request of somebody who reads the workspaces of everybody in the org."""
    caller = request.caller
    return request._replace(caller=replace(caller, permissions=(*caller.permissions, READ)))


def _own_alone(run: Run) -> bool:
    return READ not in run.request.caller.permissions


def _shown(outcome: Any) -> list[Any]:
    assert isinstance(outcome, Reply)  # a list that was not refused
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


OF_OWNER, OF_MEMBER, OF_KEY, ARCHIVED = "ws_01HZ", "ws_acme_busy", "ws_acme_failed", "ws_acme_archived"
HIDDEN, MISSING, NO_ROLE = "403 workspace_not_visible", "404 workspace_not_found", "404 role_not_found"
OF_OTHER_ORG = "ws_globex_idle"


def listed(scene: Scene, who: str = "acme-member", query: str = "") -> list[str]:
    return [each["id"] for each in scene.get(f"/workspaces{query}", who).json()["workspaces"]]


def has(scene: Scene, *ids: str, who: str = "acme-member", query: str = "") -> list[bool]:
    """Whether the list holds each of these."""
    found = listed(scene, who, query)
    return [each in found for each in ids]


def read(scene: Scene, workspace_id: str, who: str = "acme-member") -> str:
    return said(scene.get(f"/workspaces/{workspace_id}", who))


def of_role(scene: Scene, name: str) -> Any:
    return said(scene.get(f"/workspaces?role_name={name}"))


defect("ownership-workspaces-of-all-people-listed", "OWNERSHIP-WORKSPACE-LIST", on=ids.LIST_WORKSPACES)(
    "The list of workspaces holds those of everybody in the org, for everybody.",
    _wrongly_listed.of(lambda found, _run: found),
    shown([False, False], [True, True], has, OF_OWNER, OF_KEY),
)


@defect("ownership-workspaces-of-keys-listed", "OWNERSHIP-WORKSPACE-LIST", on=ids.LIST_WORKSPACES).by(_wrongly_listed)
@shown([False, False], [False, True], has, OF_OWNER, OF_KEY)
def of_keys_listed(found: list[Workspace], run: Run) -> list[Workspace]:
    """With workspace:read:own alone the list holds those that an API key created, too."""
    mine = {run.request.caller.user_id, "system"}
    return [each for each in found if not _own_alone(run) or each.created_by_user_id in mine]


defect("ownership-workspaces-own-not-listed", "OWNERSHIP-WORKSPACE-LIST", "OWNERSHIP-LISTED", on=ids.LIST_WORKSPACES)(
    "With workspace:read:own alone the list is empty.",
    _wrongly_listed.of(lambda found, run: [] if _own_alone(run) else found),
    shown([True], [False], has, OF_MEMBER),
)
defect("ownership-workspaces-own-alone-listed", "OWNERSHIP-WORKSPACE-LIST", "OWNERSHIP-LISTED", on=ids.LIST_WORKSPACES)(
    "The list holds what the caller created alone, whatever the scope.",
    _wrongly_listed.of(
        lambda found, run: [each for each in found if each.created_by_user_id == run.request.caller.user_id]
    ),
    shown([True, True], [True, False], has, OF_OWNER, OF_MEMBER, who="acme-owner"),
)


@defect("ownership-workspaces-of-all-orgs-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_WORKSPACES).by(wrong_outcome)
@shown([False], [True], has, OF_OTHER_ORG)
def of_all_orgs_listed(run: Run) -> Outcome:
    """The list of workspaces holds those of every org."""
    others = [each for each in run.state.all(WORKSPACES).values() if each.org_id != run.org_id]
    after, outcome = run.done
    shown = [WORKSPACES.shown(each, each.org_id) for each in others if each.archived_at is None]
    return after, Reply(200, {"workspaces": [*_shown(outcome), *shown]})


defect("ownership-workspaces-of-others-read", "OWNERSHIP-WORKSPACE-HIDDEN", on=ids.GET_WORKSPACE)(
    "With workspace:read:own alone every workspace of the org is read by its id.",
    in_place_of(errors.WorkspaceNotVisible).of(lambda run, _refusal: run.right(run.state, _with_all(run.request))),
    shown([HIDDEN, HIDDEN], ["200", "200"], lambda scene: [read(scene, OF_OWNER), read(scene, OF_KEY)]),
)


@defect("ownership-workspaces-of-keys-read", "OWNERSHIP-WORKSPACE-HIDDEN", on=ids.GET_WORKSPACE).by(
    in_place_of(errors.WorkspaceNotVisible)
)
@shown([HIDDEN, HIDDEN], [HIDDEN, "200"], lambda scene: [read(scene, OF_OWNER), read(scene, OF_KEY)])
def of_keys_read(run: Run, refusal: errors.WorkspaceNotVisible) -> Outcome:
    """With workspace:read:own alone a workspace that an API key created is read by its id."""
    if run.state.all(WORKSPACES)[run.request.path["id"]].created_by_user_id != "system":
        raise refusal
    return run.right(run.state, _with_all(run.request))


@defect("ownership-workspaces-of-others-not-found", "OWNERSHIP-WORKSPACE-HIDDEN", on=ids.GET_WORKSPACE).by(
    in_place_of(errors.WorkspaceNotVisible)
)
@shown(HIDDEN, MISSING, read, OF_OWNER)
def of_others_not_found(_run: Run, _refusal: errors.WorkspaceNotVisible) -> Outcome:
    """A workspace of somebody else in the org is a 404 in place of a 403 workspace_not_visible."""
    raise errors.WorkspaceNotFound("There is no workspace of this id.")


@defect(
    "ownership-workspaces-creator-alone", "OWNERSHIP-WORKSPACE-SERVED", "OWNERSHIP-OWN-SERVED", on=ids.GET_WORKSPACE
).by(wrong_outcome)
@shown("200", HIDDEN, read, OF_MEMBER, "acme-owner")
def creator_alone(run: Run) -> Outcome:
    """A workspace is read by its creator alone, whatever the scope."""
    after, outcome = run.done
    if run.state.all(WORKSPACES)[run.request.path["id"]].created_by_user_id != run.request.caller.user_id:
        raise errors.WorkspaceNotVisible("Somebody else created the workspace.")
    return after, outcome


def _of_another_org(run: Run) -> Workspace | None:
    found = run.state.get(WORKSPACES, run.request.path["id"])
    return None if found is None or found.org_id == run.org_id else found


@defect("ownership-workspaces-of-all-orgs-read", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.GET_WORKSPACE).by(
    in_place_of(errors.WorkspaceNotFound)
)
@shown(MISSING, "200", read, OF_OTHER_ORG)
def of_all_orgs_read(run: Run, refusal: errors.WorkspaceNotFound) -> Outcome:
    """A workspace of another org is read by its id."""
    workspace = _of_another_org(run)
    if workspace is None:
        raise refusal
    return run.state, Reply(200, WORKSPACES.shown(workspace, workspace.org_id))


@defect(
    "ownership-workspaces-of-all-orgs-not-visible",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=ids.GET_WORKSPACE,
).by(in_place_of(errors.WorkspaceNotFound))
@shown(MISSING, HIDDEN, read, OF_OTHER_ORG)
def of_all_orgs_not_visible(run: Run, refusal: errors.WorkspaceNotFound) -> Outcome:
    """A workspace of another org is a 403 workspace_not_visible, which tells that there is one."""
    if _of_another_org(run) is None:
        raise refusal
    raise errors.WorkspaceNotVisible("Somebody else created the workspace.")


defect("archiving-workspaces-always-listed", "LIST-ARCHIVED", on=ids.LIST_WORKSPACES)(
    "Archived workspaces are in the list, whether they are asked for or not.",
    wrong_outcome.of(
        lambda run: run.right(run.state, run.request._replace(query={**run.request.query, "include_archived": True}))
    ),
    shown([False], [True], has, ARCHIVED),
)
defect("archiving-workspaces-never-listed", "LIST-ARCHIVED", on=ids.LIST_WORKSPACES)(
    "Archived workspaces are in no list, even where they are asked for.",
    wrong_outcome.of(
        lambda run: run.right(run.state, run.request._replace(query={**run.request.query, "include_archived": False}))
    ),
    shown([True], [False], has, ARCHIVED, query="?include_archived=true"),
)


@defect("archiving-workspaces-not-found", "ARCHIVE-STAMPS", on=ids.GET_WORKSPACE).by(wrong_outcome)
@shown("200", MISSING, read, ARCHIVED)
def archived_not_found(run: Run) -> Outcome:
    """An archived workspace is not read by its id any more."""
    after, outcome = run.done
    if run.state.all(WORKSPACES)[run.request.path["id"]].archived_at is not None:
        raise errors.WorkspaceNotFound("There is no workspace of this id.")
    return after, outcome


@defect("lists-role-name-ignored", "LIST-ROLE-NAME", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES).by(wrong_outcome)
@shown([False, True], [True, True], has, OF_OWNER, OF_KEY, who="acme-owner", query="?role_name=dev")
def role_name_ignored(run: Run) -> Outcome:
    """The role that a list asks for makes no difference."""
    query = {name: value for name, value in run.request.query.items() if name != "role_name"}
    return run.right(run.state, run.request._replace(query=query))


defect("lists-role-unknown-empty", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES)(
    "The list of a role that the org lacks is empty, and no 404.",
    in_place_of(errors.RoleNotFound).of(lambda run, _refusal: (run.state, Reply(200, {"workspaces": []}))),
    shown(NO_ROLE, "200", of_role, "none"),
)


def show_role_of_all_orgs_known(scene: Scene) -> list[str]:
    scene.ask("POST", "/agent-roles", "globex-owner", json={"name": "theirs", "provider_id": "provider_globex_main"})
    return [of_role(scene, "theirs"), of_role(scene, "none")]


@defect("lists-role-of-all-orgs-known", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES).by(
    in_place_of(errors.RoleNotFound)
)
@shown([NO_ROLE, NO_ROLE], ["200", NO_ROLE], show_role_of_all_orgs_known)
def role_of_all_orgs_known(run: Run, refusal: errors.RoleNotFound) -> Outcome:
    """The list of a role that another org has is empty, which tells that there is one."""
    if all(each.name != run.request.query["role_name"] for each in run.state.all(ROLES).values()):
        raise refusal
    return run.state, Reply(200, {"workspaces": []})


@defect("lists-role-archived-unknown", "LIST-ROLE-NAME", on=ids.LIST_WORKSPACES).by(wrong_outcome)
@shown("200", NO_ROLE, of_role, "former")
def role_archived_unknown(run: Run) -> Outcome:
    """The list of a role that is archived is a 404."""
    if any(each.archived_at is not None for each in _asked_for(run.state, run)):
        raise errors.RoleNotFound("There is no role of this name.")
    return run.done


@defect("lists-role-without-workspaces-unknown", "LIST-ROLE-NAME", on=ids.LIST_WORKSPACES).by(wrong_outcome)
@shown("200", NO_ROLE, of_role, "spare")
def role_without_workspaces_unknown(run: Run) -> Outcome:
    """The list of a role that has no workspaces is a 404, as one of an unknown role."""
    after, outcome = run.done
    if _asked_for(run.state, run) and not _shown(outcome):
        raise errors.RoleNotFound("There is no role of this name.")
    return after, outcome


def _asked_for(state: State, run: Run) -> list[Any]:
    """The roles of the org that have the name that is asked for."""
    return list(state.where(ROLES, org_id=run.org_id, name=run.request.query.get("role_name", "")))


@defect("lists-role-name-in-part", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES).by(in_place_of(errors.RoleNotFound))
@shown(NO_ROLE, "200", of_role, "on")
def role_name_in_part(run: Run, refusal: errors.RoleNotFound) -> Outcome:
    """A list that asks for the beginning of a role's name holds the workspaces of that role."""
    asked = run.request.query["role_name"]
    named = [each.name for each in run.state.where(ROLES, org_id=run.org_id) if each.name.startswith(asked)]
    if not named:
        raise refusal
    return run.right(run.state, run.request._replace(query={**run.request.query, "role_name": named[0]}))
