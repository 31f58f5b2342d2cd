"""The log that is measured is as long as an org's gets, and what is asked of it is answered."""

import json

from benchmarks.measures.events import ASKED, make_long_log
from benchmarks.promises import EVENTS_PAGE, EVENTS_SOUGHT, EVENTS_STATISTICS
from mock_server import MockWorld, in_process


def asked(world: MockWorld, name: str) -> dict[str, list[object]]:
    path = ASKED[name].removeprefix("/v1")
    answer: dict[str, list[object]] = world.client("acme-owner").get(path).raise_for_status().json()
    return answer


def test_what_is_measured_is_a_log_of_ten_thousand_events() -> None:
    document = json.loads(make_long_log(300))
    assert sum(each["org_id"] == "org_acme" for each in document["events"].values()) == 500
    with in_process() as mock, mock.fresh_world("measured") as world:
        world.load(document)
        assert len(asked(world, EVENTS_PAGE)["events"]) == 100
        assert asked(world, EVENTS_SOUGHT) == {"events": []}
        assert len(asked(world, EVENTS_STATISTICS)["buckets"]) > 1
