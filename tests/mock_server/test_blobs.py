"""File contents are kept once, as long as somebody holds them."""

import gc
import weakref
from hashlib import sha256

from mock_server.blobs import blob


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
