"""What shows the defects of files."""

from tests.benchmarks.planted_defects.scene import Scene, manifest, packed, said
from tests.benchmarks.planted_defects.witness import witness

PAGER = "/packs/pack_acme_pager/files"
GUIDE = f"{PAGER}/guides/escalation.md"
ESCALATION = b"Wait five minutes, then page the next one.\n"
READ_ONLY = "/packs/pack_01HZ/files"
VERSION = "1.0.0-rc.1+build.5"
INVALID = "400 validation_error"
NOT_FOUND = "404 file_not_found"


@witness("files-listed-without-empty", right=["data/empty", "pack.yaml"], wrong=["pack.yaml"])
def empty_file_listed(scene: Scene) -> list[str]:
    made = scene.upload(packed(files={"data/empty": b""})).json()["id"]
    return [entry["path"] for entry in scene.get(f"/packs/{made}/files").json()["entries"]]


@witness("files-listed-as-before", right=3, wrong=len(ESCALATION))
def size_listed_again(scene: Scene) -> int:
    scene.get(PAGER)
    scene.put(GUIDE, b"new")
    sizes = {entry["path"]: entry["size"] for entry in scene.get(PAGER).json()["entries"]}
    return int(sizes["guides/escalation.md"])


@witness("files-line-ends", right=b"\0\x01\x02\x03", wrong=b"\0\x01\x02\x03\n")
def content(scene: Scene) -> bytes:
    return scene.get(f"{PAGER}/data/tones.bin").content


@witness("files-as-text", right=b"\xff\0", wrong=b"\xef\xbf\xbd\0")
def content_that_is_no_text(scene: Scene) -> bytes:
    scene.put(f"{PAGER}/data/tones.bin", b"\xff\0")
    return scene.get(f"{PAGER}/data/tones.bin").content


@witness("files-digest-stays", right="another", wrong="the same")
def digest(scene: Scene) -> str:
    before = scene.pack("pack_acme_pager")["image_digest"]
    return "the same" if scene.put(GUIDE, b"new").json()["image_digest"] == before else "another"


@witness("files-empty-kept", right=b"", wrong=ESCALATION)
def emptied(scene: Scene) -> bytes:
    scene.put(GUIDE, b"")
    return scene.get(GUIDE).content


@witness("files-neighbours-lost", right="200", wrong=NOT_FOUND)
def neighbour(scene: Scene) -> str:
    made = scene.upload(packed(files={"guides/a.md": b"a", "guides/b.md": b"b"})).json()["id"]
    scene.put(f"/packs/{made}/files/guides/a.md", b"new")
    return said(scene.get(f"/packs/{made}/files/guides/b.md"))


@witness("files-read-once", right=b"new", wrong=ESCALATION)
def read_again(scene: Scene) -> bytes:
    scene.get(GUIDE)
    scene.put(GUIDE, b"new")
    return scene.get(GUIDE).content


@witness("files-manifest-not-reread", right="night shift", wrong="operations")
def category_of_new_manifest(scene: Scene) -> str:
    said_now = manifest("pager", VERSION, "category: night shift\n")
    return str(scene.put(f"{PAGER}/pack.yaml", said_now).json()["category"])


@witness("files-made", right=NOT_FOUND, wrong="200")
def file_that_is_not_there(scene: Scene) -> str:
    return said(scene.put(f"{PAGER}/guides/new.md", b"new"))


@witness("files-clones-editable", right="409 pack_not_editable", wrong="200")
def file_of_a_clone(scene: Scene) -> str:
    return said(scene.put("/packs/pack_acme_git_basics/files/guides/branches.md", b"new"))


@witness("files-dots-resolved", right=INVALID, wrong="200")
def double_dot(scene: Scene) -> str:
    return said(scene.get(f"{READ_ONLY}/guides/%2E%2E/pack.yaml"))


@witness("files-slash-decoded", right=INVALID, wrong="200")
def encoded_slash(scene: Scene) -> str:
    return said(scene.get(f"{READ_ONLY}/guides%2Ffirst-steps.md"))


@witness("files-any-case", right=NOT_FOUND, wrong="200")
def capitals(scene: Scene) -> str:
    return said(scene.get(f"{READ_ONLY}/PACK.YAML"))
