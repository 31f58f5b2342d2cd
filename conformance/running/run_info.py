"""The description of a run beside its results: its target, its options, and what the profile lacks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conformance.contract.contract import Cell
from conformance.http.variables import mask_text, read_profile_variables
from conformance.results.verdict import read_suite_version
from conformance.results.waivers import Waivers
from conformance.running.advice import list_missing_lines
from conformance.running.selection import Selection
from conformance.running.suite import Suite


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
    owned: bool
    """Whether each statement of the contract binds."""
    strict: bool
    require_coverage: float | None
    require_rules: float | None
    asked: Selection
    """The choice that the options make of all tests."""
    operations: tuple[str, ...]
    """The ids of the operations that the target serves."""
    callers: bool
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
            owned=contract.owned,
            strict=bool(option("--conformance-strict")),
            require_coverage=option("--require-coverage"),
            require_rules=option("--require-rules"),
            asked=selection,
            operations=tuple(contract.operations),
            callers=bool(profile.callers),
            lacking=tuple((cell, needed) for cell, needed in lacking if needed),
            notes=tuple(mask_text(note, suite.client.masks) for note in suite.notes),
            waivers=suite.waivers,
            variables=tuple(read_profile_variables(profile.callers).items()),
        )
