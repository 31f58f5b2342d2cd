"""The commands `merge` and `compare`: what runs have written, joined to one run, or compared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

import conformance.resources  # noqa: F401  # registers what the groups of findings are named by
from conformance.contract.file import load
from conformance.declared.opening import use_contract
from conformance.errors import CONFORMS, VIOLATED
from conformance.results.plain_text import escape_line
from conformance.results.reading import compare, read_results
from conformance.results.report.terminal import print_run
from conformance.results.report.write import SHARD, ReportError, parse, write
from conformance.running.shards import join_shards


def merge_shards(
    shards: Sequence[Path],
    *,
    report: Sequence[str],
    require_coverage: float | None,
    require_rules: float | None,
    contract: Path | None,
    strict: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Print the run whose shards these are, and write its reports; the exit code."""
    reports = [parse(given) for given in report]
    if any(asked.kind == SHARD for asked in reports):
        raise ReportError(f"--report {SHARD}=: is what `run --shard` writes; of all shards there are reports")
    demands = {"require_coverage": require_coverage, "require_rules": require_rules}
    run = join_shards(shards, use_contract(load(contract)), strict=strict, **demands)
    click.echo(write(run, reports), nl=False)
    return print_run(run, quiet=quiet, verbose=verbose)


def print_comparison(before: Path, after: Path, *, strict: bool) -> int:
    """Print what became of the findings from one report to another; the exit code."""
    comparison = compare(read_results(before), read_results(after))
    for line in comparison.format_lines():
        click.echo(escape_line(line))
    return VIOLATED if comparison.is_worse(strict=strict) else CONFORMS
