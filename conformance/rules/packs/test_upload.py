"""Clause upload: archives that are refused, one reason at a time, and those that are taken all the same."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Mapping, Sequence

from conformance.http import multipart
from conformance.http.exchange import Exchange
from conformance.oracle.judging import NotProvoked
from conformance.recipes.reading import get_field
from conformance.recipes.requests import build, with_parts
from conformance.resources import packs
from conformance.resources.packs import archives
from conformance.resources.packs.archives import (
    ENTRIES,
    LIMITS,
    NO_ARCHIVE,
    NO_YAML,
    REASONS,
    TOP_LEVEL,
    WITHIN,
    Entry,
    Spoil,
)
from conformance.resources.packs.reading import LIST_FILES, read_file_back
from conformance.resources.packs.recipes import UPLOAD
from conformance.resources.packs.steps import check_file_list
from conformance.rules.checks import check_content, read_named_fields
from conformance.rules.packs.requests import find_uploader, upload
from conformance.running.binding import law, over, rule, takes_long
from conformance.session.harness import Harness

DEEP: Mapping[str, bytes] = {"guides/a/b/c.md": b"# Deep\n", "scripts/a/run.sh": b"exit 0\n"}
"""Files that lie several folders deep."""


def _list_entries(files: Mapping[str, bytes], prefix: str = "", *more: str) -> list[Entry]:
    """Return the files as entries, each folder on the way to one and `more` before them."""
    folders = [*archives.list_folders(files), *more]
    found = [Entry(prefix + each, kind=tarfile.DIRTYPE) for each in folders]
    return found + [Entry(prefix + path, content) for path, content in files.items()]


FORMS: Mapping[str, Callable[[Mapping[str, bytes]], Sequence[Entry]]] = {
    "folders": lambda files: _list_entries(files, "", "templates", "data/none", "data/none/either"),
    "dot": lambda files: [*_list_entries(files, "./")[::-1], Entry(".", kind=tarfile.DIRTYPE)],
}
"""The ways to write one and the same pack."""

SPOILED = {
    "UPLOAD-NOT-AN-ARCHIVE": NO_ARCHIVE,
    "UPLOAD-ENTRY-REFUSED": ENTRIES,
    "UPLOAD-CLOSED-SET": TOP_LEVEL,
    "UPLOAD-PACK-YAML": NO_YAML,
}
"""The ways in which an archive is broken, by the rule that refuses it."""


@law(*SPOILED, names="kind", values=lambda _, rule: SPOILED[rule.id])
def test_a_broken_archive_is_refused(harness: Harness, kind: str) -> None:
    """The archive is broken in one way: as a whole, by an entry or a top-level entry, or in its pack.yaml."""
    _require_refusal(harness, SPOILED[harness.rule.id][kind])


@rule("UPLOAD-LIMITS")
@over("kind", lambda _: list(LIMITS))
@takes_long
def test_an_archive_past_a_limit_is_refused(harness: Harness, kind: str) -> None:
    """The unpacked content, or the path of an entry, is over a limit."""
    _require_refusal(harness, LIMITS[kind])


@rule("UPLOAD-LIMITS")
@over("kind", lambda _: list(WITHIN))
@takes_long
def test_an_archive_of_exactly_a_limit_is_taken(harness: Harness, kind: str) -> None:
    """The unpacked content, or the path of an entry, is exactly at a limit."""
    caller = find_uploader(harness)
    files = packs.pack_files(harness.make_fresh_name())
    harness.judge(caller, upload(harness, WITHIN[kind](files, harness.contract.archive)))


def _require_refusal(harness: Harness, spoil: Spoil) -> Exchange:
    """Judge a broken archive; a whole one was taken before."""
    caller = find_uploader(harness)
    harness.hold(caller, upload(harness, packs.pack_files(harness.make_fresh_name())))
    broken = spoil(packs.pack_files(harness.make_fresh_name()), harness.contract.archive)
    return harness.judge(caller, upload(harness, broken))


@rule("UPLOAD-OWN-TEXT")
def test_each_reason_has_its_own_text(harness: Harness) -> None:
    """Archives that are wrong for different reasons get different texts."""
    caller = find_uploader(harness)
    texts: dict[str, str] = {}
    for reason, spoil in REASONS.items():
        broken = spoil(packs.pack_files(harness.make_fresh_name()), harness.contract.archive)
        refused = harness.send(caller, upload(harness, broken))
        text = str(read_named_fields(refused).get("archive"))
        if refused.code != "validation_error" or "archive" not in read_named_fields(refused):
            raise NotProvoked(f"{UPLOAD} answered {refused} to {reason}, or without a text on the archive")
        other = texts.get(text)
        harness.check(other is None, refused, f"a text of its own for {reason}", f"that of {other}")
        texts[text] = reason


@rule("UPLOAD-WRAPPING-FOLDER")
@over("folder", lambda _: ["pack-1.2.3", "data"])
def test_one_folder_around_the_pack_is_no_part_of_it(harness: Harness, folder: str) -> None:
    """An archive has one folder around the pack."""
    _check_taken(harness, lambda files: [Entry(folder, kind=tarfile.DIRTYPE), *_list_entries(files, f"{folder}/")])


@rule("UPLOAD-CLOSED-SET")
@over("form", lambda _: list(FORMS))
def test_what_is_in_the_folders_at_the_top_is_taken(harness: Harness, form: str) -> None:
    """Files and folders lie several folders deep, and folders are entries of their own, as programs write them."""
    _check_taken(harness, FORMS[form])


def _check_taken(harness: Harness, form: Callable[[Mapping[str, bytes]], Sequence[Entry]]) -> None:
    """Upload an archive; each of its files is listed, and read as it was put in."""
    caller = find_uploader(harness)
    files = {**packs.pack_files(harness.make_fresh_name()), **DEEP}
    made = harness.judge(caller, upload(harness, archives.write(form(files))))
    pack_id = str(get_field(made.json, "id"))
    if LIST_FILES in harness.contract.operations:
        listing = harness.judge(caller, build(harness.contract.operations[LIST_FILES], {"id": pack_id}))
        for breach in check_file_list(listing, files):
            harness.fail(harness.build_finding(breach, listing))
    for path, content in files.items():
        read = read_file_back(harness, caller, pack_id, path)
        check_content(harness, read, content, f"{path} as it was put in")


@rule("UPLOAD-OTHER-PARTS")
@over("where", lambda _: ["before", "after"])
def test_other_parts_are_ignored(harness: Harness, where: str) -> None:
    """A form has unknown text and file parts, before or after the known ones."""
    caller = find_uploader(harness)
    parts = packs.archive_parts(archives.write_files(packs.pack_files(harness.make_fresh_name())))
    others = [
        multipart.Part("note", b"ignored"),
        multipart.Part("image", bytes(16), "image.bin", "application/octet-stream"),
    ]
    sent = [*others, *parts] if where == "before" else [*parts, *others]
    harness.judge(caller, with_parts(harness.contract.operations[UPLOAD], {}, sent))
