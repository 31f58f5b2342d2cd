"""Witnesses of the defects that the wheel has, of changes of the visibility."""

from __future__ import annotations

from benchmarks.planted_defects.planting.defect import bear_witness, shown
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status

IN_USE = "409 pack_in_use"
PACK, USED = "pack_01HZ", "pack_acme_release_notes"


def shared_pack(scene: Scene, used_by: str, *, archived: bool = False) -> str:
    """Return a community pack of Acme that one role references."""
    pack_id: str = scene.state("pack exists", org_id="org_acme", visibility="community")["pack_id"]
    scene.state("role references pack", org_id=used_by, pack_id=pack_id, archived=archived)
    return pack_id


def moved(scene: Scene, field: str, visibility: str) -> str:
    """Return whether a PATCH changes a field."""
    before = scene.pack(PACK)[field]
    scene.patch(PACK, visibility)
    return "stays" if scene.pack(PACK)[field] == before else "moves"


def patched(scene: Scene, *visibilities: str, pack_id: str = PACK) -> str:
    """Return the visibility of a pack after one PATCH after the other."""
    for each in visibilities:
        scene.patch(pack_id, each)
    return str(scene.pack(pack_id)["visibility"])


def roles_told(scene: Scene) -> int:
    """Return how many roles a refusal counts, of a pack that a role of its own org references too."""
    scene.state("role references pack", org_id="org_acme", pack_id=USED)
    return int(scene.patch(USED, "org").json()["error"]["details"]["roles"])


bear_witness("visibility-not-stored", shown("community", "org", patched, "community"))
bear_witness("visibility-stored-once", shown("org", "community", patched, "community", "org"))
bear_witness("visibility-touches-created-at", shown("stays", "moves", moved, "created_at", "community"))
bear_witness("visibility-updated-at-stays", shown("moves", "stays", moved, "updated_at", "community"))
bear_witness("visibility-noop-touches", shown("stays", "moves", moved, "updated_at", "org"))
bear_witness(
    "visibility-noop-in-use",
    shown(
        "200",
        IN_USE,
        lambda scene: do_in_turn(
            scene.state("role references pack", org_id="org_globex", pack_id=PACK),
            read_status(scene.patch(PACK, "org")),
        ),
    ),
)
bear_witness("visibility-in-use-ignored", shown(IN_USE, "200", lambda scene: read_status(scene.patch(USED, "org"))))
bear_witness(
    "visibility-archived-ignored",
    shown(
        IN_USE, "200", lambda scene: read_status(scene.patch(shared_pack(scene, "org_globex", archived=True), "org"))
    ),
)
bear_witness(
    "visibility-own-roles-count",
    shown("200", IN_USE, lambda scene: read_status(scene.patch(shared_pack(scene, "org_acme"), "org"))),
)
bear_witness(
    "visibility-in-use-by-whom",
    shown("roles", "orgs roles", lambda scene: " ".join(sorted(scene.patch(USED, "org").json()["error"]["details"]))),
)
bear_witness("visibility-in-use-counted-whole", shown(2, 3, roles_told))
bear_witness("effects-refused-and-done", shown("community", "org", patched, "org", pack_id=USED))
