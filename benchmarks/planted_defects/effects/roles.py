"""Defects of agent roles: of their environment, their provider, and the packs that they attach."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.objects import done_otherwise, refused_fields, wrong_object
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.value import replace

defect = Declarer(__name__)

wrong_role = wrong_object(ROLES)
WRITES = ids.CREATE_AGENT_ROLE + ids.UPDATE_AGENT_ROLE
DEV = "/agent-roles/role_01HZ"
NEW = {"name": "witness", "provider_id": "provider_01HZ"}
ARCHIVED, INVALID = "409 provider_archived", "400 validation_error"


def made(scene: Scene, **more: Any) -> Any:
    return scene.ask("POST", "/agent-roles", json={**NEW, **more})


def patched(scene: Scene, **sent: Any) -> Any:
    return scene.ask("PATCH", DEV, json=sent)


defect("roles-made-for-production", "ROLE-ENVIRONMENT", on=ids.CREATE_AGENT_ROLE)(
    "A role that is made without environment has production.",
    wrong_role.of(
        lambda _before, right, run: (
            right if "environment" in run.request.body else replace(right, environment="production")
        )
    ),
    shown("development", "production", lambda scene: made(scene).json()["environment"]),
)


def _on_archived(run: Run) -> Outcome:
    """What comes of the request where its provider is taken for one in use."""
    role = run.state.get(ROLES, run.request.path.get("id", ""))
    provider_id = run.request.body.get("provider_id") or (role and role.provider_id)
    provider = run.state.all(PROVIDERS)[provider_id]
    after, outcome = run.right(run.state.put(PROVIDERS, replace(provider, archived_at=None)), run.request)
    return after.put(PROVIDERS, provider), outcome


defect("roles-made-on-archived", "ROLE-PROVIDER-ARCHIVED", on=ids.CREATE_AGENT_ROLE)(
    "A role is made on a provider that is archived.",
    in_place_of(errors.ProviderArchived).of(lambda run, _refusal: _on_archived(run)),
    shown(ARCHIVED, "201", lambda scene: said(made(scene, provider_id="provider_acme_old"))),
)
defect("roles-moved-to-archived", "ROLE-PROVIDER-ARCHIVED", on=ids.UPDATE_AGENT_ROLE)(
    "A role is moved to a provider that is archived.",
    in_place_of(errors.ProviderArchived).of(lambda run, _refusal: _on_archived(run)),
    shown(ARCHIVED, "200", lambda scene: said(patched(scene, provider_id="provider_acme_old"))),
)


@defect("roles-private-packs-attached", "ROLE-PACKS-VISIBLE", on=WRITES).by(in_place_of(errors.ValidationFailed))
@shown(INVALID, "201", lambda scene: said(made(scene, pack_ids=["pack_globex_ledger"])))
def private_packs_attached(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """A role attaches any pack that there is, private ones of other orgs too."""
    pack_ids = tuple(run.request.body.get("pack_ids") or ())
    if refused_fields(refusal) != {"pack_ids"} or any(each not in run.state.all(PACKS) for each in pack_ids):
        raise refusal
    body = {**run.request.body, "pack_ids": []}
    return done_otherwise(run, ROLES, body, pack_ids=pack_ids, updated_at=run.request.now)


@defect("roles-unknown-packs-dropped", "ROLE-PACKS-VISIBLE", on=WRITES).by(in_place_of(errors.ValidationFailed))
@shown(INVALID, "201", lambda scene: said(made(scene, pack_ids=["pack_absent"])))
def unknown_packs_dropped(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """Packs that there are not are left out in silence."""
    if refused_fields(refusal) != {"pack_ids"}:
        raise refusal
    there = [each for each in run.request.body["pack_ids"] if each in run.state.all(PACKS)]
    return run.right(run.state, run.request._replace(body={**run.request.body, "pack_ids": there}))


@defect("roles-own-packs-alone", "ROLE-PACKS-VISIBLE", on=WRITES).by(wrong_outcome)
@shown("201", INVALID, lambda scene: said(made(scene, pack_ids=["pack_02HZ"])))
def own_packs_alone(run: Run) -> Outcome:
    """A role attaches packs of its own org alone, none of the platform or the community."""
    done, packs = run.done, run.state.all(PACKS)
    if any(packs[each].org_id != run.org_id for each in run.request.body.get("pack_ids", ())):
        raise errors.ValidationFailed(fields={"pack_ids": "It names a pack that is not of the org."})
    return done


@defect("roles-packs-added", "ROLE-PACKS-REPLACED", on=ids.UPDATE_AGENT_ROLE).by(wrong_role)
@shown(
    ["pack_01HZ"], ["pack_02HZ", "pack_01HZ"], lambda scene: patched(scene, pack_ids=["pack_01HZ"]).json()["pack_ids"]
)
def packs_added(before: Role, right: Role, run: Run) -> Role:
    """A PATCH with pack_ids adds packs to those that are there."""
    if not run.request.body.get("pack_ids"):
        return right
    return replace(right, pack_ids=tuple(dict.fromkeys((*before.pack_ids, *right.pack_ids))))


defect("roles-packs-never-emptied", "ROLE-PACKS-REPLACED", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH with an empty pack_ids leaves the packs, as if it were not sent.",
    wrong_role.of(
        lambda before, right, run: (
            replace(right, pack_ids=before.pack_ids) if run.request.body.get("pack_ids") == [] else right
        )
    ),
    shown([], ["pack_02HZ"], lambda scene: patched(scene, pack_ids=[]).json()["pack_ids"]),
)
defect("roles-packs-in-order-of-ids", "ROLE-PACKS-REPLACED", "ROLE-PACKS-VISIBLE", on=WRITES)(
    "The packs of a role are kept in the order of their ids, whatever the order in which they were sent.",
    wrong_role.of(lambda _before, right, _run: replace(right, pack_ids=tuple(sorted(right.pack_ids)))),
    shown(
        ["pack_02HZ", "pack_01HZ"],
        ["pack_01HZ", "pack_02HZ"],
        lambda scene: made(scene, pack_ids=["pack_02HZ", "pack_01HZ"]).json()["pack_ids"],
    ),
)
