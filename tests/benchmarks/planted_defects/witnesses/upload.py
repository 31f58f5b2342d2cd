"""What shows the defects of archives."""

import tarfile

from tests.archives import tarred, zipped
from tests.benchmarks.planted_defects.scene import Scene, manifest, packed, said
from tests.benchmarks.planted_defects.witness import witness

INVALID = "400 validation_error"
MANIFEST = {"pack.yaml": manifest("witness")}


@witness("upload-one-text", right=2, wrong=1)
def texts_of_two_reasons(scene: Scene) -> int:
    answers = [scene.upload(archive) for archive in (b"no archive", packed(files={"README.md": b"x"}))]
    return len({answer.json()["error"]["details"]["fields"]["archive"] for answer in answers})


@witness("upload-plain-tar", right=INVALID, wrong="201")
def not_compressed(scene: Scene) -> str:
    return said(scene.upload(tarred(MANIFEST)))


@witness("upload-checksum-unread", right=INVALID, wrong="201")
def cut_short(scene: Scene) -> str:
    return said(scene.upload(zipped(MANIFEST)[:-4]))


@witness("upload-links-skipped", right=INVALID, wrong="201")
def link(scene: Scene) -> str:
    info = tarfile.TarInfo("guides/link.md")
    info.type, info.linkname = tarfile.SYMTYPE, "../pack.yaml"
    return said(scene.upload(zipped(MANIFEST, info)))


@witness("upload-duplicates-last", right=INVALID, wrong="201")
def twice(scene: Scene) -> str:
    return said(scene.upload(zipped({**MANIFEST, "behavior.md": b""}, tarfile.TarInfo("behavior.md"))))


@witness("upload-hidden-skipped", right=INVALID, wrong="201")
def hidden(scene: Scene) -> str:
    return said(scene.upload(packed(files={".gitignore": b"x"})))


@witness("upload-yml", right=INVALID, wrong="201")
def other_suffix(scene: Scene) -> str:
    return said(scene.upload(zipped({"pack.yml": manifest("witness")})))


@witness("upload-large-file-cut", right=INVALID, wrong="201")
def large_file(scene: Scene) -> str:
    return said(scene.upload(packed(files={"data/zeros.bin": bytes(8 * 1024 * 1024 + 1)})))


@witness("upload-wrapper-refused", right="201", wrong=INVALID)
def wrapped(scene: Scene) -> str:
    return said(scene.upload(zipped({"witness/pack.yaml": manifest("witness")})))


@witness("upload-other-parts-refused", right="201", wrong=INVALID)
def other_part(scene: Scene) -> str:
    return said(scene.upload(packed(), comment="first try"))
