"""Clause upload: archives that are refused, one reason at a time, and those that are taken all the same."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable, Mapping

from conformance import archive, multipart
from conformance.archive import Entry
from conformance.binding import over, rule
from conformance.contract import Operation
from conformance.exchange import Exchange
from conformance.harness import Harness
from conformance.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import packs
from conformance.recipes.archives import many_entries, unpacks_to_too_much
from conformance.recipes.packs import UPLOAD
from conformance.recipes.reading import field, read_file
from conformance.recipes.requests import with_parts

Spoil = Callable[[dict[str, bytes]], bytes]


def _uploader(harness: Harness) -> tuple[Operation, Caller]:
    operation = harness.contract.operations[UPLOAD]
    return operation, harness.able(operation)


def _entries(files: dict[str, bytes], *more: Entry) -> bytes:
    return archive.write([*(Entry(path, content) for path, content in files.items()), *more])


def _cut(files: dict[str, bytes]) -> bytes:
    packed = archive.write_files(files)
    return packed[: len(packed) // 2]


NO_ARCHIVE: Mapping[str, Spoil] = {
    "empty": lambda _: b"",
    "text": lambda _: b"this is no archive",
    "gzip-of-text": lambda _: gzip.compress(b"this is no archive " * 99, mtime=0),
    "tar-without-gzip": lambda files: gzip.decompress(archive.write_files(files)),
    "zip": lambda _: b"PK\x03\x04" + bytes(60),
    "cut-short": _cut,
    "checksum-spoilt": lambda files: archive.write_files(files)[:-8] + bytes(8),
}
ENTRIES: Mapping[str, Spoil] = {
    "absolute": lambda files: _entries(files, Entry("/data/x", b"x")),
    "parent": lambda files: _entries(files, Entry("data/../../x", b"x")),
    "parent-inside": lambda files: _entries(files, Entry("data/../data/x", b"x")),
    "symlink": lambda files: _entries(files, Entry("data/x", kind=tarfile.SYMTYPE, target="pack.yaml")),
    "hard-link": lambda files: _entries(files, Entry("data/x", kind=tarfile.LNKTYPE, target="pack.yaml")),
    "character-device": lambda files: _entries(files, Entry("data/x", kind=tarfile.CHRTYPE)),
    "block-device": lambda files: _entries(files, Entry("data/x", kind=tarfile.BLKTYPE)),
    "pipe": lambda files: _entries(files, Entry("data/x", kind=tarfile.FIFOTYPE)),
    "twice": lambda files: _entries(files, Entry("behavior.md", b"again")),
    "twice-by-prefix": lambda files: _entries(files, Entry("./behavior.md", b"again")),
}
TOP_LEVEL: Mapping[str, Spoil] = {
    "file": lambda files: _entries(files, Entry("README.md", b"x")),
    "folder": lambda files: _entries(files, Entry("docs/x.md", b"x")),
    "folder-alone": lambda files: _entries(files, Entry("docs", kind=tarfile.DIRTYPE)),
    "hidden": lambda files: _entries(files, Entry(".git/config", b"x")),
    "folder-of-a-files-name": lambda files: _entries(
        {k: v for k, v in files.items() if k != "behavior.md"}, Entry("behavior.md/x", b"x")
    ),
    "file-of-a-folders-name": lambda files: _entries(files, Entry("guides", b"x")),
    "other-case": lambda files: _entries(files, Entry("Data/x", b"x")),
}
NO_YAML: Mapping[str, Spoil] = {
    "no-pack-yaml": lambda files: _entries({k: v for k, v in files.items() if k != "pack.yaml"}),
    "pack-yml": lambda files: _entries({("pack.yml" if k == "pack.yaml" else k): v for k, v in files.items()}),
    "pack-yaml-below": lambda files: _entries(
        {("data/pack.yaml" if k == "pack.yaml" else k): v for k, v in files.items()}
    ),
    "empty": lambda files: _entries({**files, "pack.yaml": b""}),
    "no-yaml": lambda files: _entries({**files, "pack.yaml": b"name: [unclosed"}),
    "not-utf-8": lambda files: _entries({**files, "pack.yaml": b"name: \xff\xfe\n"}),
    "list": lambda files: _entries({**files, "pack.yaml": b"- name: x\n"}),
    "text": lambda files: _entries({**files, "pack.yaml": b"just text\n"}),
}


@rule("UPLOAD-NOT-AN-ARCHIVE")
@over("kind", lambda _: list(NO_ARCHIVE))
def test_what_is_no_archive_is_refused(harness: Harness, kind: str) -> None:
    """Whatever it is instead."""
    _refused(harness, NO_ARCHIVE[kind])


@rule("UPLOAD-ENTRY-REFUSED")
@over("kind", lambda _: list(ENTRIES))
def test_an_entry_that_leads_elsewhere_is_refused(harness: Harness, kind: str) -> None:
    """Out of the pack, to another entry, to a device, or a second time."""
    _refused(harness, ENTRIES[kind])


@rule("UPLOAD-CLOSED-SET")
@over("kind", lambda _: list(TOP_LEVEL))
def test_another_top_level_entry_is_refused(harness: Harness, kind: str) -> None:
    """The set of names is closed, and each is a file or a folder."""
    _refused(harness, TOP_LEVEL[kind])


@rule("UPLOAD-PACK-YAML")
@over("kind", lambda _: list(NO_YAML))
def test_an_archive_without_a_readable_pack_yaml_is_refused(harness: Harness, kind: str) -> None:
    """At its top."""
    _refused(harness, NO_YAML[kind])


@rule("UPLOAD-LIMITS")
@over("kind", lambda _: list(LIMITS))
def test_an_archive_past_a_limit_is_refused(harness: Harness, kind: str) -> None:
    """By what it unpacks to."""
    _refused(harness, LIMITS[kind])


LIMITS: Mapping[str, Spoil] = {
    "file": lambda files: _entries(files, Entry("data/large.bin", bytes(archive.LARGEST_FILE + 1))),
    "entries": lambda files: many_entries(files, archive.MOST_ENTRIES + 1),
    "unpacked": unpacks_to_too_much,
}


@rule("UPLOAD-LIMITS")
def test_a_file_of_exactly_the_limit_is_taken(harness: Harness) -> None:
    """One byte less than what is refused."""
    operation, caller = _uploader(harness)
    packed = _entries(packs.pack_files(harness.fresh_name()), Entry("data/large.bin", bytes(archive.LARGEST_FILE)))
    harness.judge(caller, with_parts(operation, {}, packs.archive_parts(packed)))


def _refused(harness: Harness, spoil: Spoil) -> Exchange:
    """The refusal of a spoilt archive, on its part, after the same files were taken unspoilt."""
    operation, caller = _uploader(harness)
    files = packs.pack_files(harness.fresh_name())
    harness.hold(caller, with_parts(operation, {}, packs.archive_parts(archive.write_files(files))))
    spoilt = spoil(packs.pack_files(harness.fresh_name()))
    refused = harness.judge(caller, with_parts(operation, {}, packs.archive_parts(spoilt)))
    named = sorted(_fields(refused))
    harness.check(named == ["archive"], refused, "details.fields naming archive", ", ".join(named) or "no field")
    return refused


def _fields(refused: Exchange) -> dict[str, str]:
    fields = field(field(field(refused.json, "error"), "details"), "fields")
    return fields if isinstance(fields, dict) else {}


REASONS: Mapping[str, Spoil] = {
    "not an archive": NO_ARCHIVE["text"],
    "an absolute path": ENTRIES["absolute"],
    "a parent": ENTRIES["parent"],
    "a link": ENTRIES["symlink"],
    "a device": ENTRIES["character-device"],
    "an entry twice": ENTRIES["twice"],
    "another top-level entry": TOP_LEVEL["file"],
    "no pack.yaml": NO_YAML["no-pack-yaml"],
    "pack.yaml that is no YAML": NO_YAML["no-yaml"],
    "a file past the limit": LIMITS["file"],
}


@rule("UPLOAD-OWN-TEXT")
def test_each_reason_has_its_own_text(harness: Harness) -> None:
    """So that it says what to mend."""
    operation, caller = _uploader(harness)
    texts: dict[str, str] = {}
    for reason, spoil in REASONS.items():
        spoilt = spoil(packs.pack_files(harness.fresh_name()))
        refused = harness.send(caller, with_parts(operation, {}, packs.archive_parts(spoilt)))
        text = str(_fields(refused).get("archive"))
        if refused.code != "validation_error":
            raise NotProvoked(f"{operation} answered {refused} to {reason}")
        other = texts.get(text)
        harness.check(other is None, refused, f"a text of its own for {reason}", f"that of {other}")
        texts[text] = reason


@rule("UPLOAD-WRAPPING-FOLDER")
@over("folder", lambda _: ["pack-1.2.3", "data"])
def test_one_folder_around_the_pack_is_no_part_of_it(harness: Harness, folder: str) -> None:
    """Whatever its name."""
    operation, caller = _uploader(harness)
    files = packs.pack_files(harness.fresh_name())
    wrapped = [Entry(folder, kind=tarfile.DIRTYPE)]
    wrapped += [Entry(f"{folder}/{path}", content) for path, content in files.items()]
    made = harness.judge(caller, with_parts(operation, {}, packs.archive_parts(archive.write(wrapped))))
    pack_id = str(field(made.json, "id"))
    for path, content in files.items():
        read = read_file(harness, caller, pack_id, path)
        harness.check(read.body == content, read, f"{path} as it was put in", "other bytes")


@rule("UPLOAD-OTHER-PARTS")
@over("where", lambda _: ["before", "after"])
def test_other_parts_are_ignored(harness: Harness, where: str) -> None:
    """Texts and files, before and after those that count."""
    operation, caller = _uploader(harness)
    parts = packs.archive_parts(archive.write_files(packs.pack_files(harness.fresh_name())))
    others = [
        multipart.Part("note", b"ignored"),
        multipart.Part("image", bytes(16), "image.bin", "application/octet-stream"),
    ]
    sent = [*others, *parts] if where == "before" else [*parts, *others]
    harness.judge(caller, with_parts(operation, {}, sent))
