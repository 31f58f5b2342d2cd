"""The commands `rules` and `cells`: print what stands in a contract, and how it is judged."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc, getmembers, isfunction
from pathlib import Path
from types import ModuleType

import click

import conformance.resources  # noqa: F401  # registers how codes are provoked
from conformance import laws, rules
from conformance.contract.contract import EVERY_OPERATION, Rule
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from conformance.errors import CONFORMS, USAGE
from conformance.plain.opening import describe_needs
from conformance.recipes.causes import needs
from conformance.running.binding import RULE


def print_rules(path: Path | None, overlay: Path | None, clause: str | None) -> int:
    """Print the rules of a contract; the exit code."""
    contract = load(path, overlay=overlay)
    clauses = dict.fromkeys(rule.clause for rule in contract.rules.values())
    if clause is not None and clause not in clauses:
        click.echo(f"--clause {clause}: the contract has {', '.join(clauses)}", err=True)
        return USAGE
    for name in [clause] if clause is not None else clauses:
        click.secho(name, bold=True)
        for rule in contract.rules.values():
            if rule.clause == name:
                click.echo(
                    f"  {rule.id}  {rule.level}, {rule.provenance}\n      {rule.text}\n"
                    f"      {_describe_operations(rule)}"
                )
    return CONFORMS


def print_rule(path: Path | None, overlay: Path | None, rule_id: str) -> int:
    """Print one rule, with how it is judged; the exit code."""
    contract = load(path, overlay=overlay)
    rule = contract.rules.get(rule_id.upper())
    if rule is None:
        click.echo(f"rules show {rule_id}: the contract has no such rule; `rules` lists them", err=True)
        return USAGE
    click.secho(rule.id, bold=True)
    weight = "a violation" if rule.provenance.is_binding else "an advisory"
    founded = f"{rule.provenance}: a deviation is {weight}"
    click.echo(f"{rule.text}\n\nclause {rule.clause}, {rule.level}, {founded}")
    operations = contract.list_operations_of(rule)
    named = ", ".join(map(str, operations))
    whole = len(operations) == len(contract.operations)
    click.echo("about every operation" if whole else f"about {named}")
    click.echo("\nHow it is judged:")
    for judgement in _find_judgements(rule, laws if contract.is_plain else rules):
        click.echo(f"- {judgement}")
    return CONFORMS


def _describe_operations(rule: Rule) -> str:
    """Return the operations of a rule in words, by the patterns that the contract has."""
    return "about every operation" if rule.operations == EVERY_OPERATION else f"about {', '.join(rule.operations)}"


def _find_judgements(rule: Rule, package: ModuleType) -> Iterator[str]:
    """Yield each test of a package that cites the rule: its name as a sentence, and its docstring."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for name, function in getmembers(import_module(module.name), isfunction):
            marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == RULE]
            if any(rule.id in mark.args for mark in marks):
                sentence = name.removeprefix("test_").replace("_", " ")
                doc = " ".join((getdoc(function) or "").split())
                yield f"{sentence}{': ' + doc[0].lower() + doc[1:] if doc else ''}"


def print_cells(path: Path | None, overlay: Path | None, operation: str | None) -> int:
    """Print the declared cells of a contract; the exit code."""
    contract = use_contract(load(path, overlay=overlay))
    if operation is not None and operation not in contract.operations:
        click.echo(f"--operation {operation}: the contract has no such operation", err=True)
        return USAGE
    for cell in contract.cells:
        if operation in (None, cell.operation_id):
            needed = describe_needs(contract, cell) if contract.is_plain else needs(contract, cell)
            click.echo(f"{cell!s:60} {needed}")
    return CONFORMS
