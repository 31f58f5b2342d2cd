"""Requests of every shape, right and wrong: each is answered within the contract, and the mock is right afterwards."""

import pytest

from benchmarks.hardening.fuzzing import Fuzzed, fuzz

USUAL, MANY = 2_500, 100_000


def storm(requests: int, seed: int, *, memory: bool) -> Fuzzed:
    done = fuzz(requests, seed)
    assert list(done.list_shortfalls(memory=memory)) == [], done.render()
    assert done.report.requests >= requests
    return done


@pytest.mark.timeout(240)
def test_a_storm_breaks_nothing() -> None:
    done = storm(USUAL, 1, memory=False)  # of a mock that others load at the same time
    # It came to more than being turned away.
    assert {200, 201, 400, 401, 403, 404, 405, 409, 413, 415, 423} <= done.report.statuses.keys()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_long_storm_breaks_nothing_and_leaves_nothing_behind() -> None:
    storm(MANY, 9, memory=True)
