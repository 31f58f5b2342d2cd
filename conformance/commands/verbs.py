"""What the commands do: run the suite, and print rules, cells and comparisons."""

from __future__ import annotations

import contextlib
import io
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc, getmembers, isfunction
from pathlib import Path
from typing import Any

import click
import pytest

from conformance import rules
from conformance.contract.contract import Rule
from conformance.contract.file import load
from conformance.errors import CONFORMS, OURS, USAGE, VIOLATED
from conformance.recipes.causes import needs
from conformance.results.plain_text import plain, plain_line
from conformance.results.report.terminal import show
from conformance.results.verdict import Run, RunVerdict
from conformance.running.binding import RULE
from conformance.running.ending import ENDING, Ending
from conformance.running.progress import Progress

RULES = Path(rules.__path__[0])


def run_suite(options: list[str], *, quiet: bool = False) -> int:
    """Run pytest over the rules and print the run; the exit code."""
    ending, output = run_pytest(options, [] if quiet else [Progress(sys.stderr)])
    if ending.run is None and not ending.reason:
        click.echo(plain(output), err=True)
        return ending.status
    code = ending.status if ending.run is None else print_run(ending.run, quiet=quiet)
    if ending.reason:
        click.echo(plain(f"evershell-conformance: {ending.reason}"), err=True)
        return ending.status
    return code


def print_run(run: Run, *, quiet: bool) -> int:
    """Print a run; its exit code."""
    show(run, sys.stdout, quiet=quiet)
    if RunVerdict.LOW_COVERAGE in run.verdicts:
        click.echo(f"evershell-conformance: {_shortfall(run)}", err=True)
    return run.exit_code


def _shortfall(run: Run) -> str:
    (reached, declared), (judged, all_rules) = run.covered, run.judged
    return (
        f"--require-coverage {run.require_coverage:g}: "
        f"{reached} of {declared} cells were reached ({run.coverage:.0f} %); "
        f"{judged} of {all_rules} rules were judged ({100 * judged / all_rules:.0f} %)"
    )


def run_pytest(options: list[str], plugins: list[Any]) -> tuple[Ending, str]:
    """Run pytest over the rules; return how it ended, and its output where it could not begin."""
    ending, output = Ending(), io.StringIO()
    # No pytest settings of the user may change what is judged, and how.
    fixed = [f"--rootdir={RULES.parent}", f"--config-file={RULES.parent / 'suite.ini'}"]
    named = [f"-p{name}" for name in ("no:terminal", "no:cacheprovider", "conformance.options")]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = pytest.main([*fixed, *named, *options, str(RULES)], plugins=[_Listener(ending), *plugins])
    if ending.run is None and not ending.reason and code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if ending.run is None and not ending.reason:
        ending.status = USAGE if code == pytest.ExitCode.USAGE_ERROR else OURS
    return ending, f"{output.getvalue()}evershell-conformance: pytest ended with {code:d} before the run began"


class _Listener:
    """A pytest plugin that lets the suite's plugin put the run where the command finds it."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[ENDING] = self._ending
        # No traceback is shown; pytest's own style takes as long as four requests.
        config.option.tbstyle = "native"


def print_rules(path: Path | None, clause: str | None) -> int:
    """Print the rules of a contract; the exit code."""
    contract = load(path)
    clauses = dict.fromkeys(rule.clause for rule in contract.rules.values())
    if clause is not None and clause not in clauses:
        click.echo(f"--clause {clause}: the contract has {', '.join(clauses)}", err=True)
        return USAGE
    for name in [clause] if clause is not None else clauses:
        click.secho(name, bold=True)
        for rule in contract.rules.values():
            if rule.clause == name:
                click.echo(f"  {rule.id}  {rule.level}, {rule.provenance}\n      {rule.text}")
    return CONFORMS


def print_rule(path: Path | None, rule_id: str) -> int:
    """Print one rule, with how it is judged; the exit code."""
    contract = load(path)
    rule = contract.rules.get(rule_id.upper())
    if rule is None:
        click.echo(f"rules show {rule_id}: the contract has no such rule; `rules` lists them", err=True)
        return USAGE
    click.secho(rule.id, bold=True)
    weight = "a violation" if rule.provenance.binding else "an advisory"
    founded = f"{rule.provenance}: a deviation is {weight}"
    click.echo(f"{rule.text}\n\nclause {rule.clause}, {rule.level}, {founded}")
    click.echo("\nHow it is judged:")
    for judgement in _judgements_of(rule):
        click.echo(f"- {judgement}")
    return CONFORMS


def _judgements_of(rule: Rule) -> Iterator[str]:
    """Yield each test that cites the rule: its name as a sentence, and its docstring."""
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for name, function in getmembers(import_module(module.name), isfunction):
            marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == RULE]
            if any(mark.args == (rule.id,) for mark in marks):
                sentence = name.removeprefix("test_").replace("_", " ")
                doc = " ".join((getdoc(function) or "").split())
                yield f"{sentence}{': ' + doc[0].lower() + doc[1:] if doc else ''}"


def print_cells(path: Path | None, operation: str | None) -> int:
    """Print the declared cells of a contract; the exit code."""
    contract = load(path)
    if operation is not None and operation not in contract.operations:
        click.echo(f"--operation {operation}: the contract has no such operation", err=True)
        return USAGE
    for cell in contract.cells:
        if operation in (None, cell.operation_id):
            click.echo(f"{cell!s:60} {needs(contract, cell)}")
    return CONFORMS


def print_comparison(before: Path, after: Path, *, strict: bool) -> int:
    """Print what became of the findings from one report to another; the exit code."""
    from conformance.results.comparison import compare  # noqa: PLC0415  # as below
    from conformance.results.reading import read_results  # noqa: PLC0415  # only where a report is read

    comparison = compare(read_results(before), read_results(after))
    for line in comparison.lines():
        click.echo(plain_line(line))
    return VIOLATED if comparison.worse(strict=strict) else CONFORMS
