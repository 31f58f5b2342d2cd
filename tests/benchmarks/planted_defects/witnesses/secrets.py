"""What shows the defects of secrets."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

TOKEN = "WEBHOOK_TOKEN"
INVALID = "400 validation_error"


def put(scene: Scene, name: str = TOKEN) -> Any:
    return scene.ask("PUT", f"/secrets/{name}", json={"value": "a value of the witness"})


def listed(scene: Scene) -> list[str]:
    """The names in the list, in the order of the alphabet."""
    return sorted(each["name"] for each in scene.get("/secrets").json()["secrets"])


@witness("secrets-refused-quoted", right=False, wrong=True)
def value_of_a_refused_one(scene: Scene) -> bool:
    sent = {"value": "a value of the witness", "more": 1}
    return "a value of the witness" in scene.ask("PUT", f"/secrets/{TOKEN}", json=sent).text


@witness("secrets-made-anew", right="2026-04-15T12:00:00Z", wrong="later")
def time_of_one_set_again(scene: Scene) -> str:
    created = put(scene).json()["created_at"]
    return "later" if created > "2026-04-16" else str(created)


@witness("secrets-listed-twice", right=["DB_PASSWORD", TOKEN], wrong=["DB_PASSWORD", "DB_PASSWORD", TOKEN])
def names_in_the_list(scene: Scene) -> list[str]:
    return listed(scene)


@witness("secrets-names-tidied", right=INVALID, wrong="200")
def name_with_a_dot(scene: Scene) -> str:
    return said(put(scene, "WEBHOOK.TOKEN"))


@witness("secrets-left-behind", right=["DB_PASSWORD"], wrong=["DB_PASSWORD", TOKEN])
def list_without_a_deleted_one(scene: Scene) -> list[str]:
    scene.ask("DELETE", f"/secrets/{TOKEN}")
    return listed(scene)


@witness("secrets-alike-deleted", right=["DB_PASSWORD", f"{TOKEN}_2"], wrong=["DB_PASSWORD"])
def list_of_others_after_a_deletion(scene: Scene) -> list[str]:
    put(scene, f"{TOKEN}_2")
    scene.ask("DELETE", f"/secrets/{TOKEN}")
    return listed(scene)


@witness("subsystems-secrets-listed-while-off", right="503 secrets_disabled", wrong="200")
def list_while_off(scene: Scene) -> str:
    scene.state("secrets are disabled", org_id="org_acme")
    return said(scene.get("/secrets"))


@witness("ownership-secrets-of-all-listed", right=2, wrong=3)
def secrets_of_every_org(scene: Scene) -> int:
    scene.ask("PUT", "/secrets/OF_GLOBEX", "globex-owner", json={"value": "a value of the witness"})
    return len(listed(scene))
