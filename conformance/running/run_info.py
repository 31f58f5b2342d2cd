"""What is known of a run beside its results: its target, its options, and what the profile lacks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conformance.contract.contract import Cell
from conformance.results.verdict import suite_version
from conformance.results.waivers import Waivers
from conformance.running.advice import lines
from conformance.running.selection import Selection
from conformance.running.suite import Suite


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What is known of a run beside its results, in values that can be written down; it holds no credential."""

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
    whole: bool
    """Whether no option leaves tests out."""
    callers: bool
    """Whether the profile has any."""
    lacking: tuple[tuple[Cell, tuple[str, ...]], ...]
    """The cells for which the profile lacks a line, with these lines."""
    notes: tuple[str, ...]
    waivers: Waivers

    @staticmethod
    def of(config: pytest.Config, suite: Suite) -> RunInfo:
        """Return what the options and the suite say."""
        option, profile, contract = config.getoption, suite.profile, suite.contract
        lacking = ((cell, lines(contract, cell, profile)) for cell in contract.cells)
        return RunInfo(
            named=str(option("--target")),
            target=profile.name,
            base_url=profile.url,
            seed=suite.seed,
            run_id=suite.run_id,
            budget=option("--budget"),
            contract=contract.sha256,
            suite=suite_version(),
            owned=contract.owned,
            strict=bool(option("--conformance-strict")),
            require_coverage=option("--require-coverage"),
            whole=Selection.of(config).whole,
            callers=bool(profile.callers),
            lacking=tuple((cell, needed) for cell, needed in lacking if needed),
            notes=suite.notes,
            waivers=suite.waivers,
        )
