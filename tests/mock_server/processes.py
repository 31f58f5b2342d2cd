"""A mock as a process of its own, and how it ends."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests import plain

COMMAND = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--quiet", "--log-level", "warning"]


@contextmanager
def process(
    *options: str, before: Callable[[], None] | None = None, env: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A mock of its own process, and its URL; `before` is done in the process before it starts."""
    with subprocess.Popen(
        [*COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,  # noqa: PLW1509 - before any thread
        env=env,
    ) as running:
        try:
            assert running.stdout is not None
            found = re.search(r"http://[\d.]+:\d+", running.stdout.readline())
            assert found is not None, running.stderr and running.stderr.read()
            assert plain.get(f"{found[0]}/_mock/health", timeout=30).status_code == 200
            yield running, found[0]
        finally:
            running.kill()


def ended(running: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    """Exit code and standard error of a process that gets a signal."""
    running.send_signal(how)
    _, said = running.communicate(timeout=30)
    return running.returncode, said
