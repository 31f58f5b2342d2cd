"""Our programs in forks of one process that has loaded them: loading takes longer than most of what a test asks.

Forks share the order of Python's sets and what is done at an import, so what two processes must have in common
regardless of these is tested with processes that start anew.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

SUITE, MOCK, SECOND_SERVER = "evershell-conformance", "evershell-mock", "second_server"
MAIN = {SUITE: "conformance.cli", MOCK: "mock_server.cli", SECOND_SERVER: "examples.second_server.cli"}
"""By program, the module that has its `main`."""
LOADED = [
    *MAIN.values(),
    "conformance.commands.run",
    "conformance.fuzzing.judge",
    "conformance.plugin",
    "xdist.plugin",
    "mock_server.commands.serve",
    "mock_server.server.serving",
    "tests.warm",
]
"""What these import and make when they run, and all that is imported by it."""


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


def run(program: str, arguments: Sequence[str], folder: Path | None, timeout: float) -> tuple[int, str, str]:
    """Run a program in a folder, with the environment of now; its exit code, and what it printed on both streams.

    TimeoutError where it takes longer.
    """
    with TemporaryDirectory() as made:
        said, complained = Path(made, "said"), Path(made, "complained")
        process = _started(program, arguments, folder, {1: said, 2: complained})
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{program} {' '.join(arguments)}: no end within {timeout:g} s")
        return process.exitcode, *(path.read_text(encoding="utf-8") for path in (said, complained))


@contextlib.contextmanager
def running(program: str, *arguments: str) -> Iterator[IO[str]]:
    """Run a program until the end of the block; what it prints on both streams, as it comes."""
    reading, writing = Pipe(duplex=False)
    process = _started(program, arguments, None, {1: writing, 2: writing})
    writing.close()
    try:
        with reading, os.fdopen(os.dup(reading.fileno()), encoding="utf-8") as said:
            yield said
    finally:
        process.terminate()
        process.join()


def _started(
    program: str, arguments: Sequence[str], folder: Path | None, streams: Mapping[int, Path | Connection]
) -> BaseProcess:
    for path in streams.values():
        if isinstance(path, Path):
            path.touch()
    given = (program, list(arguments), folder or Path.cwd(), dict(os.environ), streams)
    process = _context().Process(target=_run, args=given)
    process.start()
    return process


def _run(
    program: str,
    arguments: list[str],
    folder: Path,
    environment: dict[str, str],
    streams: Mapping[int, Path | Connection],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, stream in streams.items():
        if isinstance(stream, Path):
            with stream.open("wb") as file:
                os.dup2(file.fileno(), number)
        else:
            os.dup2(stream.fileno(), number)
    for stream in streams.values():
        if isinstance(stream, Connection) and not stream.closed:
            stream.close()
    sys.argv = [str(Path(sys.executable).with_name(program)), *arguments]
    with contextlib.ExitStack() as ending:
        ending.callback(atexit._run_exitfuncs)  # noqa: SLF001  # multiprocessing ends its processes without it
        import_module(MAIN[program]).main()
