"""A mock as its user has it: a process of its own, on a port of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served_mock(*options: str) -> Iterator[str]:
    """`evershell-mock serve` on a free port; its URL, without a base path."""
    command = [str(Path(sys.executable).parent / "evershell-mock"), "serve", "--port", "0", "--quiet", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield _printed_url(process)
        finally:
            process.terminate()


def _printed_url(process: subprocess.Popen[str]) -> str:
    said = ""
    for line in process.stdout or ():
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found[0]
        said += line
    raise RuntimeError(f"evershell-mock ended before it served: {said}")
