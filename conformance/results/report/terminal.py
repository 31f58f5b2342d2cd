"""The report on the terminal: groups of findings, rules that did not pass, the verdict line; if asked the matrix."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.results.plain_text import BAR, count_noun, escape_line
from conformance.results.report.view import (
    GAINS,
    MatrixCell,
    ShownGroup,
    build_matrix,
    describe_explored,
    describe_found_by,
    describe_run,
    format_headline,
    list_gain_lines,
    list_remarks,
    list_unreached,
    open_rules,
    shorten,
    split_groups,
)
from conformance.results.verdict import Run, RunVerdict, Verdict

STYLES = {
    Verdict.UNTESTED: "dim",
    Verdict.NOT_PROVOKED: "yellow",
    Verdict.WAIVED: "cyan",
    Verdict.PASSED: "green",
    Verdict.ADVISORY: "magenta",
    Verdict.FAILED: "red",
    Verdict.ERRORED: "bold red",
}
MOST_OTHERS = 30
MOST_MEMBERS = 5
MOST_GAINS = 12
OF_A_FILE = 160
"""The width of tables in a file; its lines are as long as they are."""


def show(run: Run, file: TextIO, *, quiet: bool = False, verbose: bool = False) -> None:
    """Print the run; if `quiet`, only the verdict line, notes and errors; if `verbose`, what was reached too."""
    # A file or a pipe has no width: the matrix must not be cut.
    console = Console(file=file, highlight=False, width=None if file.isatty() else OF_A_FILE)
    if run.cases and not quiet:
        _print_groups(console, run)
    if run.load is not None and not quiet:
        for line in run.load.format_lines():
            _print(console, _format_text(line))
    elif run.cases and not quiet:
        _print_coverage(console, run, verbose=verbose)
    for line in run.notes:
        _print(console, _format_text(line, style="yellow"))
    for line in run.left_behind:
        _print(console, _format_text(f"left behind: {line}", style="yellow"))
    for line in run.errors:
        _print(console, _format_text(f"error of the suite: {line}", style="bold red"))
    # On one line, however narrow the terminal, so that it can be searched for.
    style = "bold green" if run.verdict is RunVerdict.PASSED else "bold red"
    console.print(_format_text(format_headline(run), style), soft_wrap=True)


def _print_coverage(console: Console, run: Run, *, verbose: bool) -> None:
    """Print what was reached and judged, and what was not; if not `verbose`, as little as says what could be done."""
    if verbose:
        _print_matrix(console, run)
    if verbose or run.traffic is None:  # what was not recorded cannot be made up for
        _print_rules(console, run)
        _print_gains(console, run)
        for line in filter(
            None, (describe_explored(run), f"seed {run.seed}, budget {run.budget}; {describe_run(run)}")
        ):
            _print(console, _format_text(line, "dim"))
    if not verbose:
        _print(console, _format_text(_describe_unreached(run), "dim"))


def _format_text(value: str, style: str = "") -> Text:
    """Return a text on one line, with escapes."""
    return Text(escape_line(value), style=style)


def _print(console: Console, text: Text) -> None:
    """Print a line; where the terminal has no room for it, it goes on behind a bar."""
    if not console.is_terminal:
        console.print(text, soft_wrap=True)
        return
    first, *rest = text.wrap(console, max(console.width - len(BAR), 1)) or [text]
    console.print(first, soft_wrap=True)
    for line in rest:
        console.print(Text(BAR, style=text.style).append_text(line), soft_wrap=True)


def _describe_unreached(run: Run) -> str:
    """Return how much was not reached, and which option names it."""
    reached, declared = run.covered
    if reached == declared or _is_part(run):
        return "--verbose shows what was reached"
    return f"not reached: {declared - reached} of {declared} cells; --verbose names them, and shows what was reached"


def _is_part(run: Run) -> bool:
    """Return whether only a part of the suite was chosen; a recording shows what it shows, and is whole."""
    return bool(_count_untested(run)) and run.traffic is None


def _print_matrix(console: Console, run: Run) -> None:
    shown = build_matrix(run)
    table = Table(title="What was reached: answers by operation and status", title_justify="left")
    table.add_column("operation", no_wrap=True)
    for status in shown.statuses:
        table.add_column(str(status), justify="right", no_wrap=True, min_width=3)
    for operation_id, cells in shown.rows.items():
        table.add_row(operation_id, *map(_format_cell, cells.values()))
    console.print(table)
    for operation_id, missed in groupby(() if _is_part(run) else list_unreached(run), lambda cell: cell.operation_id):
        named = ", ".join(f"{cell.status} {cell.code}" if cell.code else str(cell.status) for cell in missed)
        _print(console, _format_text(f"not reached: {operation_id} {named}", style="yellow"))


def _format_cell(codes: Sequence[MatrixCell]) -> Text:
    """Return the count of a status, or of each of its codes."""
    text = Text()
    for number, code in enumerate(codes):
        style = "green" if code.count and code.is_declared else "red" if code.count else "yellow"
        text.append("+" if number else "")
        text.append(str(code.count) + ("" if code.is_declared else "!"), style=style)
    return text


def _print_rules(console: Console, run: Run) -> None:
    """Print the rules that did not pass, those of one reason together."""
    table = Table(title="Rules that did not pass", title_justify="left")
    for column in ("verdict", "rules", "why"):
        table.add_column(column, overflow="fold")
    for it in open_rules(run):
        if it.verdict is not Verdict.UNTESTED:
            names = ", ".join(it.rules)
            count = f"{len(it.rules)}: " if len(it.rules) > 1 else ""
            table.add_row(
                _format_text(str(it.verdict), STYLES[it.verdict]), _format_text(f"{count}{names}"), _format_text(it.why)
            )
    if table.rows:
        console.print(table)
    if untested := _count_untested(run):
        _print(console, _format_text(f"{untested} rules untested: this run had no case for them", style="dim"))


def _print_gains(console: Console, run: Run) -> None:
    lines = list(list_gain_lines(run, MOST_GAINS))
    if lines:
        _print(console, _format_text(f"{GAINS}:", style="yellow"))
    for line in lines:
        _print(console, _format_text(f"  {line}"))


def _count_untested(run: Run) -> int:
    """Return the number of rules without a case, because only a part of the suite was chosen or run."""
    return sum(rule.verdict is Verdict.UNTESTED for rule in run.rules)


def _print_groups(console: Console, run: Run) -> None:
    """Print the worst groups, then a line for each of the rest."""
    worst, rest = split_groups(run)
    explained: set[str] = set()
    for shown in worst:
        rule = shown.group.lead.rule
        _group(console, run, shown, explains=rule not in explained)
        explained.add(rule)
    for shown in rest[:MOST_OTHERS]:
        line = _format_text(f"{shown.group.verdict} ", style=STYLES[shown.group.verdict])
        line.append(escape_line(f"group {shown.group.fingerprint} {shown.group.lead.rule} {shown.title}"))
        _print(console, line)
    if len(rest) > MOST_OTHERS:
        console.print(f"... and {len(rest) - MOST_OTHERS} more groups; the HTML and JSON reports have all")
    if worst:
        _print(console, _format_text(_format_advice(run), "dim"))


def _format_advice(run: Run) -> str:
    """Return where the rest is, and what a run can be asked for besides."""
    where = "--report html=FILE shows each finding with its messages, a curl, and a waiver of its group to paste"
    if run.traffic:  # what was recorded cannot be asked again
        return where
    writes = "" if run.load else "; --write-waivers FILE writes these waivers"
    return f"{where}{writes}; replay takes a json=FILE and the digits of a finding or group"


def _group(console: Console, run: Run, shown: ShownGroup, *, explains: bool) -> None:
    """Print what a group is about by its most telling finding, and name the others. `explains`: with the rule."""
    group, lead = shown.group, shown.group.lead
    head = _format_text(f"{group.verdict} ", style=STYLES[group.verdict])
    head.append(f"{lead.rule}", style="bold")
    found = run.find_occurrences(lead.fingerprint, group.members[lead.fingerprint])
    times = f" · {found.count} times" if found.count > 1 else ""
    about = f"  {lead.operation_id or ''} as {lead.caller} · {lead.provenance} · {lead.fingerprint}"
    head.append(escape_line(about + times))
    _print(console, head)
    if explains:
        _print(console, _format_text(f"    {run.contract.rules[lead.rule].text}", style="dim"))
    _print(console, _format_text(f"    expected {shorten(lead.expected)}; got {shorten(lead.got)}"))
    if lead.exchange is not None:
        recorded = f", recorded as {describe_found_by(found)}" if run.traffic else ""
        _print(console, _format_text(f"    {lead.exchange.method} {lead.exchange.url}{recorded}", style="dim"))
    for remark in list_remarks(lead):
        _print(console, _format_text(f"    {remark}"))
    for side, text in (("before", lead.evidence.before), ("after", lead.evidence.after)):
        for number, line in enumerate(text.splitlines()):
            _print(console, _format_text(f"    {side:6}  {line}" if not number else f"{BAR}      {line}"))
    if shown.effect:
        _print(console, _format_text(f"    {shown.effect}", style=STYLES[group.verdict]))
    if lead.waived:
        _print(console, _format_text(f"    waived: {lead.waived}", style=STYLES[Verdict.WAIVED]))
    _print(console, _format_text(f"    group {group.fingerprint}: {shown.extent}", style="dim"))
    _print_members(console, shown)


def _print_members(console: Console, shown: ShownGroup) -> None:
    """Print the first of the findings of a group beside the most telling one, and how many more there are."""
    group = shown.group
    others = [
        f"{name} {it[0].rule} {it[0].operation_id or ''}"
        for name, it in group.members.items()
        if name != group.lead.fingerprint
    ]
    for other in others[:MOST_MEMBERS]:
        _print(console, _format_text(f"      {other}", style="dim"))
    if len(others) > MOST_MEMBERS:
        _print(
            console, _format_text(f"      and {count_noun(len(others) - MOST_MEMBERS, 'more finding')}", style="dim")
        )


def print_run(run: Run, *, quiet: bool, verbose: bool = False) -> int:
    """Print a run; its exit code."""
    show(run, sys.stdout, quiet=quiet, verbose=verbose)
    if RunVerdict.LOW_COVERAGE in run.verdicts:
        click.echo(f"evershell-conformance: {_describe_shortfall(run)}", err=True)
    for what in run.unjudged:
        click.echo(escape_line(f"evershell-conformance: judged by no case: {what}"), err=True)
    return run.exit_code


def _describe_shortfall(run: Run) -> str:
    (reached, declared), (judged, all_rules) = run.covered, run.judged
    asked = (("--require-coverage", run.require_coverage), ("--require-rules", run.require_rules))
    demands = " and ".join(f"{name} {share:g}" for name, share in asked if share is not None)
    return (
        f"{demands}: "
        f"{reached} of {declared} cells were reached ({run.coverage:.0f} %); "
        f"{judged} of {all_rules} rules were judged ({100 * judged / all_rules:.0f} %)"
    )
