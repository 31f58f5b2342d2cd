"""The description of a run beside its results: its target, its options, and the lines that the profile lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from conformance.contract.contract import Cell, Contract
from conformance.http.variables import mask_text, read_profile_variables
from conformance.needs import CALLER, WRITING, list_lacking, list_unmet
from conformance.profile import Profile
from conformance.recipes.causes import needs_of
from conformance.results.verdict import Gain, Run, Verdict, read_suite_version
from conformance.results.waivers import Waivers
from conformance.running.selection import Selection
from conformance.running.suite import Suite


def compute_gains(run: Run, lacking: Mapping[Cell, tuple[str, ...]]) -> tuple[Gain, ...]:
    """Return for each missing line of the profile the rules and cells that it would gain, the largest gain first.

    A rule counts for each line that one of its cases lacked, a cell for each in `list_lacking`, those that its cause
    needs.
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


@dataclass(frozen=True, slots=True)
class RunInfo:
    """The description of a run beside its results, in values that can be written down; it holds no credential."""

    named: str
    """The value of --target."""
    target: str
    """The profile's name of it."""
    base_url: str
    seed: int
    run_id: str
    budget: str
    contract: str
    """The SHA-256 of the contract."""
    suite: str
    """The suite's version."""
    is_owned: bool
    """Whether each statement of the contract binds."""
    is_strict: bool
    require_coverage: float | None
    require_rules: float | None
    asked: Selection
    """The choice that the options make of all tests."""
    operations: tuple[str, ...]
    """The ids of the operations that the target serves."""
    has_callers: bool
    """Whether the profile has any."""
    lacking: tuple[tuple[Cell, tuple[str, ...]], ...]
    """The cells for which the profile lacks a line, with these lines."""
    notes: tuple[str, ...]
    waivers: Waivers
    variables: tuple[tuple[str, str], ...] = ()
    """The stand-in for a caller's credential in reports, and the variable that the profile reads it from."""

    @staticmethod
    def from_config(config: pytest.Config, suite: Suite) -> RunInfo:
        """Return what the options and the suite say."""
        option, profile, contract = config.getoption, suite.profile, suite.contract
        selection = Selection.from_config(config)
        # A run of some rules or cases is not after cells: with no line would it reach the others.
        cells = () if selection.rules or selection.cases else contract.cells
        lacking = ((cell, list_missing_lines(contract, cell, profile)) for cell in cells)
        return RunInfo(
            named=str(option("--target")),
            target=profile.name,
            base_url=profile.url,
            seed=suite.seed,
            run_id=suite.run_id,
            budget=option("--budget"),
            contract=contract.sha256,
            suite=read_suite_version(),
            is_owned=contract.is_owned,
            is_strict=bool(option("--conformance-strict")),
            require_coverage=option("--require-coverage"),
            require_rules=option("--require-rules"),
            asked=selection,
            operations=tuple(contract.operations),
            has_callers=bool(profile.callers),
            lacking=tuple((cell, needed) for cell, needed in lacking if needed),
            notes=tuple(mask_text(note, suite.client.masks) for note in suite.notes),
            waivers=suite.waivers,
            variables=tuple(read_profile_variables(profile.callers).items()),
        )
