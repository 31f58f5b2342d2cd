"""The two commands in copies of a process that has them loaded: one run of hundreds need not begin from nothing.

Each run is the command itself, with its options, its report and its exit code. What all of them would do alike is
done once, by a run on a mock without a defect, which loads, compiles, draws and packs what the others find there;
and the requests of the seed are generated.
"""

import gc
import multiprocessing
import os
import select
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from typing import Any, TypeVar

from benchmarks.mutants.judge import MOST_S, run_suite
from benchmarks.servers import read_printed_url
from conformance import plugin
from conformance.budget import NORMAL, Budget
from conformance.cli import main as conformance
from conformance.commands import run as command
from conformance.contract.file import load
from conformance.fuzzing.cases import get_generator
from conformance.recipes.draw import set_up_hypothesis
from mock_server import Settings
from mock_server.app import create_app
from mock_server.cli import main as mock_server
from mock_server.commands import serve
from mock_server.deviations import list_deviations
from mock_server.server import serving

T = TypeVar("T")
R = TypeVar("R")
LOADED = (command, plugin, serve, serving)


def warm_up(seed: int, budget: Budget = NORMAL) -> dict[str, Any]:
    """Do what every run of this seed begins with, and return the report on a mock without a defect.

    JudgeError where not even that can be judged.
    """
    set_up_hypothesis()
    list_deviations()
    create_app(Settings())  # loads what the first mock of a process loads
    report = run_suite([], seed, "--budget", budget.name, suite=run, mock=serve_mock)
    get_generator(load(), seed, budget).prepare()
    gc.freeze()
    return report


def run_in_copies(do: Callable[[T], R], each: Iterable[T], workers: int | None) -> Iterator[R]:
    """Yield what was done with each, as it ends, each in a copy of this process; what one raises ends all."""
    with multiprocessing.get_context("fork").Pool(workers or os.cpu_count(), maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(do, each)


@contextmanager
def serve_mock(*options: str) -> Iterator[str]:
    """Run `evershell-mock serve` in a copy of this process; its URL, without a base path."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        os.dup2(writing, 1)
        try:
            mock_server(["serve", "--port", "0", "--quiet", "--log-level", "warning", *options])
        finally:
            os._exit(1)  # what this is a copy of has more to do; the copy has not
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as said:
            yield read_printed_url(said, "the mock")
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def run(arguments: list[str]) -> str:
    """Run the suite's command here, once a process, and say what it said; how it ended is in its report."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said), suppress(SystemExit):
        conformance(arguments)
    # The command has it end a run in order, and what is over has no order left to keep.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return said.getvalue()


def run_alone(arguments: list[str], most_s: float = MOST_S) -> str:
    """Run the suite's command in a copy of this process, since it runs once a process, and say what it said.

    One that takes longer than most_s is ended.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        try:
            os.close(reading)
            os.write(writing, run(arguments)[-1000:].encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as said:
        ended, _, _ = select.select([said], [], [], most_s)
        if not ended:
            os.kill(process, signal.SIGKILL)
        told = said.read() if ended else f"it took more than {most_s} s"
    os.waitpid(process, 0)
    return told
