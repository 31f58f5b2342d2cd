"""Runs the one case again that found something, with the run's own seed, and says whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from conformance.commands.verbs import run_pytest
from conformance.results.exit_code import CONFORMS, INTERRUPTED, UNUSABLE, USAGE, VIOLATED
from conformance.results.plain_text import plain, plain_line
from conformance.results.reading import Results, ResultsError, read_results
from conformance.results.report.script import script_of
from conformance.results.verdict import Run, Verdict


def replay(path: Path, named: str, target: str | None, options: list[str]) -> int:
    """Print what came of the finding this time; the exit code: 1 where it still holds, 0 where it does not."""
    try:
        results = read_results(path)
        finding = results.finding(named)
        options = [*_options(results, finding, target), *options]
    except ResultsError as error:
        click.echo(f"evershell-conformance: {error}", err=True)
        return USAGE
    click.echo(plain_line(f"{finding['fingerprint']} {finding['rule']}, {finding['case']}, seed {finding['seed']}"))
    click.echo(plain_line(f"then: expected {finding['expected']}; got {finding['got']}"))
    ending, said = run_pytest(options, [])
    if ending.run is None or ending.reason:
        click.echo(plain(f"evershell-conformance: {ending.reason or said}"), err=True)
        return ending.status
    return _say(ending.run, finding)


def _options(results: Results, finding: Mapping[str, Any], target: str | None) -> list[str]:
    """What the case takes to be run alone."""
    if not finding["case"]:
        raise ResultsError(f"{results.path}: {finding['fingerprint']} names no case, so it cannot be run again")
    target = target or results.document["named"]
    if not target:
        raise ResultsError(f"{results.path}: names no target; give --target")
    # Of two budgets the last one counts: the user's own, where there is one.
    budget = f"--budget={results.document['budget']}"
    return [f"--target={target}", f"--seed={finding['seed']}", f"--case={finding['case']}", budget]


def _say(run: Run, finding: Mapping[str, Any]) -> int:
    again = next((it for it in run.findings if it.fingerprint == finding["fingerprint"]), None)
    if again is not None:
        click.echo(plain_line(f"now: expected {again.expected}; got {again.got}"))
        click.echo(f"\n{script_of(again, run.contract)}\n\nstill holds")
        return VIOLATED
    if run.interrupted:
        click.echo("now: interrupted")
        return INTERRUPTED
    if run.unusable:
        click.echo(plain_line(f"now: not judged: {run.unusable}"))
        return UNUSABLE
    reasons = [case.reason for case in run.cases if case.verdict in (Verdict.NOT_PROVOKED, Verdict.ERRORED)]
    if reasons or not run.cases:
        click.echo(plain_line(f"now: not judged: {reasons[0] if reasons else 'the suite has no such case any more'}"))
        return UNUSABLE
    for other in {it.fingerprint: it for it in run.findings}.values():
        click.echo(plain_line(f"now, in its place: {other.fingerprint} {other}"))
    click.echo("holds no longer")
    return CONFORMS
