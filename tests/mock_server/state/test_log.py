"""A log keeps the objects of each org in the order of their ids, the latest alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.log import LogObjects, Note, make_log
from mock_server.state.value import Value

IDS = st.lists(st.integers(0, 400).map(lambda number: f"{number:03}"), unique=True, max_size=150)

FORMER = st.sampled_from((0, 200, 450)).map(lambda count: [f"!{number:03}" for number in range(count)])
"""Ids that come first, so that notes are put in their places before the others have come, or among them."""


class Line(Value):
    """An object of a log."""

    id: str
    org_id: str = "org_a"

    @property
    def timestamp(self) -> str:
        """Its time, by which ids are in order."""
        return self.id


def lines(ids: Any) -> list[Line]:
    return [Line(each) for each in ids]


def ids(found: Any) -> list[str]:
    return [each.id for each in found]


def with_line(log: LogObjects, line: Line, most: int) -> LogObjects:
    return log.with_note(Note(line.org_id, line.timestamp, (line.id, line.org_id), lambda parts: Line(*parts)), most)


@given(IDS, st.integers(1, 100), FORMER)
def test_it_keeps_the_latest_in_order_however_they_come(come: list[str], most: int, former_ids: list[str]) -> None:
    log, gone = make_log({}), set()
    for line in lines(former_ids + come):
        former, log = log, with_line(log, line, most)
        if len(log) == len(former) and log.note is not None:
            gone.add(former.find_outgoing(log.note).id)
    kept = ids(log.read_org("org_a"))
    assert kept == sorted(kept)
    assert len(kept) == len(log) == min(most, len(former_ids) + len(come))
    assert {*kept} == {*former_ids, *come} - gone


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=200), st.integers(1, 90), FORMER)
def test_it_is_the_same_whenever_it_is_read(come: list[tuple[str, bool]], most: int, former_ids: list[str]) -> None:
    """Each log stays as it was once others came of it, whether somebody read it before or not."""
    log, logs, there = make_log({}), [], {"a": former_ids[-most:], "b": []}  # type: ignore[var-annotated]
    for line in former_ids:
        log = with_line(log, Line(line, "a"), most)
    for number, (org_id, is_read) in enumerate(come):
        log = with_line(log, Line(f"{number:03}", org_id), most)
        there[org_id] = [*there[org_id], f"{number:03}"][-most:]
        logs.append((log, sorted(there["a"] + there["b"])))
        if is_read:
            assert log[f"{number:03}"] is log[f"{number:03}"]
    for each, expected in reversed(logs):
        assert sorted(each) == expected
        assert len(each) == len(expected)
        assert each == make_log(dict(each.items()))


@given(IDS)
def test_it_is_a_map_of_its_objects(there: list[str]) -> None:
    objects = {each: Line(each, f"org_{each[-1]}") for each in there}
    log = make_log(objects)
    assert dict(log.items()) == objects
    assert (sorted(log), sorted(log.keys()), len(log)) == (sorted(there), sorted(there), len(there))
    for each in there:
        assert log[each] is log.get(each) is objects[each]
        assert each in log
        log = log.remove(each)
        assert each not in log
        assert log.get(each) is None
    assert len(log) == 0
    with pytest.raises(KeyError):
        log["none"]


def test_what_was_before_stays_as_it_was() -> None:
    before = make_log({"1": Line("1")})
    after = before.insert("2", Line("2"))
    assert [*before] == ["1"]
    assert [*after] == ["1", "2"]


def test_one_of_an_earlier_time_is_first_however_many_came_before() -> None:
    log = make_log({})
    for number in range(1, 600):
        log = with_line(log, Line(f"{number:03}"), 1000)
        assert with_line(log, Line("000"), 1000).read_org("org_a")[0].id == "000"
