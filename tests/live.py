"""A mock as its user has it: a process of its own, on a port of its own."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import forked


@contextmanager
def served_mock(*options: str, anew: bool = False, program: Path | None = None) -> Iterator[str]:
    """`evershell-mock serve` on a free port; its URL, without a base path.

    anew: no fork, but a start of its own; program: that of another environment.
    """
    serve = ("serve", "--port", "0", "--quiet", *options)
    if not anew and program is None:
        with forked.running(forked.MOCK, *serve) as said:
            yield _printed_url(said)
        return
    command = [str(program or Path(sys.executable).parent / forked.MOCK), *serve]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield _printed_url(process.stdout or ())
        finally:
            process.terminate()


def _printed_url(lines: Iterable[str]) -> str:
    said = ""
    for line in lines:
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
        said += line
    raise RuntimeError(f"evershell-mock ended before it served: {said}")
