"""File contents are kept once, as long as somebody holds them."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.blobs import Blob, blob, total_size


def test_equal_bytes_are_one_blob() -> None:
    first, second = blob(b"the same bytes"), blob(b" ".join([b"the", b"same", b"bytes"]))
    assert first is second
    assert first.digest == sha256(b"the same bytes").digest()


def test_a_blob_goes_with_the_last_that_holds_it() -> None:
    held = blob(b"held by one variable only")
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
    before = total_size()
    held: dict[bytes, Blob] = {}
    for data, kept in steps:
        one = blob(b"counted " + data)
        if kept:
            held[data] = one
        else:
            held.pop(data, None)
        del one
        assert total_size() - before == sum(len(each.data) for each in held.values())


def test_threads_that_make_and_drop_blobs_leave_the_total_right() -> None:
    before = total_size()

    def work(worker: int) -> None:
        kept: list[Blob] = []
        for step in range(2000):
            kept.append(blob(b"shared by threads %d" % (step * worker % 97)))
            if step % 7 == 0:
                kept.clear()
                total_size()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(1, 5)))
    gc.collect()
    assert total_size() == before
