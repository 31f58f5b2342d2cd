"""The results in a terminal: the matrix, the rules that need a look, the findings, one verdict line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.results.plain_text import plain_line
from conformance.results.report import gains
from conformance.results.report.view import MatrixCell, headline, made_with, matrix
from conformance.results.verdict import Finding, RuleVerdict, Run, RunVerdict, Verdict

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
    """Print the run; quiet: its verdict line alone, and what must not be overlooked."""
    # Off a terminal there is no width to keep to; a matrix that is cut says nothing.
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
    # One line, however narrow the terminal: it is what is searched for.
    console.print(_verdict_line(run), soft_wrap=True)


def _text(value: str, style: str = "") -> Text:
    """One line, whatever a target put into it."""
    return Text(plain_line(value), style=style)


def _verdict_line(run: Run) -> Text:
    return _text(headline(run), style="bold green" if run.verdict is RunVerdict.PASSED else "bold red")


def _matrix(console: Console, run: Run) -> None:
    shown = matrix(run)
    table = Table(title="What was reached: answers by operation and status", title_justify="left")
    table.add_column("operation", no_wrap=True)
    for status in shown.statuses:
        table.add_column(str(status), justify="right", no_wrap=True, min_width=3)
    for row in shown.rows:
        cells = [_cell(row.cells[status]) for status in shown.statuses]
        table.add_row(row.operation.operation_id, *cells)
    console.print(table)
    if not _untested(run):
        _unreached(console, run)


def _unreached(console: Console, run: Run) -> None:
    """The cells that nothing is known of, a line an operation."""
    unreached = [cell for cell in run.contract.cells if cell not in run.reached]
    for operation_id, cells in groupby(unreached, lambda cell: cell.operation_id):
        named = ", ".join(f"{cell.status} {cell.code}" if cell.code else str(cell.status) for cell in cells)
        console.print(_text(f"not reached: {operation_id} {named}", style="yellow"))


def _cell(codes: Sequence[MatrixCell]) -> Text:
    """The count; where a status has several codes the count of each."""
    text = Text()
    for number, code in enumerate(codes):
        style = "green" if code.count and code.declared else "red" if code.count else "yellow"
        text.append("+" if number else "")
        text.append(str(code.count) + ("" if code.declared else "!"), style=style)
    return text


def _rules(console: Console, run: Run) -> None:
    """Every rule that did not simply pass."""
    table = Table(title="Rules that did not pass", title_justify="left")
    for column in ("rule", "verdict", "why"):
        table.add_column(column, overflow="fold")
    simple = (Verdict.PASSED, Verdict.UNTESTED)
    shown = [rule for rule in run.rules if rule.verdict not in simple]
    for verdict in sorted(shown, key=lambda rule: -rule.verdict):
        style = STYLES[verdict.verdict]
        table.add_row(verdict.rule.id, _text(str(verdict.verdict), style=style), _text(_why(verdict)))
    if shown:
        console.print(table)
    if untested := _untested(run):
        console.print(_text(f"{untested} rules untested: this run had no case for them", style="dim"))


def _gains(console: Console, run: Run) -> None:
    lines = list(gains.told(run, MOST_GAINS))
    if lines:
        console.print(_text(f"{gains.TITLE}:", style="yellow"))
    for line in lines:
        console.print(_text(f"  {line}"), soft_wrap=True)


def _untested(run: Run) -> int:
    """How many rules had no case: more than none where only a part of the suite was asked for, or ran."""
    return sum(rule.verdict is Verdict.UNTESTED for rule in run.rules)


def _why(verdict: RuleVerdict) -> str:
    if verdict.findings:
        return f"{len(verdict.findings)} findings"
    return verdict.reasons[0] if verdict.reasons else "it broke"


def _findings(console: Console, run: Run) -> None:
    distinct = list(run.distinct_findings.items())
    for fingerprint, same in distinct[:MOST_FINDINGS]:
        _finding(console, run, fingerprint, same)
    if len(distinct) > MOST_FINDINGS:
        console.print(f"... and {len(distinct) - MOST_FINDINGS} more; the HTML and JSON reports have all")
    if distinct:
        console.print(
            _text("--report html=FILE shows each with its messages and a curl; replay takes a json=FILE", "dim")
        )


def _finding(console: Console, run: Run, fingerprint: str, same: Sequence[Finding]) -> None:
    finding = same[0]
    rule = run.contract.rules[finding.rule]
    head = _text(f"{finding.verdict} ", style=STYLES[finding.verdict])
    head.append(f"{finding.rule}", style="bold")
    head.append(
        plain_line(f"  {finding.operation_id or ''} as {finding.caller} · {finding.provenance} · {fingerprint}")
    )
    head.append(f" · {len(same)} times" if len(same) > 1 else "")
    console.print(head)
    console.print(_text(f"    {rule.text}", style="dim"))
    console.print(_text(f"    expected {finding.expected}; got {finding.got}"))
    if finding.waived:
        console.print(_text(f"    waived: {finding.waived}", style=STYLES[Verdict.WAIVED]))
    if finding.exchange is not None:
        console.print(_text(f"    {finding.exchange.method} {finding.exchange.url}", style="dim"))
