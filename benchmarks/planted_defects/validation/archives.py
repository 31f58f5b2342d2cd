"""Defects in which archives are taken."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Awaitable, Iterable

from benchmarks.planted_defects.planting.archives import Entries, Entry, with_data, wrong_archive, wrong_entries
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from mock_server.deviations.planting.ids import UPLOAD
from mock_server.deviations.planting.operations import wrong_preparation
from mock_server.errors import ValidationFailed
from mock_server.operation import Prepare, Request
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.body import body
from mock_server.resources.packs.pack_yaml import MANIFEST
from mock_server.worlds.call import Call

_GZIP_MAGIC = b"\x1f\x8b"
_LARGE = 8 * 1024 * 1024  # more bytes than a file in an archive may have
_TOPS = {"pack.yaml", "behavior.md", "guides", "scripts", "data", "templates"}
_TRAILER = 8  # checksum and length, which end a gzip file
_NAMED = 0x08  # the flag of a gzip header that a file's name follows
_PART = re.compile(rb'form-data; name="([^"]*)"')


@wrong_preparation("upload-one-text", "UPLOAD-OWN-TEXT", on=UPLOAD)
async def one_text(right: Prepare, request: Request) -> Request:
    """Every archive that is refused is refused with the same text."""
    try:
        return await right(request)
    except ValidationFailed:
        raise ValidationFailed(fields={"archive": "The archive is not valid."}) from None


@wrong_archive("upload-plain-tar", "UPLOAD-NOT-AN-ARCHIVE", on=UPLOAD)
def plain_tar(archive: bytes) -> bytes:
    """A tar that is not compressed is taken too."""
    return archive if archive.startswith(_GZIP_MAGIC) or b"ustar" not in archive[:512] else gzip.compress(archive)


@wrong_archive("upload-checksum-unread", "UPLOAD-NOT-AN-ARCHIVE", on=UPLOAD)
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


def _after_header(archive: bytes) -> int:
    """Where the compressed data begin, after a header with a file's name or without."""
    plain = 10
    return archive.find(b"\0", plain) + 1 if archive[3:4] == bytes([_NAMED]) else plain


@wrong_entries("upload-links-skipped", "UPLOAD-ENTRY-REFUSED", on=UPLOAD)
def links_skipped(entries: Entries) -> Iterable[Entry]:
    """Symbolic and hard links in an archive are passed over."""
    return [each for each in entries if not (each[0].issym() or each[0].islnk())]


@wrong_entries("upload-duplicates-last", "UPLOAD-ENTRY-REFUSED", on=UPLOAD)
def duplicates_last(entries: Entries) -> Iterable[Entry]:
    """Of entries of one path in an archive the last is taken."""
    return {info.name: (info, data) for info, data in entries}.values()


@wrong_entries("upload-hidden-skipped", "UPLOAD-CLOSED-SET", on=UPLOAD)
def hidden_skipped(entries: Entries) -> Iterable[Entry]:
    """What begins with a dot in an archive is passed over."""
    return [each for each in entries if not re.search(r"(^|/)\.[^./]", each[0].name)]


@wrong_entries("upload-yml", "UPLOAD-PACK-YAML", on=UPLOAD)
def yml(entries: Entries) -> Iterable[Entry]:
    """A pack.yml does for a pack.yaml."""
    return [(info.replace(name=MANIFEST) if info.name == "pack.yml" else info, data) for info, data in entries]


@wrong_entries("upload-large-file-cut", "UPLOAD-LIMITS", on=UPLOAD)
def large_file_cut(entries: Entries) -> Iterable[Entry]:
    """Of a file of more than 8 MiB in an archive the first 8 MiB are taken."""
    return [with_data(info, data[:_LARGE]) if len(data) > _LARGE else (info, data) for info, data in entries]


@wrong_entries("upload-wrapper-refused", "UPLOAD-WRAPPING-FOLDER", on=UPLOAD)
def wrapper_refused(entries: Entries) -> Iterable[Entry]:
    """An archive with a folder around the whole pack is refused."""
    tops = {info.name.removeprefix("./").partition("/")[0] for info, _ in entries}
    if len(tops) == 1 and not tops & _TOPS:
        raise ValidationFailed(fields={"archive": f"{tops.pop()}/ is not an entry of a pack."})
    return entries


@wrong_gate(body)("upload-other-parts-refused", "UPLOAD-OTHER-PARTS", on=UPLOAD)
def other_parts_refused(right: Gate, call: Call) -> Passing:
    """A form with a part of another name, as far as its first 64 KiB show, is refused."""

    async def strict(reading: Awaitable[None]) -> None:
        await reading
        known = call.operation.bodies["multipart/form-data"].parts
        for name in _PART.findall(call.sent):
            if (part := name.decode("utf-8", "replace")) not in known:
                raise ValidationFailed(fields={part or "body": "The form has no such part."})

    reading = right(call)
    return None if reading is None else strict(reading)
