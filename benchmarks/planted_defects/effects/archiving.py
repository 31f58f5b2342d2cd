"""Defects of archiving: what is archived, shown and taken back wrongly, and what a running workspace keeps in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import answers, asks, grants, refuses, wrongly
from benchmarks.planted_defects.planting.objects import changes, keeps
from benchmarks.planted_defects.planting.runs import again, leaving, pretending
from benchmarks.planted_defects.scene import Scene, read_status, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edit_error, wrong_answer
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.agent_roles import ROLES, Role
from mock_server.resources.providers import PROVIDERS, Provider
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.value import replace

defect = Declarer(__name__)

ARCHIVES = ids.ARCHIVE_AGENT_ROLE + ids.ARCHIVE_PROVIDER
MAIN, FORMER = "/providers/provider_01HZ", "/providers/provider_acme_old"
VERTEX, AZURE = "/providers/provider_acme_vertex", "/providers/provider_acme_azure"
DEV, OLD, SPARE = "/agent-roles/role_01HZ", "/agent-roles/role_acme_old", "/agent-roles/role_acme_spare"
ACTIVE, LONG_AGO = "409 workspaces_active", "2026-05-20T12:00:00Z"


def _of_provider(run: Run, *, afterwards: bool = False) -> list[Role]:
    return (run.after if afterwards else run.state).select(ROLES, provider_id=run.request.path["id"])


def _is_archived(run: Run) -> bool:
    return run.state.all(PROVIDERS)[run.request.path["id"]].archived_at is not None


def _stamped(role: Role, run: Run) -> Role:
    return replace(role, archived_at=run.request.now)


def _object(run: Run) -> Role | Provider | None:
    """Return the role or the provider that the path names, as it was before."""
    return run.state.get(ROLES if run.operation_id in ids.ARCHIVE_AGENT_ROLE else PROVIDERS, run.request.path["id"])


def _roles(run: Run) -> list[Role]:
    """Return the role, or those of the provider, in the order of their ids."""
    found = _object(run)
    return [found] if isinstance(found, Role) else _of_provider(run)


def _workspaces(run: Run, *roles: Role) -> list[Workspace]:
    """Return the workspaces of these roles, or of those that are archived, whatever their status."""
    return [each for role in roles or _roles(run) for each in run.state.select(WORKSPACES, role_id=role.id)]


def _regardless(run: Run) -> Outcome:
    """Return what comes of the request where no workspace runs."""
    running = (each for each in run.state.all(WORKSPACES).values() if each.running)
    return pretending(run, WORKSPACES, *(replace(each, status="stopped") for each in running))


def _is_kept_by(count: Callable[[Run], int]) -> Plan:
    """Plan that so many workspaces keep in use what is archived, whatever runs; it has to be in use."""

    def wrong(run: Run) -> Outcome:
        found, counted = _object(run), count(run)
        if counted and found is not None and found.org_id == run.org_id and found.archived_at is None:
            details = {"workspaces": counted}
            return run.state, errors.make_error(
                "workspaces_active", 409, "Workspaces that run keep it in use.", details=details
            )
        return _regardless(run)

    return wrongly(wrong)


def _is_kept_if(counts: Callable[[Workspace], bool]) -> Plan:
    """Plan that other workspaces of the roles keep it in use than those that run."""
    return _is_kept_by(lambda run: sum(counts(each) for each in _workspaces(run)))


def role_on(scene: Scene, provider: str, name: str = "witness", *packs: str) -> str:
    """Return the path of a new role on a provider, of which no workspace runs."""
    body = {"name": name, "provider_id": provider.rpartition("/")[2], "pack_ids": packs}
    return f"/agent-roles/{scene.ask('POST', '/agent-roles', json=body).json()['id']}"


def archive(scene: Scene, path: str = SPARE) -> str:
    return read_status(scene.ask("POST", f"{path}/archive"))


def lists(scene: Scene, key: str = "provider_acme_old", place: str = "providers", query: str = "") -> bool:
    """Return whether a list holds an id."""
    return key in {each["id"] for each in scene.get(f"/{place}{query}").json()[place.replace("-", "_")]}


def after(scene: Scene, deed: str, path: str, column: str, of: str = "") -> Any:
    """Return what something shows in a column after an operation on it, or on something else."""
    scene.ask("POST", f"{path}/{deed}")
    return scene.get(of or path).json().get(column)


def role_after(scene: Scene, column: str, *packs: str, earlier: bool = False) -> Any:
    """Return what a role shows in a column after its provider, or it earlier, is archived."""
    role = role_on(scene, AZURE, "witness", *packs)
    return after(scene, "archive", role if earlier else AZURE, column, role)


def stamped_again(scene: Scene) -> bool:
    role = role_on(scene, AZURE)
    return bool(after(scene, "archive", role, "archived_at") != after(scene, "archive", AZURE, "archived_at", role))


def cascaded(scene: Scene) -> Any:
    """Return how many roles the archiving of a provider counts, of two of which one was archived before."""
    role_on(scene, AZURE, "second")
    archive(scene, role_on(scene, AZURE))
    return scene.ask("POST", f"{AZURE}/archive").json()["cascaded_roles"]


def while_one(scene: Scene, status: str, provider: str = "", **more: str) -> str:
    """Return what the archiving of a role, or of a provider, answers while there is a workspace of this status."""
    role = role_on(scene, provider).rpartition("/")[2] if provider else "role_acme_spare"
    scene.state("workspace exists", org_id="org_acme", role_id=role, status=status, **more)
    return archive(scene, provider or SPARE)


def while_one_elsewhere(scene: Scene) -> str:
    """Return what the archiving of a role answers while none of its provider's runs, but a later one of another org."""
    role = role_on(scene, AZURE)
    scene.state("workspace exists", org_id="org_globex", role_id="role_globex_spare", status="idle")
    return archive(scene, role)


def counted(scene: Scene, path: str) -> Any:
    """Return what the refusal says of how many run."""
    return scene.ask("POST", f"{path}/archive").json()["error"].get("details")


def counted_of_two(scene: Scene) -> Any:
    for name in ("first", "second"):
        role = role_on(scene, AZURE, name).rpartition("/")[2]
        scene.state("workspace exists", org_id="org_acme", role_id=role, status="idle")
    return counted(scene, AZURE)


defect("archiving-always-listed", "LIST-ARCHIVED", on=ids.LIST_PROVIDERS)(
    "Archived providers are in the list whether they are asked for or not.",
    asks(include_archived=True),
    shown(False, True, lists),
)
defect("archiving-never-listed", "LIST-ARCHIVED", on=ids.LIST_PROVIDERS)(
    "Archived providers are in no list, though they are asked for.",
    asks(include_archived=False),
    shown(True, False, lists, query="?include_archived=true"),
)
defect("archiving-hides", "ARCHIVE-STAMPS", on=ids.GET_PROVIDER)(
    "An archived provider is not found by its id.",
    refuses(_is_archived, errors.make_not_found("provider_not_found", "There is no provider of this id.")),
    shown("200", "404 provider_not_found", lambda scene: read_status(scene.get(FORMER))),
)
defect("archiving-settings-lost", "ARCHIVE-STAMPS", on=ids.ARCHIVE_PROVIDER)(
    "A provider that is archived loses its default model and its credential.",
    keeps(PROVIDERS, default_model=None, credential_name=None),
    shown("gemini-large", None, after, "archive", VERTEX, "default_model"),
)
defect("archiving-time-stays", "ARCHIVE-STAMPS", "LIST-ARCHIVED", on=ids.UNARCHIVE_PROVIDER)(
    "A provider that is taken into use again keeps its archived_at.",
    changes(PROVIDERS, lambda before, right, _run: replace(right, archived_at=before.archived_at)),
    shown(None, LONG_AGO, after, "unarchive", FORMER, "archived_at"),
)
defect("archiving-again-counts", "ARCHIVE-AGAIN", on=ids.ARCHIVE_PROVIDER)(
    "A provider that is archived again has the later time.",
    changes(PROVIDERS, lambda _b, right, run: replace(right, archived_at=run.request.now, updated_at=run.request.now)),
    shown(True, False, lambda scene: after(scene, "archive", FORMER, "archived_at") == LONG_AGO),
)
defect("archiving-not-needed", "ARCHIVE-NOT-ARCHIVED", on=ids.UNARCHIVE_PROVIDER)(
    "A provider that is in use is unarchived all the same.",
    answers(errors.NotArchived, 200, {"status": "unarchived"}),
    shown("409 not_archived", "200", send, f"{MAIN}/unarchive", method="POST"),
)
defect("archiving-roles-stay-in-use", "ARCHIVE-CASCADES", on=ids.ARCHIVE_PROVIDER)(
    "A provider that is archived leaves its roles in use, and counts them all the same.",
    wrongly(lambda run: leaving(run, ROLES, *_of_provider(run))),
    shown(False, True, lambda scene: role_after(scene, "archived_at") is None),
)
defect("archiving-counts-every-role", "ARCHIVE-CASCADES", on=ids.ARCHIVE_PROVIDER)(
    "cascaded_roles is the number of all roles of the provider, those that were archived before too.",
    wrong_reply.make_plan(lambda body, run: {**body, "cascaded_roles": len(_of_provider(run))}),
    shown(1, 2, cascaded),
)
defect("archiving-stamps-roles-again", "ARCHIVE-CASCADES", on=ids.ARCHIVE_PROVIDER)(
    "Archiving a provider gives roles that were archived before the later time.",
    wrongly(lambda run: leaving(run, ROLES, *(_stamped(each, run) for each in _of_provider(run, afterwards=True)))),
    shown(False, True, stamped_again),
)
defect("archiving-detaches-packs", "ARCHIVE-STAMPS", "DELETE-IN-USE", on=ids.ARCHIVE_AGENT_ROLE)(
    "A role that is archived lets go of its packs.",
    changes(ROLES, lambda before, right, _run: right if before.archived_at else replace(right, pack_ids=())),
    shown(["pack_02HZ"], [], role_after, "pack_ids", "pack_02HZ", earlier=True),
)
defect("archiving-running-ignored", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "A role or a provider is archived while workspaces run.",
    grants("workspaces_active", _regardless),
    shown(ACTIVE, "200", while_one, "idle"),
)
defect("archiving-running-of-roles-ignored", "ARCHIVE-ACTIVE-REFUSED", on=ids.ARCHIVE_PROVIDER)(
    "A provider is archived while workspaces of its roles run, which could not be archived themselves.",
    grants("workspaces_active", _regardless),
    shown(ACTIVE, "200", archive, MAIN),
)
defect("archiving-running-idle-alone", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "Idle workspaces alone keep anything in use, none that is busy or on its way.",
    _is_kept_if(lambda each: each.running and each.status == "idle"),
    shown(ACTIVE, "200", while_one, "busy"),
)
defect("archiving-running-stopping-forgotten", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "A workspace that is stopping keeps nothing in use any more.",
    _is_kept_if(lambda each: each.running and each.status != "stopping"),
    shown(ACTIVE, "200", while_one, "stopping"),
)
defect("archiving-running-provisioning-forgotten", "ARCHIVE-ACTIVE-REFUSED", on=ids.ARCHIVE_PROVIDER)(
    "Workspaces that are being made do not keep a provider in use, only those that are made.",
    _is_kept_if(lambda each: each.running and each.status != "provisioning"),
    shown(ACTIVE, "200", while_one, "provisioning", AZURE),
)
defect("archiving-running-failed-counts", "ARCHIVE-INACTIVE-FREE", on=ARCHIVES)(
    "A workspace that has failed keeps its role in use too, until it is archived.",
    _is_kept_if(lambda each: each.archived_at is None and each.status != "stopped"),
    shown("200", ACTIVE, while_one, "failed"),
)
defect("archiving-running-archived-counts", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES)(
    "An archived workspace keeps its role in use too.",
    _is_kept_if(lambda each: each.running or each.archived_at is not None),
    shown("200", ACTIVE, while_one, "stopped", archived_at="2026-06-01T00:00:00Z"),
)
defect("archiving-running-not-told", "ARCHIVE-ACTIVE-DETAILS", "CONTRACT-BODY-SCHEMA", on=ARCHIVES)(
    "The refusal has details, and they do not say how many workspaces run.",
    wrong_answer(code="workspaces_active").make_plan(lambda answer: edit_error(answer, details={})),
    shown({"workspaces": 2}, {}, counted, DEV),
)
defect("archiving-running-refused-and-done", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)(
    "Whatever is refused since workspaces run is archived all the same.",
    in_place_of("workspaces_active").make_plan(lambda run, refusal: (_regardless(run)[0], refusal)),
    shown(True, False, lambda scene: after(scene, "archive", DEV, "archived_at") is None),
)


@defect("archiving-takes-roles-of-others", "ARCHIVE-CASCADES", "OWNERSHIP-LISTED", on=ids.ARCHIVE_PROVIDER).wrongly
@shown(True, False, lambda scene: after(scene, "archive", AZURE, "archived_at", DEV) is None)
def take_roles_of_others(run: Run) -> Outcome:
    """Archiving a provider archives the roles of all providers of the org."""
    after, outcome = run.done
    for role in after.select(ROLES, org_id=run.org_id):
        if role.archived_at is None:
            after = after.put(ROLES, replace(role, archived_at=run.request.now, updated_at=run.request.now))
    return after, outcome


@defect("archiving-cascaded-roles-listed", "LIST-ARCHIVED", "ARCHIVE-CASCADES", on=ids.LIST_AGENT_ROLES).by(wrong_reply)
@shown(False, True, lists, "role_acme_old", "agent-roles")
def with_cascaded(body: Any, run: Run) -> Any:
    """Roles that were archived with their provider are in the list though nobody asks for archived ones."""
    listed = {each["id"] for each in body["agent_roles"]}
    own = (each for each in run.state.select(ROLES, org_id=run.org_id) if each.id not in listed)
    archived_at = {each.id: each.archived_at for each in run.state.all(PROVIDERS).values()}
    more = [ROLES.show(each, run.org_id) for each in own if each.archived_at == archived_at[each.provider_id]]
    return {"agent_roles": [*body["agent_roles"], *more]}


@defect("archiving-parent-not-asked", "ARCHIVE-PARENT-FIRST", on=ids.UNARCHIVE_AGENT_ROLE).grants(
    errors.ProviderArchived
)
@shown("409 provider_archived", "200", send, f"{OLD}/unarchive", method="POST")
def role_alone(run: Run) -> Outcome:
    """A role is unarchived while its provider is archived."""
    role = replace(run.state.all(ROLES)[run.request.path["id"]], archived_at=None)
    return run.state.put(ROLES, role), Reply(200, {"status": "unarchived"})


@defect("archiving-parent-comes-too", "ARCHIVE-PARENT-FIRST", on=ids.UNARCHIVE_AGENT_ROLE).grants(
    errors.ProviderArchived
)
@shown(LONG_AGO, None, after, "unarchive", OLD, "archived_at", FORMER)
def with_provider(run: Run) -> Outcome:
    """A role that is unarchived takes its provider into use again with it."""
    provider = run.state.all(PROVIDERS)[run.state.all(ROLES)[run.request.path["id"]].provider_id]
    return again(run, run.state.put(PROVIDERS, replace(provider, archived_at=None)))


@defect("archiving-roles-come-back", "ARCHIVE-ROLES-STAY", "ARCHIVE-NOT-ARCHIVED", on=ids.UNARCHIVE_PROVIDER).wrongly
@shown(LONG_AGO, None, after, "unarchive", FORMER, "archived_at", OLD)
def roles_back(run: Run) -> Outcome:
    """A provider that is taken into use again brings back the roles that were archived with it."""
    roles = _of_provider(run, afterwards=True)
    before = run.state.all(PROVIDERS)[run.request.path["id"]].archived_at
    found = (each for each in roles if each.archived_at == before)
    return leaving(run, ROLES, *(replace(each, archived_at=None) for each in found))


@defect(
    "archiving-running-of-the-provider", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ids.ARCHIVE_AGENT_ROLE
).plans(_is_kept_by)
@shown("200", ACTIVE, archive)
def running_beside(run: Run) -> int:
    """A role is not archived while a workspace of another role of its provider runs."""
    role = _object(run)
    beside = run.state.select(ROLES, provider_id=role.provider_id) if isinstance(role, Role) else []
    return sum(each.running for each in _workspaces(run, *beside)) if beside else 0


@defect("archiving-running-of-other-orgs", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES).plans(
    _is_kept_by
)
@shown("200", ACTIVE, while_one_elsewhere)
def running_anywhere(run: Run) -> int:
    """A workspace of another org that was made later than a role or provider keeps it in use too."""
    found = _object(run)
    others = (each for each in run.state.all(WORKSPACES).values() if each.org_id != run.org_id)
    later = [each for each in others if found is not None and each.created_at > found.created_at]
    return sum(each.running for each in (*_workspaces(run), *later))


@defect("archiving-running-every-one-told", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES).grants("workspaces_active")
@shown({"workspaces": 2}, {"workspaces": 5}, counted, DEV)
def with_every_one(run: Run) -> Outcome:
    """The refusal says how many workspaces there are, those that do not run among them."""
    details = {"workspaces": len(_workspaces(run))}
    return run.state, errors.make_error(
        "workspaces_active", 409, "Workspaces that run keep it in use.", details=details
    )


@defect("archiving-running-of-one-role", "ARCHIVE-ACTIVE-DETAILS", on=ids.ARCHIVE_PROVIDER).plans(_is_kept_by)
@shown({"workspaces": 2}, {"workspaces": 1}, counted_of_two)
def running_of_one(run: Run) -> int:
    """Of a provider the workspaces of the first of its roles alone are counted that has any that run."""
    counts = (sum(each.running for each in _workspaces(run, role)) for role in _roles(run))
    return next(filter(None, counts), 0)
