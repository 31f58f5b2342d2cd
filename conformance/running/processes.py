"""A run in several processes: copies of the one that has all that it takes, each of which judges what is left.

To copy a process takes milliseconds; to start workers, as pytest-xdist does, takes a quarter of a run.
"""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import TemporaryFile
from typing import Any

import pytest
from _pytest import runner

from conformance.generated.forking import can_fork, fork
from conformance.running.opening import Opened
from conformance.running.selection import GENERATED, kind_of, value_of

AS_SUITS = 0
"""In place of a number of processes: as many as suit target and options."""
USUAL = 2
PATIENCE_S = 30.0
"""So long copies may take to remove what they made, once they are told to end."""
_PIPE = 1024 * 1024
_ENDS = struct.Struct("<II")


def processes(config: pytest.Config, opened: Opened) -> int:
    """In how many a run is judged.

    One, unless asked for otherwise, where tests share a place or a limit, or where the order of requests matters.
    """
    option, profile = config.getoption, opened.suite.profile
    asked = int(option("--processes"))
    if not can_fork() or option("dist", "no") != "no" or hasattr(config, "workerinput"):
        return 1
    if opened.single:
        return 1
    if asked != AS_SUITS:
        return asked
    ordered = option("--request-log") or option("maxfail")
    if profile.world_url is None or profile.limits.counted or ordered:
        return 1
    return min(USUAL, len(os.sched_getaffinity(0)))


def judge_together(session: pytest.Session, opened: Opened, count: int, err: Callable[[str], None]) -> None:
    """Run the session's tests in so many processes, this one included; what a copy reports is logged here.

    `err` takes in words what keeps the tests of a copy from being judged.
    """
    left = _Left(session.items)
    leash = _Leash()
    copies = [_Copy.start(session, opened, left, leash) for _ in range(count - 1)]
    opened.go_beside_others()

    def judge(item: pytest.Item, following: pytest.Item | None) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        _listen(session, copies, err, timeout=0)

    try:
        _each(left.from_front(), judge, session)
        while copies and not (session.shouldstop or session.shouldfail):
            _listen(session, copies, err, timeout=None)
    finally:
        leash.let_go()
        for copy in copies:
            copy.end()
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


class _Left:
    """The tests that nobody has taken. One process takes them from the front, its copies from the back.

    What is generated for one value stays together.
    """

    def __init__(self, items: Sequence[pytest.Item]) -> None:
        groups: dict[str, list[pytest.Item]] = {}
        for item in items:
            kept = value_of(item.nodeid) if kind_of(item) == GENERATED else item.nodeid
            groups.setdefault(kept, []).append(item)
        self._groups = list(groups.values())
        # The system gives up a lock on a file with the process that holds it, whatever ends it.
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115  # it lasts as long as the run
        self._file.write(_ENDS.pack(0, len(self._groups)))

    def from_front(self) -> Iterator[pytest.Item]:
        yield from self._taken(1, 0)

    def from_back(self) -> Iterator[pytest.Item]:
        yield from self._taken(0, 1)

    def _taken(self, more: int, less: int) -> Iterator[pytest.Item]:
        while True:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                first, end = _ENDS.unpack(os.pread(self._file.fileno(), _ENDS.size, 0))
                if first == end:
                    return
                os.pwrite(self._file.fileno(), _ENDS.pack(first + more, end - less), 0)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
            yield from self._groups[first if more else end - 1]


class _Leash:
    """What the first process holds as long as its copies are to go on; it lets go of it when it dies, too."""

    def __init__(self) -> None:
        self._felt, self._held = os.pipe()

    def let_go(self) -> None:
        os.close(self._held)
        os.close(self._felt)

    def heel(self) -> None:
        """In a copy: wait until nobody holds it, then end the tests here as Ctrl-C would."""
        os.close(self._held)
        os.read(self._felt, 1)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a copy says: after each test, and with its last words."""

    reports: tuple[dict[str, Any], ...] = ()
    stop: bool | str = False
    fail: bool | str = False
    error: str = ""
    last: bool = False


@dataclass(slots=True, eq=False)
class _Copy:
    """Another process of the run, as this one sees it."""

    told: Connection
    _process: BaseProcess

    @staticmethod
    def start(session: pytest.Session, opened: Opened, left: _Left, leash: _Leash) -> _Copy:
        told, tell = fork().Pipe(duplex=False)
        with suppress(OSError):  # only so that a copy need not wait for its listener
            fcntl.fcntl(tell.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
        arguments = (session, opened, left, tell, leash)
        process = fork().Process(target=_judge_beside, args=arguments, daemon=True)  # type: ignore[attr-defined]
        process.start()
        tell.close()
        return _Copy(told, process)

    def end(self) -> None:
        """Wait for its end, but not for ever."""
        self.told.close()  # what it has left to say it need not wait to say
        self._process.join(PATIENCE_S)
        self._process.kill()
        self._process.join()


def _listen(session: pytest.Session, copies: list[_Copy], err: Callable[[str], None], timeout: float | None) -> None:
    """Log what the copies have reported so far; one that has said its last is off the list."""
    known = {copy.told: copy for copy in copies}
    for ready in wait(list(known), timeout):
        copy = known[ready]  # type: ignore[index]  # they are what was waited for
        try:
            told: _Told = copy.told.recv()
        except (EOFError, OSError):
            told = _Told(error="a process of the run was ended, and its tests with it", last=True)
        for data in told.reports:
            report = session.config.hook.pytest_report_from_serializable(config=session.config, data=data)
            session.config.hook.pytest_runtest_logreport(report=report)
        if told.error:
            err(told.error)
        if told.last:
            copies.remove(copy)
            copy.end()
        if told.stop:
            session.shouldstop = told.stop
        if told.fail:
            session.shouldfail = told.fail


def _each(
    items: Iterator[pytest.Item], judge: Callable[[pytest.Item, pytest.Item | None], None], session: pytest.Session
) -> None:
    item = next(items, None)
    while item is not None and not (session.shouldstop or session.shouldfail):
        following = next(items, None)
        judge(item, following)
        item = following


def _judge_beside(session: pytest.Session, opened: Opened, left: _Left, tell: Connection, leash: _Leash) -> None:
    """In a copy: judge from the back until nothing is left, or nobody holds the leash."""
    os.setpgid(0, 0)  # a Ctrl-C is the first process's to take, and to hand on
    threading.Thread(target=leash.heel, daemon=True).start()
    opened.go_beside_others()

    def judge(item: pytest.Item, following: pytest.Item | None) -> None:
        made = runner.runtestprotocol(item, log=False, nextitem=following)
        telling = (report for report in made if report.when == "teardown" or not report.passed)
        to_data = session.config.hook.pytest_report_to_serializable
        reports = tuple(to_data(config=session.config, report=report) for report in telling)
        tell.send(_Told(reports, session.shouldstop, session.shouldfail))

    last = _Told(last=True)
    try:
        _each(left.from_back(), judge, session)
    except KeyboardInterrupt:
        pass
    except Exception as error:  # noqa: BLE001  # it is told where it is heard
        last = _Told(error=f"{type(error).__name__}: {error}", last=True)
    finally:
        runner.pytest_sessionfinish(session)
        with suppress(OSError):  # nobody may be there to hear it
            tell.send(last)
