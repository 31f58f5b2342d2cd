"""The tasks that are measured are in flight, and an hour brings all of them to their end."""

import json
from collections import Counter

from benchmarks.measures.lives import make_in_flight
from mock_server import MockWorld, in_process


def of_the_measure(world: MockWorld) -> Counter[str]:
    return Counter(each["status"] for each in world.state()["tasks"].values() if "number" in each)


def test_they_are_in_flight_until_an_hour_has_passed() -> None:
    document = json.loads(make_in_flight(5))
    with in_process() as mock, mock.fresh_world("measured") as world:
        world.load(document)
        assert of_the_measure(world) == {"submitted": 5}
        world.advance(3600)
        assert of_the_measure(world) == {"completed": 5}
