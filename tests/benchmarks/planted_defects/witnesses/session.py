"""What shows the defects of the session."""

from tests.benchmarks.planted_defects.scene import Json, Scene
from tests.benchmarks.planted_defects.witness import witness


def session(scene: Scene, who: str) -> Json:
    shown: Json = scene.get("/me/session", who).json()
    return shown


@witness("session-key-is-a-person", right="system", wrong="usr_of_the_key")
def user_of_a_key(scene: Scene) -> str:
    return str(session(scene, "acme-read-only")["user_id"])


@witness("session-of-the-first", right="org_globex", wrong="org_acme")
def second_owner(scene: Scene) -> str:
    session(scene, "acme-owner")
    return str(session(scene, "globex-owner")["org_id"])


@witness("session-label-of-people", right=False, wrong=True)
def label_of_a_person(scene: Scene) -> bool:
    return "api_key_label" in session(scene, "acme-owner")


@witness("session-operator-overstated", right=False, wrong=True)
def scopes_of_an_operator(scene: Scene) -> bool:
    return "billing:write" in session(scene, "acme-operator")["permissions"]


@witness("session-expired-trial", right="trial", wrong="past_due")
def billing_status(scene: Scene) -> str:
    return str(session(scene, "umbrella-owner")["memberships"][0]["billing_status"])
