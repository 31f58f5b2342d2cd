"""The command `run`: run pytest over the rules, and print the run."""

from __future__ import annotations

import contextlib
import gc
import io
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from conformance import rules
from conformance.commands.printing import print_run
from conformance.errors import OURS, USAGE
from conformance.results.plain_text import plain_lines
from conformance.running.ending import ENDING, Ending
from conformance.running.progress import Progress

RULES = Path(rules.__path__[0])
_COLLECT_AFTER = (500_000, 20, 50)  # objects, collections of the youngest, collections of those
"""A run ends soon and leaves little garbage, so looking for it as often as Python does takes a tenth of its time.

A process of a small budget never has so many, and ends with some 40 MB of it.
"""


def run_suite(options: list[str], *, quiet: bool = False) -> int:
    """Run pytest over the rules and print the run; the exit code."""
    ending, output = run_pytest(options, [] if quiet else [Progress(sys.stderr)])
    if ending.run is None and not ending.reason:
        click.echo(plain_lines(output), err=True)
        return ending.status
    click.echo(ending.printed, nl=False)
    code = ending.status if ending.run is None else print_run(ending.run, quiet=quiet)
    if ending.reason:
        click.echo(plain_lines(f"evershell-conformance: {ending.reason}"), err=True)
        return ending.status
    return code


def run_pytest(options: list[str], plugins: list[Any]) -> tuple[Ending, str]:
    """Run pytest over the rules; return how it ended, and its output where it could not begin."""
    ending, output = Ending(), io.StringIO()
    gc.set_threshold(*_COLLECT_AFTER)
    # No pytest settings of the user may change what is judged, and how.
    fixed = [f"--rootdir={RULES.parent}", f"--config-file={RULES.parent / 'suite.ini'}"]
    named = [f"-p{name}" for name in ("no:terminal", "no:cacheprovider", "conformance.options")]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main([*fixed, *named, *options, str(RULES)], plugins=[_Listener(ending), *plugins])
    if ending.run is None and not ending.reason and code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if ending.run is None and not ending.reason:
        ending.status = USAGE if code == pytest.ExitCode.USAGE_ERROR else OURS
    return ending, f"{output.getvalue()}evershell-conformance: pytest ended with {code:d} before the run began"


class _Listener:
    """A pytest plugin that lets the suite's plugin put the run where the command finds it."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[ENDING] = self._ending
        # No traceback is shown; pytest's own style takes as long as four requests.
        config.option.tbstyle = "native"
