"""What shows the defects of archiving."""

from tests.mock_server.deviations.scene import Scene, said
from tests.mock_server.deviations.witness import witness

MAIN, FORMER = "/providers/provider_01HZ", "/providers/provider_acme_old"
DEV, SPARE, OLD = "/agent-roles/role_01HZ", "/agent-roles/role_acme_spare", "/agent-roles/role_acme_old"


def listed(scene: Scene, query: str = "") -> bool:
    """Whether the archived provider is in the list."""
    return "provider_acme_old" in {each["id"] for each in scene.get(f"/providers{query}").json()["providers"]}


@witness("archiving-always-listed", right=False, wrong=True)
def listed_unasked(scene: Scene) -> bool:
    return listed(scene)


@witness("archiving-never-listed", right=True, wrong=False)
def listed_as_asked(scene: Scene) -> bool:
    return listed(scene, "?include_archived=true")


@witness("archiving-hides", right="200", wrong="404 provider_not_found")
def read_while_archived(scene: Scene) -> str:
    return said(scene.get(FORMER))


@witness("archiving-settings-lost", right="claude-large", wrong=None)
def model_of_an_archived_one(scene: Scene) -> object:
    scene.ask("POST", f"{MAIN}/archive")
    return scene.get(MAIN).json().get("default_model")


@witness("archiving-time-stays", right=None, wrong="2026-05-20T12:00:00Z")
def time_of_one_in_use_again(scene: Scene) -> object:
    scene.ask("POST", f"{FORMER}/unarchive")
    return scene.get(FORMER).json().get("archived_at")


@witness("archiving-again-counts", right="as before", wrong="later")
def archived_again(scene: Scene) -> str:
    scene.ask("POST", f"{FORMER}/archive")
    return "as before" if scene.get(FORMER).json()["archived_at"] == "2026-05-20T12:00:00Z" else "later"


@witness("archiving-not-needed", right="409 not_archived", wrong="200")
def unarchived_in_use(scene: Scene) -> str:
    return said(scene.ask("POST", f"{MAIN}/unarchive"))


def in_use(scene: Scene, role: str) -> bool:
    return "archived_at" not in scene.get(role).json()


@witness("archiving-roles-stay-in-use", right=False, wrong=True)
def role_of_an_archived_provider(scene: Scene) -> bool:
    scene.ask("POST", f"{MAIN}/archive")
    return in_use(scene, DEV)


@witness("archiving-takes-roles-of-others", right=True, wrong=False)
def role_of_another_provider(scene: Scene) -> bool:
    scene.ask("POST", "/providers/provider_acme_azure/archive")
    return in_use(scene, DEV)


@witness("archiving-counts-every-role", right=2, wrong=3)
def roles_counted(scene: Scene) -> object:
    scene.ask("POST", f"{SPARE}/archive")
    return scene.ask("POST", f"{MAIN}/archive").json()["cascaded_roles"]


@witness("archiving-stamps-roles-again", right="as before", wrong="later")
def role_archived_before(scene: Scene) -> str:
    scene.ask("POST", f"{SPARE}/archive")
    before = scene.get(SPARE).json()["archived_at"]
    scene.ask("POST", f"{MAIN}/archive")
    return "as before" if scene.get(SPARE).json()["archived_at"] == before else "later"


@witness("archiving-cascaded-roles-listed", right=False, wrong=True)
def role_archived_with_its_provider(scene: Scene) -> bool:
    return "role_acme_old" in {each["id"] for each in scene.get("/agent-roles").json()["agent_roles"]}


@witness("archiving-parent-not-asked", right="409 provider_archived", wrong="200")
def role_before_its_provider(scene: Scene) -> str:
    return said(scene.ask("POST", f"{OLD}/unarchive"))


@witness("archiving-parent-comes-too", right=False, wrong=True)
def provider_after_its_role(scene: Scene) -> bool:
    scene.ask("POST", f"{OLD}/unarchive")
    return in_use(scene, FORMER)


@witness("archiving-roles-come-back", right=False, wrong=True)
def role_after_its_provider(scene: Scene) -> bool:
    scene.ask("POST", f"{FORMER}/unarchive")
    return in_use(scene, OLD)


@witness("archiving-detaches-packs", right=["pack_02HZ"], wrong=[])
def packs_of_an_archived_role(scene: Scene) -> object:
    scene.ask("POST", f"{DEV}/archive")
    return scene.get(DEV).json()["pack_ids"]
