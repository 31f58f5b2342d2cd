"""Witnesses of the defects in what a write does to others, and in what others are shown of it."""

from tests.benchmarks.planted_defects.scene import Scene, packed
from tests.benchmarks.planted_defects.witness import witness

GLOBEX = "globex-owner"


def _two(scene: Scene, **parts: str) -> tuple[str, str]:
    """Packs of one name and content in two orgs."""
    first, second = (scene.upload(packed(files={"data/a.txt": b"a"}), who, **parts) for who in ("acme-owner", GLOBEX))
    return first.json()["id"], second.json()["id"]


@witness("effects-on-namesakes", right="org", wrong="community")
def namesake_of_another_org(scene: Scene) -> str:
    mine, theirs = _two(scene)
    scene.patch(mine, "community")
    return str(scene.pack(theirs, GLOBEX)["visibility"])


@witness("effects-deletes-namesakes", right=200, wrong=404)
def namesake_after_a_deletion(scene: Scene) -> int:
    mine, theirs = _two(scene)
    scene.delete(mine)
    return scene.get(f"/packs/{theirs}", GLOBEX).status_code


@witness("effects-on-same-content", right=True, wrong=False)
def pack_of_the_same_content(scene: Scene) -> bool:
    mine, theirs = _two(scene)
    before = scene.pack(theirs, GLOBEX)
    scene.put(f"/packs/{mine}/files/data/a.txt", b"b")
    return scene.pack(theirs, GLOBEX) == before


@witness("effects-leaks-once-shared", right=False, wrong=True)
def shared_pack_for_others(scene: Scene) -> bool:
    mine, _ = _two(scene)
    scene.patch(mine, "community")
    return "org_id" in scene.pack(mine, GLOBEX)


@witness("effects-stale-abroad", right=True, wrong=False)
def changed_pack_for_others(scene: Scene) -> bool:
    mine, _ = _two(scene, visibility="community")
    scene.put(f"/packs/{mine}/files/data/a.txt", b"b")
    return bool(scene.pack(mine, GLOBEX)["image_digest"] == scene.pack(mine)["image_digest"])
