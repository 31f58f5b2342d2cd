"""The contract that came along, and requests as a caller of a small made-up world sends them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from tests.live import served_mock

use_contract(load())


@pytest.fixture(autouse=True)
def _state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers of a test's runs, away from those of whoever runs the tests."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture
def origin() -> Iterator[str]:
    """The URL of a mock for one test, without a base path."""
    with served_mock() as url:
        yield url
