"""In which order exchanges that pass at the same time are judged, and what a write beside them leaves certain."""

from __future__ import annotations

from conformance.traffic.proxy.judging.order import LATE, MOST_WAITING, Order, OrderedExchange
from conformance.traffic.proxy.passing.exchange import BegunRequest, PassedExchange, PassedMessage

NOTHING = PassedMessage((), b"", 0)


def begun(number: int, method: str = "GET", world: str = "") -> BegunRequest:
    headers = (("X-Mock-World", world),) if world else ()
    return BegunRequest(number, float(number), method, f"http://a/v1/{number}", "http://a/v1", headers)


def passed(number: int) -> PassedExchange:
    return PassedExchange(number, float(number), NOTHING, 200, NOTHING)


def told(*steps: BegunRequest | int, settle_s: float = 0.0) -> list[OrderedExchange]:
    """What comes of these: an exchange that begins, or the number of one that ends."""
    order, found = Order(settle_s), list[OrderedExchange]()
    for step in steps:
        if isinstance(step, BegunRequest):
            order.begin(step)
        else:
            found += order.end(passed(step))
    return found


def test_exchanges_come_in_the_order_in_which_they_began() -> None:
    assert [each.begun.number for each in told(begun(1), begun(2), begun(3), 3, 2, 1)] == [1, 2, 3]
    assert [each.begun.number for each in told(begun(1), begun(2), 2)] == []


def test_a_write_overlaps_what_passes_beside_it() -> None:
    steps = (begun(1), begun(2, "PATCH"), begun(3), 1, 2, begun(4), 3, 4)
    assert [each.is_overlapped for each in told(*steps)] == [True, False, True, False]


def test_two_writes_overlap_each_other_and_two_reads_do_not() -> None:
    assert [each.is_overlapped for each in told(begun(1, "PUT"), begun(2, "PUT"), 1, 2)] == [True, True]
    assert [each.is_overlapped for each in told(begun(1), begun(2), 1, 2)] == [False, False]


def test_a_write_to_another_world_changes_nothing_here() -> None:
    assert [each.is_overlapped for each in told(begun(1), begun(2, "PUT", "another"), 1, 2)] == [False, False]


def test_a_read_so_soon_after_a_write_need_not_show_it() -> None:
    """And a write is as if the other one were under way; later, and in another world, both are as ever."""
    steps = (begun(1, "PUT"), 1, begun(2), 2, begun(3, "PUT"), 3, begun(4, world="another"), 4, begun(6), 6)
    found = told(*steps, settle_s=2.5)
    assert [each.is_unsettled for each in found] == [False, True, False, False, False]
    assert [each.is_overlapped for each in found] == [False, False, True, False, False]
    assert not any(each.is_unsettled or each.is_overlapped for each in told(*steps))


def test_what_takes_too_long_is_given_up() -> None:
    """What came behind it is judged; the rest is no more heard of."""
    many = range(2, MOST_WAITING + 3)
    found = told(begun(1), *(begun(number) for number in many), *many, 1)
    assert [each.begun.number for each in found] == [1, *many]
    assert (found[0].passed.status, found[0].passed.failure) == (0, LATE)
