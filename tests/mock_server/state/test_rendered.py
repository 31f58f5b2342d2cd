"""What is kept of what was rendered: the same bytes as anew, for each viewer, and never more than the bound."""

import tracemalloc
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
import pytest

from mock_server.state.rendered import Rendered, count_most_kept, dump, find_kept_views, render
from mock_server.state.value import Value, replace


class Some(Value, eq=False):
    calls: list[None]

    def view(self, _viewers: object) -> Mapping[str, object]:
        self.calls.append(None)
        return {"rendered": len(self.calls)}


def test_each_viewer_gets_a_body_that_is_rendered_once() -> None:
    value = Some([])
    bodies = [render(value, viewer, Some.view) for viewer in ("owner", "other", "owner", "other")]
    assert [body["rendered"] for body in bodies] == [1, 2, 1, 2]
    assert bodies[0] is bodies[2]


def test_what_is_kept_goes_with_the_value_and_is_not_that_of_a_changed_one() -> None:
    value = Some([])
    render(value, "all", Some.view)
    changed = replace(value, calls=[None])
    assert render(changed, "all", Some.view)["rendered"] == 2
    body = weakref.ref(find_kept_views(value))
    assert body() is not None
    del value
    assert body() is None


def test_past_the_bound_what_was_rendered_first_goes_first() -> None:
    size = count_most_kept() // 8
    values = [Some([]) for _ in range(20)]
    for value in values:
        render(value, "all", lambda *_: {"text": "x" * size})
    still = [bool(find_kept_views(value)) for value in values]
    assert still == sorted(still)
    assert 0 < sum(still) <= count_most_kept() // size


def test_a_body_that_would_push_out_most_others_is_not_kept() -> None:
    value, large = Some([]), Some([])
    render(value, "all", Some.view)
    for _ in range(2):
        assert (
            len(render(large, "all", lambda *_: {"text": "x" * (count_most_kept() // 2)})["text"])
            == count_most_kept() // 2
        )
    assert not find_kept_views(large)
    assert find_kept_views(value)


def test_a_rendered_body_stands_in_others_as_it_is_and_reads_as_what_it_says() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    body = Rendered({"at": moment, "in": Rendered({"n": 1})})
    assert dict(body) == orjson.loads(body.content) == {"at": "2026-01-02T03:04:05.000006Z", "in": {"n": 1}}
    assert orjson.loads(dump([body, {"same": body}])) == [dict(body), {"same": dict(body)}]
    with pytest.raises(TypeError):
        dump({"no": object()})


def test_a_body_takes_no_more_room_than_its_bytes() -> None:
    values = [{"number": number, "text": "x" * 3000} for number in range(100)]
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    bodies = [Rendered(value) for value in values]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 1.2 * sum(len(body.content) for body in bodies)
