"""A log keeps the objects of each org in the order of their ids, the latest alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.state.log import LogObjects, log_of
from mock_server.state.value import Value

IDS = st.lists(st.integers(0, 400).map(lambda number: f"{number:03}"), unique=True, max_size=150)


class Line(Value):
    """An object of a log."""

    id: str
    org_id: str = "org_a"


def lines(ids: Any) -> list[Line]:
    return [Line(each) for each in ids]


def ids(found: Any) -> list[str]:
    return [each.id for each in found]


def with_line(log: LogObjects, line: Line, most: int) -> LogObjects:
    return log.with_note(line.org_id, (line.id, line.org_id), lambda parts: Line(*parts), most)


@given(IDS, st.integers(1, 100))
def test_it_keeps_the_latest_in_order_however_they_come(come: list[str], most: int) -> None:
    log, gone = log_of({}), set()
    for line in lines(come):
        former, log = log, with_line(log, line, most)
        if len(log) == len(former) and log.note is not None:
            gone.add(former.find_outgoing(log.note).id)
    kept = ids(log.of_org("org_a"))
    assert kept == sorted(kept)
    assert len(kept) == len(log) == min(most, len(come))
    assert {*kept} == {*come} - gone


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=200), st.integers(1, 90))
def test_it_is_the_same_whenever_it_is_read(come: list[tuple[str, bool]], most: int) -> None:
    """Each log stays as it was once others came of it, whether somebody read it before or not."""
    log, logs, there = log_of({}), [], {"a": [], "b": []}  # type: ignore[var-annotated]
    for number, (org_id, is_read) in enumerate(come):
        log = with_line(log, Line(f"{number:03}", org_id), most)
        there[org_id] = [*there[org_id], f"{number:03}"][-most:]
        logs.append((log, sorted(there["a"] + there["b"])))
        if is_read:
            assert log[f"{number:03}"] is log[f"{number:03}"]
    for each, expected in reversed(logs):
        assert sorted(each) == expected
        assert len(each) == len(expected)
        assert each == log_of(dict(each.items()))


@given(IDS)
def test_it_is_a_map_of_its_objects(there: list[str]) -> None:
    objects = {each: Line(each, f"org_{each[-1]}") for each in there}
    log = log_of(objects)
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
    before = log_of({"1": Line("1")})
    after = before.insert("2", Line("2"))
    assert [*before] == ["1"]
    assert [*after] == ["1", "2"]
