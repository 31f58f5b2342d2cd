"""Defects of what a running workspace keeps in use: roles and providers that are archived, or kept, wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import error_with, wrong_answer_to
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.value import replace
from mock_server.worlds.answer import error_code

defect = Declarer(__name__)

ARCHIVES = ids.ARCHIVE_AGENT_ROLE + ids.ARCHIVE_PROVIDER


Counts = Callable[[Workspace], bool]


def _object(run: Run) -> Role | Provider | None:
    """The role or the provider that the path names, as it was before."""
    return run.state.get(ROLES if run.operation_id in ids.ARCHIVE_AGENT_ROLE else PROVIDERS, run.request.path["id"])


def _roles(run: Run) -> list[Role]:
    """The role, or those of the provider, in the order of their ids."""
    found = _object(run)
    return [found] if isinstance(found, Role) else run.state.where(ROLES, provider_id=run.request.path["id"])


def _workspaces(run: Run) -> list[Workspace]:
    """The workspaces of these roles, whatever their status."""
    return [each for role in _roles(run) for each in run.state.where(WORKSPACES, role_id=role.id)]


def _regardless(run: Run) -> Outcome:
    """What comes of the request where no workspace runs."""
    state, running = run.state, [each for each in run.state.all(WORKSPACES).values() if each.running]
    for each in running:
        state = state.put(WORKSPACES, replace(each, status="stopped"))
    after, outcome = run.right(state, run.request)
    for each in running:
        after = after.put(WORKSPACES, each)
    return after, outcome


def _kept(run: Run, counted: int) -> Outcome:
    """What comes of the request where so many workspaces keep the object in use, which has to be in use."""
    found = _object(run)
    if counted and found is not None and found.org_id == run.org_id and found.archived_at is None:
        raise errors.WorkspacesActive("Workspaces that run keep it in use.", details={"workspaces": counted})
    return _regardless(run)


def _counting(run: Run, counts: Counts) -> Outcome:
    """What comes of the request where other workspaces of the roles count than those that run."""
    return _kept(run, sum(counts(each) for each in _workspaces(run)))


MAIN, AZURE = "/providers/provider_01HZ", "/providers/provider_acme_azure"
DEV, SPARE = "/agent-roles/role_01HZ", "/agent-roles/role_acme_spare"
ACTIVE = "409 workspaces_active"


def workspace(scene: Scene, status: str, role: str = "role_acme_spare", org: str = "org_acme", **more: str) -> Any:
    """A workspace of a role of which none runs."""
    return scene.state("workspace exists", org_id=org, role_id=role, status=status, **more)


def archived(scene: Scene, path: str = SPARE) -> str:
    return said(scene.ask("POST", f"{path}/archive"))


def counted(scene: Scene, path: str) -> object:
    """What the refusal says of how many run."""
    return scene.ask("POST", f"{path}/archive").json()["error"].get("details")


def on_azure(scene: Scene, name: str = "witness") -> str:
    """The id of a new role on a provider that had none."""
    body = {"name": name, "provider_id": "provider_acme_azure"}
    return str(scene.ask("POST", "/agent-roles", json=body).json()["id"])


defect("archiving-running-ignored", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "A role or a provider is archived while workspaces run.",
    in_place_of(errors.WorkspacesActive).of(lambda run, _refusal: _regardless(run)),
    shown(ACTIVE, "200", archived, DEV),
)
defect("archiving-running-of-roles-ignored", "ARCHIVE-ACTIVE-REFUSED", on=ids.ARCHIVE_PROVIDER)(
    "A provider is archived while workspaces of its roles run, which could not be archived themselves.",
    in_place_of(errors.WorkspacesActive).of(lambda run, _refusal: _regardless(run)),
    shown(ACTIVE, "200", archived, MAIN),
)
defect("archiving-running-idle-alone", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "Idle workspaces alone keep anything in use, none that is busy or on its way.",
    wrong_outcome.of(lambda run: _counting(run, lambda each: each.running and each.status == "idle")),
    shown(ACTIVE, "200", lambda scene: in_turn(workspace(scene, "busy"), archived(scene))),
)
defect("archiving-running-stopping-forgotten", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "A workspace that is stopping keeps nothing in use any more.",
    wrong_outcome.of(lambda run: _counting(run, lambda each: each.running and each.status != "stopping")),
    shown(ACTIVE, "200", lambda scene: in_turn(workspace(scene, "stopping"), archived(scene))),
)
defect("archiving-running-provisioning-forgotten", "ARCHIVE-ACTIVE-REFUSED", on=ids.ARCHIVE_PROVIDER)(
    "Workspaces that are being made do not keep a provider in use, only those that are made.",
    wrong_outcome.of(lambda run: _counting(run, lambda each: each.running and each.status != "provisioning")),
    shown(
        ACTIVE, "200", lambda scene: in_turn(workspace(scene, "provisioning", on_azure(scene)), archived(scene, AZURE))
    ),
)
defect("archiving-running-failed-counts", "ARCHIVE-INACTIVE-FREE", on=ARCHIVES)(
    "A workspace that has failed keeps its role in use too, until it is archived.",
    wrong_outcome.of(lambda run: _counting(run, lambda each: each.archived_at is None and each.status != "stopped")),
    shown("200", ACTIVE, lambda scene: in_turn(workspace(scene, "failed"), archived(scene))),
)
defect("archiving-running-archived-counts", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES)(
    "An archived workspace keeps its role in use too.",
    wrong_outcome.of(lambda run: _counting(run, lambda each: each.running or each.archived_at is not None)),
    shown(
        "200",
        ACTIVE,
        lambda scene: in_turn(workspace(scene, "stopped", archived_at="2026-06-01T00:00:00Z"), archived(scene)),
    ),
)


@defect(
    "archiving-running-of-the-provider", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ids.ARCHIVE_AGENT_ROLE
).by(wrong_outcome)
@shown("200", ACTIVE, archived)
def of_the_provider(run: Run) -> Outcome:
    """A role is not archived while a workspace of another role of its provider runs."""
    role = _object(run)
    beside = run.state.where(ROLES, provider_id=role.provider_id) if isinstance(role, Role) else []
    return _kept(run, sum(each.running for one in beside for each in run.state.where(WORKSPACES, role_id=one.id)))


@defect("archiving-running-of-other-orgs", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES).by(
    wrong_outcome
)
@shown(
    "200", ACTIVE, lambda scene: in_turn(workspace(scene, "idle", "role_globex_spare", "org_globex"), archived(scene))
)
def of_other_orgs(run: Run) -> Outcome:
    """A workspace of another org that was made later than a role or provider keeps it in use too."""
    found, every = _object(run), run.state.all(WORKSPACES).values()
    own = sum(each.running for each in _workspaces(run))
    if found is None:
        return run.done
    others = (each for each in every if each.org_id != run.org_id and each.created_at > found.created_at)
    return _kept(run, own + sum(each.running for each in others))


defect("archiving-running-not-told", "ARCHIVE-ACTIVE-DETAILS", "CONTRACT-BODY-SCHEMA", on=ARCHIVES)(
    "The refusal has details, and they do not say how many workspaces run.",
    wrong_answer_to.of(
        lambda _call, answer: error_with(answer, details={}) if error_code(answer) == "workspaces_active" else answer
    ),
    shown({"workspaces": 2}, {}, counted, DEV),
)


@defect("archiving-running-every-one-told", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES).by(
    in_place_of(errors.WorkspacesActive)
)
@shown({"workspaces": 2}, {"workspaces": 5}, counted, DEV)
def every_one_told(run: Run, refusal: errors.WorkspacesActive) -> Outcome:
    """The refusal says how many workspaces there are, those that do not run among them."""
    raise errors.WorkspacesActive(refusal.message, details={"workspaces": len(_workspaces(run))})


def show_of_one_role(scene: Scene) -> object:
    for name in ("first", "second"):
        workspace(scene, "idle", on_azure(scene, name))
    return counted(scene, AZURE)


@defect("archiving-running-of-one-role", "ARCHIVE-ACTIVE-DETAILS", on=ids.ARCHIVE_PROVIDER).by(wrong_outcome)
@shown({"workspaces": 2}, {"workspaces": 1}, show_of_one_role)
def of_one_role(run: Run) -> Outcome:
    """Of a provider the workspaces of the first of its roles alone are counted that has any that run."""
    counts = (sum(each.running for each in run.state.where(WORKSPACES, role_id=role.id)) for role in _roles(run))
    return _kept(run, next(filter(None, counts), 0))


defect("archiving-running-refused-and-done", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "Whatever is refused since workspaces run is archived all the same.",
    in_place_of(errors.WorkspacesActive).of(lambda run, refusal: (_regardless(run)[0], refusal)),
    shown(
        None,
        "archived",
        lambda scene: in_turn(archived(scene, DEV), "archived" if "archived_at" in scene.get(DEV).json() else None),
    ),
)
