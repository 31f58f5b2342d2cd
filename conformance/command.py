"""What the command's verbs do."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import click
import pytest

from conformance.contract import Contract, ContractError
from conformance.contract_file import load
from conformance.exit_code import OURS, USAGE, exit_code
from conformance.plugin import ENDING, Ending
from conformance.recipes.causes import needs
from conformance.report.terminal import show

RULES = Path(__file__).parent / "rules"


def run_suite(options: list[str], *, strict: bool, require_coverage: float | None) -> int:
    """Run pytest over the rules and print the run; the exit code."""
    ending, said = Ending(), io.StringIO()
    # Nothing of the user's own pytest settings may change what is judged, and how.
    fixed = [f"--rootdir={RULES.parent}", f"--config-file={RULES.parent / 'suite.ini'}"]
    plugins = [f"-p{name}" for name in ("no:terminal", "no:cacheprovider", "conformance.options")]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pytest.main([*fixed, *plugins, *options, str(RULES)], plugins=[_Listener(ending)])
    if ending.run is not None:
        show(ending.run, sys.stdout, strict=strict)
    if ending.reason:
        click.echo(f"evershell-conformance: {ending.reason}", err=True)
        return ending.status
    if ending.run is None:
        click.echo(f"{said.getvalue()}evershell-conformance: pytest ended with {code:d} before the run began", err=True)
        return USAGE if code == pytest.ExitCode.USAGE_ERROR else OURS
    return exit_code(ending.run, strict=strict, require_coverage=require_coverage)


class _Listener:
    """Has the plugin put the run where the command finds it."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[ENDING] = self._ending


def print_rules(path: Path | None, clause: str | None) -> int:
    """Print the rules of a contract; the exit code."""
    contract = _contract(path)
    if contract is None:
        return USAGE
    clauses = dict.fromkeys(rule.clause for rule in contract.rules.values())
    if clause is not None and clause not in clauses:
        click.echo(f"--clause {clause}: the contract has {', '.join(clauses)}", err=True)
        return USAGE
    for name in [clause] if clause is not None else clauses:
        click.secho(name, bold=True)
        for rule in contract.rules.values():
            if rule.clause == name:
                click.echo(f"  {rule.id}  {rule.level}, {rule.provenance}\n      {rule.text}")
    return 0


def print_cells(path: Path | None, operation: str | None) -> int:
    """Print the declared cells of a contract; the exit code."""
    contract = _contract(path)
    if contract is None:
        return USAGE
    if operation is not None and operation not in contract.operations:
        click.echo(f"--operation {operation}: the contract has no such operation", err=True)
        return USAGE
    for cell in contract.cells:
        if operation in (None, cell.operation_id):
            click.echo(f"{cell!s:60} {needs(contract, cell)}")
    return 0


def _contract(path: Path | None) -> Contract | None:
    try:
        return load(path)
    except ContractError as error:
        click.echo(f"evershell-conformance: {error}", err=True)
        return None
