"""The command `diff`: print and report what a change of the contract breaks."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from conformance.changes.diff import diff
from conformance.changes.outcome import RECORDED, judge_changes
from conformance.changes.report import RENDERED, build_issues, format_lines
from conformance.changes.sources import explain_nothing_compared, read_source
from conformance.errors import SuiteError
from conformance.results.plain_text import escape_line
from conformance.results.report.write import ISSUES, parse, write_all
from conformance.results.waivers import read_waivers_of_today


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
