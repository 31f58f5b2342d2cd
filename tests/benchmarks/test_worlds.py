"""Control calls and uploads are measured on a real mock, and leave it as they found it."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator

import pytest

from benchmarks import load as loads
from benchmarks import servers
from benchmarks.asking import Refused, build_sign_in, open_asker, read_token
from benchmarks.measures import uploads, worlds
from benchmarks.promises import BESIDE_HEAVY, BESIDE_UPLOADS, CONTROL_CALLS, UPLOAD, control
from tests import plain

PACKS = 3


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = worlds.write_document(tmp_path_factory.mktemp("state"), PACKS)
    with servers.run_mock("--state", str(file)) as url:
        yield url


def packs(mock: str) -> set[str]:
    """What the owner of the packs sees in the world `default`."""
    with open_asker(mock) as client:
        return {
            pack["id"] for pack in client.get("/v1/packs", build_sign_in(read_token(mock, worlds.PERSONA)))["packs"]
        }


def test_the_many_packs_are_served(mock: str) -> None:
    assert {worlds.pack_id(number) for number in range(PACKS)} <= packs(mock)


def test_each_control_call_is_measured_and_leaves_no_trace(mock: str) -> None:
    before = packs(mock)
    figures = list(worlds.time_calls(mock, PACKS, rounds=3, repeats=2))
    assert [figure.name for figure in figures] == [control(call, PACKS) for call in CONTROL_CALLS]
    assert all(len(figure.rounds) == 3 and figure.unit == "ms" for figure in figures)
    assert packs(mock) == before
    names = {world["name"] for world in plain.get(f"{mock}/_mock/worlds").json()["worlds"]}
    assert names == {"default", f"bench-{PACKS}"}


def test_a_refusal_is_no_measurement(mock: str) -> None:
    with open_asker(mock) as client, pytest.raises(Refused, match="GET /v1/packs: 401"):
        client.get("/v1/packs")


def test_the_corpus_is_always_the_same_mebibyte() -> None:
    files = uploads.make_corpus()
    packed = uploads.archive(files)
    assert len(packed) == pytest.approx(uploads.MIB, rel=0.05)
    assert hashlib.sha256(b"".join(files.values())).hexdigest()[:16] == "58110bddda06701a"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as tar:
        assert tar.getnames() == list(files)


def test_uploads_are_taken_in_and_a_get_is_answered_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads.shutil, "which", lambda _name: None)  # wrk measures whole seconds
    rate, wait, longest = uploads.measure(1, 0.1)
    assert (rate.name, rate.unit) == (UPLOAD, "MiB/s")
    assert (wait.name, wait.unit) == (BESIDE_UPLOADS, "ms")
    assert (longest.name, longest.unit) == (BESIDE_HEAVY, "ms")
    assert min(*rate.rounds, *wait.rounds, *longest.rounds) > 0
