"""What shows the defects of what is configured."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

MAIN, VERTEX = "/providers/provider_01HZ", "/providers/provider_acme_vertex"
NEW = {"name": "witness", "kind": "openai", "domain": "api.first.example"}
INVALID = "400 validation_error"
TAKEN = "409 provider_exists"
DEV, NEW_ROLE = "/agent-roles/role_01HZ", {"name": "witness", "provider_id": "provider_01HZ"}


def made(scene: Scene, who: str = "acme-owner", **more: Any) -> Any:
    return scene.ask("POST", "/providers", who, json={**NEW, **more})


def patched(scene: Scene, path: str, **sent: Any) -> Any:
    return scene.ask("PATCH", path, json=sent).json()


@witness("configuration-model-forgotten", right="large", wrong=None)
def model_of_a_new_one(scene: Scene) -> Any:
    return made(scene, default_model="large").json().get("default_model")


@witness("configuration-settings-lost", right={"api_type": "azure"}, wrong=None)
def settings_of_a_new_one(scene: Scene) -> Any:
    return made(scene, kind="azure-openai", config={"api_type": "azure"}).json().get("config")


@witness("configuration-archived-names-free", right=TAKEN, wrong="201")
def name_of_an_archived_one(scene: Scene) -> str:
    return said(made(scene, name="former"))


@witness("configuration-names-taken-by-others", right="201", wrong=TAKEN)
def name_of_another_orgs(scene: Scene) -> str:
    made(scene)
    return said(made(scene, "globex-owner"))


@witness("configuration-capabilities-stay", right="[]\n", wrong=None)
def capabilities_changed(scene: Scene) -> Any:
    return patched(scene, MAIN, capabilities="[]\n").get("capabilities")


@witness("configuration-rest-cleared", right="claude-large", wrong=None)
def model_not_sent(scene: Scene) -> Any:
    return patched(scene, MAIN, domain="api.second.example").get("default_model")


@witness("configuration-settings-dropped", right=["location", "project"], wrong=[])
def settings_not_sent(scene: Scene) -> list[str]:
    return sorted(patched(scene, VERTEX, display_name="Vertex").get("config", {}))


@witness("configuration-same-counts", right="as before", wrong="later")
def nothing_sent(scene: Scene) -> str:
    return "as before" if patched(scene, MAIN)["updated_at"] == "2026-04-01T09:00:00Z" else "later"


@witness("configuration-any-setting", right=INVALID, wrong="201")
def setting_of_another_kind(scene: Scene) -> str:
    return said(made(scene, config={"project": "x"}))


@witness("configuration-settings-replaced", right=["location", "project"], wrong=["project"])
def one_setting_sent(scene: Scene) -> list[str]:
    return sorted(patched(scene, VERTEX, config={"project": "other"})["config"])


@witness("configuration-settings-never-cleared", right=["location"], wrong=["location", "project"])
def setting_cleared(scene: Scene) -> list[str]:
    return sorted(patched(scene, VERTEX, config={"project": None})["config"])


@witness("configuration-any-credential", right=INVALID, wrong="201")
def credential_of_another_provider(scene: Scene) -> str:
    return said(made(scene, credential_name="anthropic"))


def made_role(scene: Scene, **more: Any) -> Any:
    return scene.ask("POST", "/agent-roles", json={**NEW_ROLE, **more})


@witness("configuration-effort-off-forgotten", right="off", wrong=None)
def effort_off(scene: Scene) -> Any:
    return made_role(scene, thinking_effort="off").json().get("thinking_effort")


@witness("configuration-zero-forgotten", right=0, wrong=None)
def no_continuations(scene: Scene) -> Any:
    return patched(scene, DEV, max_continuations=0).get("max_continuations")


@witness("configuration-packs-detached", right=["pack_02HZ"], wrong=[])
def packs_not_sent(scene: Scene) -> Any:
    return patched(scene, DEV, model="other")["pack_ids"]


@witness("configuration-environment-reset", right="staging", wrong="development")
def environment_not_sent(scene: Scene) -> Any:
    patched(scene, DEV, environment="staging")
    return patched(scene, DEV, model="other")["environment"]


@witness("configuration-archived-role-names-free", right="409 role_exists", wrong="201")
def name_of_an_archived_role(scene: Scene) -> str:
    return said(made_role(scene, name="former"))


@witness("configuration-any-capabilities", right=INVALID, wrong="201")
def capabilities_that_are_no_list(scene: Scene) -> str:
    return said(made_role(scene, capabilities="name: x"))


@witness("configuration-providers-of-others", right=INVALID, wrong="201")
def role_on_anothers_provider(scene: Scene) -> str:
    return said(made_role(scene, provider_id="provider_globex_main"))
