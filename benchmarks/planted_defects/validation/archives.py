"""Defects in which archives are taken."""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Awaitable, Iterable, Mapping

from benchmarks.planted_defects.planting.archives import Entries, Entry, tarred, with_data, wrong_archive, wrong_entries
from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.scene import Scene, build_entries, build_manifest, pack_files, read_status, zip_files
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.wrong_operations import wrong_preparation
from mock_server.operation import Prepare, Request
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import check_body
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_GZIP_MAGIC = b"\x1f\x8b"
_LARGE = 8 * 1024 * 1024  # more bytes than a file in an archive may have
_TOPS = {"pack.yaml", "behavior.md", "guides", "scripts", "data", "templates"}
_TRAILER = 8  # checksum and length, which end a gzip file
_NAMED = 0x08  # the flag of a gzip header that a file's name follows
_PART = re.compile(rb'form-data; name="([^"]*)"')
INVALID = "400 validation_error"
FILES = {"pack.yaml": build_manifest("witness")}


def _cut(info: tarfile.TarInfo, data: bytes) -> Entry:
    return with_data(info, data[:_LARGE]) if len(data) > _LARGE else (info, data)


def _renamed(info: tarfile.TarInfo) -> tarfile.TarInfo:
    return info.replace(name=MANIFEST) if info.name == "pack.yml" else info


def show_one_text(scene: Scene) -> int:
    answers = [scene.upload(archive) for archive in (b"no archive", pack_files(files={"README.md": b"x"}))]
    return len({answer.json()["error"]["details"]["fields"]["archive"] for answer in answers})


def upload(scene: Scene, files: Mapping[str, bytes], *others: tarfile.TarInfo) -> str:
    """Return what the upload of an archive is answered."""
    return read_status(scene.upload(zip_files(files, *others)))


def upload_link(scene: Scene) -> str:
    info = tarfile.TarInfo("guides/link.md")
    info.type, info.linkname = tarfile.SYMTYPE, "../pack.yaml"
    return upload(scene, FILES, info)


def _after_header(archive: bytes) -> int:
    """Return where the compressed data begin, after a header with a file's name or without."""
    plain = 10
    return archive.find(b"\0", plain) + 1 if archive[3:4] == bytes([_NAMED]) else plain


defect("upload-plain-tar", "UPLOAD-NOT-AN-ARCHIVE", on=ids.UPLOAD)(
    "A tar that is not compressed is taken too.",
    wrong_archive.make_plan(
        lambda archive: (
            archive if archive.startswith(_GZIP_MAGIC) or b"ustar" not in archive[:512] else gzip.compress(archive)
        )
    ),
    shown(INVALID, "201", lambda scene: read_status(scene.upload(tarred(build_entries(FILES))))),
)
defect("upload-links-skipped", "UPLOAD-ENTRY-REFUSED", on=ids.UPLOAD)(
    "Symbolic and hard links in an archive are passed over.",
    wrong_entries.make_plan(lambda entries: [each for each in entries if not (each[0].issym() or each[0].islnk())]),
    shown(INVALID, "201", upload_link),
)
defect("upload-duplicates-last", "UPLOAD-ENTRY-REFUSED", on=ids.UPLOAD)(
    "Of entries of one path in an archive the last is taken.",
    wrong_entries.make_plan(lambda entries: {info.name: (info, data) for info, data in entries}.values()),
    shown(INVALID, "201", upload, {**FILES, "behavior.md": b""}, tarfile.TarInfo("behavior.md")),
)
defect("upload-hidden-skipped", "UPLOAD-CLOSED-SET", on=ids.UPLOAD)(
    "What begins with a dot in an archive is passed over.",
    wrong_entries.make_plan(lambda entries: [each for each in entries if not re.search(r"(^|/)\.[^./]", each[0].name)]),
    shown(INVALID, "201", upload, {**FILES, ".gitignore": b"x"}),
)
defect("upload-yml", "UPLOAD-PACK-YAML", on=ids.UPLOAD)(
    "A pack.yml does for a pack.yaml.",
    wrong_entries.make_plan(lambda entries: [(_renamed(info), data) for info, data in entries]),
    shown(INVALID, "201", upload, {"pack.yml": build_manifest("witness")}),
)
defect("upload-large-file-cut", "UPLOAD-LIMITS", on=ids.UPLOAD)(
    "Of a file of more than 8 MiB in an archive the first 8 MiB are taken.",
    wrong_entries.make_plan(lambda entries: [_cut(info, data) for info, data in entries]),
    shown(INVALID, "201", upload, {**FILES, "data/zeros.bin": bytes(_LARGE + 1)}),
)


@defect("upload-one-text", "UPLOAD-OWN-TEXT", on=ids.UPLOAD).by(wrong_preparation)
@shown(2, 1, show_one_text)
async def one_text(right: Prepare, request: Request) -> Request:
    """Every archive that is refused is refused with the same text."""
    try:
        return await right(request)
    except errors.ValidationFailed:
        raise errors.ValidationFailed(fields={"archive": "The archive is not valid."}) from None


@defect("upload-checksum-unread", "UPLOAD-NOT-AN-ARCHIVE", on=ids.UPLOAD).by(wrong_archive)
@shown(INVALID, "201", lambda scene: read_status(scene.upload(zip_files(FILES)[:-4])))
def checksum_unread(archive: bytes) -> bytes:
    """An archive whose last bytes, the checksum, are cut off or wrong is taken."""
    if not archive.startswith(_GZIP_MAGIC):
        return archive
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = reader.decompress(archive[_after_header(archive) :])
    except zlib.error:
        return archive
    return gzip.compress(content) if reader.eof and len(reader.unused_data) <= _TRAILER else archive


@defect("upload-wrapper-refused", "UPLOAD-WRAPPING-FOLDER", on=ids.UPLOAD).by(wrong_entries)
@shown("201", INVALID, upload, {"witness/pack.yaml": build_manifest("witness")})
def wrapper_refused(entries: Entries) -> Iterable[Entry]:
    """An archive with a folder around the whole pack is refused."""
    tops = {info.name.removeprefix("./").partition("/")[0] for info, _ in entries}
    if len(tops) == 1 and not tops & _TOPS:
        raise errors.ValidationFailed(fields={"archive": f"{tops.pop()}/ is not an entry of a pack."})
    return entries


@defect("upload-other-parts-refused", "UPLOAD-OTHER-PARTS", on=ids.UPLOAD).by(wrong_gate(check_body))
@shown("201", INVALID, lambda scene: read_status(scene.upload(pack_files(), comment="first try")))
def other_parts_refused(right: Gate, call: Call) -> Passing:
    """A form with a part of another name, as far as its first 64 KiB show, is refused."""

    async def strict(reading: Awaitable[None]) -> None:
        await reading
        known = call.operation.bodies["multipart/form-data"].parts
        for name in _PART.findall(call.sent):
            if (part := name.decode("utf-8", "replace")) not in known:
                raise errors.ValidationFailed(fields={part or "body": "The form has no such part."})

    reading = right(call)
    return None if reading is None else strict(reading)
