"""Advice on a profile: what was judged without one, and which lines would have more rules and cells judged."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.contract import Cell, Contract
from conformance.needs import CALLER, WRITING, list_lacking, list_unmet
from conformance.profile import Profile
from conformance.recipes.causes import needs_of
from conformance.results.verdict import Gain, Run, Verdict


def compute_gains(run: Run, lacking: Mapping[Cell, tuple[str, ...]]) -> tuple[Gain, ...]:
    """Return for each missing line of the profile the rules and cells that it would gain, the largest gain first.

    A rule counts for each line that one of its cases lacked, a cell for each in `list_lacking`, those its cause needs.
    """
    rules: dict[str, list[str]] = {}
    for judged in run.rules:
        if judged.verdict is Verdict.NOT_PROVOKED:
            for line in dict.fromkeys(line for case in judged.cases for line in case.needs):
                rules.setdefault(line, []).append(judged.rule.id)
    cells: dict[str, list[Cell]] = {}
    asked_for = {case.operation_id for case in run.cases}
    for cell in run.cells:
        if cell not in run.reached and cell.operation_id in asked_for:
            for line in lacking.get(cell, ()):
                cells.setdefault(line, []).append(cell)
    found = [Gain(line, tuple(rules.get(line, ())), tuple(cells.get(line, ()))) for line in {**rules, **cells}]
    return tuple(sorted(found, key=lambda gain: (-len(gain.rules) - len(gain.cells), gain.line)))


def list_missing_lines(contract: Contract, cell: Cell, profile: Profile) -> tuple[str, ...]:
    """Return the lines that the profile lacks for a cell."""
    if not profile.callers and cell.code != "unauthenticated":
        return (CALLER.line,)
    if not WRITING.met(profile):
        return (WRITING.line,)
    return list_lacking(profile, list_unmet(needs_of(contract, cell) or (), profile))


def without_callers(run: Run) -> tuple[str, ...]:
    """Return a note on how much of the contract was judged of a target without callers."""
    if run.unusable or not run.cases:
        return ()
    judged, rules = run.judged
    return (
        (
            f"no credential was given, so what needs none was judged: {judged} of {rules} rules. "
            f"`evershell-conformance init --target {run.base_url}` writes a profile for the others"
        ),
    )
