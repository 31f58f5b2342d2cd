"""What shows the defects of archiving."""

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

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


@witness("archiving-always-listed", right=False, wrong=True)
def listed_unasked(scene: Scene) -> bool:
    return listed(scene)


@witness("archiving-never-listed", right=True, wrong=False)
def listed_as_asked(scene: Scene) -> bool:
    return listed(scene, "?include_archived=true")


@witness("archiving-hides", right="200", wrong="404 provider_not_found")
def read_while_archived(scene: Scene) -> str:
    return said(scene.get(FORMER))


@witness("archiving-settings-lost", right="gemini-large", wrong=None)
def model_of_an_archived_one(scene: Scene) -> object:
    scene.ask("POST", f"{VERTEX}/archive")
    return scene.get(VERTEX).json().get("default_model")


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
    role = role_on(scene, AZURE)
    scene.ask("POST", f"{AZURE}/archive")
    return in_use(scene, role)


@witness("archiving-takes-roles-of-others", right=True, wrong=False)
def role_of_another_provider(scene: Scene) -> bool:
    scene.ask("POST", f"{AZURE}/archive")
    return in_use(scene, DEV)


@witness("archiving-counts-every-role", right=1, wrong=2)
def roles_counted(scene: Scene) -> object:
    role_on(scene, AZURE, "second")
    scene.ask("POST", f"{role_on(scene, AZURE)}/archive")
    return scene.ask("POST", f"{AZURE}/archive").json()["cascaded_roles"]


@witness("archiving-stamps-roles-again", right="as before", wrong="later")
def role_archived_before(scene: Scene) -> str:
    role = role_on(scene, AZURE)
    scene.ask("POST", f"{role}/archive")
    before = scene.get(role).json()["archived_at"]
    scene.ask("POST", f"{AZURE}/archive")
    return "as before" if scene.get(role).json()["archived_at"] == before else "later"


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
    role = role_on(scene, AZURE, "witness", "pack_02HZ")
    scene.ask("POST", f"{role}/archive")
    return scene.get(role).json()["pack_ids"]
