"""What shows the defects in which packs a caller sees, and what of them."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

NOT_FOUND = "404 pack_not_found"
DENIED = "403 permission_denied"


@witness("ownership-verified-left-out", right=True, wrong=False)
def verified_is_listed(scene: Scene) -> bool:
    return "pack_platform_git_basics" in scene.listed()


@witness("ownership-list-cut", right=24, wrong=20)
def long_list(scene: Scene) -> int:
    for number in range(24 - len(scene.listed())):
        scene.state("pack exists", org_id="org_acme", name=f"one-of-many-{number}")
    return len(scene.listed())


@witness("ownership-private-listed", right=False, wrong=True)
def foreign_private_is_listed(scene: Scene) -> bool:
    return "pack_globex_ledger" in scene.listed()


@witness("ownership-listed-once", right=False, wrong=True)
def taken_back_is_listed(scene: Scene) -> bool:
    scene.listed()
    scene.patch("pack_hooli_search", "org", "hooli-owner")
    return "pack_hooli_search" in scene.listed()


@witness("ownership-shared-files-hidden", right="200", wrong=NOT_FOUND)
def file_of_a_shared_pack(scene: Scene) -> str:
    return said(scene.get("/packs/pack_globex_metrics/files/pack.yaml"))


@witness("ownership-platform-by-visibility", right="200", wrong=NOT_FOUND)
def verified_pack(scene: Scene) -> str:
    return said(scene.get("/packs/pack_platform_git_basics"))


@witness("ownership-own-hidden-from-keys", right="200", wrong=NOT_FOUND)
def own_pack_for_a_key(scene: Scene) -> str:
    return said(scene.get("/packs/pack_01HZ", "acme-read-only"))


@witness("ownership-private-readable", right=NOT_FOUND, wrong="200")
def foreign_private_pack(scene: Scene) -> str:
    return said(scene.get("/packs/pack_globex_ledger"))


@witness("ownership-private-files-readable", right=NOT_FOUND, wrong="200")
def foreign_private_file(scene: Scene) -> str:
    return said(scene.get("/packs/pack_globex_ledger/files/pack.yaml"))


@witness("ownership-private-forbidden", right=NOT_FOUND, wrong=DENIED)
def foreign_private_patch(scene: Scene) -> str:
    return said(scene.patch("pack_globex_ledger", "community"))


@witness("ownership-private-in-use", right=NOT_FOUND, wrong="409 pack_in_use")
def foreign_private_delete(scene: Scene) -> str:
    return said(scene.delete("pack_acme_pager", "globex-owner"))


@witness("ownership-hidden-in-other-words", right="alike", wrong="different")
def hidden_and_none(scene: Scene) -> str:
    hidden, none = (
        scene.get(f"/packs/{each}").json()["error"]["message"] for each in ("pack_globex_ledger", "pack_none")
    )
    return "alike" if hidden == none else "different"


@witness("ownership-hidden-as-file", right=NOT_FOUND, wrong="404 file_not_found")
def file_of_a_hidden_pack(scene: Scene) -> str:
    return said(scene.get("/packs/pack_globex_ledger/files/pack.yaml"))


@witness("ownership-shared-patched", right=DENIED, wrong="200")
def shared_patch(scene: Scene) -> str:
    return said(scene.patch("pack_hooli_search", "org"))


@witness("ownership-platform-file-conflict", right=DENIED, wrong="409 pack_not_editable")
def platform_file(scene: Scene) -> str:
    return said(scene.put("/packs/pack_02HZ/files/behavior.md", b"x"))


@witness("ownership-shared-deleted", right=NOT_FOUND, wrong="200")
def shared_delete(scene: Scene) -> str:
    return said(scene.delete("pack_hooli_search"))


@witness("ownership-org-id-shown", right="absent", wrong="org_globex")
def org_of_a_shared_pack(scene: Scene) -> Any:
    return scene.pack("pack_globex_metrics").get("org_id", "absent")


@witness("ownership-org-id-null", right="absent", wrong=None)
def org_of_a_platform_pack(scene: Scene) -> Any:
    return scene.pack("pack_02HZ").get("org_id", "absent")


@witness("ownership-owned-platform", right=False, wrong=True)
def owner_of_a_platform_pack(scene: Scene) -> bool:
    return bool(scene.pack("pack_02HZ")["owned"])


@witness("ownership-tier-promoted", right="community", wrong="verified")
def tier_of_a_shared_pack(scene: Scene) -> str:
    return str(scene.patch("pack_01HZ", "community").json()["tier"])


@witness("ownership-image-ref-of-uploads", right=True, wrong=False)
def image_ref_of_an_upload(scene: Scene) -> bool:
    return "image_ref" in scene.pack("pack_acme_pager")


@witness("ownership-list-brief", right=True, wrong=False)
def description_in_the_list(scene: Scene) -> bool:
    return "description" in scene.listed()["pack_01HZ"]


@witness("ownership-providers-of-all-listed", right=False, wrong=True)
def providers_of_others_listed(scene: Scene) -> bool:
    return "provider_globex_main" in {each["id"] for each in scene.get("/providers").json()["providers"]}


@witness("ownership-providers-of-all-read", right="404 provider_not_found", wrong="200")
def provider_of_another_org_read(scene: Scene) -> str:
    return said(scene.get("/providers/provider_globex_main"))
