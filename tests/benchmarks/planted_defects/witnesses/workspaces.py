"""What shows the defects of lists and reads of workspaces."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

OF_OWNER, OF_MEMBER, OF_KEY, ARCHIVED = "ws_01HZ", "ws_acme_busy", "ws_acme_failed", "ws_acme_archived"
HIDDEN, MISSING, NO_ROLE = "403 workspace_not_visible", "404 workspace_not_found", "404 role_not_found"
OF_OTHER_ORG = "ws_globex_idle"


def listed(scene: Scene, who: str = "acme-member", query: str = "") -> list[str]:
    return [each["id"] for each in scene.get(f"/workspaces{query}", who).json()["workspaces"]]


def has(scene: Scene, *ids: str, who: str = "acme-member", query: str = "") -> list[bool]:
    """Whether the list holds each of these."""
    found = listed(scene, who, query)
    return [each in found for each in ids]


def read(scene: Scene, workspace_id: str, who: str = "acme-member") -> str:
    return said(scene.get(f"/workspaces/{workspace_id}", who))


def of_role(scene: Scene, name: str) -> Any:
    return said(scene.get(f"/workspaces?role_name={name}"))


@witness("ownership-workspaces-of-all-people-listed", right=[False, False], wrong=[True, True])
def of_all_people_listed(scene: Scene) -> list[bool]:
    return has(scene, OF_OWNER, OF_KEY)


@witness("ownership-workspaces-of-keys-listed", right=[False, False], wrong=[False, True])
def of_keys_listed(scene: Scene) -> list[bool]:
    return has(scene, OF_OWNER, OF_KEY)


@witness("ownership-workspaces-own-not-listed", right=[True], wrong=[False])
def own_not_listed(scene: Scene) -> list[bool]:
    return has(scene, OF_MEMBER)


@witness("ownership-workspaces-own-alone-listed", right=[True, True], wrong=[True, False])
def own_alone_listed(scene: Scene) -> list[bool]:
    return has(scene, OF_OWNER, OF_MEMBER, who="acme-owner")


@witness("ownership-workspaces-of-all-orgs-listed", right=[False], wrong=[True])
def of_all_orgs_listed(scene: Scene) -> list[bool]:
    return has(scene, OF_OTHER_ORG)


@witness("ownership-workspaces-of-others-read", right=[HIDDEN, HIDDEN], wrong=["200", "200"])
def of_others_read(scene: Scene) -> list[str]:
    return [read(scene, OF_OWNER), read(scene, OF_KEY)]


@witness("ownership-workspaces-of-keys-read", right=[HIDDEN, HIDDEN], wrong=[HIDDEN, "200"])
def of_keys_read(scene: Scene) -> list[str]:
    return [read(scene, OF_OWNER), read(scene, OF_KEY)]


@witness("ownership-workspaces-of-others-not-found", right=HIDDEN, wrong=MISSING)
def of_others_not_found(scene: Scene) -> str:
    return read(scene, OF_OWNER)


@witness("ownership-workspaces-creator-alone", right="200", wrong=HIDDEN)
def creator_alone(scene: Scene) -> str:
    return read(scene, OF_MEMBER, "acme-owner")


@witness("ownership-workspaces-of-all-orgs-read", right=MISSING, wrong="200")
def of_all_orgs_read(scene: Scene) -> str:
    return read(scene, OF_OTHER_ORG)


@witness("ownership-workspaces-of-all-orgs-not-visible", right=MISSING, wrong=HIDDEN)
def of_all_orgs_not_visible(scene: Scene) -> str:
    return read(scene, OF_OTHER_ORG)


@witness("archiving-workspaces-always-listed", right=[False], wrong=[True])
def archived_always_listed(scene: Scene) -> list[bool]:
    return has(scene, ARCHIVED)


@witness("archiving-workspaces-never-listed", right=[True], wrong=[False])
def archived_never_listed(scene: Scene) -> list[bool]:
    return has(scene, ARCHIVED, query="?include_archived=true")


@witness("archiving-workspaces-not-found", right="200", wrong=MISSING)
def archived_not_found(scene: Scene) -> str:
    return read(scene, ARCHIVED)


@witness("lists-role-name-ignored", right=[False, True], wrong=[True, True])
def role_name_ignored(scene: Scene) -> list[bool]:
    return has(scene, OF_OWNER, OF_KEY, who="acme-owner", query="?role_name=dev")


@witness("lists-role-unknown-empty", right=NO_ROLE, wrong="200")
def role_unknown_empty(scene: Scene) -> str:
    return of_role(scene, "none")


@witness("lists-role-of-all-orgs-known", right=[NO_ROLE, NO_ROLE], wrong=["200", NO_ROLE])
def role_of_all_orgs_known(scene: Scene) -> list[str]:
    scene.ask("POST", "/agent-roles", "globex-owner", json={"name": "theirs", "provider_id": "provider_globex_main"})
    return [of_role(scene, "theirs"), of_role(scene, "none")]


@witness("lists-role-archived-unknown", right="200", wrong=NO_ROLE)
def role_archived_unknown(scene: Scene) -> str:
    return of_role(scene, "former")


@witness("lists-role-without-workspaces-unknown", right="200", wrong=NO_ROLE)
def role_without_workspaces_unknown(scene: Scene) -> str:
    return of_role(scene, "spare")


@witness("lists-role-name-in-part", right=NO_ROLE, wrong="200")
def role_name_in_part(scene: Scene) -> str:
    return of_role(scene, "on")
