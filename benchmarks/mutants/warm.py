"""The suite's command in copies of a process that has it loaded: one run of hundreds need not begin from nothing.

Each run is the command itself, with its options, its report and its exit code. What all of them would do alike is
done once: the suite's modules are loaded, and the requests of the seed are generated.
"""

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from os import cpu_count
from typing import TypeVar

from conformance import command, plugin
from conformance.budget import NORMAL
from conformance.cli import main
from conformance.contract_file import load
from conformance.draw import draw_by_seed_alone
from conformance.generated.cases import generator

T = TypeVar("T")
R = TypeVar("R")
LOADED = (command, plugin)


def warm_up(seed: int) -> None:
    """Do what every run of this seed begins with."""
    draw_by_seed_alone()
    generator(load(), seed, NORMAL).prepare()
    gc.freeze()


def copies(do: Callable[[T], R], each: Iterable[T], workers: int | None) -> Iterator[R]:
    """What was done with each, as it ends, each in a copy of this process; what one raises ends all."""
    with multiprocessing.get_context("fork").Pool(workers or cpu_count(), maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(do, each)


def run(arguments: list[str]) -> str:
    """Run the suite's command here, once a process, and say what it said; how it ended is in its report."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said), suppress(SystemExit):
        main(arguments)
    return said.getvalue()
