"""Defects in which workspaces are listed and read, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.planted_defects.planting import workspaces as ws
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import answers, asks, confuses, refuses, wrongly
from benchmarks.planted_defects.planting.runs import asked, body_of, permitted, showing
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.workspaces.access import READ
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace

defect = Declarer(__name__)

OF_KEY, MEMBER, OWNER = ws.FAILED, "acme-member", "acme-owner"
NO_ROLE = errors.RoleNotFound("There is no role of this name.")


def _own_alone(run: Run) -> bool:
    return READ not in run.request.caller.permissions


def _is_own(run: Run, workspace: Workspace, *others: str) -> bool:
    return workspace.created_by_user_id in {run.request.caller.user_id, *others}


def _lists(chosen: Callable[[Run, list[Workspace]], Iterable[Workspace]]) -> Plan:
    """Plan that the list holds others than it should, of all workspaces of the org that are in use."""

    def wrong(run: Run) -> Outcome:
        after, outcome = permitted(run, READ)
        assert isinstance(outcome, Reply)
        found = [run.state.all(WORKSPACES)[each["id"]] for each in outcome.body["workspaces"]]
        return after, Reply(200, {"workspaces": [WORKSPACES.show(each, run.org_id) for each in chosen(run, found)]})

    return wrongly(wrong)


def _roles_asked_for(run: Run) -> list[Any]:
    """Return the roles of the org that have the name that is asked for."""
    return list(run.state.select(ROLES, org_id=run.org_id, name=run.request.query.get("role_name", "")))


def _is_known(run: Run) -> bool:
    """Return whether any org has a role of the name that is asked for."""
    return any(each.name == run.request.query["role_name"] for each in run.state.all(ROLES).values())


def has(scene: Scene, *ids: str, who: str = MEMBER, query: str = "") -> list[bool]:
    """Return whether the list holds each of these."""
    found = [each["id"] for each in scene.get(f"/workspaces{query}", who).json()["workspaces"]]
    return [each in found for each in ids]


def read(scene: Scene, *ids: str, who: str = MEMBER) -> list[str]:
    return [read_status(scene.get(f"/workspaces/{each}", who)) for each in ids]


def of_role(scene: Scene, *names: str) -> list[str]:
    theirs = {"name": "theirs", "provider_id": "provider_globex_main"}
    scene.ask("POST", "/agent-roles", "globex-owner", json=theirs)
    return [read_status(scene.get(f"/workspaces?role_name={each}")) for each in names]


defect("ownership-workspaces-of-all-people-listed", "OWNERSHIP-WORKSPACE-LIST", on=ids.LIST_WORKSPACES)(
    "The list of workspaces holds those of everybody in the org, for everybody.",
    _lists(lambda _run, found: found),
    shown([False, False], [True, True], has, ws.IDLE, OF_KEY),
)
defect("ownership-workspaces-of-keys-listed", "OWNERSHIP-WORKSPACE-LIST", on=ids.LIST_WORKSPACES)(
    "With workspace:read:own alone the list holds those that an API key created, too.",
    _lists(lambda run, found: [each for each in found if not _own_alone(run) or _is_own(run, each, "system")]),
    shown([False, False], [False, True], has, ws.IDLE, OF_KEY),
)
defect("ownership-workspaces-own-not-listed", "OWNERSHIP-WORKSPACE-LIST", "OWNERSHIP-LISTED", on=ids.LIST_WORKSPACES)(
    "With workspace:read:own alone the list is empty.",
    _lists(lambda run, found: [] if _own_alone(run) else found),
    shown([True], [False], has, ws.BUSY),
)
defect("ownership-workspaces-own-alone-listed", "OWNERSHIP-WORKSPACE-LIST", "OWNERSHIP-LISTED", on=ids.LIST_WORKSPACES)(
    "The list holds what the caller created alone, whatever the scope.",
    _lists(lambda run, found: [each for each in found if _is_own(run, each)]),
    shown([True, True], [True, False], has, ws.IDLE, ws.BUSY, who=OWNER),
)
defect("ownership-workspaces-of-others-read", "OWNERSHIP-WORKSPACE-HIDDEN", on=ids.GET_WORKSPACE)(
    "With workspace:read:own alone every workspace of the org is read by its id.",
    ws.opens(),
    shown([ws.HIDDEN, ws.HIDDEN], ["200", "200"], read, ws.IDLE, OF_KEY),
)
defect("ownership-workspaces-of-keys-read", "OWNERSHIP-WORKSPACE-HIDDEN", on=ids.GET_WORKSPACE)(
    "With workspace:read:own alone a workspace that an API key created is read by its id.",
    ws.opens(when=lambda run: ws.named(run).created_by_user_id == "system"),
    shown([ws.HIDDEN, ws.HIDDEN], [ws.HIDDEN, "200"], read, ws.IDLE, OF_KEY),
)
defect("ownership-workspaces-of-others-not-found", "OWNERSHIP-WORKSPACE-HIDDEN", on=ids.GET_WORKSPACE)(
    "A workspace of somebody else in the org is a 404 in place of a 403 workspace_not_visible.",
    confuses(errors.WorkspaceNotVisible, ws.NOT_FOUND),
    shown([ws.HIDDEN], [ws.MISSING], read, ws.IDLE),
)
defect(
    "ownership-workspaces-creator-alone", "OWNERSHIP-WORKSPACE-SERVED", "OWNERSHIP-OWN-SERVED", on=ids.GET_WORKSPACE
)(
    "A workspace is read by its creator alone, whatever the scope.",
    refuses(lambda run: not _is_own(run, ws.named(run)), ws.NOT_VISIBLE),
    shown(["200"], [ws.HIDDEN], read, ws.BUSY, who=OWNER),
)
defect("ownership-workspaces-of-all-orgs-read", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.GET_WORKSPACE)(
    "A workspace of another org is read by its id.",
    ws.opens_abroad(READ),
    shown([ws.MISSING], ["200"], read, ws.FOREIGN),
)
defect(
    "ownership-workspaces-of-all-orgs-not-visible",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=ids.GET_WORKSPACE,
)(
    "A workspace of another org is a 403 workspace_not_visible, which tells that there is one.",
    confuses("workspace_not_found", ws.NOT_VISIBLE, ws.is_foreign),
    shown([ws.MISSING], [ws.HIDDEN], read, ws.FOREIGN),
)
defect("archiving-workspaces-always-listed", "LIST-ARCHIVED", on=ids.LIST_WORKSPACES)(
    "Archived workspaces are in the list, whether they are asked for or not.",
    asks(include_archived=True),
    shown([False], [True], has, ws.ARCHIVED),
)
defect("archiving-workspaces-never-listed", "LIST-ARCHIVED", on=ids.LIST_WORKSPACES)(
    "Archived workspaces are in no list, even where they are asked for.",
    asks(include_archived=False),
    shown([True], [False], has, ws.ARCHIVED, query="?include_archived=true"),
)
defect("archiving-workspaces-not-found", "ARCHIVE-STAMPS", on=ids.GET_WORKSPACE)(
    "An archived workspace is not read by its id any more.",
    refuses(lambda run: ws.named(run).archived_at is not None, ws.NOT_FOUND),
    shown(["200"], [ws.MISSING], read, ws.ARCHIVED),
)
defect("lists-role-name-ignored", "LIST-ROLE-NAME", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES)(
    "The role that a list asks for makes no difference.",
    asks("role_name"),
    shown([False, True], [True, True], has, ws.IDLE, OF_KEY, who=OWNER, query="?role_name=dev"),
)
defect("lists-role-unknown-empty", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES)(
    "The list of a role that the org lacks is empty, and no 404.",
    answers(errors.RoleNotFound, 200, {"workspaces": []}),
    shown([ws.NO_ROLE], ["200"], of_role, "none"),
)
defect("lists-role-of-all-orgs-known", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES)(
    "The list of a role that another org has is empty, which tells that there is one.",
    answers(errors.RoleNotFound, 200, {"workspaces": []}, when=_is_known),
    shown([ws.NO_ROLE, ws.NO_ROLE], ["200", ws.NO_ROLE], of_role, "theirs", "none"),
)
defect("lists-role-archived-unknown", "LIST-ROLE-NAME", on=ids.LIST_WORKSPACES)(
    "The list of a role that is archived is a 404.",
    refuses(lambda run: any(each.archived_at for each in _roles_asked_for(run)), NO_ROLE),
    shown(["200"], [ws.NO_ROLE], of_role, "former"),
)
defect("lists-role-without-workspaces-unknown", "LIST-ROLE-NAME", on=ids.LIST_WORKSPACES)(
    "The list of a role that has no workspaces is a 404, as one of an unknown role.",
    refuses(lambda run: bool(_roles_asked_for(run)) and not body_of(run)["workspaces"], NO_ROLE),
    shown(["200"], [ws.NO_ROLE], of_role, "spare"),
)


@defect("ownership-workspaces-of-all-orgs-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_WORKSPACES).wrongly
@shown([False], [True], has, ws.FOREIGN)
def of_all_orgs(run: Run) -> Outcome:
    """The list of workspaces holds those of every org."""
    others = (each for each in run.state.all(WORKSPACES).values() if each.org_id != run.org_id)
    views = [WORKSPACES.show(each, each.org_id) for each in others if each.archived_at is None]
    return showing(run, {"workspaces": [*body_of(run)["workspaces"], *views]})


@defect("lists-role-name-in-part", "LIST-ROLE-UNKNOWN", on=ids.LIST_WORKSPACES).grants(errors.RoleNotFound)
@shown([ws.NO_ROLE], ["200"], of_role, "on")
def role_name_in_part(run: Run) -> Outcome | None:
    """A list that asks for the beginning of a role's name holds the workspaces of that role."""
    names = [each.name for each in run.state.select(ROLES, org_id=run.org_id)]
    found = [each for each in names if each.startswith(run.request.query["role_name"])]
    return asked(run, role_name=found[0]) if found else None
