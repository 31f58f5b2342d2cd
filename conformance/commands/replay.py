"""The command `replay`: run the case of a finding again, with its seed, and say whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from conformance.commands.run import run_pytest
from conformance.errors import CONFORMS, INTERRUPTED, UNUSABLE, VIOLATED
from conformance.results.plain_text import plain_line, plain_lines
from conformance.results.reading import Results, ResultsError, read_results
from conformance.results.report.curl import curl_of
from conformance.results.verdict import Run, Verdict


def replay(path: Path, named: str, target: str | None, options: list[str]) -> int:
    """Run the case of a finding again and print the result; return 1 where it still holds, 0 where it does not."""
    results = read_results(path)
    finding = results.finding(named)
    options = [*_options(results, finding, target), *options]
    click.echo(plain_line(f"{finding['fingerprint']} {finding['rule']}, {finding['case']}, seed {finding['seed']}"))
    click.echo(plain_line(f"then: expected {finding['expected']}; got {finding['got']}"))
    ending, output = run_pytest(options, [])
    if ending.run is None or ending.reason:
        click.echo(plain_lines(f"evershell-conformance: {ending.reason or output}"), err=True)
        return ending.status
    return _print_result(ending.run, finding)


def _options(results: Results, finding: Mapping[str, Any], target: str | None) -> list[str]:
    """The options that run the case alone."""
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
        click.echo(plain_line(f"now: expected {again.expected}; got {again.got}"))
        for step in again.steps:
            click.echo(plain_line(f"sent before it: {step.method} {step.path} as {step.caller}, answered {step}"))
        click.echo(f"\n{curl_of(again.exchange, run.variables) if again.exchange else ''}\n\nstill holds")
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
