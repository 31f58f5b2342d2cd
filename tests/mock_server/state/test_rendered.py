"""What is kept of what was rendered: the same bytes as anew, for each viewer, and never more than the bound."""

import tracemalloc
from collections.abc import Hashable, Mapping
from datetime import UTC, datetime

import orjson
import pytest

from mock_server.state.rendered import MOST_KEPT, Rendered, dumps, kept


class Value:
    def __init__(self) -> None:
        self.shown: Mapping[Hashable, Rendered] | None = None
        self.rendered = 0

    def view(self) -> Mapping[str, object]:
        self.rendered += 1
        return {"rendered": self.rendered}


def test_each_viewer_gets_a_body_that_is_rendered_once() -> None:
    value = Value()
    bodies = [kept(value, viewer, value.view) for viewer in ("owner", "other", "owner", "other")]
    assert [body["rendered"] for body in bodies] == [1, 2, 1, 2]
    assert bodies[0] is bodies[2]


def test_past_the_bound_what_was_rendered_first_goes_first() -> None:
    size = MOST_KEPT // 8
    values = [Value() for _ in range(20)]
    for value in values:
        kept(value, "all", lambda: {"text": "x" * size})
    still = [bool(value.shown) for value in values]
    assert still == sorted(still)
    assert 0 < sum(still) <= MOST_KEPT // size


def test_a_body_that_would_push_out_most_others_is_not_kept() -> None:
    value, large = Value(), Value()
    kept(value, "all", value.view)
    for _ in range(2):
        assert len(kept(large, "all", lambda: {"text": "x" * (MOST_KEPT // 2)})["text"]) == MOST_KEPT // 2
    assert not large.shown
    assert value.shown


def test_a_rendered_body_stands_in_others_as_it_is_and_reads_as_what_it_says() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    body = Rendered({"at": moment, "in": Rendered({"n": 1})})
    assert dict(body) == orjson.loads(body.content) == {"at": "2026-01-02T03:04:05.000006Z", "in": {"n": 1}}
    assert orjson.loads(dumps([body, {"same": body}])) == [dict(body), {"same": dict(body)}]
    with pytest.raises(TypeError):
        dumps({"no": object()})


def test_a_body_takes_no_more_room_than_its_bytes() -> None:
    values = [{"number": number, "text": "x" * 3000} for number in range(100)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    bodies = [Rendered(value) for value in values]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 1.2 * sum(len(body.content) for body in bodies)
