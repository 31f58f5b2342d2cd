"""Defects of agent roles: of their environment, their provider, and the packs that they attach."""

from __future__ import annotations

from benchmarks.planted_defects.planting.objects import done_otherwise, refused_fields, wrong_object
from mock_server.deviations.planting.ids import CREATE_AGENT_ROLE, UPDATE_AGENT_ROLE
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.errors import ProviderArchived, ValidationFailed
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.value import replace

wrong_role = wrong_object(ROLES)
WRITES = CREATE_AGENT_ROLE + UPDATE_AGENT_ROLE


@wrong_role("roles-made-for-production", "ROLE-ENVIRONMENT", on=CREATE_AGENT_ROLE)
def made_for_production(_before: None, right: Role, run: Run) -> Role:
    """A role that is made without environment has production."""
    return right if "environment" in run.request.body else replace(right, environment="production")


def _on_archived(run: Run) -> Outcome:
    """What comes of the request where its provider is taken for one in use."""
    role = run.state.get(ROLES, run.request.path.get("id", ""))
    provider_id = run.request.body.get("provider_id") or (role and role.provider_id)
    provider = run.state.all(PROVIDERS)[provider_id]
    after, outcome = run.right(run.state.put(PROVIDERS, replace(provider, archived_at=None)), run.request)
    return after.put(PROVIDERS, provider), outcome


@in_place_of(ProviderArchived)("roles-made-on-archived", "ROLE-PROVIDER-ARCHIVED", on=CREATE_AGENT_ROLE)
def made_on_archived(run: Run, _refusal: ProviderArchived) -> Outcome:
    """A role is made on a provider that is archived."""
    return _on_archived(run)


@in_place_of(ProviderArchived)("roles-moved-to-archived", "ROLE-PROVIDER-ARCHIVED", on=UPDATE_AGENT_ROLE)
def moved_to_archived(run: Run, _refusal: ProviderArchived) -> Outcome:
    """A role is moved to a provider that is archived."""
    return _on_archived(run)


@in_place_of(ValidationFailed)("roles-private-packs-attached", "ROLE-PACKS-VISIBLE", on=WRITES)
def private_packs_attached(run: Run, refusal: ValidationFailed) -> Outcome:
    """A role attaches any pack that there is, private ones of other orgs too."""
    pack_ids = tuple(run.request.body.get("pack_ids") or ())
    if refused_fields(refusal) != {"pack_ids"} or any(each not in run.state.all(PACKS) for each in pack_ids):
        raise refusal
    body = {**run.request.body, "pack_ids": []}
    return done_otherwise(run, ROLES, body, pack_ids=pack_ids, updated_at=run.request.now)


@in_place_of(ValidationFailed)("roles-unknown-packs-dropped", "ROLE-PACKS-VISIBLE", on=WRITES)
def unknown_packs_dropped(run: Run, refusal: ValidationFailed) -> Outcome:
    """Packs that there are not are left out in silence."""
    if refused_fields(refusal) != {"pack_ids"}:
        raise refusal
    there = [each for each in run.request.body["pack_ids"] if each in run.state.all(PACKS)]
    return run.right(run.state, run.request._replace(body={**run.request.body, "pack_ids": there}))


@wrong_outcome("roles-own-packs-alone", "ROLE-PACKS-VISIBLE", on=WRITES)
def own_packs_alone(run: Run) -> Outcome:
    """A role attaches packs of its own org alone, none of the platform or the community."""
    done, packs = run.done, run.state.all(PACKS)
    if any(packs[each].org_id != run.org_id for each in run.request.body.get("pack_ids", ())):
        raise ValidationFailed(fields={"pack_ids": "It names a pack that is not of the org."})
    return done


@wrong_role("roles-packs-added", "ROLE-PACKS-REPLACED", on=UPDATE_AGENT_ROLE)
def packs_added(before: Role, right: Role, run: Run) -> Role:
    """A PATCH with pack_ids adds packs to those that are there."""
    if not run.request.body.get("pack_ids"):
        return right
    return replace(right, pack_ids=tuple(dict.fromkeys((*before.pack_ids, *right.pack_ids))))


@wrong_role("roles-packs-never-emptied", "ROLE-PACKS-REPLACED", on=UPDATE_AGENT_ROLE)
def packs_never_emptied(before: Role, right: Role, run: Run) -> Role:
    """A PATCH with an empty pack_ids leaves the packs, as if it were not sent."""
    return replace(right, pack_ids=before.pack_ids) if run.request.body.get("pack_ids") == [] else right


@wrong_role("roles-packs-in-order-of-ids", "ROLE-PACKS-REPLACED", "ROLE-PACKS-VISIBLE", on=WRITES)
def packs_in_order_of_ids(_before: Role | None, right: Role, _run: Run) -> Role:
    """The packs of a role are kept in the order of their ids, whatever the order in which they were sent."""
    return replace(right, pack_ids=tuple(sorted(right.pack_ids)))
