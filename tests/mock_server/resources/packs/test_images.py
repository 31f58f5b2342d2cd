"""Images: the digest is of the content and of nothing else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.resources.packs.images import build
from mock_server.resources.packs.pack_yaml import ContentError
from mock_server.state.blobs import make_blob

MANIFEST = b"name: sample\nversion: 1.0.0\n"

files = st.dictionaries(st.text("ab/c", min_size=1, max_size=8), st.binary(max_size=30), max_size=6)


def image(content: dict[str, bytes]):
    return build({path: make_blob(data) for path, data in {**content, "pack.yaml": MANIFEST}.items()})


@given(files, st.randoms(use_true_random=False))
def test_the_order_of_the_files_is_no_part_of_the_digest(content: dict[str, bytes], order: random.Random) -> None:
    shuffled = list(content.items())
    order.shuffle(shuffled)
    assert image(dict(shuffled)).digest == image(content).digest


@given(files, files)
def test_digests_differ_when_paths_or_bytes_do(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (image(one).digest == image(other).digest) == (one == other)


def test_what_moves_between_path_and_bytes_is_seen() -> None:
    assert image({"data/a": b"b"}).digest != image({"data/ab": b""}).digest
    assert image({"data/a": b"", "data/b": b"x"}).digest != image({"data/a": b"x", "data/b": b""}).digest


@given(files, st.binary(max_size=30))
def test_a_replaced_file_gives_the_image_that_has_it(content: dict[str, bytes], data: bytes) -> None:
    content = {**content, "data/x": b"before"}
    assert image(content).with_file("data/x", make_blob(data)) == image({**content, "data/x": data})


@given(files)
def test_the_size_is_the_sum_of_the_files(content: dict[str, bytes]) -> None:
    assert image(content).size_bytes == sum(map(len, content.values())) + len(MANIFEST)


def test_a_new_file_counts_towards_the_limit_of_the_whole() -> None:
    large = make_blob(bytes(1024 * 1024))
    full = build(
        {"pack.yaml": make_blob(MANIFEST), **{f"data/{n}": large for n in range(127)}, "data/small": make_blob(b"")}
    )
    with pytest.raises(ContentError, match="134,217,728"):
        full.with_file("data/small", large, most=128 * 1024 * 1024)


def test_a_pack_needs_its_pack_yaml() -> None:
    with pytest.raises(ContentError, match=r"no pack\.yaml"):
        build({"behavior.md": make_blob(b"x")})
