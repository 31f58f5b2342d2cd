"""Defects of what a running workspace keeps in use: roles and providers that are archived, or kept, wrongly."""

from __future__ import annotations

from collections.abc import Callable

from mock_server import errors
from mock_server.deviations.planting.answers import error_with, wrong_answer_to
from mock_server.deviations.planting.ids import ARCHIVE_AGENT_ROLE, ARCHIVE_PROVIDER
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of_code, wrong_outcome
from mock_server.errors import ApiError
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.resources.workspaces.workspace import WORKSPACES, Workspace
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer, error_code
from mock_server.worlds.call import Call

ARCHIVES = ARCHIVE_AGENT_ROLE + ARCHIVE_PROVIDER
Counts = Callable[[Workspace], bool]


def _object(run: Run) -> Role | Provider | None:
    """The role or the provider that the path names, as it was before."""
    return run.state.get(ROLES if run.operation_id in ARCHIVE_AGENT_ROLE else PROVIDERS, run.request.path["id"])


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
        raise errors.make_error(
            "workspaces_active", 409, "Workspaces that run keep it in use.", details={"workspaces": counted}
        )
    return _regardless(run)


def _counting(run: Run, counts: Counts) -> Outcome:
    """What comes of the request where other workspaces of the roles count than those that run."""
    return _kept(run, sum(counts(each) for each in _workspaces(run)))


@in_place_of_code("workspaces_active")("archiving-running-ignored", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)
def ignored(run: Run, _refusal: ApiError) -> Outcome:
    """A role or a provider is archived while workspaces run."""
    return _regardless(run)


@in_place_of_code("workspaces_active")(
    "archiving-running-of-roles-ignored", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVE_PROVIDER
)
def of_roles_ignored(run: Run, _refusal: ApiError) -> Outcome:
    """A provider is archived while workspaces of its roles run, which could not be archived themselves."""
    return _regardless(run)


@wrong_outcome("archiving-running-idle-alone", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)
def idle_alone(run: Run) -> Outcome:
    """Idle workspaces alone keep anything in use, none that is busy or on its way."""
    return _counting(run, lambda each: each.running and each.status == "idle")


@wrong_outcome("archiving-running-stopping-forgotten", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)
def stopping_forgotten(run: Run) -> Outcome:
    """A workspace that is stopping keeps nothing in use any more."""
    return _counting(run, lambda each: each.running and each.status != "stopping")


@wrong_outcome("archiving-running-provisioning-forgotten", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVE_PROVIDER)
def provisioning_forgotten(run: Run) -> Outcome:
    """Workspaces that are being made do not keep a provider in use, only those that are made."""
    return _counting(run, lambda each: each.running and each.status != "provisioning")


@wrong_outcome("archiving-running-failed-counts", "ARCHIVE-INACTIVE-FREE", on=ARCHIVES)
def failed_counts(run: Run) -> Outcome:
    """A workspace that has failed keeps its role in use too, until it is archived."""
    return _counting(run, lambda each: each.archived_at is None and each.status != "stopped")


@wrong_outcome("archiving-running-archived-counts", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES)
def archived_counts(run: Run) -> Outcome:
    """An archived workspace keeps its role in use too."""
    return _counting(run, lambda each: each.running or each.archived_at is not None)


@wrong_outcome(
    "archiving-running-of-the-provider", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVE_AGENT_ROLE
)
def of_the_provider(run: Run) -> Outcome:
    """A role is not archived while a workspace of another role of its provider runs."""
    role = _object(run)
    beside = run.state.where(ROLES, provider_id=role.provider_id) if isinstance(role, Role) else []
    return _kept(run, sum(each.running for one in beside for each in run.state.where(WORKSPACES, role_id=one.id)))


@wrong_outcome("archiving-running-of-other-orgs", "ARCHIVE-INACTIVE-FREE", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES)
def of_other_orgs(run: Run) -> Outcome:
    """A workspace of another org that was made later than a role or provider keeps it in use too."""
    found, every = _object(run), run.state.all(WORKSPACES).values()
    own = sum(each.running for each in _workspaces(run))
    if found is None:
        return run.done
    others = (each for each in every if each.org_id != run.org_id and each.created_at > found.created_at)
    return _kept(run, own + sum(each.running for each in others))


@wrong_answer_to("archiving-running-not-told", "ARCHIVE-ACTIVE-DETAILS", "CONTRACT-BODY-SCHEMA", on=ARCHIVES)
def not_told(_call: Call, answer: Answer) -> Answer:
    """The refusal has details, and they do not say how many workspaces run."""
    return error_with(answer, details={}) if error_code(answer) == "workspaces_active" else answer


@in_place_of_code("workspaces_active")("archiving-running-every-one-told", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVES)
def every_one_told(run: Run, refusal: ApiError) -> Outcome:
    """The refusal says how many workspaces there are, those that do not run among them."""
    raise errors.make_error("workspaces_active", 409, refusal.message, details={"workspaces": len(_workspaces(run))})


@wrong_outcome("archiving-running-of-one-role", "ARCHIVE-ACTIVE-DETAILS", on=ARCHIVE_PROVIDER)
def of_one_role(run: Run) -> Outcome:
    """Of a provider the workspaces of the first of its roles alone are counted that has any that run."""
    counts = (sum(each.running for each in run.state.where(WORKSPACES, role_id=role.id)) for role in _roles(run))
    return _kept(run, next(filter(None, counts), 0))


@in_place_of_code("workspaces_active")("archiving-running-refused-and-done", "ARCHIVE-ACTIVE-REFUSED", on=ARCHIVES)
def refused_and_done(run: Run, refusal: ApiError) -> Outcome:
    """Whatever is refused since workspaces run is archived all the same."""
    return _regardless(run)[0], refusal
