"""The budgets with which what was drawn is judged, one after the other until something is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import click

from benchmarks.mutants import warm
from benchmarks.mutants.first import First
from benchmarks.shards.options import Command
from conformance.budget import NORMAL, QUICK, Budget

BUDGETS = {QUICK.name: (QUICK,), NORMAL.name: (QUICK, NORMAL)}
"""The budgets of the runs, by the budget that is asked for: the first run that finds something is the last."""
MOST_S = 1800
"""A run on a busy machine may take so long; one on a server that hangs ends at its first finding."""


def add_budget_option(what: str) -> Callable[[Command], Command]:
    """Give a command the option; what: the words for what is judged."""
    return click.option(
        "--budget",
        type=click.Choice(list(BUDGETS)),
        default=NORMAL.name,
        show_default=True,
        help=f"What the suite judges {what} with, after the quick budget.",
    )


def find_within(name: str, find: Callable[[Budget], First]) -> First:
    """Return what is found by the first of these budgets that finds something, or by the last; find: judges by one."""
    found = First()
    for budget in BUDGETS[name]:
        found = find(budget)
        if found.rules:
            return replace(found, budget=budget.name)
    return found


def run_alone(arguments: list[str]) -> str:
    """Run the suite's command in a copy of this process, with the time that a busy machine takes."""
    return warm.run_alone(arguments, MOST_S)
