"""A header is read as the standard library reads it, whatever its bytes are."""

from __future__ import annotations

import tarfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.resources.packs.archives.archive import Header

FORMATS = st.sampled_from([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE])
NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=40)
EDITS = st.lists(st.tuples(st.integers(0, 511), st.integers(0, 255)), max_size=3)


def block(name: str, kind: bytes, size: int, mode: int, form: int) -> bytes:
    """The last header of an entry, for an extension may stand before it."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mode = kind, size, mode
    return info.tobuf(form)[-512:]


def read(kind: type[tarfile.TarInfo], header: bytes) -> object:
    try:
        info = kind.frombuf(header, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        return type(error), str(error)
    return (
        info.name,
        info.type,
        info.size,
        info.isreg(),
        info.isdir(),
        info.issparse(),
        info.linkname if info.islnk() else "",
    )


@given(st.builds(block, NAMES, KINDS, st.integers(0, 8**11 - 1), st.integers(0, 0o777), FORMATS), EDITS)
@example(block("data/", tarfile.DIRTYPE, 0, 0o755, tarfile.GNU_FORMAT), [])
@example(block("data/", tarfile.REGTYPE, 0, 0o755, tarfile.GNU_FORMAT), [])
@example(bytes(512), [])
def test_it_means_what_the_library_says(header: bytes, edits: list[tuple[int, int]]) -> None:
    edited = bytearray(header)
    for place, value in edits:
        edited[place] = value
    assert read(Header, bytes(edited)) == read(tarfile.TarInfo, bytes(edited))


@given(st.builds(block, NAMES, KINDS, st.integers(0, 8**11 - 1), st.integers(0, 0o777), FORMATS), EDITS)
def test_with_a_sum_that_is_right_too(header: bytes, edits: list[tuple[int, int]]) -> None:
    edited = bytearray(header)
    for place, value in edits:
        edited[place] = value
    edited[148:156] = b"%06o\0 " % (sum(edited) - sum(edited[148:156]) + 256)
    assert read(Header, bytes(edited)) == read(tarfile.TarInfo, bytes(edited))


@pytest.mark.parametrize("size", [0, 511, 513])
def test_what_is_no_block_is_refused(size: int) -> None:
    assert read(Header, b"a" * size) == read(tarfile.TarInfo, b"a" * size)
