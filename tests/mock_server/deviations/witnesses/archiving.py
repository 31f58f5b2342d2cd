"""What shows the defects of archiving."""

from tests.mock_server.deviations.scene import Scene, said
from tests.mock_server.deviations.witness import witness

MAIN, FORMER = "/providers/provider_01HZ", "/providers/provider_acme_old"


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
