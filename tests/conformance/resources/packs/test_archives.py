"""Archives as the suite writes and reads them, by code of its own."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.contract import Provenance
from conformance.contract.file import load
from conformance.resources import packs
from conformance.resources.packs import archives
from conformance.resources.packs.archives import (
    ENTRIES,
    LIMITS,
    NO_ARCHIVE,
    NO_YAML,
    TOP_LEVEL,
    WITHIN,
    ArchiveRefused,
    Spoil,
)

CONTRACT = load()
LIMITS_OF_ARCHIVES = CONTRACT.archive
FILES = packs.pack_files("some-pack")
SEGMENT = st.from_regex(r"[a-zäß0-9][a-z._ -]{0,8}[a-z0-9]", fullmatch=True)
PATHS = st.builds("{}/{}".format, st.sampled_from(sorted(LIMITS_OF_ARCHIVES.folders)), SEGMENT)


@given(st.dictionaries(PATHS, st.binary(max_size=600), max_size=6))
def test_what_was_written_is_read(files: dict[str, bytes]) -> None:
    whole = {"pack.yaml": FILES["pack.yaml"], **files}
    assert archives.read(archives.write_files(whole), CONTRACT).files == whole


@given(st.dictionaries(PATHS, st.binary(max_size=60), max_size=4), st.sampled_from(["", "./", "around/"]))
def test_a_prefix_is_no_part_of_the_paths(files: dict[str, bytes], prefix: str) -> None:
    whole = {"pack.yaml": FILES["pack.yaml"], **files}
    packed = archives.write_files({prefix + path: content for path, content in whole.items()})
    assert archives.read(packed, CONTRACT).files == whole


def test_the_same_entries_give_the_same_bytes() -> None:
    assert archives.write_files(FILES) == archives.write_files(dict(FILES))


def test_others_read_what_it_writes() -> None:
    with tarfile.open(fileobj=io.BytesIO(archives.write_files(FILES)), mode="r:gz") as tar:
        assert tar.getnames() == list(FILES)


SPOILT: list[tuple[str, str, Spoil]] = [
    (rule, kind, spoil)
    for rule, table in {
        "UPLOAD-NOT-AN-ARCHIVE": NO_ARCHIVE,
        "UPLOAD-ENTRY-REFUSED": ENTRIES,
        "UPLOAD-CLOSED-SET": TOP_LEVEL,
        "UPLOAD-PACK-YAML": NO_YAML,
        "UPLOAD-LIMITS": LIMITS,
    }.items()
    for kind, spoil in table.items()
]


@pytest.mark.parametrize(("rule", "kind", "spoil"), SPOILT, ids=[f"{rule}-{kind}" for rule, kind, _ in SPOILT])
def test_a_spoilt_archive_is_refused_for_what_is_wrong_with_it(rule: str, kind: str, spoil: Spoil) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        archives.read(spoil(dict(FILES), LIMITS_OF_ARCHIVES), CONTRACT)
    accepted = {rule, "UPLOAD-PACK-YAML"} if kind == "cut-short" else {rule}
    assert refused.value.rule in accepted


@pytest.mark.parametrize("kind", sorted(WITHIN))
def test_an_archive_of_exactly_a_limit_is_taken(kind: str) -> None:
    assert archives.read(WITHIN[kind](dict(FILES), LIMITS_OF_ARCHIVES), CONTRACT).name == "some-pack"


@pytest.mark.parametrize("kind", TOP_LEVEL)
def test_that_a_name_of_the_closed_set_is_of_the_other_kind_is_assumed(kind: str) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        archives.read(TOP_LEVEL[kind](dict(FILES), LIMITS_OF_ARCHIVES), CONTRACT)
    assumed = kind in ("folder-of-a-files-name", "file-of-a-folders-name")
    assert refused.value.provenance is (Provenance.ASSUMED if assumed else Provenance.SEED)


def test_what_is_outside_the_closed_set_is_no_less_so_beside_a_name_of_the_other_kind() -> None:
    with pytest.raises(ArchiveRefused) as refused:
        archives.read(archives.write_files({**FILES, "guides": b"x", "zzz.md": b"x"}), CONTRACT)
    assert refused.value.provenance is Provenance.SEED


def test_a_large_archive_is_one_gzip_member_that_others_read_too() -> None:
    packed = LIMITS["unpacked"](dict(FILES), LIMITS_OF_ARCHIVES)
    assert len(packed) < 2 * 1024 * 1024
    with gzip.open(io.BytesIO(packed)) as unpacked:
        assert len(unpacked.read()) > LIMITS_OF_ARCHIVES.max_unpacked


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(packed: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        archives.read(packed, CONTRACT)
