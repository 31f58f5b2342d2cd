"""File contents are kept once, as long as somebody holds them."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.blobs import Blob, count_bytes, make_blob


def test_equal_bytes_are_one_blob() -> None:
    first, second = make_blob(b"the same bytes"), make_blob(b" ".join([b"the", b"same", b"bytes"]))
    assert first is second
    assert first.digest == sha256(b"the same bytes").digest()


def test_a_blob_goes_with_the_last_that_holds_it() -> None:
    held = make_blob(b"held by one variable only")
    seen = weakref.ref(held)
    del held
    gc.collect()
    assert seen() is None


@pytest.fixture(scope="module", autouse=True)
def _no_garbage() -> None:
    """What other tests left in cycles must not go while these count."""
    gc.collect()


@given(st.lists(st.tuples(st.binary(max_size=4), st.booleans()), max_size=40))
def test_the_total_is_the_size_of_what_is_held(steps: list[tuple[bytes, bool]]) -> None:
    before = count_bytes()
    held: dict[bytes, Blob] = {}
    for data, kept in steps:
        one = make_blob(b"counted " + data)
        if kept:
            held[data] = one
        else:
            held.pop(data, None)
        del one
        assert count_bytes() - before == sum(len(each.data) for each in held.values())


def test_threads_that_make_and_drop_blobs_leave_the_total_right() -> None:
    before = count_bytes()

    def work(worker: int) -> None:
        kept: list[Blob] = []
        for step in range(2000):
            kept.append(make_blob(b"shared by threads %d" % (step * worker % 97)))
            if step % 7 == 0:
                kept.clear()
                count_bytes()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(1, 5)))
    gc.collect()
    assert count_bytes() == before
