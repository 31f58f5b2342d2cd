"""Many clients on the same packs: one order explains what all of them saw, in each world and for each org."""

from benchmarks.hardening.history import check_history

OPERATIONS = 10_000


def test_ten_thousand_overlapping_operations_have_an_order() -> None:
    done = check_history(OPERATIONS, 10)
    assert done.findings == ()
    assert done.operations == OPERATIONS
    assert done.overlapping > OPERATIONS / 2
