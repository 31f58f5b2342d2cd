"""Defects of archiving: what is archived is shown, kept or taken back wrongly."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.objects import wrong_object
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES, archived_with
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.value import replace

defect = Declarer(__name__)

wrong_provider, wrong_role = wrong_object(PROVIDERS), wrong_object(ROLES)
MAIN, FORMER = "/providers/provider_01HZ", "/providers/provider_acme_old"
VERTEX, AZURE = "/providers/provider_acme_vertex", "/providers/provider_acme_azure"
DEV, OLD = "/agent-roles/role_01HZ", "/agent-roles/role_acme_old"


def role_on(scene: Scene, provider: str, name: str = "witness", *packs: str) -> str:
    """The path of a new role on a provider, of which no workspace runs."""
    body = {"name": name, "provider_id": provider.rpartition("/")[2], "pack_ids": packs}
    return f"/agent-roles/{scene.ask('POST', '/agent-roles', json=body).json()['id']}"


def listed(scene: Scene, query: str = "") -> bool:
    """Whether the archived provider is in the list."""
    return "provider_acme_old" in {each["id"] for each in scene.get(f"/providers{query}").json()["providers"]}


def in_use(scene: Scene, role: str) -> bool:
    return "archived_at" not in scene.get(role).json()


defect("archiving-always-listed", "LIST-ARCHIVED", on=ids.LIST_PROVIDERS)(
    "Archived providers are in the list whether they are asked for or not.",
    wrong_outcome.of(lambda run: run.right(run.state, run.request._replace(query={"include_archived": True}))),
    shown(False, True, listed),
)
defect("archiving-never-listed", "LIST-ARCHIVED", on=ids.LIST_PROVIDERS)(
    "Archived providers are in no list, though they are asked for.",
    wrong_outcome.of(lambda run: run.right(run.state, run.request._replace(query={"include_archived": False}))),
    shown(True, False, listed, "?include_archived=true"),
)


@defect("archiving-hides", "ARCHIVE-STAMPS", on=ids.GET_PROVIDER).by(wrong_outcome)
@shown("200", "404 provider_not_found", lambda scene: said(scene.get(FORMER)))
def hides(run: Run) -> Outcome:
    """An archived provider is not found by its id."""
    provider = run.state.get(PROVIDERS, run.request.path["id"])
    if provider is not None and provider.archived_at is not None:
        raise errors.ProviderNotFound("There is no provider of this id.")
    return run.done


defect("archiving-settings-lost", "ARCHIVE-STAMPS", on=ids.ARCHIVE_PROVIDER)(
    "A provider that is archived loses its default model and its credential.",
    wrong_provider.of(lambda _before, right, _run: replace(right, default_model=None, credential_name=None)),
    shown(
        "gemini-large",
        None,
        lambda scene: in_turn(scene.ask("POST", f"{VERTEX}/archive"), scene.get(VERTEX).json().get("default_model")),
    ),
)
defect("archiving-time-stays", "ARCHIVE-STAMPS", "LIST-ARCHIVED", on=ids.UNARCHIVE_PROVIDER)(
    "A provider that is taken into use again keeps its archived_at.",
    wrong_provider.of(lambda before, right, _run: replace(right, archived_at=before.archived_at)),
    shown(
        None,
        "2026-05-20T12:00:00Z",
        lambda scene: in_turn(scene.ask("POST", f"{FORMER}/unarchive"), scene.get(FORMER).json().get("archived_at")),
    ),
)


def show_again_counts(scene: Scene) -> str:
    scene.ask("POST", f"{FORMER}/archive")
    return "as before" if scene.get(FORMER).json()["archived_at"] == "2026-05-20T12:00:00Z" else "later"


defect("archiving-again-counts", "ARCHIVE-AGAIN", on=ids.ARCHIVE_PROVIDER)(
    "A provider that is archived again has the later time.",
    wrong_provider.of(
        lambda _before, right, run: replace(right, archived_at=run.request.now, updated_at=run.request.now)
    ),
    shown("as before", "later", show_again_counts),
)
defect("archiving-not-needed", "ARCHIVE-NOT-ARCHIVED", on=ids.UNARCHIVE_PROVIDER)(
    "A provider that is in use is unarchived all the same.",
    in_place_of(errors.NotArchived).of(lambda run, _refusal: (run.state, Reply(200, {"status": "unarchived"}))),
    shown("409 not_archived", "200", lambda scene: said(scene.ask("POST", f"{MAIN}/unarchive"))),
)


def show_roles_stay_in_use(scene: Scene) -> bool:
    role = role_on(scene, AZURE)
    scene.ask("POST", f"{AZURE}/archive")
    return in_use(scene, role)


@defect("archiving-roles-stay-in-use", "ARCHIVE-CASCADES", on=ids.ARCHIVE_PROVIDER).by(wrong_outcome)
@shown(False, True, show_roles_stay_in_use)
def roles_stay_in_use(run: Run) -> Outcome:
    """A provider that is archived leaves its roles in use, and counts them all the same."""
    after, outcome = run.done
    for role in run.state.where(ROLES, provider_id=run.request.path["id"]):
        after = after.put(ROLES, role)
    return after, outcome


@defect("archiving-takes-roles-of-others", "ARCHIVE-CASCADES", "OWNERSHIP-LISTED", on=ids.ARCHIVE_PROVIDER).by(
    wrong_outcome
)
@shown(True, False, lambda scene: in_turn(scene.ask("POST", f"{AZURE}/archive"), in_use(scene, DEV)))
def takes_roles_of_others(run: Run) -> Outcome:
    """Archiving a provider archives the roles of all providers of the org."""
    after, outcome = run.done
    for provider in run.state.where(PROVIDERS, org_id=run.org_id):
        after, _ = archived_with(after, provider.id, run.request.now)
    return after, outcome


def show_counts_every_role(scene: Scene) -> object:
    role_on(scene, AZURE, "second")
    scene.ask("POST", f"{role_on(scene, AZURE)}/archive")
    return scene.ask("POST", f"{AZURE}/archive").json()["cascaded_roles"]


defect("archiving-counts-every-role", "ARCHIVE-CASCADES", on=ids.ARCHIVE_PROVIDER)(
    "cascaded_roles is the number of all roles of the provider, those that were archived before too.",
    wrong_reply.of(
        lambda body, run: {**body, "cascaded_roles": len(run.state.where(ROLES, provider_id=run.request.path["id"]))}
    ),
    shown(1, 2, show_counts_every_role),
)


def show_stamps_roles_again(scene: Scene) -> str:
    role = role_on(scene, AZURE)
    scene.ask("POST", f"{role}/archive")
    before = scene.get(role).json()["archived_at"]
    scene.ask("POST", f"{AZURE}/archive")
    return "as before" if scene.get(role).json()["archived_at"] == before else "later"


@defect("archiving-stamps-roles-again", "ARCHIVE-CASCADES", on=ids.ARCHIVE_PROVIDER).by(wrong_outcome)
@shown("as before", "later", show_stamps_roles_again)
def stamps_roles_again(run: Run) -> Outcome:
    """Archiving a provider gives roles that were archived before the later time."""
    after, outcome = run.done
    for role in after.where(ROLES, provider_id=run.request.path["id"]):
        after = after.put(ROLES, replace(role, archived_at=run.request.now))
    return after, outcome


@defect("archiving-cascaded-roles-listed", "LIST-ARCHIVED", "ARCHIVE-CASCADES", on=ids.LIST_AGENT_ROLES).by(wrong_reply)
@shown(
    False,
    True,
    lambda scene: "role_acme_old" in {each["id"] for each in scene.get("/agent-roles").json()["agent_roles"]},
)
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


@defect("archiving-parent-not-asked", "ARCHIVE-PARENT-FIRST", on=ids.UNARCHIVE_AGENT_ROLE).by(
    in_place_of(errors.ProviderArchived)
)
@shown("409 provider_archived", "200", lambda scene: said(scene.ask("POST", f"{OLD}/unarchive")))
def parent_not_asked(run: Run, _refusal: errors.ProviderArchived) -> Outcome:
    """A role is unarchived while its provider is archived."""
    role = run.state.all(ROLES)[run.request.path["id"]]
    return run.state.put(ROLES, replace(role, archived_at=None)), Reply(200, {"status": "unarchived"})


@defect("archiving-parent-comes-too", "ARCHIVE-PARENT-FIRST", on=ids.UNARCHIVE_AGENT_ROLE).by(
    in_place_of(errors.ProviderArchived)
)
@shown(False, True, lambda scene: in_turn(scene.ask("POST", f"{OLD}/unarchive"), in_use(scene, FORMER)))
def parent_comes_too(run: Run, _refusal: errors.ProviderArchived) -> Outcome:
    """A role that is unarchived takes its provider into use again with it."""
    provider = run.state.all(PROVIDERS)[run.state.all(ROLES)[run.request.path["id"]].provider_id]
    return run.right(run.state.put(PROVIDERS, replace(provider, archived_at=None)), run.request)


@defect("archiving-roles-come-back", "ARCHIVE-ROLES-STAY", "ARCHIVE-NOT-ARCHIVED", on=ids.UNARCHIVE_PROVIDER).by(
    wrong_outcome
)
@shown(False, True, lambda scene: in_turn(scene.ask("POST", f"{FORMER}/unarchive"), in_use(scene, OLD)))
def roles_come_back(run: Run) -> Outcome:
    """A provider that is taken into use again brings back the roles that were archived with it."""
    after, outcome = run.done
    before = run.state.all(PROVIDERS)[run.request.path["id"]].archived_at
    for role in after.where(ROLES, provider_id=run.request.path["id"]):
        if role.archived_at == before:
            after = after.put(ROLES, replace(role, archived_at=None))
    return after, outcome


def show_detaches_packs(scene: Scene) -> object:
    role = role_on(scene, AZURE, "witness", "pack_02HZ")
    scene.ask("POST", f"{role}/archive")
    return scene.get(role).json()["pack_ids"]


defect("archiving-detaches-packs", "ARCHIVE-STAMPS", "DELETE-IN-USE", on=ids.ARCHIVE_AGENT_ROLE)(
    "A role that is archived lets go of its packs.",
    wrong_role.of(lambda before, right, _run: right if before.archived_at else replace(right, pack_ids=())),
    shown(["pack_02HZ"], [], show_detaches_packs),
)
