"""Archives: what is accepted in every shape that it may come in, and each refusal."""

import contextlib
import gzip
import io
import random
import tarfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_server.resources.packs.archive import pack_files, unpack
from mock_server.resources.packs.pack_yaml import ContentError
from tests.mock_server.states import LIMITS

MANIFEST = b"name: sample\nversion: 1.0.0\n"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Member:
    path: str
    data: bytes = b""
    kind: bytes = tarfile.REGTYPE
    target: str = ""
    mtime: int = 0
    owner: int = 0


def archive(members: Iterable[Member], *, level: int = 1, form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for member in members:
            info = tarfile.TarInfo(member.path)
            info.type, info.linkname = member.kind, member.target
            info.size = len(member.data) if member.kind == tarfile.REGTYPE else 0
            info.mtime, info.uid, info.gid = member.mtime, member.owner, member.owner
            tar.addfile(info, io.BytesIO(member.data))
    return gzip.compress(buffer.getvalue(), compresslevel=level, mtime=0)


def read(packed: bytes) -> dict[str, bytes]:
    return {path: file.data for path, file in pack_files(unpack(packed, LIMITS), LIMITS).items()}


def refusal(*members: Member) -> str:
    with pytest.raises(ContentError) as refused:
        pack_files(unpack(archive([Member("pack.yaml", MANIFEST), *members]), LIMITS), LIMITS)
    return str(refused.value)


def plain(text: str) -> bool:
    """Whether every disk knows this name as it is."""
    return unicodedata.normalize("NFKC", text).lower() == text and text.strip(" ") not in {".", ".."}


segments = st.text(
    st.characters(
        codec="utf-8", exclude_characters="/\\\0\u2044\u2215\u2216\u29f5\u29f8\u29f9", exclude_categories=("Cs",)
    ),
    min_size=1,
    max_size=60,
).filter(plain)
paths = st.builds(
    lambda top, rest: "/".join([top, *rest]),
    st.sampled_from(["guides", "scripts", "data", "templates"]),
    st.lists(segments, min_size=1, max_size=4),
)
contents = st.dictionaries(paths, st.binary(max_size=2000), max_size=6).map(
    lambda files: {"pack.yaml": MANIFEST, **files}
)


@given(contents, st.randoms(use_true_random=False), st.data())
def test_the_content_is_the_same_however_it_is_packed(
    files: Mapping[str, bytes], order: random.Random, data: st.DataObject
) -> None:
    assume(not any(b.startswith(f"{a}/") for a in files for b in files))
    prefix = data.draw(st.sampled_from(["", "./", "sample/", "./sample/", "guides/"]))
    mtime, owner = data.draw(st.integers(0, 2**31)), data.draw(st.integers(0, 2**20))
    members = [Member(prefix + path, content, mtime=mtime, owner=owner) for path, content in files.items()]
    order.shuffle(members)
    form = data.draw(st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    assert read(archive(members, level=data.draw(st.integers(0, 9)), form=form)) == files


def test_folders_of_their_own_are_no_part_of_the_content() -> None:
    members = [
        Member("./", kind=tarfile.DIRTYPE),
        Member("./guides/", kind=tarfile.DIRTYPE),
        Member("./guides/empty", kind=tarfile.DIRTYPE),
        Member("./pack.yaml", MANIFEST),
    ]
    assert read(archive(members)) == {"pack.yaml": MANIFEST}


def test_several_gzip_members_and_zeros_after_them_are_one_archive() -> None:
    tar = gzip.decompress(archive([Member("pack.yaml", MANIFEST)]))
    packed = b"".join(gzip.compress(tar[start : start + 700]) for start in range(0, len(tar), 700))
    assert read(packed + bytes(100)) == {"pack.yaml": MANIFEST}


def test_a_tar_of_before_posix_is_read() -> None:
    block = bytearray(512)
    for at, field in {
        0: b"pack.yaml",
        100: b"0000644\0",
        124: b"%011o\0" % len(MANIFEST),
        136: b"0" * 11 + b"\0",
    }.items():
        block[at : at + len(field)] = field
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    packed = gzip.compress(bytes(block) + MANIFEST.ljust(512, b"\0") + bytes(1024))
    assert read(packed) == {"pack.yaml": MANIFEST}


REFUSALS = {
    "absolute": (Member("/data/x", b"x"),),
    "parent": (Member("guides/../../x", b"x"),),
    "windows parent": (Member("guides\\..\\..\\x", b"x"),),
    "symbolic link": (Member("guides/link", kind=tarfile.SYMTYPE, target="../pack.yaml"),),
    "hard link": (Member("guides/link", kind=tarfile.LNKTYPE, target="pack.yaml"),),
    "device": (Member("data/null", kind=tarfile.CHRTYPE),),
    "pipe": (Member("data/pipe", kind=tarfile.FIFOTYPE),),
    "duplicate": (Member("./pack.yaml", MANIFEST),),
    "duplicate folder": (Member("data", kind=tarfile.DIRTYPE), Member("./data/", kind=tarfile.DIRTYPE)),
    "file and folder": (Member("data/x", b"x"), Member("data/x/y", b"y")),
    "outside the closed set": (Member("README.md", b"x"),),
    "folder outside the closed set": (Member("other", kind=tarfile.DIRTYPE),),
    "two wrapping folders": (Member("other/behavior.md", b"x"),),
    "a folder's name on a file": (Member("guides", b"x"),),
    "too large a file": (Member("data/x", bytes(8 * MIB + 1)),),
}


@pytest.mark.parametrize("members", REFUSALS.values(), ids=REFUSALS)
def test_what_a_pack_cannot_hold_is_refused(members: tuple[Member, ...]) -> None:
    assert refusal(*members)


def test_each_reason_has_a_text_of_its_own() -> None:
    reasons = (
        "absolute",
        "parent",
        "symbolic link",
        "hard link",
        "device",
        "pipe",
        "duplicate",
        "outside the closed set",
        "too large a file",
    )
    texts = {refusal(*REFUSALS[reason]).replace(repr(REFUSALS[reason][0].path), "PATH") for reason in reasons}
    assert len(texts) == len(reasons)


@pytest.mark.parametrize("packed", [b"", b"no gzip", gzip.compress(b"no tar " * 99, mtime=0), MANIFEST])
def test_what_is_no_gzip_tar_is_refused_as_that(packed: bytes) -> None:
    with pytest.raises(ContentError, match="not a gzip-compressed tar"):
        unpack(packed, LIMITS)


def test_an_archive_cut_anywhere_is_refused() -> None:
    packed = archive([Member("pack.yaml", MANIFEST), Member("data/x", bytes(range(256)) * 20)])
    for length in range(len(packed)):
        with pytest.raises(ContentError):
            unpack(packed[:length], LIMITS)


def test_a_tar_cut_inside_a_file_is_refused() -> None:
    tar = gzip.decompress(archive([Member("pack.yaml", MANIFEST)]))
    with pytest.raises(ContentError, match="cut short"):
        unpack(gzip.compress(tar[:520]), LIMITS)


def test_a_wrong_checksum_is_refused() -> None:
    packed = bytearray(archive([Member("pack.yaml", MANIFEST)]))
    packed[-5] ^= 1
    with pytest.raises(ContentError, match="damaged"):
        unpack(bytes(packed), LIMITS)


@given(st.data())
def test_damage_is_refused_or_does_no_harm(data: st.DataObject) -> None:
    tar = bytearray(gzip.decompress(archive([Member("pack.yaml", MANIFEST), Member("data/" + "x" * 120, b"x")])))
    for _ in range(data.draw(st.integers(1, 4))):
        tar[data.draw(st.integers(0, len(tar) - 1))] = data.draw(st.integers(0, 255))
    files: Mapping[str, bytes] = {}
    with contextlib.suppress(ContentError):
        files = read(gzip.compress(bytes(tar), compresslevel=1))
    assert all(not path.startswith("/") and ".." not in path.split("/") for path in files)


def test_a_file_of_exactly_the_limit_is_accepted() -> None:
    assert len(read(archive([Member("pack.yaml", MANIFEST), Member("data/x", bytes(8 * MIB))]))["data/x"]) == 8 * MIB


def test_entries_are_counted() -> None:
    members = [Member("pack.yaml", MANIFEST), *(Member(f"data/{number}") for number in range(9_999))]
    assert len(read(archive(members))) == 10_000
    assert "10,000 entries" in refusal(*members[1:], Member("data/one-more"))


def test_the_sum_of_the_files_is_limited() -> None:
    assert "134,217,728 bytes" in refusal(*(Member(f"data/{number}", bytes(8 * MIB)) for number in range(16)))


def test_what_follows_the_last_entry_counts_too() -> None:
    tar = gzip.decompress(archive([Member("pack.yaml", MANIFEST)]))
    with pytest.raises(ContentError, match="unpacks to more"):
        unpack(gzip.compress(tar + bytes(200 * MIB), compresslevel=1), LIMITS)


def test_a_long_name_is_limited() -> None:
    assert "4,096 characters" in refusal(Member("data/" + "x/" * 4096))


def test_a_name_that_is_not_utf_8_is_refused() -> None:
    tar = gzip.decompress(archive([Member("data/abc", b"x"), Member("pack.yaml", MANIFEST)], form=tarfile.GNU_FORMAT))
    block = bytearray(tar[:512])
    block[5:8] = b"\xff\xfe\xfd"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    with pytest.raises(ContentError, match="not UTF-8"):
        unpack(gzip.compress(bytes(block) + tar[512:]), LIMITS)
