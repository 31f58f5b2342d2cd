"""The report on the terminal: the matrix, rules that did not pass, findings, and the verdict line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.results.plain_text import plain_line
from conformance.results.report.view import GAINS, MatrixCell, gain_lines, headline, made_with, matrix, unreached
from conformance.results.verdict import Finding, Run, RunVerdict, Verdict

STYLES = {
    Verdict.UNTESTED: "dim",
    Verdict.NOT_PROVOKED: "yellow",
    Verdict.WAIVED: "cyan",
    Verdict.PASSED: "green",
    Verdict.ADVISORY: "magenta",
    Verdict.FAILED: "red",
    Verdict.ERRORED: "bold red",
}
MOST_FINDINGS = 30
MOST_GAINS = 12


def show(run: Run, file: TextIO, *, quiet: bool = False) -> None:
    """Print the run; if `quiet`, only the verdict line, notes and errors."""
    # A file or a pipe has no width: the matrix must not be cut.
    console = Console(file=file, highlight=False, width=None if file.isatty() else 160)
    if run.cases and not quiet:
        _matrix(console, run)
        _rules(console, run)
        _gains(console, run)
        _findings(console, run)
        console.print(_text(f"seed {run.seed}, budget {run.budget}; {made_with(run)}", "dim"))
    for line in run.notes:
        console.print(_text(line, style="yellow"), soft_wrap=True)
    for line in run.left_behind:
        console.print(_text(f"left behind: {line}", style="yellow"))
    for line in run.errors:
        console.print(_text(f"error of the suite: {line}", style="bold red"))
    # On one line, however narrow the terminal, so that it can be searched for.
    style = "bold green" if run.verdict is RunVerdict.PASSED else "bold red"
    console.print(_text(headline(run), style), soft_wrap=True)


def _text(value: str, style: str = "") -> Text:
    """A text on one line, with escapes."""
    return Text(plain_line(value), style=style)


def _matrix(console: Console, run: Run) -> None:
    shown = matrix(run)
    table = Table(title="What was reached: answers by operation and status", title_justify="left")
    table.add_column("operation", no_wrap=True)
    for status in shown.statuses:
        table.add_column(str(status), justify="right", no_wrap=True, min_width=3)
    for operation_id, cells in shown.rows.items():
        table.add_row(operation_id, *map(_cell, cells.values()))
    console.print(table)
    for operation_id, missed in groupby(() if _untested(run) else unreached(run), lambda cell: cell.operation_id):
        named = ", ".join(f"{cell.status} {cell.code}" if cell.code else str(cell.status) for cell in missed)
        console.print(_text(f"not reached: {operation_id} {named}", style="yellow"))


def _cell(codes: Sequence[MatrixCell]) -> Text:
    """The count of a status, or of each of its codes."""
    text = Text()
    for number, code in enumerate(codes):
        style = "green" if code.count and code.declared else "red" if code.count else "yellow"
        text.append("+" if number else "")
        text.append(str(code.count) + ("" if code.declared else "!"), style=style)
    return text


def _rules(console: Console, run: Run) -> None:
    """Print every rule that did not pass."""
    table = Table(title="Rules that did not pass", title_justify="left")
    for column in ("rule", "verdict", "why"):
        table.add_column(column, overflow="fold")
    shown = [it for it in run.rules if it.verdict not in (Verdict.PASSED, Verdict.UNTESTED)]
    for it in sorted(shown, key=lambda rule: -rule.verdict):
        why = f"{len(it.findings)} findings" if it.findings else next(iter(it.reasons), "it broke")
        table.add_row(it.rule.id, _text(str(it.verdict), STYLES[it.verdict]), _text(why))
    if shown:
        console.print(table)
    if untested := _untested(run):
        console.print(_text(f"{untested} rules untested: this run had no case for them", style="dim"))


def _gains(console: Console, run: Run) -> None:
    lines = list(gain_lines(run, MOST_GAINS))
    if lines:
        console.print(_text(f"{GAINS}:", style="yellow"))
    for line in lines:
        console.print(_text(f"  {line}"), soft_wrap=True)


def _untested(run: Run) -> int:
    """The number of rules without a case, because only a part of the suite was chosen or run."""
    return sum(rule.verdict is Verdict.UNTESTED for rule in run.rules)


def _findings(console: Console, run: Run) -> None:
    distinct = list(run.distinct_findings.items())
    for fingerprint, same in distinct[:MOST_FINDINGS]:
        _finding(console, run, fingerprint, same)
    if len(distinct) > MOST_FINDINGS:
        console.print(f"... and {len(distinct) - MOST_FINDINGS} more; the HTML and JSON reports have all")
    if distinct:
        advice = "--report html=FILE shows each with its messages and a curl; replay takes a json=FILE"
        console.print(_text(advice, "dim"))


def _finding(console: Console, run: Run, fingerprint: str, same: Sequence[Finding]) -> None:
    finding = same[0]
    rule = run.contract.rules[finding.rule]
    head = _text(f"{finding.verdict} ", style=STYLES[finding.verdict])
    head.append(f"{finding.rule}", style="bold")
    times = f" · {len(same)} times" if len(same) > 1 else ""
    about = f"  {finding.operation_id or ''} as {finding.caller} · {finding.provenance} · {fingerprint}"
    head.append(plain_line(about + times))
    console.print(head)
    console.print(_text(f"    {rule.text}", style="dim"))
    console.print(_text(f"    expected {finding.expected}; got {finding.got}"))
    if finding.waived:
        console.print(_text(f"    waived: {finding.waived}", style=STYLES[Verdict.WAIVED]))
    if finding.exchange is not None:
        console.print(_text(f"    {finding.exchange.method} {finding.exchange.url}", style="dim"))
