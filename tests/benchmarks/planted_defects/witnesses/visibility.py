"""What shows the defects of PATCH."""

from tests.benchmarks.planted_defects.scene import Scene, manifest, said
from tests.benchmarks.planted_defects.witness import witness

IN_USE = "409 pack_in_use"
INVALID = "400 validation_error"
PACK = "pack_01HZ"
USED = "pack_acme_release_notes"


def shared_pack(scene: Scene, *, used_by: str, archived: bool = False) -> str:
    """A community pack of Acme that one role references."""
    pack_id: str = scene.state("pack exists", org_id="org_acme", visibility="community")["pack_id"]
    scene.state("role references pack", org_id=used_by, pack_id=pack_id, archived=archived)
    return pack_id


def moved(scene: Scene, field: str, visibility: str) -> str:
    """Whether a PATCH changes a field."""
    before = scene.pack(PACK)[field]
    scene.patch(PACK, visibility)
    return "stays" if scene.pack(PACK)[field] == before else "moves"


@witness("visibility-not-stored", right="community", wrong="org")
def read_after(scene: Scene) -> str:
    scene.patch(PACK, "community")
    return str(scene.pack(PACK)["visibility"])


@witness("visibility-stored-once", right="org", wrong="community")
def read_after_two(scene: Scene) -> str:
    scene.patch(PACK, "community")
    scene.patch(PACK, "org")
    return str(scene.pack(PACK)["visibility"])


@witness("visibility-touches-created-at", right="stays", wrong="moves")
def created_at(scene: Scene) -> str:
    return moved(scene, "created_at", "community")


@witness("visibility-updated-at-stays", right="moves", wrong="stays")
def updated_at(scene: Scene) -> str:
    return moved(scene, "updated_at", "community")


@witness("visibility-noop-touches", right="stays", wrong="moves")
def updated_at_of_nothing(scene: Scene) -> str:
    return moved(scene, "updated_at", "org")


@witness("visibility-noop-in-use", right="200", wrong=IN_USE)
def private_and_used(scene: Scene) -> str:
    scene.state("role references pack", org_id="org_globex", pack_id=PACK)
    return said(scene.patch(PACK, "org"))


@witness("visibility-in-use-ignored", right=IN_USE, wrong="200")
def used(scene: Scene) -> str:
    return said(scene.patch(USED, "org"))


@witness("visibility-archived-ignored", right=IN_USE, wrong="200")
def used_by_archived(scene: Scene) -> str:
    return said(scene.patch(shared_pack(scene, used_by="org_globex", archived=True), "org"))


@witness("visibility-own-roles-count", right="200", wrong=IN_USE)
def used_by_own(scene: Scene) -> str:
    return said(scene.patch(shared_pack(scene, used_by="org_acme"), "org"))


@witness("visibility-in-use-by-whom", right="roles", wrong="orgs roles")
def details(scene: Scene) -> str:
    return " ".join(sorted(scene.patch(USED, "org").json()["error"]["details"]))


@witness("visibility-in-use-counted-whole", right=2, wrong=3)
def number_of_roles(scene: Scene) -> int:
    scene.state("role references pack", org_id="org_acme", pack_id=USED)
    return int(scene.patch(USED, "org").json()["error"]["details"]["roles"])


@witness("visibility-refused-and-done", right="community", wrong="org")
def read_after_refusal(scene: Scene) -> str:
    scene.patch(USED, "org")
    return str(scene.pack(USED)["visibility"])


@witness("visibility-extra-key-ignored", right=INVALID, wrong="200")
def key_beside(scene: Scene) -> str:
    return said(scene.ask("PATCH", f"/packs/{PACK}", json={"visibility": "org", "name": "other"}))


@witness("visibility-null-is-org", right=INVALID, wrong="200")
def null(scene: Scene) -> str:
    return said(scene.ask("PATCH", f"/packs/{PACK}", json={"visibility": None}))


@witness("visibility-refused-file-touches", right="stays", wrong="moves")
def updated_at_after_refused_file(scene: Scene) -> str:
    pack_id = "pack_acme_pager"
    before = scene.pack(pack_id)["updated_at"]
    scene.put(f"/packs/{pack_id}/files/pack.yaml", manifest("pager", "2.0.0"))
    return "stays" if scene.pack(pack_id)["updated_at"] == before else "moves"
