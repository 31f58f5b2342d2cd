"""What shows the defects of agent roles."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

DEV = "/agent-roles/role_01HZ"
NEW = {"name": "witness", "provider_id": "provider_01HZ"}
ARCHIVED, INVALID = "409 provider_archived", "400 validation_error"


def made(scene: Scene, **more: Any) -> Any:
    return scene.ask("POST", "/agent-roles", json={**NEW, **more})


def patched(scene: Scene, **sent: Any) -> Any:
    return scene.ask("PATCH", DEV, json=sent)


@witness("roles-made-for-production", right="development", wrong="production")
def environment_of_a_new_one(scene: Scene) -> Any:
    return made(scene).json()["environment"]


@witness("roles-made-on-archived", right=ARCHIVED, wrong="201")
def made_on_an_archived_provider(scene: Scene) -> str:
    return said(made(scene, provider_id="provider_acme_old"))


@witness("roles-moved-to-archived", right=ARCHIVED, wrong="200")
def moved_to_an_archived_provider(scene: Scene) -> str:
    return said(patched(scene, provider_id="provider_acme_old"))


@witness("roles-private-packs-attached", right=INVALID, wrong="201")
def private_pack_of_another_org(scene: Scene) -> str:
    return said(made(scene, pack_ids=["pack_globex_ledger"]))


@witness("roles-unknown-packs-dropped", right=INVALID, wrong="201")
def pack_that_there_is_not(scene: Scene) -> str:
    return said(made(scene, pack_ids=["pack_absent"]))


@witness("roles-own-packs-alone", right="201", wrong=INVALID)
def pack_of_the_platform(scene: Scene) -> str:
    return said(made(scene, pack_ids=["pack_02HZ"]))


@witness("roles-packs-added", right=["pack_01HZ"], wrong=["pack_02HZ", "pack_01HZ"])
def another_pack_sent(scene: Scene) -> Any:
    return patched(scene, pack_ids=["pack_01HZ"]).json()["pack_ids"]


@witness("roles-packs-never-emptied", right=[], wrong=["pack_02HZ"])
def no_pack_sent(scene: Scene) -> Any:
    return patched(scene, pack_ids=[]).json()["pack_ids"]


@witness("roles-packs-in-order-of-ids", right=["pack_02HZ", "pack_01HZ"], wrong=["pack_01HZ", "pack_02HZ"])
def packs_in_another_order(scene: Scene) -> Any:
    return made(scene, pack_ids=["pack_02HZ", "pack_01HZ"]).json()["pack_ids"]
