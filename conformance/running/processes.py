"""A run in several processes: forks of the first one, each of which judges tests that are left."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from tempfile import TemporaryFile
from typing import Any, Literal

import pytest

from conformance.running.binding import is_long
from conformance.running.selection import group_items
from conformance.running.suite import Suite

AUTOMATIC = 0
"""The value of --processes that has target and options decide."""
MOST = 3
"""One more than two cores, since each waits for the target half of the time."""
CLEANING_S = 30.0
"""Seconds that a cancelled worker may take to remove what it made."""
_PIPE = 1024 * 1024
"""Bytes that a worker can send without waiting for the first process, which reads between two tests."""
_BOUNDS = struct.Struct("<III")

Side = Literal["front", "back"]


def can_fork() -> bool:
    """Return whether a forked process is as good as this one.

    Elsewhere than on Linux a library may have threads that a fork lacks; a daemonic process may have no children.
    """
    return sys.platform == "linux" and not multiprocessing.current_process().daemon


def build_processes_option(workers: int | None) -> list[str]:
    """Return pytest's option for so many processes; where a process cannot be forked, pytest-xdist starts workers."""
    if can_fork():
        return [f"--processes={workers or AUTOMATIC}"]
    return ["-n", str(workers)] if workers and workers > 1 else []


def count_processes(config: pytest.Config, suite: Suite) -> int:
    """Return in how many processes a run is judged.

    One, unless asked for otherwise, where tests share a place or a limit, or where the order of requests matters.
    """
    option, profile = config.getoption, suite.profile
    asked = int(option("--processes"))
    if suite.single or not can_fork() or option("dist", "no") != "no" or hasattr(config, "workerinput"):
        return 1
    if asked != AUTOMATIC:
        return asked
    ordered = option("--request-log") or option("maxfail")
    if profile.world_url is None or profile.limits.is_counted or ordered:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)) + 1)


def judge_together(session: pytest.Session, suite: Suite, count: int, err: Callable[[str], None]) -> None:
    """Run the session's tests in so many processes, this one included, and log all reports here.

    `err` takes in words why the tests of a worker were not judged.
    """
    queue, cancellation = _TestQueue(session.items), _Cancellation()
    # What is generated takes some preparation, so the last one makes all of it, if it can.
    taken = [queue.take_from("front", long_first=True) for _ in range(count - 2)]
    taken.append(queue.take_from("back", long_first=count == 2))
    workers = [_Worker.start(session, suite, each, cancellation) for each in taken]
    suite.use_own_connections()
    try:
        for item, following in _pair_with_next(queue.take_from("front"), session):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            _log_reports(session, workers, err, timeout=0)
        while workers and not _is_stopping(session):
            _log_reports(session, workers, err, timeout=None)
    finally:
        cancellation.cancel()
        for worker in workers:
            worker.end()
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


class _TestQueue:
    """The tests that no process has taken: those at the end that take long, and the others.

    What is generated for one value stays together.
    """

    def __init__(self, items: Sequence[pytest.Item]) -> None:
        self._groups = sorted(group_items(items), key=lambda group: is_long(group[0]))
        self._short = sum(not is_long(group[0]) for group in self._groups)
        # The system releases the lock on a file when its holder ends, however that happens.
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115  # open as long as the run
        self._file.write(_BOUNDS.pack(0, self._short, len(self._groups)))

    def take_from(self, side: Side, *, long_first: bool = False) -> Iterator[pytest.Item]:
        """Yield tests of this process, each group taken when the one before it is through."""
        while (number := self._take(side, long_first=long_first)) is not None:
            yield from self._groups[number]

    def _take(self, side: Side, *, long_first: bool) -> int | None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            first, end, end_of_long = _BOUNDS.unpack(os.pread(self._file.fileno(), _BOUNDS.size, 0))
            if self._short < end_of_long and (long_first or first == end):
                taken, rest = end_of_long - 1, (first, end, end_of_long - 1)
            elif first == end:
                return None
            elif side == "front":
                taken, rest = first, (first + 1, end, end_of_long)
            else:
                taken, rest = end - 1, (first, end - 1, end_of_long)
            os.pwrite(self._file.fileno(), _BOUNDS.pack(*rest), 0)
            return int(taken)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)


class _Cancellation:
    """The interruption of the workers when the first process says so, or ends."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()

    def cancel(self) -> None:
        os.close(self._writing)
        os.close(self._reading)

    def await_in_worker(self) -> None:
        """Wait until the first process has closed the pipe, then interrupt this one as Ctrl-C does."""
        os.close(self._writing)
        os.read(self._reading, 1)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class _Message:
    """The message of a worker: after each test, and once at its end."""

    reports: tuple[dict[str, Any], ...] = ()
    stop: bool | str = False
    fail: bool | str = False
    error: str = ""
    is_last: bool = False


@dataclass(slots=True, eq=False)
class _Worker:
    """Another process of the run, as the first one sees it."""

    receiver: Connection
    _process: BaseProcess

    @staticmethod
    def start(
        session: pytest.Session, suite: Suite, taken: Iterator[pytest.Item], cancellation: _Cancellation
    ) -> _Worker:
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        with suppress(OSError):
            fcntl.fcntl(sender.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
        arguments = (session, suite, taken, (receiver, sender), cancellation)
        process = context.Process(target=_work, args=arguments, daemon=True)
        process.start()
        sender.close()
        return _Worker(receiver, process)

    def end(self) -> None:
        """Wait for the end of the process, and kill it where it takes too long."""
        self.receiver.close()
        self._process.join(CLEANING_S)
        self._process.kill()
        self._process.join()


def _log_reports(
    session: pytest.Session, workers: list[_Worker], err: Callable[[str], None], timeout: float | None
) -> None:
    """Log what the workers have reported so far, and drop each that has ended from the list."""
    ready = wait([worker.receiver for worker in workers], timeout)
    for worker in [worker for worker in workers if worker.receiver in ready]:
        try:
            message: _Message = worker.receiver.recv()
        except (EOFError, OSError):
            message = _Message(error="a process of the run was ended, and its tests with it", is_last=True)
        for data in message.reports:
            report = session.config.hook.pytest_report_from_serializable(config=session.config, data=data)
            session.config.hook.pytest_runtest_logreport(report=report)
        if message.error:
            err(message.error)
        if message.is_last:
            workers.remove(worker)
            worker.end()
        session.shouldstop = message.stop or session.shouldstop
        session.shouldfail = message.fail or session.shouldfail


def _is_stopping(session: pytest.Session) -> bool:
    return bool(session.shouldstop or session.shouldfail)


def _pair_with_next(
    items: Iterator[pytest.Item], session: pytest.Session
) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    """Yield each test with the one after it, as long as the session goes on."""
    item = next(items, None)
    while item is not None and not _is_stopping(session):
        following = next(items, None)
        yield item, following
        item = following


def _work(
    session: pytest.Session,
    suite: Suite,
    taken: Iterator[pytest.Item],
    pipe: tuple[Connection, Connection],
    cancellation: _Cancellation,
) -> None:
    """Judge tests in a worker until none is left, or the first process cancels."""
    receiver, sender = pipe
    receiver.close()  # else a full pipe that nobody reads any more would wait for this process itself
    os.setpgid(0, 0)  # Ctrl-C reaches the first process alone, which cancels
    threading.Thread(target=cancellation.await_in_worker, daemon=True).start()
    suite.use_own_connections()
    hook, last, item = session.config.hook, _Message(is_last=True), None
    try:
        for item, following in _pair_with_next(taken, session):
            sent = [report for report in _run_test(item, following) if report.when == "teardown" or not report.passed]
            reports = tuple(hook.pytest_report_to_serializable(config=session.config, report=it) for it in sent)
            sender.send(_Message(reports, session.shouldstop, session.shouldfail))
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001  # the first process reports it
        if not isinstance(error, KeyboardInterrupt):
            last = _Message(error=f"{type(error).__name__}: {error}", is_last=True)
        if item is not None:
            item.ihook.pytest_runtest_teardown(item=item, nextitem=None)  # removes what the test made
    with suppress(OSError):  # the first process may have ended
        sender.send(last)


def _run_test(item: pytest.Item, following: pytest.Item | None) -> Iterator[pytest.TestReport]:
    """Run a test by pytest's hooks, as pytest's own runner does, and yield its reports, which nobody has logged."""
    setup = _run_phase(item, "setup", lambda: item.ihook.pytest_runtest_setup(item=item))
    yield setup
    if setup.passed:
        yield _run_phase(item, "call", lambda: item.ihook.pytest_runtest_call(item=item))
    after = None if _is_stopping(item.session) else following
    yield _run_phase(item, "teardown", lambda: item.ihook.pytest_runtest_teardown(item=item, nextitem=after))
    if isinstance(item, pytest.Function):
        item.funcargs.clear()  # the session keeps its tests until the end


def _run_phase(
    item: pytest.Item, when: Literal["setup", "call", "teardown"], run: Callable[[], object]
) -> pytest.TestReport:
    call = pytest.CallInfo.from_call(run, when=when, reraise=(pytest.exit.Exception, KeyboardInterrupt))
    report: pytest.TestReport = item.ihook.pytest_runtest_makereport(item=item, call=call)
    return report
