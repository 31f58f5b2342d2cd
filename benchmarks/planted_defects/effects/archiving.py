"""Defects of archiving: what is archived is shown, kept or taken back wrongly."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.objects import wrong_object
from mock_server.deviations.planting.ids import (
    ARCHIVE_AGENT_ROLE,
    ARCHIVE_PROVIDER,
    GET_PROVIDER,
    LIST_AGENT_ROLES,
    LIST_PROVIDERS,
    UNARCHIVE_AGENT_ROLE,
    UNARCHIVE_PROVIDER,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import NotArchived, ProviderArchived, missing
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.state.value import replace

wrong_provider, wrong_role = wrong_object(PROVIDERS), wrong_object(ROLES)


@wrong_outcome("archiving-always-listed", "LIST-ARCHIVED", on=LIST_PROVIDERS)
def always_listed(run: Run) -> Outcome:
    """Archived providers are in the list whether they are asked for or not."""
    return run.right(run.state, run.request._replace(query={"include_archived": True}))


@wrong_outcome("archiving-never-listed", "LIST-ARCHIVED", on=LIST_PROVIDERS)
def never_listed(run: Run) -> Outcome:
    """Archived providers are in no list, though they are asked for."""
    return run.right(run.state, run.request._replace(query={"include_archived": False}))


@wrong_outcome("archiving-hides", "ARCHIVE-STAMPS", on=GET_PROVIDER)
def hides(run: Run) -> Outcome:
    """An archived provider is not found by its id."""
    provider = run.state.get(PROVIDERS, run.request.path["id"])
    if provider is not None and provider.archived_at is not None:
        raise missing("provider_not_found", "There is no provider of this id.")
    return run.done


@wrong_provider("archiving-settings-lost", "ARCHIVE-STAMPS", on=ARCHIVE_PROVIDER)
def settings_lost(_before: Provider, right: Provider, _run: Run) -> Provider:
    """A provider that is archived loses its default model and its credential."""
    return replace(right, default_model=None, credential_name=None)


@wrong_provider("archiving-time-stays", "ARCHIVE-STAMPS", "LIST-ARCHIVED", on=UNARCHIVE_PROVIDER)
def time_stays(before: Provider, right: Provider, _run: Run) -> Provider:
    """A provider that is taken into use again keeps its archived_at."""
    return replace(right, archived_at=before.archived_at)


@wrong_provider("archiving-again-counts", "ARCHIVE-AGAIN", on=ARCHIVE_PROVIDER)
def again_counts(_before: Provider, right: Provider, run: Run) -> Provider:
    """A provider that is archived again has the later time."""
    return replace(right, archived_at=run.request.now, updated_at=run.request.now)


@in_place_of(NotArchived)("archiving-not-needed", "ARCHIVE-NOT-ARCHIVED", on=UNARCHIVE_PROVIDER)
def not_needed(run: Run, _refusal: NotArchived) -> Outcome:
    """A provider that is in use is unarchived all the same."""
    return run.state, Reply(200, {"status": "unarchived"})


@wrong_outcome("archiving-roles-stay-in-use", "ARCHIVE-CASCADES", on=ARCHIVE_PROVIDER)
def roles_stay_in_use(run: Run) -> Outcome:
    """A provider that is archived leaves its roles in use, and counts them all the same."""
    after, outcome = run.done
    for role in run.state.where(ROLES, provider_id=run.request.path["id"]):
        after = after.put(ROLES, role)
    return after, outcome


@wrong_outcome("archiving-takes-roles-of-others", "ARCHIVE-CASCADES", "OWNERSHIP-LISTED", on=ARCHIVE_PROVIDER)
def takes_roles_of_others(run: Run) -> Outcome:
    """Archiving a provider archives the roles of all providers of the org."""
    after, outcome = run.done
    for role in after.where(ROLES, org_id=run.org_id):
        if role.archived_at is None:
            after = after.put(ROLES, replace(role, archived_at=run.request.now, updated_at=run.request.now))
    return after, outcome


@wrong_reply("archiving-counts-every-role", "ARCHIVE-CASCADES", on=ARCHIVE_PROVIDER)
def counts_every_role(body: Any, run: Run) -> Any:
    """cascaded_roles is the number of all roles of the provider, those that were archived before too."""
    return {**body, "cascaded_roles": len(run.state.where(ROLES, provider_id=run.request.path["id"]))}


@wrong_outcome("archiving-stamps-roles-again", "ARCHIVE-CASCADES", on=ARCHIVE_PROVIDER)
def stamps_roles_again(run: Run) -> Outcome:
    """Archiving a provider gives roles that were archived before the later time."""
    after, outcome = run.done
    for role in after.where(ROLES, provider_id=run.request.path["id"]):
        after = after.put(ROLES, replace(role, archived_at=run.request.now))
    return after, outcome


@wrong_reply("archiving-cascaded-roles-listed", "LIST-ARCHIVED", "ARCHIVE-CASCADES", on=LIST_AGENT_ROLES)
def cascaded_roles_listed(body: Any, run: Run) -> Any:
    """Roles that were archived with their provider are in the list though nobody asks for archived ones."""
    listed = {each["id"] for each in body["agent_roles"]}
    own = (each for each in run.state.where(ROLES, org_id=run.org_id) if each.id not in listed)
    with_it = [
        ROLES.shown(each, run.org_id)
        for each in own
        if each.archived_at == run.state.all(PROVIDERS)[each.provider_id].archived_at
    ]
    return {"agent_roles": [*body["agent_roles"], *with_it]}


@in_place_of(ProviderArchived)("archiving-parent-not-asked", "ARCHIVE-PARENT-FIRST", on=UNARCHIVE_AGENT_ROLE)
def parent_not_asked(run: Run, _refusal: ProviderArchived) -> Outcome:
    """A role is unarchived while its provider is archived."""
    role = run.state.all(ROLES)[run.request.path["id"]]
    return run.state.put(ROLES, replace(role, archived_at=None)), Reply(200, {"status": "unarchived"})


@in_place_of(ProviderArchived)("archiving-parent-comes-too", "ARCHIVE-PARENT-FIRST", on=UNARCHIVE_AGENT_ROLE)
def parent_comes_too(run: Run, _refusal: ProviderArchived) -> Outcome:
    """A role that is unarchived takes its provider into use again with it."""
    provider = run.state.all(PROVIDERS)[run.state.all(ROLES)[run.request.path["id"]].provider_id]
    return run.right(run.state.put(PROVIDERS, replace(provider, archived_at=None)), run.request)


@wrong_outcome("archiving-roles-come-back", "ARCHIVE-ROLES-STAY", "ARCHIVE-NOT-ARCHIVED", on=UNARCHIVE_PROVIDER)
def roles_come_back(run: Run) -> Outcome:
    """A provider that is taken into use again brings back the roles that were archived with it."""
    after, outcome = run.done
    before = run.state.all(PROVIDERS)[run.request.path["id"]].archived_at
    for role in after.where(ROLES, provider_id=run.request.path["id"]):
        if role.archived_at == before:
            after = after.put(ROLES, replace(role, archived_at=None))
    return after, outcome


@wrong_role("archiving-detaches-packs", "ARCHIVE-STAMPS", "DELETE-IN-USE", on=ARCHIVE_AGENT_ROLE)
def detaches_packs(before: Role, right: Role, _run: Run) -> Role:
    """A role that is archived lets go of its packs."""
    return right if before.archived_at else replace(right, pack_ids=())
