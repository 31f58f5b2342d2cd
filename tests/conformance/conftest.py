"""The contract that came along, and requests as a caller of a small made-up world sends them."""

from __future__ import annotations

from pathlib import Path

import pytest

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.opening import use_contract

use_contract(load())


@pytest.fixture(autouse=True)
def _state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers of a test's runs, away from those of whoever runs the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()
