"""A reset is a barrier: of many uploads that are under way none is answered, or there, after it."""

from benchmarks.hardening.resets import check_resets

CLIENTS, RESETS = 200, 50


def test_two_hundred_parallel_uploads_and_fifty_resets() -> None:
    done = check_resets(CLIENTS, RESETS, 14)
    assert done.findings == ()
    assert done.noted == done.dropped >= RESETS * CLIENTS / 4
    assert done.made > 0
