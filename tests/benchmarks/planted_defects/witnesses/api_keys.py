"""What shows the defects of API keys."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

READ_ONLY = {"label": "of the witness", "permission_set": "read_only"}


def made(scene: Scene, permission_set: str = "read_only", who: str = "acme-owner") -> Any:
    return scene.ask("POST", "/api-keys", who, json={**READ_ONLY, "permission_set": permission_set}).json()


def revoked(scene: Scene, key: Any, who: str = "acme-owner") -> str:
    return said(scene.ask("DELETE", f"/api-keys/{key['id']}", who))


def listed(scene: Scene, who: str = "acme-owner") -> list[Any]:
    return [each for each in scene.get("/api-keys", who).json()["api_keys"] if each["label"] == READ_ONLY["label"]]


@witness("keys-value-shown-again", right=False, wrong=True)
def list_with_values(scene: Scene) -> bool:
    value = made(scene)["value"]
    return value in scene.get("/api-keys").text


@witness("keys-all-full-access", right=["workspace:read", "audit:read"], wrong="more")
def scopes_of_a_key(scene: Scene) -> Any:
    found = scene.get("/me/session", made(scene)["value"]).json()["permissions"]
    return found if len(found) == 2 else "more"


@witness("keys-not-in-force", right="200", wrong="401 unauthenticated")
def session_of_a_new_key(scene: Scene) -> str:
    return said(scene.get("/me/session", made(scene, "submit_observe")["value"]))


@witness("keys-prefix-tells-more", right="sk_mock_...", wrong="more")
def beginning_of_a_prefix(scene: Scene) -> str:
    prefix = made(scene)["prefix"][:-4]
    return str(prefix) if len(prefix) == 11 else "more"


@witness("keys-revoked-listed", right=0, wrong=1)
def list_after_a_revocation(scene: Scene) -> int:
    revoked(scene, made(scene))
    return len(listed(scene))


@witness("authentication-key-revoked-by-org-works", right="401 unauthenticated", wrong="200")
def bearer_of_a_revoked_key(scene: Scene) -> str:
    key = made(scene)
    revoked(scene, key)
    return said(scene.get("/packs", key["value"]))


@witness("authentication-keys-alike-revoked", right="200", wrong="401 unauthenticated")
def bearer_of_another_key(scene: Scene) -> str:
    key, other = made(scene), made(scene)
    revoked(scene, key)
    return said(scene.get("/packs", other["value"]))


@witness("ownership-keys-of-all-listed", right=0, wrong=1)
def keys_of_another_org(scene: Scene) -> int:
    made(scene, who="globex-owner")
    return len(listed(scene))


@witness("ownership-keys-of-others-revoked", right="404 api_key_not_found", wrong="200")
def revocation_by_another_org(scene: Scene) -> str:
    return revoked(scene, made(scene, who="globex-owner"))
