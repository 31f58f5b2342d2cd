"""The commands `run` and `replay`: run pytest over the rules, or over the case of one finding, and print the run."""

from __future__ import annotations

import contextlib
import gc
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from conformance import laws, rules
from conformance.errors import CONFORMS, INTERRUPTED, OURS, UNUSABLE, USAGE, VIOLATED
from conformance.results.plain_text import escape_line, escape_lines
from conformance.results.reading import Results, ResultsError, read_results
from conformance.results.report.curl import format_curl
from conformance.results.report.terminal import print_run
from conformance.results.verdict import Run, Verdict
from conformance.running.ending import ENDING, RunEnding
from conformance.running.progress import Progress

RULES, LAWS = (Path(package.__path__[0]) for package in (rules, laws))
_COLLECT_AFTER = (500_000, 20, 50)  # objects, collections of the youngest, collections of those
"""A run ends soon and leaves little garbage, so looking for it as often as Python does takes a tenth of its time.

A process of a small budget never has so many, and ends with some 40 MB of it.
"""


def run_suite(options: list[str], *, quiet: bool = False, verbose: bool = False) -> int:
    """Run pytest over the rules and print the run; the exit code."""
    ending, output = run_pytest(options, [] if quiet else [Progress(sys.stderr)])
    if ending.run is None and not ending.reason:
        click.echo(escape_lines(output), err=True)
        return ending.status
    click.echo(ending.printed, nl=False)
    code = ending.status if ending.run is None else print_run(ending.run, quiet=quiet, verbose=verbose)
    if ending.reason:
        click.echo(escape_lines(f"evershell-conformance: {ending.reason}"), err=True)
        return ending.status
    return code


def run_pytest(options: list[str], plugins: list[Any]) -> tuple[RunEnding, str]:
    """Run pytest over the rules; return how it ended, and its output where it could not begin."""
    ending, output = RunEnding(), io.StringIO()
    gc.set_threshold(*_COLLECT_AFTER)
    # No pytest settings of the user may change what is judged, and how.
    fixed = [f"--rootdir={RULES.parent}", f"--config-file={RULES.parent / 'suite.ini'}"]
    named = [f"-p{name}" for name in ("no:terminal", "no:cacheprovider", "conformance.options")]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main([*fixed, *named, *options, str(RULES), str(LAWS)], plugins=[_Listener(ending), *plugins])
    if ending.run is None and not ending.reason and code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if ending.run is None and not ending.reason:
        ending.status = USAGE if code == pytest.ExitCode.USAGE_ERROR else OURS
    return ending, f"{output.getvalue()}evershell-conformance: pytest ended with {code:d} before the run began"


class _Listener:
    """A pytest plugin that lets the suite's plugin put the run where the command finds it."""

    def __init__(self, ending: RunEnding) -> None:
        self._ending = ending

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[ENDING] = self._ending
        # No traceback is shown; pytest's own style takes as long as four requests.
        config.option.tbstyle = "native"


def replay(path: Path, named: str, target: str | None, options: list[str]) -> int:
    """Run the case of a finding again and print the result; return 1 where it still holds, 0 where it does not."""
    results = read_results(path)
    finding = results.find_finding(named)
    options = [*_build_case_options(results, finding, target), *options]
    click.echo(escape_line(f"{finding['fingerprint']} {finding['rule']}, {finding['case']}, seed {finding['seed']}"))
    click.echo(escape_line(f"then: expected {finding['expected']}; got {finding['got']}"))
    ending, output = run_pytest(options, [])
    if ending.run is None or ending.reason:
        click.echo(escape_lines(f"evershell-conformance: {ending.reason or output}"), err=True)
        return ending.status
    return _print_result(ending.run, finding)


def _build_case_options(results: Results, finding: Mapping[str, Any], target: str | None) -> list[str]:
    """Return the options that run the case alone."""
    if not finding["case"]:
        raise ResultsError(f"{results.path}: {finding['fingerprint']} names no case, so it cannot be run again")
    target = target or results.document["named"]
    if not target:
        raise ResultsError(f"{results.path}: names no target; give --target")
    # Of two budgets the last one counts: the user's own, where there is one.
    budget = f"--budget={results.document['budget']}"
    owned = ["--owned"] if results.document["contract"].get("owned") else []
    return [*owned, f"--target={target}", f"--seed={finding['seed']}", f"--case={finding['case']}", budget]


def _print_result(run: Run, finding: Mapping[str, Any]) -> int:
    again = next((it for it in run.findings if it.fingerprint == finding["fingerprint"]), None)
    if again is not None:
        click.echo(escape_line(f"now: expected {again.expected}; got {again.got}"))
        for step in again.steps:
            click.echo(escape_line(f"sent before it: {step.method} {step.path} as {step.caller}, answered {step}"))
        click.echo(f"\n{format_curl(again.exchange, run.variables) if again.exchange else ''}\n\nstill holds")
        return VIOLATED
    if run.is_interrupted:
        click.echo("now: interrupted")
        return INTERRUPTED
    if run.unusable:
        click.echo(escape_line(f"now: not judged: {run.unusable}"))
        return UNUSABLE
    reasons = [case.reason for case in run.cases if case.verdict in (Verdict.NOT_PROVOKED, Verdict.ERRORED)]
    if reasons or not run.cases:
        click.echo(escape_line(f"now: not judged: {reasons[0] if reasons else 'the suite has no such case any more'}"))
        return UNUSABLE
    for other in {it.fingerprint: it for it in run.findings}.values():
        click.echo(escape_line(f"now, in its place: {other.fingerprint} {other}"))
    click.echo("holds no longer")
    return CONFORMS
