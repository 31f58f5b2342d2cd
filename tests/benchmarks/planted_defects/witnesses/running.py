"""What shows the defects of what a running workspace keeps in use."""

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

MAIN, AZURE = "/providers/provider_01HZ", "/providers/provider_acme_azure"
DEV, SPARE = "/agent-roles/role_01HZ", "/agent-roles/role_acme_spare"
ACTIVE = "409 workspaces_active"


def workspace(scene: Scene, status: str, role: str = "role_acme_spare", org: str = "org_acme", **more: str) -> None:
    """A workspace of a role of which none runs."""
    scene.state("workspace exists", org_id=org, role_id=role, status=status, **more)


def archived(scene: Scene, path: str = SPARE) -> str:
    return said(scene.ask("POST", f"{path}/archive"))


def counted(scene: Scene, path: str) -> object:
    """What the refusal says of how many run."""
    return scene.ask("POST", f"{path}/archive").json()["error"].get("details")


@witness("archiving-running-ignored", right=ACTIVE, wrong="200")
def role_of_running_ones(scene: Scene) -> str:
    return archived(scene, DEV)


@witness("archiving-running-of-roles-ignored", right=ACTIVE, wrong="200")
def provider_of_running_ones(scene: Scene) -> str:
    return archived(scene, MAIN)


@witness("archiving-running-idle-alone", right=ACTIVE, wrong="200")
def role_of_a_busy_one(scene: Scene) -> str:
    workspace(scene, "busy")
    return archived(scene)


@witness("archiving-running-stopping-forgotten", right=ACTIVE, wrong="200")
def role_of_a_stopping_one(scene: Scene) -> str:
    workspace(scene, "stopping")
    return archived(scene)


def on_azure(scene: Scene, name: str = "witness") -> str:
    """The id of a new role on a provider that had none."""
    body = {"name": name, "provider_id": "provider_acme_azure"}
    return str(scene.ask("POST", "/agent-roles", json=body).json()["id"])


@witness("archiving-running-provisioning-forgotten", right=ACTIVE, wrong="200")
def provider_of_one_that_is_made(scene: Scene) -> str:
    workspace(scene, "provisioning", on_azure(scene))
    return archived(scene, AZURE)


@witness("archiving-running-failed-counts", right="200", wrong=ACTIVE)
def role_of_a_failed_one(scene: Scene) -> str:
    workspace(scene, "failed")
    return archived(scene)


@witness("archiving-running-archived-counts", right="200", wrong=ACTIVE)
def role_of_an_archived_one(scene: Scene) -> str:
    workspace(scene, "stopped", archived_at="2026-06-01T00:00:00Z")
    return archived(scene)


@witness("archiving-running-of-the-provider", right="200", wrong=ACTIVE)
def role_beside_that_of_running_ones(scene: Scene) -> str:
    return archived(scene)


@witness("archiving-running-of-other-orgs", right="200", wrong=ACTIVE)
def role_while_another_org_works(scene: Scene) -> str:
    workspace(scene, "idle", "role_globex_spare", "org_globex")
    return archived(scene)


@witness("archiving-running-not-told", right={"workspaces": 2}, wrong={})
def how_many_run(scene: Scene) -> object:
    return counted(scene, DEV)


@witness("archiving-running-every-one-told", right={"workspaces": 2}, wrong={"workspaces": 5})
def how_many_run_of_five(scene: Scene) -> object:
    return counted(scene, DEV)


@witness("archiving-running-of-one-role", right={"workspaces": 2}, wrong={"workspaces": 1})
def how_many_run_of_two_roles(scene: Scene) -> object:
    for name in ("first", "second"):
        workspace(scene, "idle", on_azure(scene, name))
    return counted(scene, AZURE)


@witness("archiving-running-refused-and-done", right=None, wrong="archived")
def after_the_refusal(scene: Scene) -> object:
    archived(scene, DEV)
    return "archived" if "archived_at" in scene.get(DEV).json() else None
