"""Who goes, and when: by the watch's own clock, on connections that only say what they wait for."""

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest

from mock_server.server.limits import IDLE_S, MOST_AT_ONCE, Limits
from mock_server.server.watch import ConnectionWatch, Phase

TIMEOUT, MOST = 10, 5


@dataclass(eq=False)
class Transport:
    unsent: int = 0

    def get_write_buffer_size(self) -> int:
        return self.unsent


@dataclass(eq=False)
class Connection:
    at: Phase = Phase.REQUEST
    scope: Any = None
    transport: Transport = field(default_factory=Transport)
    expired: Phase | None = None
    dropped: bool = False

    def phase(self) -> Phase:
        return self.at

    def expire(self, phase: Phase, seconds: int) -> None:
        assert seconds == TIMEOUT
        self.expired = phase

    def drop(self) -> None:
        self.dropped = True


class Scene:
    """A watch, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.rests = 0
        self.watch = ConnectionWatch(Limits(TIMEOUT, MOST), lambda: self.now, self.rest)

    def rest(self) -> None:
        self.rests += 1

    def made(self, at: Phase, scope: object = None) -> Any:
        connection: Any = Connection(at, scope)
        self.watch.note_made(connection)
        self.watch.look()
        return connection

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.watch.look()


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize(
    ("phase", "patience"),
    [(Phase.REQUEST, IDLE_S), (Phase.HEAD, TIMEOUT), (Phase.BODY, TIMEOUT), (Phase.END, 10)],
)
def test_each_wait_has_its_time(scene: Scene, phase: Phase, patience: float) -> None:
    connection = scene.made(phase)
    scene.pass_by(patience - 0.1)
    assert connection.expired is None
    scene.pass_by(0.2)
    assert connection.expired is phase


def test_an_answer_may_take_as_long_as_it_takes(scene: Scene) -> None:
    connection = scene.made(Phase.ANSWER)
    scene.pass_by(1_000_000)
    assert (connection.expired, connection.dropped) == (None, False)


def test_the_time_begins_anew_with_each_request_and_each_part_of_one(scene: Scene) -> None:
    connection = scene.made(Phase.HEAD)
    for phase, scope in [(Phase.BODY, 1), (Phase.HEAD, 2), (Phase.HEAD, 3), (Phase.BODY, 3)]:
        connection.at, connection.scope = phase, scope
        scene.pass_by(TIMEOUT - 1)
    assert connection.expired is None


def test_who_takes_nothing_of_an_answer_is_dropped_and_who_takes_all_of_it_now_and_then_is_not(scene: Scene) -> None:
    deaf, slow = scene.made(Phase.ANSWER), scene.made(Phase.ANSWER)
    for _ in range(3):
        deaf.transport.unsent = slow.transport.unsent = 100
        scene.pass_by(TIMEOUT / 2)
        slow.transport.unsent = 0
        scene.pass_by(1)
    assert (deaf.dropped, slow.dropped) == (True, False)


def test_of_what_nobody_takes_no_more_is_kept_than_may_be_and_the_oldest_goes_first(scene: Scene) -> None:
    connections = [scene.made(Phase.ANSWER) for _ in range(3)]
    for each in connections:
        each.transport.unsent = MOST_AT_ONCE // 2
        scene.pass_by(1)
    assert [each.dropped for each in connections] == [True, False, False]


def test_past_the_most_they_go_in_the_order_of_how_little_they_ask_and_how_long_they_wait(scene: Scene) -> None:
    body, head, idle, ended, later_idle = (
        scene.made(phase) for phase in (Phase.BODY, Phase.HEAD, Phase.REQUEST, Phase.END, Phase.REQUEST)
    )
    gone = []
    for _ in range(5):
        scene.made(Phase.ANSWER)
        gone += [each for each in (body, head, idle, ended, later_idle) if each.dropped and each not in gone]
    assert gone == [ended, idle, later_idle, head, body]


def test_who_has_asked_meanwhile_stays(scene: Scene) -> None:
    first, second, *_ = [scene.made(Phase.REQUEST) for _ in range(MOST)]
    first.at, first.scope = Phase.ANSWER, 1  # since the last look
    newcomers: list[Any] = [Connection(Phase.REQUEST) for _ in range(2)]
    for each in newcomers:
        scene.watch.note_made(each)
    assert (first.dropped, second.dropped) == (False, True)
    assert [each.dropped for each in newcomers] == [False, False]


def test_a_newcomer_goes_only_where_everybody_else_has_an_answer_to_come_and_the_log_says_so_once(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = [scene.made(Phase.ANSWER) for _ in range(MOST)]
    newcomers: list[Any] = [Connection(Phase.REQUEST) for _ in range(3)]
    with caplog.at_level(logging.WARNING):
        for each in newcomers:
            scene.watch.note_made(each)
        scene.pass_by(1)
        scene.pass_by(1)
    assert [each.dropped for each in (*waiting, *newcomers)] == [False] * MOST + [True] * 3
    (told,) = caplog.messages
    assert told.startswith("turned 3 connections away")


def test_who_has_gone_makes_room(scene: Scene) -> None:
    connections = [scene.made(Phase.ANSWER) for _ in range(MOST)]
    scene.watch.note_lost(connections[0])
    assert not scene.made(Phase.REQUEST).dropped


def test_it_rests_once_after_each_time_that_somebody_wanted_something(scene: Scene) -> None:
    scene.pass_by(1)
    assert scene.rests == 0  # nobody has come yet
    connection = scene.made(Phase.ANSWER, 1)
    assert scene.rests == 0
    scene.pass_by(1)
    scene.pass_by(1000)
    assert scene.rests == 1  # an answer without end keeps nobody from resting
    for phase, scope in [(Phase.REQUEST, 1), (Phase.HEAD, 2), (Phase.REQUEST, 2)]:
        connection.at, connection.scope = phase, scope
        scene.pass_by(1)
    assert scene.rests == 1
    scene.pass_by(1)
    assert scene.rests == 2
    scene.pass_by(1)
    scene.watch.note_lost(connection)
    scene.pass_by(20)
    assert scene.rests == 2
    scene.pass_by(1)
    assert scene.rests == 3


def test_it_does_not_rest_all_the_time(scene: Scene) -> None:
    connection = scene.made(Phase.REQUEST, 0)
    for scope in range(1, 101):  # a request and a pause of a second in turn
        connection.scope = scope
        scene.pass_by(1)
        scene.pass_by(1)
    assert scene.rests == 20
