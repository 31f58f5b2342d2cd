"""What shows the defects of deletion."""

from tests.benchmarks.planted_defects.scene import SLACK, Scene, packed, said
from tests.benchmarks.planted_defects.witness import witness

PACK = "pack_01HZ"
IN_USE = "409 pack_in_use"
NOT_FOUND = "404 pack_not_found"


def purge_fails(scene: Scene) -> str:
    """An uploaded pack whose image cannot be purged at the first attempt."""
    pack_id: str = scene.upload(packed()).json()["id"]
    scene.state("registry purge fails", pack_id=pack_id, times=1)
    return pack_id


@witness("deletion-not-done", right=NOT_FOUND, wrong="200")
def read_after(scene: Scene) -> str:
    scene.delete(PACK)
    return said(scene.get(f"/packs/{PACK}"))


@witness("deletion-still-listed", right=False, wrong=True)
def listed_after(scene: Scene) -> bool:
    scene.delete(PACK)
    return PACK in scene.listed()


@witness("deletion-files-left", right=NOT_FOUND, wrong="200")
def file_after(scene: Scene) -> str:
    scene.delete(PACK)
    return said(scene.get(f"/packs/{PACK}/files/pack.yaml"))


@witness("deletion-in-use-ignored", right=IN_USE, wrong="200")
def used(scene: Scene) -> str:
    return said(scene.delete("pack_acme_pager"))


@witness("deletion-insists", right=IN_USE, wrong="200")
def used_and_asked_twice(scene: Scene) -> str:
    scene.delete("pack_acme_pager")
    return said(scene.delete("pack_acme_pager"))


@witness("deletion-failed-and-done", right="200", wrong=NOT_FOUND)
def read_after_failure(scene: Scene) -> str:
    pack_id = purge_fails(scene)
    scene.delete(pack_id)
    return said(scene.get(f"/packs/{pack_id}"))


@witness("deletion-never-converges", right="200", wrong="502 registry_cleanup_failed")
def repeated_after_failure(scene: Scene) -> str:
    pack_id = purge_fails(scene)
    scene.delete(pack_id)
    return said(scene.delete(pack_id))


@witness("deletion-image-gone", right="201", wrong="400 validation_error")
def image_after(scene: Scene) -> str:
    scene.delete(PACK)
    return said(scene.create(f"{SLACK}:1.2.0"))
