"""A run, printed on the terminal."""

from __future__ import annotations

import sys

import click

from conformance.results.plain_text import plain_line
from conformance.results.report.terminal import show
from conformance.results.verdict import Run, RunVerdict


def print_run(run: Run, *, quiet: bool) -> int:
    """Print a run; its exit code."""
    show(run, sys.stdout, quiet=quiet)
    if RunVerdict.LOW_COVERAGE in run.verdicts:
        click.echo(f"evershell-conformance: {_shortfall(run)}", err=True)
    for what in run.unjudged:
        click.echo(plain_line(f"evershell-conformance: judged by no case: {what}"), err=True)
    return run.exit_code


def _shortfall(run: Run) -> str:
    (reached, declared), (judged, all_rules) = run.covered, run.judged
    asked = (("--require-coverage", run.require_coverage), ("--require-rules", run.require_rules))
    demands = " and ".join(f"{name} {share:g}" for name, share in asked if share is not None)
    return (
        f"{demands}: "
        f"{reached} of {declared} cells were reached ({run.coverage:.0f} %); "
        f"{judged} of {all_rules} rules were judged ({100 * judged / all_rules:.0f} %)"
    )
