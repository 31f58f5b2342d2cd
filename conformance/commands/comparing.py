"""The commands `diff`, `merge` and `compare`: what a change breaks, and what runs have written, joined or compared."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

import conformance.resources  # noqa: F401  # registers what the groups of findings are named by
from conformance.changes.diff import diff
from conformance.changes.outcome import RECORDED, judge_changes
from conformance.changes.report import RENDERED, build_issues, format_lines
from conformance.changes.sources import explain_nothing_compared, read_source
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from conformance.errors import CONFORMS, VIOLATED, SuiteError
from conformance.results.plain_text import escape_line
from conformance.results.reading import compare, read_results
from conformance.results.report.terminal import print_run
from conformance.results.report.write import ISSUES, SHARD, ReportError, parse, write, write_all
from conformance.results.waivers import read_waivers_of_today
from conformance.running.shards import join_shards


def print_diff(
    old: str,
    new: str,
    *,
    overlay: Sequence[str],
    fail_on: str,
    report: Sequence[str],
    waivers: Path | None,
    traffic: str | None,
    profile: Path | None,
    strict: bool,
    quiet: bool,
) -> int:
    """Print what a change from one contract to another breaks, and write its reports; the exit code."""
    gc.disable()  # two documents of many small objects, none of which is let go before the end
    reports = [parse(given, (*RENDERED, *ISSUES)) for given in report]
    accepted = read_waivers_of_today(waivers)
    if traffic is None and (profile is not None or fail_on == RECORDED):
        raise SuiteError("--profile and --fail-on recorded: are about recordings; name one with --traffic")
    overlays = _split_overlays(overlay)
    found = diff(*(read_source(given, over) for given, over in zip((old, new), overlays, strict=True)))
    if traffic is not None:
        from conformance.commands.traffic import with_traffic  # noqa: PLC0415  # much that few ask for

        gc.enable()  # recordings are many more
        found = with_traffic(found, traffic, profile)
    one_overlay = overlays[0] == overlays[1]
    nothing_compared = "" if found.changes or not one_overlay else explain_nothing_compared(old, new)
    outcome = judge_changes(found, fail_on, accepted, strict=strict, nothing_compared=nothing_compared)
    written = write_all(reports, lambda kind: RENDERED[kind](outcome), partial(build_issues, outcome))
    click.echo(written, nl=False)
    for line in format_lines(outcome, quiet=quiet):
        click.echo(escape_line(line))
    return outcome.exit_code


def _split_overlays(overlays: Sequence[str]) -> tuple[str | None, str | None]:
    """Return what is laid over OLD and what over NEW: one overlay over both, or the first and the second of two."""
    if len(overlays) > 2:
        raise SuiteError("--overlay: is taken twice at most, over OLD and over NEW; put the actions into one file each")
    return (overlays[0], overlays[-1]) if overlays else (None, None)


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
