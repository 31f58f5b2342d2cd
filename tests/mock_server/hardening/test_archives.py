"""Archives that mean harm: each refused for what it is, within limits of memory, and without a file."""

import gzip
import io
import tarfile
from collections.abc import Iterator

import pytest

from tests.mock_server.hardening import archives
from tests.mock_server.hardening.archives import ACCEPTED, ENTRIES, MIB, STREAMS, packed
from tests.mock_server.hardening.watched import Watched, watched
from tests.mock_server.serving import Mock, refusal, wrong_fields

LIMIT = 32 * MIB
EXTRA = 64 * MIB


def upload(mock: Mock, archive: bytes):  # type: ignore[no-untyped-def]
    files = {"archive": ("pack.tar.gz", archive, "application/gzip")}
    return mock.send("POST", "/v1/packs/upload", "acme-owner", files=files, timeout=60)


@pytest.mark.parametrize("kind", ENTRIES)
def test_an_entry_that_means_harm_is_refused_for_what_it_is(mock: Mock, kind: str) -> None:
    entries, why = ENTRIES[kind]
    fields = wrong_fields(upload(mock, packed(entries)))
    assert fields.keys() == {"archive"}
    assert why in fields["archive"]


@pytest.mark.parametrize("kind", STREAMS)
def test_a_stream_that_means_harm_is_refused_for_what_it_is(mock: Mock, kind: str) -> None:
    make, why = STREAMS[kind]
    fields = wrong_fields(upload(mock, make()))
    assert fields.keys() == {"archive"}
    assert why in fields["archive"]


@pytest.mark.parametrize("kind", ACCEPTED)
def test_what_only_looks_like_harm_is_a_file_like_any_other(mock: Mock, kind: str) -> None:
    entries, path, content = ACCEPTED[kind]
    pack = upload(mock, packed(entries)).json()
    answer = mock.send("GET", f"/v1/packs/{pack['id']}/files/{path.replace('%', '%25')}", "acme-owner")
    assert (answer.status_code, answer.content) == (200, content)


def test_an_archive_is_not_taken_apart_by_what_an_archiver_calls_safe(mock: Mock) -> None:
    """Python's own writer makes each kind of entry: the same refusals."""
    for kind, why in ((tarfile.SYMTYPE, "symbolic"), (tarfile.LNKTYPE, "hard link"), (tarfile.CHRTYPE, "device")):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            info = tarfile.TarInfo("data/x")
            info.type, info.linkname = kind, "../../etc/passwd"
            tar.addfile(info)
        assert why in wrong_fields(upload(mock, buffer.getvalue()))["archive"]


@pytest.fixture(scope="module")
def process() -> Iterator[Watched]:
    """A mock that may write no byte to any file, and whose memory is looked at."""
    with watched() as running:
        upload(running.mock, packed())  # what is loaded at the first upload belongs to none
        yield running


@pytest.mark.parametrize("kind", ["a bomb that a last entry spoils", "a bomb that is no pack", "ten million entries"])
def test_a_refused_archive_takes_little_more_memory_than_its_body(process: Watched, kind: str) -> None:
    archive = STREAMS[kind][0]()
    with process.peak() as peak:
        assert refusal(upload(process.mock, archive)) == (400, "validation_error")
    assert peak.bytes <= len(archive) + EXTRA


@pytest.mark.parametrize(("more", "status"), [(0, 400), (1, 413)])
def test_at_the_limit_of_the_body_too(process: Watched, more: int, status: int) -> None:
    """32 MiB are read, and refused for what they hold; a byte more is refused for that."""
    archive = archives.incompressible(31 * MIB)
    archive += gzip.compress(b"")[: LIMIT + more - len(archive)].ljust(LIMIT + more - len(archive), b"\0")
    assert len(archive) == LIMIT + more
    with process.peak() as peak:
        assert upload(process.mock, archive).status_code == status
    assert peak.bytes <= len(archive) + EXTRA


def test_nothing_of_an_upload_is_written_to_a_disk(process: Watched) -> None:
    """Neither of what is accepted nor of what is refused; the kernel lets this process write no file at all."""
    accepted = upload(process.mock, gzip.compress(archives.tarred(*_files(24), name=b"written"), compresslevel=0))
    assert accepted.status_code == 201
    assert upload(process.mock, archives.incompressible(24 * MIB)).status_code == 400
    large = process.mock.send(
        "PUT", f"/v1/packs/{accepted.json()['id']}/files/data/0", "acme-owner", content=bytes(8 * MIB),
        headers={"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    assert large.status_code == 200
    assert process.opened_for_writing() == []


def _files(count: int) -> Iterator[bytes]:
    return (archives.entry(f"data/{number}", bytes([number]) * MIB) for number in range(count))


@pytest.mark.long
def test_of_hostile_archives_without_end_nothing_is_kept(process: Watched) -> None:
    """Ten rounds of all of them, after one: less than their bodies alone come to.

    What there is is the allocator's, which keeps for the next what it was given back, for each thread that unpacks.
    """
    corpus = [make() for make, _ in STREAMS.values()] + [packed(entries) for entries, _ in ENTRIES.values()]
    for archive in corpus:
        upload(process.mock, archive)
    before = process.resident()
    for archive in corpus * 10:
        assert refusal(upload(process.mock, archive)) == (400, "validation_error")
    assert process.resident() - before <= 3 * EXTRA < 10 * sum(map(len, corpus))
