"""What shows the defects of credentials."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

SECRET = "a secret of the witness"
INVALID, TAKEN = "400 validation_error", "409 credential_exists"
KEY = {"name": "witness", "provider": "github", "kind": "api_key", "api_key": SECRET}
CODE = {
    "name": "drive",
    "provider": "google",
    "kind": "oauth2_authorization_code",
    "client_secret": SECRET,
    "provider_config": {"client_id": "drive-client"},
    "allow_user_override": True,
}
OWN = {"name": "drive", "provider": "google", "kind": "oauth2_authorization_code", "personal": True}
BASIC = {"name": "witness", "provider": "jira", "kind": "basic_auth", "provider_config": {"username": "agents"}}
CLIENT = {
    "name": "witness",
    "provider": "microsoft",
    "kind": "oauth2_client_credentials",
    "client_secret": SECRET,
    "provider_config": {"client_id": "c"},
}


def made(scene: Scene, body: Any, who: str = "acme-owner") -> Any:
    return scene.ask("POST", "/credentials", who, json=body)


def read(scene: Scene, credential_id: str, who: str = "acme-owner") -> Any:
    return scene.get(f"/credentials/{credential_id}", who)


def own(scene: Scene, who: str = "acme-owner", **more: Any) -> Any:
    """A personal credential in place of a new one of the org."""
    made(scene, {**CODE, **more})
    return made(scene, OWN, who)


def listed(scene: Scene, who: str = "acme-owner") -> set[str]:
    return {each["id"] for each in scene.get("/credentials", who).json()["credentials"]}


@witness("credentials-refused-quoted", right=False, wrong=True)
def secret_of_a_refused_one(scene: Scene) -> bool:
    return SECRET in made(scene, {**BASIC, "password": SECRET, "more": 1}).text


@witness("credentials-key-in-config", right=False, wrong=True)
def key_in_the_answer(scene: Scene) -> bool:
    return SECRET in made(scene, KEY).text


@witness("credentials-password-not-needed", right=INVALID, wrong="201")
def one_without_a_password(scene: Scene) -> str:
    return said(made(scene, BASIC))


@witness("credentials-other-secret-ignored", right=INVALID, wrong="201")
def one_with_two_secrets(scene: Scene) -> str:
    return said(made(scene, {**KEY, "password": SECRET}))


@witness("credentials-scopes-lost", right=["one", "two"], wrong=["one"])
def scopes_of_a_new_one(scene: Scene) -> Any:
    return made(scene, {**KEY, "scopes": ["one", "two"]}).json()["scopes"]


@witness("credentials-further-config-lost", right={"more": "kept"}, wrong={})
def config_of_a_new_one(scene: Scene) -> Any:
    return made(scene, {**KEY, "provider_config": {"more": "kept"}}).json()["provider_config"]


@witness("credentials-tenant-not-needed", right=INVALID, wrong="201")
def one_without_a_tenant(scene: Scene) -> str:
    return said(made(scene, CLIENT))


@witness("credentials-active-at-once", right="needs_reauth", wrong="active")
def status_of_a_personal_one(scene: Scene) -> Any:
    return own(scene).json()["status"]


@witness("credentials-next-left-out", right=True, wrong=False)
def next_of_a_personal_one(scene: Scene) -> bool:
    return "next" in own(scene).json()


@witness("credentials-names-taken-by-others", right="201", wrong=TAKEN)
def name_of_another_org(scene: Scene) -> str:
    made(scene, KEY)
    return said(made(scene, KEY, "globex-owner"))


@witness("credentials-names-taken-by-people", right="201", wrong=TAKEN)
def name_of_another_person(scene: Scene) -> str:
    own(scene, "acme-member")
    return said(made(scene, OWN))


@witness("credentials-personal-of-any-kind", right=INVALID, wrong="201")
def personal_key(scene: Scene) -> str:
    made(scene, {**KEY, "allow_user_override": True})
    return said(made(scene, {"name": "witness", "provider": "github", "kind": "api_key", "personal": True}))


@witness("credentials-org-has-a-user", right=None, wrong="usr_acme_owner")
def user_of_the_orgs(scene: Scene) -> Any:
    return read(scene, "cred_01HZ").json().get("user_id")


@witness("credentials-override-not-asked-for", right=INVALID, wrong="201")
def one_that_does_not_allow_it(scene: Scene) -> str:
    return said(own(scene, allow_user_override=False))


@witness("credentials-override-without-config", right={"client_id": "drive-client"}, wrong={})
def config_of_a_personal_one(scene: Scene) -> Any:
    return own(scene).json()["provider_config"]


@witness("credentials-start-again-alike", right=2, wrong=1)
def addresses_of_two_starts(scene: Scene) -> int:
    started = [scene.ask("POST", "/credentials/cred_acme_google/oauth/start").json()["auth_url"] for _ in range(2)]
    return len(set(started))


@witness("credentials-any-kind-started", right=INVALID, wrong="200")
def key_started(scene: Scene) -> str:
    return said(scene.ask("POST", "/credentials/cred_01HZ/oauth/start"))


@witness("credentials-active-by-start", right="needs_reauth", wrong="active")
def status_after_a_start(scene: Scene) -> Any:
    scene.ask("POST", "/credentials/cred_acme_google/oauth/start")
    return read(scene, "cred_acme_google").json()["status"]


@witness("credentials-status-listed-as-made", right="active", wrong="needs_reauth")
def status_in_the_list(scene: Scene) -> Any:
    found = scene.get("/credentials").json()["credentials"]
    return next(each["status"] for each in found if each["id"] == "cred_acme_personal")


@witness("credentials-left-behind", right=False, wrong=True)
def list_after_a_deletion(scene: Scene) -> bool:
    scene.ask("DELETE", "/credentials/cred_01HZ")
    return "cred_01HZ" in listed(scene)


@witness("credentials-with-those-in-place", right=True, wrong=False)
def the_orgs_after_a_personal_one_is_deleted(scene: Scene) -> bool:
    scene.ask("DELETE", "/credentials/cred_acme_personal")
    return "cred_acme_google" in listed(scene)


@witness("subsystems-credentials-read-while-off", right="503 auth_disabled", wrong="200")
def one_while_off(scene: Scene) -> str:
    scene.state("auth is disabled", org_id="org_acme")
    return said(read(scene, "cred_01HZ"))


# Whose it is


@witness("ownership-credentials-of-all-listed", right=False, wrong=True)
def list_of_a_key(scene: Scene) -> bool:
    return "cred_acme_personal" in listed(scene, "acme-read-only")


@witness("ownership-own-credentials-not-listed", right=True, wrong=False)
def list_of_a_member(scene: Scene) -> bool:
    return "cred_acme_personal" in listed(scene, "acme-member")


NOT_FOUND, DENIED = "404 credential_not_found", "403 permission_denied"


@witness("ownership-credentials-of-others-read", right=NOT_FOUND, wrong="200")
def somebody_elses_read(scene: Scene) -> str:
    return said(read(scene, "cred_acme_personal", "acme-full-access"))


@witness("ownership-credentials-of-others-deleted", right=NOT_FOUND, wrong="200")
def somebody_elses_deleted(scene: Scene) -> str:
    return said(scene.ask("DELETE", f"/credentials/{own(scene).json()['id']}", "acme-member"))


@witness("ownership-credentials-of-others-forbidden", right=NOT_FOUND, wrong=DENIED)
def somebody_elses_asked_for(scene: Scene) -> str:
    return said(scene.ask("POST", f"/credentials/{own(scene).json()['id']}/oauth/start", "acme-member"))


@witness("ownership-credentials-of-the-org-deleted", right=DENIED, wrong="200")
def the_orgs_deleted(scene: Scene) -> str:
    return said(scene.ask("DELETE", "/credentials/cred_01HZ", "acme-member"))


@witness("ownership-credentials-of-the-org-made", right=DENIED, wrong="201")
def the_orgs_made(scene: Scene) -> str:
    return said(made(scene, KEY, "acme-member"))


@witness("ownership-credentials-of-others-started", right=DENIED, wrong="200")
def somebody_elses_started(scene: Scene) -> str:
    return said(scene.ask("POST", "/credentials/cred_acme_personal/oauth/start"))
