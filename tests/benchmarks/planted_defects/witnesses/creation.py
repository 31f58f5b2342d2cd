"""What shows the defects of new packs."""

from tests.archives import zipped
from tests.benchmarks.planted_defects.scene import Scene, manifest, packed, said
from tests.benchmarks.planted_defects.witness import witness

INVALID = "400 validation_error"
TAKEN = "409 pack_exists"


@witness("creation-shared-at-once", right="org", wrong="community")
def default_visibility(scene: Scene) -> str:
    return str(scene.upload(packed()).json()["visibility"])


@witness("creation-part-ignored", right="community", wrong="org")
def visibility_sent(scene: Scene) -> str:
    return str(scene.upload(packed(), visibility="community").json()["visibility"])


@witness("creation-name-taken-elsewhere", right="201", wrong=TAKEN)
def name_of_another_org(scene: Scene) -> str:
    return said(scene.upload(packed("ledger")))


@witness("creation-name-replaces", right=TAKEN, wrong="201")
def name_of_the_org(scene: Scene) -> str:
    return said(scene.upload(packed("pager")))


@witness("creation-description-cut", right=300, wrong=255)
def long_description(scene: Scene) -> int:
    return len(scene.upload(packed(more=f"description: {'d' * 300}\n")).json()["description"])


@witness("creation-display-name-sentence", right="Two Words", wrong="Two words")
def display_name(scene: Scene) -> str:
    return str(scene.upload(packed("two-words")).json()["display_name"])


@witness("creation-origin-answered", right="upload", wrong="image_ref")
def origin(scene: Scene) -> str:
    return str(scene.upload(packed()).json()["image_origin"])


@witness("creation-listed-late", right=True, wrong=False)
def listed_after(scene: Scene) -> bool:
    scene.listed()
    return scene.upload(packed()).json()["id"] in scene.listed()


@witness("creation-size-without-manifest", right=7 + len(manifest("witness")), wrong=7)
def size(scene: Scene) -> int:
    return int(scene.upload(packed(files={"behavior.md": b"1234567"})).json()["size_bytes"])


@witness("creation-digest-of-archive", right="equal", wrong="different")
def digest_in_another_order(scene: Scene) -> str:
    files = {"pack.yaml": manifest("witness"), "behavior.md": b"x"}
    first = scene.upload(zipped(files)).json()
    scene.delete(first["id"])
    second = scene.upload(zipped(dict(reversed(files.items())))).json()
    return "equal" if first["image_digest"] == second["image_digest"] else "different"


@witness("creation-version-short", right=INVALID, wrong="201")
def version_of_two_numbers(scene: Scene) -> str:
    return said(scene.upload(zipped({"pack.yaml": manifest("witness", "'1.2'")})))


@witness("creation-null-as-absent", right=INVALID, wrong="201")
def null_description(scene: Scene) -> str:
    return said(scene.upload(packed(more="description: null\n")))


@witness("creation-unknown-keys-refused", right="201", wrong=INVALID)
def key_that_is_not_listed(scene: Scene) -> str:
    return said(scene.upload(packed(more="homepage: none\n")))


@witness("creation-name-stays-taken", right="201", wrong="409 pack_exists")
def name_of_a_deleted_pack(scene: Scene) -> str:
    scene.delete(scene.upload(packed()).json()["id"])
    return said(scene.upload(packed()))
